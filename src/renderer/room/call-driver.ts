import type { Quality } from '../../shared/connection-state.ts';
import type { Endpoint } from '../../shared/endpoint.ts';
import type { Path } from '../../shared/path.ts';
import type { MediaProtocol, PreferredProtocol } from '../../shared/protocol.ts';
import { CHANNEL_CLOSED_CODE, ProtooError, REQUEST_TIMEOUT_CODE } from '../../shared/protoo.ts';
import { RoomError } from '../../shared/room-error.ts';
import type { MediaKind } from '../../shared/signaling.ts';
import {
  IDLE,
  type Action,
  type CallRules,
  type CallState,
  type Observation,
  type SpareName,
} from './call-state.ts';
import type { LocalTrack } from './contract.ts';
import { decide, nextDeadline } from './decide.ts';
import { FAST_SAMPLE_INTERVAL_MS, LOOK_MAX_MS, SAMPLE_INTERVAL_MS } from './limits.ts';
import { nextLookIn } from './liveness.ts';
import type { LocalTracks } from './publisher.ts';
import { measureQuality, UNKNOWN_QUALITY, type CallSample } from './quality.ts';
import { Sampler } from './sampler.ts';
import { PlaceGone } from './resume.ts';
import { Session, type SessionContext } from './session.ts';
import type { TimelineNote } from './timeline.ts';

/** What the driver reports. `now` is on the monotonic clock of the call state. */
export interface DriverListener {
  onState(before: CallState, after: CallState, now: number): void;
  onQuality(): void;
  onNote(note: TimelineNote): void;
  onActiveSpeaker(peerId: string | undefined): void;
  onRemoteTrack(track: MediaStreamTrack): void;
}

/**
 * Carries out what `decide()` decides: samples, asks, acts, and wakes up at the next deadline. It
 * takes no decision of its own.
 */
export class CallDriver {
  #rules: CallRules;
  #context: SessionContext;
  readonly #localTracks: () => LocalTracks;
  readonly #listener: DriverListener;
  readonly #sampler = new Sampler(
    () => this.#look(),
    () => this.#pauseMs(),
  );
  #sampledAt = -Infinity;
  #state: CallState = IDLE;
  #quality: Quality = UNKNOWN_QUALITY;
  #lastSample: CallSample | undefined;
  #session: Session | undefined;
  #alarm: ReturnType<typeof setTimeout> | undefined;

  constructor(
    context: SessionContext,
    rules: Pick<CallRules, 'seed' | 'standby'>,
    localTracks: () => LocalTracks,
    listener: DriverListener,
  ) {
    const { preferredProtocol, route, proxies } = context.target;
    this.#rules = { preferredProtocol, route, hasOtherProxies: proxies.length > 1, ...rules };
    this.#context = context;
    this.#localTracks = localTracks;
    this.#listener = listener;
  }

  get state(): CallState {
    return this.#state;
  }

  get quality(): Quality {
    return this.#quality;
  }

  join(plan: readonly Path[]): void {
    this.#observe({ seen: 'join', plan });
  }

  leave(): void {
    this.#observe({ seen: 'leave' });
  }

  /** Policy allows less than before: what is not allowed any more is left at once. */
  restrict(preferredProtocol: PreferredProtocol): void {
    if (preferredProtocol === this.#rules.preferredProtocol) return;
    this.#rules = { ...this.#rules, preferredProtocol };
    const target = { ...this.#context.target, preferredProtocol };
    this.#context = { ...this.#context, target };
    this.#observe({ seen: 'policy', plan: this.#session?.restrict(target) ?? [] });
    this.#sampler.now();
  }

  /** Ends the call for a reason of the app's. */
  forbid(error: RoomError): void {
    this.#observe({ seen: 'forbidden', error: error.toData() });
  }

  /** The computer's network changed: its address, its interface. */
  networkChanged(): void {
    this.#observe({ seen: 'network-changed' });
    this.#sampler.now();
  }

  retryNow(): void {
    this.#observe({ seen: 'retry-now' });
  }

  async publish(kind: MediaKind, track: LocalTrack | undefined): Promise<void> {
    await this.#session?.publish(kind, track);
  }

  #observe(observation: Observation): void {
    const now = performance.now();
    const before = this.#state;
    const { state: decided, actions } = decide(before, observation, now, this.#rules);
    const state = this.#explained(decided);
    this.#state = state;
    this.#setAlarm(now);
    if (state !== before) this.#listener.onState(before, state, now);
    for (const action of actions) this.#act(action);
  }

  /** With what is known by now of why media found no way. */
  #explained(state: CallState): CallState {
    if (state.phase !== 'failed' || state === this.#state) return state;
    return { ...state, error: this.#context.legs.explain(state.error) };
  }

  #setAlarm(now: number): void {
    clearTimeout(this.#alarm);
    const deadline = nextDeadline(this.#state, this.#rules);
    if (deadline === undefined) return;
    const wait = Math.max(0, Math.ceil(deadline - now));
    this.#alarm = setTimeout(() => this.#observe({ seen: 'clock' }), wait);
  }

  #act(action: Action): void {
    const session = this.#session;
    switch (action.act) {
      case 'connect':
        this.#connect(action.through);
        break;
      case 'disconnect':
        this.#disconnect();
        break;
      case 'build':
        this.#try(session?.build(action.role, action.spare, action.path), action);
        break;
      case 'drop':
        session?.drop(action.role, action.spare);
        break;
      case 'double':
        this.#try(session?.double(action.role, action.spare, action.isSoundOnly ?? false), action);
        break;
      case 'fill':
        this.#try(session?.fill(action.spare), action);
        break;
      case 'settle':
        void session?.settle(action.role, action.on).catch((error: unknown) => {
          if (session === this.#session) this.#judgeSilence(error);
        });
        break;
      case 'resume':
        this.#resume();
        break;
      case 'offer-preferred':
        // Where it does not come about, the link stays where it is.
        void session?.restartIce(action.role, this.#wantedProtocol()).catch(() => undefined);
        break;
      case 'renew-relay':
        void session?.renewRelay().then(
          () => this.#listener.onNote({ kind: 'path', text: 'relay credentials renewed' }),
          (error: unknown) => {
            if (session === this.#session)
              this.#noteFailure('relay credentials not renewed', error);
          },
        );
        break;
    }
  }

  /** What is done on a spare link may fail; the call stays where it is. */
  #try(
    doing: Promise<void> | undefined,
    { act, role, spare }: Extract<Action, { act: 'build' | 'double' | 'fill' }>,
  ): void {
    const session = this.#session;
    doing?.catch((error: unknown) => {
      if (session !== this.#session) return;
      // Of a server that is silent or out of reach the loss of signaling tells.
      const isCutOff = error instanceof ProtooError && error.code === CHANNEL_CLOSED_CODE;
      if (!this.#judgeSilence(error) && !isCutOff) {
        this.#noteFailure(`${SPARE[spare]} not ${act === 'build' ? 'made' : 'taken'}`, error);
      }
      this.#observe({ seen: 'spare-failed', role, spare });
    });
  }

  /** A request that was not answered in time tells of the connection. */
  #judgeSilence(error: unknown): boolean {
    if (!(error instanceof ProtooError) || error.code !== REQUEST_TIMEOUT_CODE) return false;
    this.#observe({ seen: 'signaling-silent' });
    return true;
  }

  #resume(): void {
    const session = this.#session;
    session?.resume().then(
      () => {
        if (session === this.#session) this.#observe({ seen: 'resumed' });
      },
      (error: unknown) => {
        if (session !== this.#session) return;
        const isFinal = !(error instanceof RoomError);
        const failure =
          error instanceof PlaceGone
            ? error.error
            : error instanceof RoomError
              ? error
              : new RoomError('SIGNALING_LOST', nameOf(error));
        this.#observe({ seen: 'resume-failed', error: failure.toData(), isFinal });
      },
    );
  }

  #connect(through: readonly Endpoint[] | undefined): void {
    this.#disconnect();
    const state = this.#state;
    const isAnew = state.phase === 'connecting' && state.trip.reason !== undefined;
    const session = new Session(
      { ...this.#context, isAnew },
      {
        onStep: (step, plan) => this.#observe({ seen: 'step', step, ...(plan && { plan }) }),
        onLinksChanged: () => this.#onLinksChanged(),
        onProxyEntered: (otherProxies, errors) => {
          const failures = errors.map((error) => error.toData());
          this.#observe({ seen: 'proxy-entered', otherProxies, failures });
        },
        onNoMediaToConnect: () => this.#observe({ seen: 'no-media-to-connect' }),
        onRelayLease: (lifetimeMs) => this.#observe({ seen: 'relay-lease', lifetimeMs }),
        onAbilities: (abilities) => this.#observe({ seen: 'abilities', abilities }),
        onSpareFailed: (role, spare) => this.#observe({ seen: 'spare-failed', role, spare }),
        onSignalingEnd: (code) => this.#observe({ seen: 'signaling-closed', code }),
        onActiveSpeaker: (peerId) => this.#listener.onActiveSpeaker(peerId),
        onRemoteTrack: (track) => this.#listener.onRemoteTrack(track),
        onTrackRefused: (kind, error) => this.#noteFailure(`${DEVICE[kind]} not sent`, error),
        onMalformed: (problem) =>
          this.#listener.onNote({ kind: 'signaling', text: `dropped a message: ${problem}` }),
      },
    );
    this.#session = session;
    this.#sampler.start();
    session.open(this.#localTracks, through).catch((error: unknown) => {
      if (session !== this.#session) return;
      const failure =
        error instanceof RoomError ? error : new RoomError('SERVER_INCOMPATIBLE', nameOf(error));
      this.#observe({ seen: 'attempt-failed', error: failure.toData() });
    });
  }

  #disconnect(): void {
    this.#sampler.stop();
    this.#session?.close();
    this.#session = undefined;
    this.#lastSample = undefined;
    this.#quality = UNKNOWN_QUALITY;
    this.#listener.onActiveSpeaker(undefined);
  }

  #onLinksChanged(): void {
    this.#observeLinks();
    // Statistics cost most just when a call comes up: they are asked for only what they tell.
    if (this.#session?.needsLook) this.#sampler.now();
  }

  #observeLinks(): void {
    const links = this.#session?.views();
    if (links) this.#observe({ seen: 'links', links });
  }

  /** The full statistics once in a while; in between no more than whether the links are alive. */
  async #look(): Promise<void> {
    const wait = isUnsettled(this.#state) ? FAST_SAMPLE_INTERVAL_MS : SAMPLE_INTERVAL_MS;
    const isDue = performance.now() - this.#sampledAt >= wait - LOOK_SLACK_MS;
    const session = this.#session;
    if (this.#state.phase === 'connected') await session?.listen().catch(() => undefined);
    if (session !== this.#session) return;
    if (isDue || this.#state.phase !== 'connected') {
      this.#sampledAt = performance.now();
      await this.#sample();
    } else this.#observeLinks();
  }

  #pauseMs(): number {
    const views = this.#session?.views();
    if (this.#state.phase !== 'connected' || !views) return FAST_SAMPLE_INTERVAL_MS;
    const { lanes } = this.#state;
    const isMoving = Object.values(lanes).some(
      ({ doubled, troubleSince }) => doubled !== undefined || troubleSince !== undefined,
    );
    const pause = nextLookIn(views, isMoving);
    return isUnsettled(this.#state) ? Math.min(pause, FAST_SAMPLE_INTERVAL_MS) : pause;
  }

  async #sample(): Promise<void> {
    const session = this.#session;
    if (!session) return;
    try {
      const links = await session.sample();
      if (session !== this.#session) return;
      this.#measure({ at: performance.now(), links });
    } catch {
      // A transport closed under the look; its state says so.
    }
    if (session === this.#session) this.#observeLinks();
  }

  #measure(sample: CallSample): void {
    // Rates over a few ms say nothing.
    const last = this.#lastSample;
    if (last && sample.at - last.at < SAMPLE_INTERVAL_MS / 2) return;
    this.#quality = measureQuality(last, sample);
    this.#lastSample = sample;
    this.#listener.onQuality();
  }

  #wantedProtocol(): MediaProtocol | undefined {
    return this.#state.phase === 'connected' ? this.#state.plan[0]?.protocol : undefined;
  }

  #noteFailure(what: string, error: unknown): void {
    const why =
      error instanceof RoomError ? `${error.code} ${error.detail ?? error.message}` : nameOf(error);
    this.#listener.onNote({ kind: 'error', text: `${what}: ${why}` });
  }
}

/** What a browser's or a library's exception is called; its message may hold what was sent. */
function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : 'unknown error';
}

const DEVICE: Record<MediaKind, string> = { audio: 'microphone', video: 'camera' };

/**
 * The path may change at any moment, and it matters at once. While connecting, it need not be looked
 * for: the transports tell when they are up.
 */
function isUnsettled(state: CallState): boolean {
  if (state.phase !== 'connected') return false;
  return state.lesserSince !== undefined && state.fallback === undefined;
}

/** A look that comes this much earlier than a sample is due is one, ms. */
const LOOK_SLACK_MS = LOOK_MAX_MS / 2;

const SPARE: Record<SpareName, string> = { standby: 'standby path', probe: 'better path' };
