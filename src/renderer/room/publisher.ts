import type { types } from 'mediasoup-client';
import type { MediaKind } from '../../shared/signaling.ts';
import type { LocalTrack } from './contract.ts';
import { AUDIO_CODEC_OPTIONS, VIDEO_CODEC_OPTIONS, videoEncodings } from './encodings.ts';
import { PATH_CHANNEL_LABEL } from './limits.ts';
import type { MediaLink } from './media-link.ts';
import type { SignalingChannel } from './signaling-channel.ts';

export interface PublisherOptions {
  link: MediaLink;
  channel: SignalingChannel;
  /** The codecs that the server takes from this browser. */
  codecs: readonly types.RtpCodecCapability[];
  /** A track could not be published. The call goes on without it. */
  onRefused(kind: MediaKind, error: unknown): void;
}

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
      options.channel
        .request('produce', { transportId, kind, rtpParameters, appData })
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
    this.#started = true;
    await Promise.all([this.set('audio', tracks.audio), this.set('video', tracks.video)]);
    return this.#producers.size > 0 || (await this.#openPathChannel());
  }

  /**
   * Resolves when the wish is carried out, refused, or overtaken by a newer one. Before `start()`,
   * which brings the wishes of that moment, nothing is done.
   */
  set(kind: MediaKind, wanted: LocalTrack | undefined): Promise<void> {
    if (!this.#started) return Promise.resolve();
    this.#wanted[kind] = wanted;
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

  async #openPathChannel(): Promise<boolean> {
    const { link } = this.#options;
    link.use();
    try {
      await link.transport.produceData({
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
