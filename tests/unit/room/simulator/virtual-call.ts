import {
  IDLE,
  LINK_ROLES,
  type Action,
  type CallRules,
  type CallState,
  type LinkRole,
  type Observation,
  type SpareName,
} from '../../../../src/renderer/room/call-state.ts';
import { decide, nextDeadline } from '../../../../src/renderer/room/decide.ts';
import {
  ENTRY_BUDGET_MS,
  FAST_SAMPLE_INTERVAL_MS,
  MOVE_REQUEST_BUDGET_MS,
  OVERLAP_MS,
} from '../../../../src/renderer/room/limits.ts';
import { isStillHeard, nextLookIn } from '../../../../src/renderer/room/liveness.ts';
import { planPaths } from '../../../../src/renderer/room/path-plan.ts';
import type { Path } from '../../../../src/shared/path.ts';
import { RoomError } from '../../../../src/shared/room-error.ts';
import { Agenda } from './agenda.ts';
import { isSettled, linksOf, viewsOf, type LaneModel } from './lane-model.ts';
import { MediaLedger } from './media-ledger.ts';
import type { Migration, Outcome } from './outcome.ts';
import { seeded } from '../../../fixtures/random.ts';
import { ModelLink, Network } from './network.ts';
import { SignalingModel } from './signaling-model.ts';
import type { Trace, TraceEvent } from './trace.ts';

/** How long the model's server keeps the place of a lost connection, ms. */
const RESUME_GRACE_MS = 20_000;
/** What a look takes: the statistics are asked for and answered, ms. */
const LOOK_MS = 3;
/** On a busy computer a look comes so much later at most, ms. */
const BUSY_LOOK_MS = 250;
/** Before something happens, that much is played in full, ms. */
const RUN_UP_MS = 4_000;

/** Plays a trace through the call's brain in virtual time, driving it as the real driver does. */
export function simulate(trace: Trace, seed = 1): Outcome {
  return new VirtualCall(trace, seed).run();
}

class VirtualCall {
  readonly #trace: Trace;
  readonly #rules: CallRules;
  readonly #network: Network;
  readonly #plan: readonly Path[];
  #now = 0;
  #state: CallState = IDLE;
  #lanes: Record<LinkRole, LaneModel> | undefined;
  /** Which session an answer belongs to. */
  #session = 0;
  #signaling: SignalingModel | undefined;
  readonly #agenda = new Agenda();
  readonly #ledger: MediaLedger;
  #alarm: ReturnType<Agenda['add']> | undefined;
  #look: ReturnType<Agenda['add']> | undefined;
  #builds = 0;
  readonly #migrations: Migration[] = [];
  readonly #rejoins: { at: number; reason: string | undefined }[] = [];
  readonly #paths: { at: number; protocol: Path['protocol'] }[] = [];
  readonly #violations = new Set<string>();

  constructor(trace: Trace, seed: number) {
    const { preferredProtocol, standby } = trace;
    this.#trace = trace;
    this.#rules = { preferredProtocol, route: 'direct', seed, standby, hasOtherProxies: false };
    this.#network = new Network(trace.rttMs, seeded(seed));
    this.#ledger = new MediaLedger(this.#network);
    this.#plan = planPaths({ route: 'direct', preferredProtocol, host: '192.0.2.1' }).map(
      (path) => ({ ...path, port: 44_444 }),
    );
  }

  run(): Outcome {
    const { events, durationMs } = this.#trace;
    this.#observe({ seen: 'join', plan: this.#plan });
    let next = 0;
    for (;;) {
      const event = events[next];
      // What the page does waits while it stalls or sleeps; the world goes on.
      const dueAt = Math.max(this.#agenda.nextAt, this.#network.stalledUntil);
      const at = Math.min(event?.at ?? Infinity, dueAt, durationMs);
      this.#pass(this.#mayLeap(at, event?.at ?? durationMs));
      if (this.#now >= durationMs) break;
      if (event && event.at <= this.#now) {
        next++;
        this.#happen(event);
      } else this.#agenda.runNext();
    }
    this.#ledger.close(durationMs);
    return {
      ...{ state: this.#state, migrations: this.#migrations, gaps: this.#ledger.gaps },
      ...{ rejoins: this.#rejoins, paths: this.#paths },
      ...{ builds: this.#builds, violations: [...this.#violations] },
    };
  }

  // --- time -----------------------------------------------------------------------------------------

  #after(ms: number, run: () => void): ReturnType<Agenda['add']> {
    return this.#agenda.add(this.#now + ms, run);
  }

  #pass(at: number): void {
    const { asleepUntil } = this.#network;
    // Conditions have to be constant for a step: sleep may end in between.
    const now = asleepUntil > this.#now && at > asleepUntil ? asleepUntil : at;
    for (const role of LINK_ROLES) this.#passLane(role, this.#lanes?.[role], now);
    this.#now = now;
    this.#network.now = now;
    if (now < at) this.#pass(at);
  }

  #passLane(role: LinkRole, lane: LaneModel | undefined, now: number): void {
    let first = Infinity;
    let last = 0;
    for (const link of lane ? linksOf(lane) : []) {
      const came = link.pass(now);
      if (!came) continue;
      first = Math.min(first, came.first);
      last = Math.max(last, came.last);
    }
    if (last > 0) this.#ledger.came(role, first, last);
    else this.#ledger.nothingCame(role, now);
  }

  #mayLeap(at: number, nextEventAt: number): number {
    const target =
      Math.min(nextEventAt, nextDeadline(this.#state, this.#rules) ?? Infinity) - RUN_UP_MS;
    const isDue = target - this.#now >= RUN_UP_MS && this.#network.isAtRest(this.#now);
    return isDue && this.#lanes && isSettled(this.#state, this.#lanes, this.#trace) ? target : at;
  }

  // --- what happens to it ---------------------------------------------------------------------------

  #happen(event: TraceEvent): void {
    this.#network.apply(event);
    if ('signalingClosed' in event) this.#closeSignaling(event.signalingClosed);
    if ('serverDownMs' in event) this.#closeSignaling(1006);
    if (this.#lanes && 'remote' in event) this.#changeMedia(this.#lanes.receive);
    if (this.#lanes && 'local' in event) this.#changeMedia(this.#lanes.send);
  }

  /** Who mutes, comes or goes says so: what is heard is learned anew. */
  #changeMedia(lane: LaneModel): void {
    for (const link of linksOf(lane)) {
      link.use(this.#now);
      link.relearn();
    }
  }

  #closeSignaling(code: number): void {
    if (!this.#signaling?.break()) return;
    this.#later(1, () => this.#observe({ seen: 'signaling-closed', code }));
  }

  /** A request over the signaling connection. */
  #request(done: () => void, failed: (isSilence: boolean) => void): void {
    if (this.#signaling) this.#signaling.request(done, failed);
    else this.#later(0, () => failed(false));
  }

  /** What comes when the session is over is dropped. */
  #later(ms: number, run: () => void): void {
    const session = this.#session;
    this.#after(ms, () => {
      if (session === this.#session) run();
    });
  }

  // --- the driver -----------------------------------------------------------------------------------

  #observe(observation: Observation): void {
    const before = this.#state;
    const { state, actions } = decide(before, observation, this.#now, this.#rules);
    this.#state = state;
    this.#note(before, state);
    this.#setAlarm();
    for (const action of actions) this.#act(action);
  }

  #setAlarm(): void {
    this.#agenda.cancel(this.#alarm);
    const deadline = nextDeadline(this.#state, this.#rules);
    this.#alarm =
      deadline === undefined
        ? undefined
        : this.#after(Math.max(0, Math.ceil(deadline - this.#now)), () =>
            this.#observe({ seen: 'clock' }),
          );
  }

  #scheduleLook(ms: number): void {
    this.#agenda.cancel(this.#look);
    const { busy, random } = this.#network;
    this.#look = this.#after(ms + LOOK_MS + (busy ? random() * BUSY_LOOK_MS : 0), () =>
      this.#lookNow(),
    );
  }

  #lookNow(): void {
    const lanes = this.#lanes;
    if (!lanes) return;
    for (const role of LINK_ROLES) for (const link of linksOf(lanes[role])) link.listen(this.#now);
    if (this.#state.phase === 'connected') lanes.send.spares.get('probe')?.ping(this.#now);
    this.#observeLinks();
    this.#scheduleLook(this.#pauseMs());
  }

  #pauseMs(): number {
    const state = this.#state;
    const lanes = this.#lanes;
    if (state.phase !== 'connected' || !lanes) return FAST_SAMPLE_INTERVAL_MS;
    const isMoving = LINK_ROLES.some((role) => {
      const { doubled, troubleSince } = state.lanes[role];
      return doubled !== undefined || troubleSince !== undefined;
    });
    const pause = nextLookIn(viewsOf(lanes), isMoving);
    const isUnsettled = state.lesserSince !== undefined && state.fallback === undefined;
    return isUnsettled ? Math.min(pause, FAST_SAMPLE_INTERVAL_MS) : pause;
  }

  #observeLinks(): void {
    if (this.#lanes) this.#observe({ seen: 'links', links: viewsOf(this.#lanes) });
  }

  #act(action: Action): void {
    switch (action.act) {
      case 'connect':
        this.#connect();
        break;
      case 'disconnect':
        this.#disconnect();
        break;
      case 'build':
        this.#build(action.role, action.spare, action.path);
        break;
      case 'drop':
        this.#drop(action.role, action.spare);
        break;
      case 'double':
        this.#double(action.role, action.spare);
        break;
      case 'settle':
        this.#settle(action.role, action.on);
        break;
      case 'resume':
        this.#resume();
        break;
      case 'fill':
      case 'offer-preferred':
      case 'renew-relay':
        break;
    }
  }

  #connect(): void {
    this.#session++;
    const { rttMs } = this.#network;
    const fail = (): void => {
      const error = new RoomError('SERVER_UNREACHABLE', 'no answer').toData();
      this.#observe({ seen: 'attempt-failed', error });
    };
    if (!this.#network.isOpen('signaling')) this.#later(ENTRY_BUDGET_MS, fail);
    else if (!this.#network.isServerUp(this.#now)) this.#later(rttMs + 5, fail);
    else {
      this.#later(6 * rttMs + 80, () => {
        if (!this.#network.isOpen('signaling') || !this.#network.isServerUp(this.#now)) fail();
        else this.#join();
      });
    }
  }

  #join(): void {
    this.#signaling = new SignalingModel(this.#network, (ms, run) => this.#later(ms, run));
    const lane = (role: LinkRole): LaneModel => {
      const active = new ModelLink(role, this.#plan, this.#network, this.#now);
      active.isCarrying = true;
      return { active, spares: new Map(), doubled: undefined };
    };
    this.#lanes = { send: lane('send'), receive: lane('receive') };
    const abilities = this.#trace.able
      ? { migration: true, resumeGraceMs: RESUME_GRACE_MS }
      : { migration: false };
    this.#observe({ seen: 'abilities', abilities });
    this.#observe({ seen: 'step', step: 'media', plan: this.#plan });
    this.#lookNow();
  }

  #disconnect(): void {
    this.#session++;
    this.#lanes = undefined;
    this.#signaling = undefined;
    this.#agenda.cancel(this.#look);
  }

  #build(role: LinkRole, spare: SpareName, path: Path): void {
    this.#drop(role, spare);
    this.#builds++;
    if (!this.#plan.some(({ protocol }) => protocol === path.protocol)) {
      this.#violations.add(`built on ${path.protocol}`);
    }
    const make = (): void => {
      const link = new ModelLink(role, [path], this.#network, this.#now);
      this.#lanes?.[role].spares.set(spare, link);
      this.#tellWhenUp(link);
    };
    this.#request(make, (isSilence) => this.#spareFailed(role, spare, isSilence));
  }

  /** Its state changes in the middle of nothing: the driver is told at once. */
  #tellWhenUp(link: ModelLink): void {
    const wait = link.connectsAt() - this.#now;
    if (Number.isFinite(wait)) this.#later(wait + 1, () => this.#observeLinks());
  }

  #spareFailed(role: LinkRole, spare: SpareName, isSilence: boolean): void {
    if (isSilence) this.#observe({ seen: 'signaling-silent' });
    this.#observe({ seen: 'spare-failed', role, spare });
  }

  #drop(role: LinkRole, spare: SpareName): void {
    const lane = this.#lanes?.[role];
    lane?.spares.delete(spare);
    if (lane?.doubled === spare) lane.doubled = undefined;
  }

  #double(role: LinkRole, spare: SpareName): void {
    const lane = this.#lanes?.[role];
    const link = lane?.spares.get(spare);
    if (!lane || !link) {
      this.#violations.add('asked for media on a link that is not there');
      return;
    }
    if (lane.doubled) this.#violations.add('asked for media on a third link');
    lane.doubled = spare;
    if (role === 'receive') link.relearn();
    const { migration } = this.#network;
    const failed = (isSilence: boolean): void => this.#spareFailed(role, spare, isSilence);
    this.#request(() => {
      if (migration === 'refused') failed(false);
      if (migration === 'late') this.#later(MOVE_REQUEST_BUDGET_MS, () => failed(true));
      const isThere = lane.spares.get(spare) === link || lane.active === link;
      if (isThere && (migration === 'done' || migration === 'late')) link.isCarrying = true;
    }, failed);
  }

  #settle(role: LinkRole, on: SpareName | 'active'): void {
    const lane = this.#lanes?.[role];
    if (!lane) return;
    const { doubled } = lane;
    if (doubled === undefined) this.#violations.add('settled what was not doubled');
    lane.doubled = undefined;
    if (on === 'active') {
      const link = doubled && lane.spares.get(doubled);
      const withdraw = (): void => {
        if (link) link.isCarrying = false;
      };
      if (role === 'send') withdraw();
      else
        this.#request(
          withdraw,
          (isSilence) => isSilence && this.#observe({ seen: 'signaling-silent' }),
        );
      return;
    }
    const link = lane.spares.get(on);
    if (!link || on !== doubled) {
      this.#violations.add('settled on another link than was doubled');
      return;
    }
    const before = lane.active;
    const to = link.path ?? this.#plan[0];
    if (to) this.#migrations.push({ role, at: this.#now, on, to });
    lane.spares.delete(on);
    lane.active = link;
    link.isCarrying = true;
    link.relearn();
    // The old one carries on for a moment; that it does is no part of the call any more.
    if (isStillHeard(before.view())) this.#after(OVERLAP_MS, () => (before.isCarrying = false));
  }

  #resume(): void {
    const error = new RoomError('SIGNALING_LOST', 'resume').toData();
    this.#signaling?.resume(
      () => this.#observe({ seen: 'resumed' }),
      (isFinal) => this.#observe({ seen: 'resume-failed', error, isFinal }),
    );
  }

  #note(before: CallState, after: CallState): void {
    if (after.phase === 'waiting' && before.phase === 'connected') {
      this.#rejoins.push({ at: this.#now, reason: after.trip.reason });
    }
    if (after.phase === 'connected') {
      const { protocol } = after.path;
      if (this.#paths.at(-1)?.protocol !== protocol) this.#paths.push({ at: this.#now, protocol });
      if (!this.#plan.some((path) => path.protocol === protocol)) {
        this.#violations.add(`on ${protocol}`);
      }
    }
  }
}
