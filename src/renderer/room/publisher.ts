import type { types } from 'mediasoup-client';
import type { MediaKind } from '../../shared/signaling.ts';
import type { LocalTrack } from './contract.ts';
import { AUDIO_CODEC_OPTIONS, VIDEO_CODEC_OPTIONS, videoEncodings } from './encodings.ts';
import { PATH_CHANNEL_LABEL } from './limits.ts';
import type { MediaLink } from './media-link.ts';
import type { Requester } from './signaling-line.ts';

export interface PublisherOptions {
  link: MediaLink;
  channel: Requester;
  /** The codecs that the server takes from this browser. */
  codecs: readonly types.RtpCodecCapability[];
  /** A track could not be published. The call goes on without it. */
  onRefused(kind: MediaKind, error: unknown): void;
  /** The producer, on another transport, whose place a new one takes on the others' screens. */
  replaces?: (kind: MediaKind) => string | undefined;
}

const MEDIA_KINDS = ['audio', 'video'] as const satisfies readonly MediaKind[];

export type LocalTracks = Readonly<Record<MediaKind, LocalTrack | undefined>>;

/**
 * Sends this participant's tracks: makes what is published equal to what is wanted, one change of a
 * kind at a time, and always towards the newest wish.
 */
export class Publisher {
  readonly #options: PublisherOptions;
  readonly #wanted: Record<MediaKind, LocalTrack | undefined> = {
    audio: undefined,
    video: undefined,
  };
  #started = false;
  readonly #producers = new Map<MediaKind, types.Producer>();
  #pathChannel: types.DataProducer | undefined;
  readonly #pausedAtServer = new Set<string>();
  readonly #queue: Record<MediaKind, Promise<void>> = {
    audio: Promise.resolve(),
    video: Promise.resolve(),
  };

  constructor(options: PublisherOptions) {
    this.#options = options;
    const { transport } = options.link;
    const transportId = transport.id;
    transport.on('produce', ({ kind, rtpParameters, appData }, done, failed) => {
      const replaces = options.replaces?.(kind);
      options.channel
        .request('produce', {
          ...{ transportId, kind, rtpParameters, appData },
          ...(replaces !== undefined && { replaces }),
        })
        .then(done, failed);
    });
    transport.on(
      'producedata',
      ({ sctpStreamParameters, label, protocol, appData }, done, failed) => {
        options.channel
          .request('produceData', { transportId, sctpStreamParameters, label, protocol, appData })
          .then(done, failed);
      },
    );
  }

  /**
   * Publishes what there is and brings the sending path up, with a data channel that stays silent
   * when there is nothing to send.
   * @returns false when the server takes neither: then nothing can bring this path up.
   */
  async start(tracks: LocalTracks): Promise<boolean> {
    await this.publish(tracks);
    return this.#producers.size > 0 || (await this.openPathChannel());
  }

  /** Publishes what there is, sound first. From now on wishes are carried out. */
  async publish(tracks: LocalTracks): Promise<void> {
    this.#started = true;
    await Promise.all([this.set('audio', tracks.audio), this.set('video', tracks.video)]);
  }

  /** Takes back what was published; the path stays up. */
  async withdraw(): Promise<void> {
    await this.publish({ audio: undefined, video: undefined });
    this.#started = false;
  }

  /**
   * Encodes and sends nothing more, without a word to the server: on the others' screens the last
   * picture stays while they take what replaces it.
   */
  async hush(): Promise<void> {
    this.#started = false;
    const producers = [...this.#producers.values()].filter((producer) => !producer.closed);
    // One that closes meanwhile sends nothing either.
    await Promise.allSettled(producers.map((producer) => producer.replaceTrack({ track: null })));
  }

  producerId(kind: MediaKind): string | undefined {
    return this.#producers.get(kind)?.id;
  }

  /**
   * After a signaling connection was resumed: what the server has, and what was wished meanwhile.
   * @param standing The producers that the server still has.
   */
  async reconcile(standing: readonly { id: string; paused: boolean }[]): Promise<void> {
    const known = new Map(standing.map((producer) => [producer.id, producer]));
    for (const [kind, producer] of this.#producers) {
      const there = known.get(producer.id);
      if (!there) {
        this.#producers.delete(kind);
        producer.close();
      } else if (there.paused) this.#pausedAtServer.add(producer.id);
      else this.#pausedAtServer.delete(producer.id);
    }
    await Promise.all(MEDIA_KINDS.map((kind) => this.set(kind, this.#wanted[kind])));
  }

  /** Asks the other end for a sign of life, which is heard as an acknowledgement (SCTP SACK). */
  ping(): void {
    if (this.#pathChannel?.readyState !== 'open') return;
    try {
      this.#pathChannel.send('·');
    } catch {
      // It closed just now.
    }
  }

  /**
   * Resolves when the wish is carried out, refused, or overtaken by a newer one. Before `start()`,
   * which brings the wishes of that moment, nothing is done.
   */
  set(kind: MediaKind, wanted: LocalTrack | undefined): Promise<void> {
    if (!this.#started) return Promise.resolve();
    this.#wanted[kind] = wanted;
    this.#options.link.relearn();
    const done = this.#queue[kind].then(() => this.#reconcile(kind));
    this.#queue[kind] = done;
    return done;
  }

  async #reconcile(kind: MediaKind): Promise<void> {
    if (this.#isClosed()) return;
    try {
      await this.#approach(kind, this.#wanted[kind]);
    } catch (error) {
      if (!this.#isClosed()) this.#options.onRefused(kind, error);
    }
  }

  async #approach(kind: MediaKind, wanted: LocalTrack | undefined): Promise<void> {
    const { channel } = this.#options;
    let producer = this.#producers.get(kind);
    if (!wanted || wanted.track.readyState === 'ended') {
      if (!producer) return;
      this.#producers.delete(kind);
      this.#pausedAtServer.delete(producer.id);
      producer.close();
      await channel.request('closeProducer', { producerId: producer.id });
      return;
    }
    // Before anything of it is sent.
    wanted.track.enabled = !wanted.muted;
    if (!producer) producer = await this.#produce(kind, wanted.track);
    else if (producer.track !== wanted.track) await producer.replaceTrack({ track: wanted.track });

    const producerId = producer.id;
    if (wanted.muted) producer.pause();
    else producer.resume();
    if (wanted.muted && !this.#pausedAtServer.has(producerId)) {
      this.#pausedAtServer.add(producerId);
      await channel.request('pauseProducer', { producerId });
    } else if (!wanted.muted && this.#pausedAtServer.delete(producerId)) {
      await channel.request('resumeProducer', { producerId });
    }
  }

  async #produce(kind: MediaKind, track: MediaStreamTrack): Promise<types.Producer> {
    const { link, codecs } = this.#options;
    link.use();
    const vp8 = codecs.find((codec) => codec.mimeType.toLowerCase() === 'video/vp8');
    const producer = await link.transport.produce({
      track,
      // The capture belongs to the app, which may show it still.
      stopTracks: false,
      ...(kind === 'audio'
        ? { codecOptions: AUDIO_CODEC_OPTIONS }
        : { codecOptions: VIDEO_CODEC_OPTIONS }),
      // Simulcast layers are a VP8 affair here; another codec is sent as one stream.
      ...(kind === 'video' &&
        vp8 && { codec: vp8, encodings: videoEncodings(track.getSettings().width ?? 0) }),
    });
    this.#producers.set(kind, producer);
    return producer;
  }

  /** @returns false when the server takes none. */
  async openPathChannel(): Promise<boolean> {
    const { link } = this.#options;
    link.use();
    try {
      this.#pathChannel = await link.transport.produceData({
        label: PATH_CHANNEL_LABEL,
        ordered: false,
        maxRetransmits: 0,
      });
      return true;
    } catch {
      return false;
    }
  }

  #isClosed(): boolean {
    return this.#options.link.transport.closed;
  }
}
