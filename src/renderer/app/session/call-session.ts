import type { CausewayBridge, Meeting } from '../../../shared/ipc.ts';
import { RoomError, type RoomErrorData } from '../../../shared/room-error.ts';
import type { EffectiveSettings, PolicyChange } from '../../../shared/settings.ts';
import type { MediaKind } from '../../../shared/signaling.ts';
import type { KeyValueStorage, Room, RoomOptions, RoomPlatform } from '../../room/contract.ts';
import type { LocalMedia } from '../media/local-media.ts';
import { judgeCall } from './call-policy.ts';
import type { Readable } from './observable.ts';

export type CreateRoom = (options: RoomOptions, platform?: RoomPlatform) => Room;

/** How a call came to its end. */
export type CallEnd =
  { kind: 'failed'; error: RoomErrorData } | { kind: 'left'; by: 'user' | 'host' | 'server' };

interface Dependencies {
  createRoom: CreateRoom;
  bridge: CausewayBridge;
  media: LocalMedia;
  settings: Readable<EffectiveSettings>;
  /** Where the room remembers which Cloud Proxy worked. */
  storage: KeyValueStorage;
  onEnd: (end: CallEnd) => void;
}

/**
 * How long a join waits for the camera and microphone, ms. Those that open quickly are there from
 * the start; a slow camera or an unanswered permission question follows when it comes.
 */
const MEDIA_WAIT_MS = 400;

/** The screen of a call comes this long after the press of Join, ms, whatever there is to be seen. */
const DRAW_AFTER_MS = 150;

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
  readonly #published = new Map<MediaKind, MediaStreamTrack>();
  #muted = false;
  #ended = false;
  #wasConnected = false;

  /** @throws {RoomError} INPUT_INVALID when the engine refuses the options. */
  constructor(meeting: Meeting, token: string, displayName: string, dependencies: Dependencies) {
    const { createRoom, bridge, media, settings, storage, onEnd } = dependencies;
    this.meeting = meeting;
    this.displayName = displayName;
    this.#bridge = bridge;
    this.#media = media;
    this.#onEnd = onEnd;
    const { standbyPath, disableChat } = settings.get().values;
    this.room = createRoom(
      { ...roomOptionsOf(meeting, token, displayName), standbyPath, chat: !disableChat },
      roomPlatformOf(bridge, storage),
    );
  }

  /** Joins with whatever devices are there. Never rejects: the outcome is in the room's state. */
  async start(): Promise<void> {
    this.#report();
    if (!this.#media.isReady) await Promise.race([this.#media.start(), delay(MEDIA_WAIT_MS)]);
    if (this.hasEnded()) return;
    const { camera, microphone, microphoneMuted } = this.#media.state.get();
    if (microphone.track) this.#published.set('audio', microphone.track);
    if (camera.track) this.#published.set('video', camera.track);
    this.#muted = microphoneMuted;
    // From here on: who mutes while joining is muted.
    this.#unsubscribe.push(this.#media.state.subscribe(() => this.#queueSync()));
    try {
      await this.room.join({
        audio: microphone.track,
        video: camera.track,
        audioMuted: microphoneMuted,
      });
    } catch (error) {
      if (this.hasEnded()) return;
      // A RoomError is the room's own word, and already its state; anything else is a defect.
      this.#finish({ kind: 'failed', error: toErrorData(error) });
      await this.room.leave();
    }
  }

  /**
   * Resolves when there is something to be seen, or soon: to draw the screen keeps a slow computer
   * busy just when the first answers come, and is done in time while the media comes up.
   */
  async worthShowing(): Promise<void> {
    const { room } = this;
    await new Promise<void>((resolve) => {
      const done = (): void => {
        clearTimeout(timer);
        unsubscribe();
        resolve();
      };
      const look = (): void => {
        const { connection, peers } = room.getSnapshot();
        const hasMedia = peers.some(({ audio, video }) => audio ?? video);
        if (hasMedia || connection.phase !== 'connecting') done();
      };
      const timer = setTimeout(done, DRAW_AFTER_MS);
      const unsubscribe = room.subscribe(look);
      look();
    });
  }

  /** Whether media ever had a path. */
  get wasConnected(): boolean {
    return this.#wasConnected;
  }

  /** IT changed the policy: what it forbids now ends at once, the rest counts for the next call. */
  policyChanged(settings: EffectiveSettings, change: PolicyChange): void {
    if (settings.values.disableChat) this.room.forbidChat();
    const verdict = judgeCall(this.meeting, settings, change);
    if (verdict.kind === 'restrict') this.room.restrict(verdict.preferredProtocol);
    if (verdict.kind === 'forbid') {
      this.room.forbid(new RoomError('POLICY_FORBIDS', verdict.why));
    }
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
        bridge.call.reportTimeline(roomId, entry).catch(reportError);
      }),
      room.on('connection', (state) => {
        bridge.call.reportState(roomId, state).catch(reportError);
        if (state.phase === 'connected') this.#wasConnected = true;
        if (state.phase === 'failed') this.#finish({ kind: 'failed', error: state.error });
        if (state.phase === 'left') this.#finish({ kind: 'left', by: state.by });
      }),
    );
    const { connection, timeline } = room.getSnapshot();
    bridge.call.reportState(roomId, connection).catch(reportError);
    for (const entry of timeline) bridge.call.reportTimeline(roomId, entry).catch(reportError);
  }

  #finish(end: CallEnd): void {
    if (this.#ended) return;
    this.#ended = true;
    for (const unsubscribe of this.#unsubscribe) unsubscribe();
    this.#onEnd(end);
  }

  /** A method, because the value changes while a caller waits. */
  hasEnded(): boolean {
    return this.#ended;
  }

  #queueSync(): void {
    this.#syncing = this.#syncing
      .then(() => this.#sync())
      .catch((error: unknown) => {
        if (!this.#ended) reportError(error);
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
    if (this.#published.get(kind) === track) return;
    await this.room.setTrack(kind, track);
    if (track) this.#published.set(kind, track);
    else this.#published.delete(kind);
  }
}

/** What this program gives the engine. */
export function roomPlatformOf(bridge: CausewayBridge, storage: KeyValueStorage): RoomPlatform {
  return {
    diagnose: (url) => bridge.endpoint.diagnose(url),
    httpProxyFor: async (host, port) => (await bridge.httpProxy.resolve(host, port)) ?? undefined,
    storage,
  };
}

/** A meeting as the engine takes it. */
export function roomOptionsOf(meeting: Meeting, token: string, displayName: string): RoomOptions {
  const { roomId, serverUrl, preferredProtocol, signalingBaseUrl } = meeting;
  return { roomId, token, displayName, serverUrl, preferredProtocol, signalingBaseUrl };
}

function toErrorData(error: unknown): RoomErrorData {
  if (error instanceof RoomError) return error.toData();
  reportError(error);
  return new RoomError(
    'SERVER_INCOMPATIBLE',
    error instanceof Error ? error.name : undefined,
  ).toData();
}

function delay(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
