import type { ConnectionState } from '../../shared/connection-state.ts';
import type { PreferredProtocol } from '../../shared/protocol.ts';
import { RoomError } from '../../shared/room-error.ts';
import type { MediaKind } from '../../shared/signaling.ts';
import { CallDriver } from './call-driver.ts';
import type { CallState } from './call-state.ts';
import { Chat, NO_CHAT } from './chat.ts';
import { viewConnection } from './connection-view.ts';
import type { JoinMedia, LocalTrack, Room, RoomEvents, RoomSnapshot } from './contract.ts';
import { firstFrame } from './first-frame.ts';
import { Emitter, Observable } from './observable.ts';
import { isNarrower } from './policy.ts';
import { planPaths } from './path-plan.ts';
import type { LocalTracks } from './publisher.ts';
import { Roster } from './roster.ts';
import { HttpProxyLegs } from './http-proxy-legs.ts';
import type { SessionContext } from './session.ts';
import { tellChange, tellTokenEnd } from './story.ts';
import { Timeline, type TimelineNote } from './timeline.ts';
import { watchTokenEnd } from './token-end.ts';
import { createWallClock } from './wall-clock.ts';

export type RoomContext = Omit<SessionContext, 'roster' | 'chat' | 'legs'> & {
  /** Any number; spreads retries. */
  seed: number;
};

/** The room as the app sees it: its state as one observable value, and what can be done to it. */
export class CausewayRoom implements Room {
  readonly #context: RoomContext;
  readonly #driver: CallDriver;
  readonly #roster: Roster;
  readonly #chat: Chat;
  readonly #timeline = new Timeline();
  readonly #toWallTime = createWallClock();
  readonly #events = new Emitter<RoomEvents>();
  readonly #snapshot: Observable<RoomSnapshot>;
  readonly #muted: Record<MediaKind, boolean> = { audio: false, video: false };
  readonly #joined = Promise.withResolvers<undefined>();
  readonly #ended = new AbortController();
  #joinedAt: number | undefined;
  #awaitsFirstFrame = true;

  constructor(context: RoomContext) {
    this.#context = context;
    this.#snapshot = new Observable<RoomSnapshot>({
      connection: { phase: 'idle' },
      selfId: context.peerId,
      displayName: context.target.displayName,
      local: { audio: undefined, video: undefined },
      peers: [],
      activeSpeakerId: undefined,
      timeline: [],
      tokenEndsAt: undefined,
      chat: NO_CHAT,
    });
    this.#chat = new Chat({
      isAllowed: context.target.chat,
      selfId: context.peerId,
      displayName: context.target.displayName,
      onChange: (chat) => this.#update({ chat }),
      onProblem: (text) => this.#note({ kind: 'error', text }),
    });
    this.#roster = new Roster({
      onChange: () => this.#update({ peers: this.#roster.peers }),
      onJoined: (peer) => {
        this.#note({ kind: 'peer', text: `${peer.displayName} joined` });
        this.#events.emit('peerJoined', peer);
      },
      onLeft: (peer) => {
        this.#note({ kind: 'peer', text: `${peer.displayName} left` });
        this.#events.emit('peerLeft', peer);
      },
    });
    this.#driver = new CallDriver(
      {
        ...context,
        roster: this.#roster,
        chat: this.#chat,
        legs: new HttpProxyLegs(context.platform),
      },
      { seed: context.seed, standby: context.target.standbyPath },
      () => this.#local,
      {
        onState: (before, after, now) => this.#onState(before, after, now),
        onQuality: () => this.#showConnection(),
        onNote: (note) => this.#note(note),
        onActiveSpeaker: (activeSpeakerId) => this.#update({ activeSpeakerId }),
        onRemoteTrack: (track) => this.#onRemoteTrack(track),
      },
    );
    // Whoever does not wait for join() still learns of a failure from the state.
    this.#joined.promise.catch(() => undefined);
  }

  getSnapshot(): RoomSnapshot {
    return this.#snapshot.value;
  }

  subscribe(listener: () => void): () => void {
    return this.#snapshot.subscribe(listener);
  }

  on<E extends keyof RoomEvents>(event: E, listener: RoomEvents[E]): () => void {
    return this.#events.on(event, listener);
  }

  async join(media: JoinMedia = {}): Promise<void> {
    if (this.#joinedAt !== undefined || this.#driver.state.phase !== 'idle') {
      throw new DOMException('A room is joined once.', 'InvalidStateError');
    }
    this.#muted.audio = media.audioMuted ?? false;
    this.#muted.video = media.videoMuted ?? false;
    this.#setLocal('audio', media.audio);
    this.#setLocal('video', media.video);
    this.#joinedAt = performance.now();
    const { preferredProtocol, route, server, proxies } = this.#context.target;
    const host = (proxies[0] ?? server).host;
    this.#watchNetwork();
    this.#driver.join(planPaths({ route, preferredProtocol, host }));
    await this.#joined.promise;
    this.#watchToken();
  }

  leave(): Promise<void> {
    this.#driver.leave();
    return Promise.resolve();
  }

  async setTrack(kind: MediaKind, track: MediaStreamTrack | undefined): Promise<void> {
    await this.#driver.publish(kind, this.#setLocal(kind, track));
  }

  async setMuted(kind: MediaKind, muted: boolean): Promise<void> {
    this.#muted[kind] = muted;
    await this.setTrack(kind, this.#local[kind]?.track);
  }

  sendChat(text: string): string {
    return this.#chat.send(text);
  }

  resendChat(id: string): void {
    this.#chat.resend(id);
  }

  discardChat(id: string): void {
    this.#chat.discard(id);
  }

  restrict(preferredProtocol: PreferredProtocol): void {
    if (!isNarrower(preferredProtocol, this.#context.target.preferredProtocol)) return;
    this.#note({ kind: 'path', text: `policy changed: ${preferredProtocol} from now on` });
    this.#driver.restrict(preferredProtocol);
  }

  forbidChat(): void {
    this.#chat.forbid();
  }

  forbid(error: RoomError): void {
    this.#driver.forbid(error);
  }

  retryNow(): void {
    this.#driver.retryNow();
  }

  get #local(): LocalTracks {
    return this.#snapshot.value.local;
  }

  #setLocal(kind: MediaKind, track: MediaStreamTrack | undefined): LocalTrack | undefined {
    if (track && track.kind !== kind) {
      throw new RoomError('INPUT_INVALID', `a track of kind ${track.kind} was given as ${kind}`);
    }
    const muted = this.#muted[kind];
    const wanted = track && { kind, track, muted };
    // At once, not when the server has heard of it: muted means that nothing more is said.
    if (track) track.enabled = !muted;
    this.#update({ local: { ...this.#local, [kind]: wanted } });
    return wanted;
  }

  #onState(before: CallState, after: CallState, now: number): void {
    const { roundTripMs } = this.#driver.quality;
    for (const note of tellChange(before, after, now, roundTripMs)) this.#note(note);
    this.#showConnection();
    if (after.phase === 'connected') {
      this.#joined.resolve(undefined);
      const { connection } = this.getSnapshot();
      const isNewFallback = before.phase !== 'connected' || !before.fallback;
      if (isNewFallback && connection.phase === 'connected' && connection.fallback) {
        this.#events.emit('fallback', connection.fallback);
      }
    }
    if (after.phase === 'failed') {
      const error = new RoomError(after.error.code, after.error.detail);
      this.#joined.reject(error);
      this.#events.emit('error', error);
    }
    if (after.phase === 'left') {
      this.#joined.reject(new DOMException('The room was left while joining.', 'AbortError'));
    }
    if (after.phase === 'failed' || after.phase === 'left') {
      this.#ended.abort();
      this.#context.waiting?.discard();
      this.#roster.clear();
      this.#chat.close();
    }
  }

  #showConnection(): void {
    const previous = this.getSnapshot().connection;
    const { state, quality } = this.#driver;
    const connection = viewConnection(state, quality, this.#toWallTime);
    if (isEqual(connection, previous)) return;
    this.#update({ connection });
    this.#events.emit('connection', connection, previous);
  }

  #watchToken(): void {
    watchTokenEnd(
      this.#context.target.token,
      (tokenEndsAt) => {
        this.#update({ tokenEndsAt });
        this.#note({ kind: 'signaling', text: tellTokenEnd(tokenEndsAt) });
      },
      this.#ended.signal,
    );
  }

  /** A computer that has changed its network need not wait until it notices. */
  #watchNetwork(): void {
    const { signal } = this.#ended;
    const onChange = (): void => this.#driver.networkChanged();
    globalThis.addEventListener('online', onChange, { signal });
    (navigator as { connection?: EventTarget }).connection?.addEventListener('change', onChange, {
      signal,
    });
  }

  #onRemoteTrack(track: MediaStreamTrack): void {
    const joinedAt = this.#joinedAt;
    if (track.kind !== 'video' || joinedAt === undefined || !this.#awaitsFirstFrame) return;
    void firstFrame(track, this.#ended.signal).then((seen) => {
      if (!seen || !this.#awaitsFirstFrame) return;
      this.#awaitsFirstFrame = false;
      const tookMs = performance.now() - joinedAt;
      const text = `first remote video frame after ${Math.round(tookMs)} ms`;
      this.#note({ kind: 'media', text, tookMs });
    });
  }

  #note(note: TimelineNote): void {
    const entry = this.#timeline.add(note);
    this.#update({ timeline: this.#timeline.entries });
    this.#events.emit('timeline', entry);
  }

  #update(change: Partial<RoomSnapshot>): void {
    const before = this.#snapshot.value;
    const keys = Object.keys(change) as (keyof RoomSnapshot)[];
    if (keys.every((key) => Object.is(before[key], change[key]))) return;
    this.#snapshot.set({ ...before, ...change });
  }
}

/** Both are small plain data built in one place, so the order of keys is the same. */
function isEqual(a: ConnectionState, b: ConnectionState): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
