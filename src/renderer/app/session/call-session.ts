import type { CausewayBridge, Meeting } from '../../../shared/ipc.ts';
import { RoomError, type RoomErrorData } from '../../../shared/room-error.ts';
import type { MediaKind } from '../../../shared/signaling.ts';
import type { Room, RoomOptions, RoomPlatform } from '../../room/contract.ts';
import type { LocalMedia } from '../media/local-media.ts';

export type CreateRoom = (options: RoomOptions, platform?: RoomPlatform) => Room;

/** How a call came to its end. */
export type CallEnd =
  { kind: 'failed'; error: RoomErrorData } | { kind: 'left'; by: 'user' | 'host' | 'server' };

interface Dependencies {
  createRoom: CreateRoom;
  bridge: CausewayBridge;
  media: LocalMedia;
  onEnd(end: CallEnd): void;
}

/**
 * How long a join waits for the camera and microphone, ms. They open within a second; a
 * permission question may stand much longer, and the call must not: tracks follow when they come.
 */
const MEDIA_WAIT_MS = 1_500;

/**
 * One call: a room, fed from this computer's devices and reported to main. Ends once, by
 * `leave()` or by the room itself.
 */
export class CallSession {
  readonly meeting: Meeting;
  readonly displayName: string;
  readonly room: Room;
  readonly #bridge: CausewayBridge;
  readonly #media: LocalMedia;
  readonly #onEnd: (end: CallEnd) => void;
  readonly #unsubscribe: (() => void)[] = [];
  /** Changes to the room's tracks go one after another, each from the newest media state. */
  #syncing: Promise<void> = Promise.resolve();
  #published: Partial<Record<MediaKind, MediaStreamTrack>> = {};
  #muted = false;
  #ended = false;

  /** @throws {RoomError} INPUT_INVALID when the engine refuses the options. */
  constructor(meeting: Meeting, token: string, displayName: string, dependencies: Dependencies) {
    const { createRoom, bridge, media, onEnd } = dependencies;
    this.meeting = meeting;
    this.displayName = displayName;
    this.#bridge = bridge;
    this.#media = media;
    this.#onEnd = onEnd;
    this.room = createRoom(
      {
        roomId: meeting.roomId,
        token,
        displayName,
        serverUrl: meeting.serverUrl,
        preferredProtocol: meeting.preferredProtocol,
        signalingBaseUrl: meeting.signalingBaseUrl,
      },
      { diagnose: (url) => bridge.endpoint.diagnose(url) },
    );
  }

  /** Joins with whatever devices are there. Never rejects: the outcome is in the room's state. */
  async start(): Promise<void> {
    this.#report();
    await Promise.race([this.#media.start(), delay(MEDIA_WAIT_MS)]);
    if (this.#ended) return;
    const { camera, microphone, microphoneMuted } = this.#media.state.get();
    this.#published = {
      ...(microphone.track && { audio: microphone.track }),
      ...(camera.track && { video: camera.track }),
    };
    this.#muted = microphoneMuted;
    try {
      await this.room.join({
        audio: microphone.track,
        video: camera.track,
        audioMuted: microphoneMuted,
      });
    } catch (error) {
      // A RoomError is the room's own word, and already its state; anything else is a defect.
      this.#finish({ kind: 'failed', error: toErrorData(error) });
      return;
    }
    if (this.#ended) return;
    this.#unsubscribe.push(this.#media.state.subscribe(() => this.#queueSync()));
    this.#queueSync();
  }

  async leave(): Promise<void> {
    await this.room.leave();
    this.#finish({ kind: 'left', by: 'user' });
  }

  #report(): void {
    const { roomId } = this.meeting;
    const room = this.room;
    const bridge = this.#bridge;
    this.#unsubscribe.push(
      room.on('timeline', (entry) => {
        bridge.call.reportTimeline(roomId, entry).catch(warnUnreported);
      }),
      room.on('connection', (state) => {
        bridge.call.reportState(roomId, state).catch(warnUnreported);
        if (state.phase === 'failed') this.#finish({ kind: 'failed', error: state.error });
        if (state.phase === 'left') this.#finish({ kind: 'left', by: state.by });
      }),
    );
    const { connection, timeline } = room.getSnapshot();
    bridge.call.reportState(roomId, connection).catch(warnUnreported);
    for (const entry of timeline) bridge.call.reportTimeline(roomId, entry).catch(warnUnreported);
  }

  #finish(end: CallEnd): void {
    if (this.#ended) return;
    this.#ended = true;
    for (const unsubscribe of this.#unsubscribe) unsubscribe();
    if (end.kind === 'failed') void this.room.leave();
    this.#onEnd(end);
  }

  #queueSync(): void {
    this.#syncing = this.#syncing
      .then(() => this.#sync())
      .catch((error: unknown) => {
        if (!this.#ended)
          console.warn('A change of camera or microphone did not reach the room.', error);
      });
  }

  /** Brings the room to what the devices are now. */
  async #sync(): Promise<void> {
    if (this.#ended) return;
    const { camera, microphone, microphoneMuted } = this.#media.state.get();
    // A device that is starting keeps what is published, so that a change of device has no gap.
    if (microphone.status !== 'starting') await this.#publish('audio', microphone.track);
    if (camera.status !== 'starting') await this.#publish('video', camera.track);
    if (microphoneMuted !== this.#muted) {
      this.#muted = microphoneMuted;
      await this.room.setMuted('audio', microphoneMuted);
    }
  }

  async #publish(kind: MediaKind, track: MediaStreamTrack | undefined): Promise<void> {
    if (this.#published[kind] === track) return;
    await this.room.setTrack(kind, track);
    if (track) {
      this.#published[kind] = track;
      if (kind === 'audio' && this.#muted) await this.room.setMuted('audio', true);
    } else {
      delete this.#published[kind];
    }
  }
}

function toErrorData(error: unknown): RoomErrorData {
  if (error instanceof RoomError) return error.toData();
  console.error(error);
  return new RoomError(
    'SERVER_INCOMPATIBLE',
    error instanceof Error ? error.name : undefined,
  ).toData();
}

function warnUnreported(error: unknown): void {
  console.warn('The call could not be reported to the main process.', error);
}

function delay(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
