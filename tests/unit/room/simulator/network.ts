import type { LinkRole, LinkView } from '../../../../src/renderer/room/call-state.ts';
import { listen, startListening, type Listening } from '../../../../src/renderer/room/hearing.ts';
import type { Path } from '../../../../src/shared/path.ts';
import type { Random } from '../../../fixtures/random.ts';
import type { TraceEvent } from './trace.ts';

/**
 * A small model of what lies between a client and a room server, and of how Chromium's transports
 * take it. Numbers are those that were measured on the real ones where there are such.
 */

export type Wire = 'udp' | 'tcp' | 'signaling';

/** Sound and picture together: a packet at least this often, ms. */
const MEDIA_MS = 20;
/** Speech that pauses (opus DTX), ms. */
const PAUSE_MS = 400;
/** How long somebody speaks before a pause, and pauses before speaking, ms. */
const TURN_MS = 1_700;
/** Feedback on what is sent, ms. */
const FEEDBACK_MS = 100;
/** Where packets get lost, they are asked for again, and that is heard as well: loss, and ms. */
const LOSSY = 0.05;
const NACK_MS = 50;
/** Receiver reports go on when nothing arrives any more, ms: they are told apart, */
const REPORT_MS = 1_000;
/** but for some of what comes unasked, which is taken for an answer. */
const MISTAKEN_MS = 5_000;
/** Chromium's consent checks, ms. */
const CONSENT_MS = 2_500;
/** No answer for this long: `disconnected`, and `failed`, ms. */
const DISCONNECTED_MS = 6_000;
const FAILED_MS = 16_000;
/** From a path that is open to a transport that is connected: round trips, and work, ms. */
const CONNECT_TRIPS = 3;
const CONNECT_WORK_MS = 70;
/** ICE that knows a better pair is on it so long after it works, ms. */
const ICE_RETURN_MS = 6_000;
/** At most so much later a packet is handled on a busy computer, ms. */
const BUSY_DELAY_MS = 120;

/** A call has settled when nothing was out of order for this long, ms. */
const SETTLED_MS = 12_000;

/** What becomes of one packet, in [0, 1): always the same. */
function fateOf(index: number, salt: number): number {
  let bits = Math.imul(index ^ salt, 0x9e3779b1);
  bits = Math.imul(bits ^ (bits >>> 15), 0x85ebca6b);
  return ((bits ^ (bits >>> 13)) >>> 0) / 2 ** 32;
}

interface Opening {
  out: boolean;
  in: boolean;
  /** Since when both are open. */
  since: number;
}

/** The world outside the page. */
export class Network {
  readonly random: Random;
  readonly wires: Record<Wire, Opening> = {
    udp: { out: true, in: true, since: 0 },
    tcp: { out: true, in: true, since: 0 },
    signaling: { out: true, in: true, since: 0 },
  };
  rttMs: number;
  loss = 0;
  remote: 'media' | 'speech' | 'silent' | 'absent' = 'media';
  local: 'media' | 'silent' = 'media';
  busy = false;
  asleepUntil = 0;
  stalledUntil = 0;
  /** How the server answers when media is to move. */
  migration: 'done' | 'accepted' | 'refused' | 'late' = 'done';
  /** Grows with each change of the client's address. */
  address = 0;
  now = 0;
  serverUpAt = 0;
  /** Grows with each restart of the server: what was made before is gone. */
  serverLife = 0;
  /** When anything was last out of order. */
  troubledAt = 0;

  constructor(rttMs: number, random: Random) {
    this.rttMs = rttMs;
    this.random = random;
  }

  /** Applies an event of a trace. What concerns the signaling connection is the driver's. */
  apply(event: TraceEvent): void {
    const { at } = event;
    if ('cut' in event) {
      const wire = this.wires[event.cut];
      const wasOpen = wire.out && wire.in;
      wire.out = event.directions === 'none' || event.directions === 'in';
      wire.in = event.directions === 'none' || event.directions === 'out';
      if (!wasOpen && wire.out && wire.in) wire.since = at;
    } else if ('loss' in event) this.loss = event.loss;
    else if ('rttMs' in event) this.rttMs = event.rttMs;
    else if ('remote' in event) this.remote = event.remote;
    else if ('local' in event) this.local = event.local;
    else if ('stallMs' in event) this.stalledUntil = at + event.stallMs;
    else if ('sleepMs' in event) {
      this.asleepUntil = at + event.sleepMs;
      this.stalledUntil = Math.max(this.stalledUntil, this.asleepUntil);
    } else if ('busy' in event) this.busy = event.busy;
    else if ('addressChanged' in event) this.address++;
    else if ('migration' in event) this.migration = event.migration;
    else if ('serverDownMs' in event) {
      this.serverUpAt = at + event.serverDownMs;
      this.serverLife++;
    }
    this.troubledAt = Math.max(at, this.stalledUntil, this.serverUpAt);
  }

  isOpen(wire: Wire): boolean {
    return this.wires[wire].out && this.wires[wire].in;
  }

  isServerUp(now: number): boolean {
    return now >= this.serverUpAt;
  }

  /** Nothing is out of order, and nothing was for a while. */
  isAtRest(now: number): boolean {
    const isSound = this.isOpen('udp') && this.isOpen('tcp') && this.isOpen('signaling');
    return isSound && this.loss === 0 && !this.busy && now - this.troubledAt >= SETTLED_MS;
  }
}

/** One transport of the client's. */
export class ModelLink {
  readonly role: LinkRole;
  /** Best first. More than one: ICE chooses. */
  readonly candidates: readonly Path[];
  readonly #network: Network;
  readonly #life: number;
  /** From which it is known to the server. */
  #address: number;
  #path: Path | undefined;
  #status: LinkView['status'];
  #startedAt: number;
  readonly #phase: number;
  readonly #salt: number;
  #lastPacketAt: number | undefined;
  #lastAnswerAt = 0;
  #responses = 0;
  #unasked = 0;
  #deliveredTo: number;
  #pingedAt: number | undefined;
  #listening: Listening | undefined;
  #forget = false;
  /** Media is sent on it: by the server, or by the client. */
  isCarrying = false;

  constructor(role: LinkRole, candidates: readonly Path[], network: Network, now: number) {
    this.role = role;
    this.candidates = candidates;
    this.#network = network;
    this.#life = network.serverLife;
    this.#address = network.address;
    this.#startedAt = now;
    this.#deliveredTo = now;
    // All links bring the same packets, one a little later than the other.
    this.#phase = network.random() * 8;
    this.#salt = Math.floor(network.random() * 1e9);
    this.#status = 'unused';
    this.use(now);
  }

  /** Nothing asks a receiving link to connect while nobody is there. */
  use(now: number): void {
    if (this.#status !== 'unused') return;
    if (this.role === 'receive' && this.#network.remote === 'absent') return;
    this.#status = 'connecting';
    this.#startedAt = now;
  }

  get path(): Path | undefined {
    return this.#path;
  }

  get status(): LinkView['status'] {
    return this.#status;
  }

  view(): LinkView {
    return {
      status: this.#status,
      ...(this.#path && { path: this.#path }),
      ...(this.#listening && { hearing: this.#listening.hearing }),
    };
  }

  relearn(): void {
    this.#forget = true;
  }

  ping(now: number): void {
    this.#pingedAt ??= now;
  }

  listen(now: number): void {
    if (this.#status !== 'connected') return;
    const look = {
      ...{ at: now, lastPacketAt: this.#lastPacketAt },
      ...{ responses: this.#responses, unasked: this.#unasked },
    };
    const before = this.#listening;
    this.#listening = before && !this.#forget ? listen(before, look) : startListening(look, before);
    this.#forget = false;
  }

  /**
   * Lets time pass, under conditions that have not changed meanwhile.
   * @returns when the first media came in or reached the server, and the last, if any did.
   */
  pass(now: number): { first: number; last: number } | undefined {
    const from = this.#deliveredTo;
    this.#deliveredTo = now;
    if (now <= from) return undefined;
    const isAsleep = this.#network.asleepUntil > from;
    // Clocks of the transport stand still meanwhile.
    if (isAsleep) this.#lastAnswerAt += now - from;
    this.#follow(from, now, isAsleep);
    // Media comes in for a while on a link that WebRTC has lost, where only the way out is shut.
    const isUp = this.#status === 'connected' || this.#status === 'disconnected';
    if (!isUp || !this.#path || isAsleep) return undefined;
    const wire = this.#network.wires[this.#path.protocol === 'udp' ? 'udp' : 'tcp'];
    if (!this.#isKnown()) return undefined;
    return this.role === 'receive'
      ? this.#receive(wire.in, from, now)
      : this.#send(wire, from, now);
  }

  #receive(isIn: boolean, from: number, now: number): { first: number; last: number } | undefined {
    if (!isIn || !this.isCarrying) return undefined;
    const period = this.#period(now);
    if (period === undefined) return undefined;
    const arrived = this.#arrivals(period, from, now);
    if (arrived) this.#lastPacketAt = Math.max(this.#lastPacketAt ?? 0, arrived.last);
    return arrived;
  }

  #send(wire: Opening, from: number, now: number): { first: number; last: number } | undefined {
    const { rttMs, local } = this.#network;
    const isSending = this.isCarrying && local === 'media';
    const heard = (at: number | undefined): void => {
      if (at !== undefined) this.#lastPacketAt = Math.max(this.#lastPacketAt ?? 0, at);
    };
    const feedbackMs = this.#network.loss >= LOSSY ? NACK_MS : FEEDBACK_MS;
    if (wire.in && wire.out && isSending) heard(this.#arrivals(feedbackMs, from, now)?.last);
    if (wire.in && isSending) {
      if (this.#arrivals(REPORT_MS, from, now)) this.#unasked++;
      heard(this.#arrivals(MISTAKEN_MS, from, now)?.last);
    }
    if (this.#pingedAt !== undefined && now >= this.#pingedAt + rttMs) {
      if (wire.in && wire.out) heard(this.#pingedAt + rttMs);
      this.#pingedAt = undefined;
    }
    return wire.out && isSending ? this.#arrivals(MEDIA_MS, from, now) : undefined;
  }

  #period(now: number): number | undefined {
    switch (this.#network.remote) {
      case 'media':
        return MEDIA_MS;
      case 'speech':
        return Math.floor(now / TURN_MS) % 2 === 0 ? MEDIA_MS : PAUSE_MS;
      case 'silent':
      case 'absent':
        return undefined;
    }
  }

  /** Of packets that are sent every `period`, those that arrive after `from` and until `now`. */
  #arrivals(
    period: number,
    from: number,
    now: number,
  ): { first: number; last: number } | undefined {
    // TCP repeats what is lost, which costs time but brings it.
    const { busy } = this.#network;
    const loss = this.#path?.protocol === 'udp' ? this.#network.loss : this.#network.loss / 4;
    let last = 0;
    const latest = Math.floor((now - this.#phase) / period);
    for (let index = latest; index >= 0; index--) {
      const sentAt = index * period + this.#phase;
      // Nothing before it can be later.
      if (sentAt + (busy ? BUSY_DELAY_MS : 0) <= Math.max(from, last)) break;
      const chance = fateOf(index, this.#salt + period);
      if (loss > 0 && chance < loss) continue;
      const arrivedAt = busy ? sentAt + fateOf(index, period) * BUSY_DELAY_MS : sentAt;
      if (arrivedAt > from && arrivedAt <= now) last = Math.max(last, arrivedAt);
      if (!busy && last > 0) break;
    }
    if (last === 0) return undefined;
    return { first: Math.min(last, from + period), last };
  }

  /** The transport's state, and what ICE does by itself. */
  #follow(from: number, now: number, isAsleep: boolean): void {
    if (this.#status === 'unused' || this.#status === 'failed' || isAsleep) return;
    const open = this.#openCandidate();
    const isAlive = this.#life === this.#network.serverLife;
    if (this.#status === 'connecting') {
      this.#address = this.#network.address;
      if (isAlive && open && now >= this.connectsAt()) {
        this.#path = open;
        this.#status = 'connected';
        this.#lastAnswerAt = now;
        this.#forget = true;
      } else if (now - this.#startedAt >= FAILED_MS) this.#status = 'failed';
      return;
    }
    const path = this.#path;
    if (!path) return;
    const isOpen = this.#network.isOpen(path.protocol === 'udp' ? 'udp' : 'tcp');
    // A datagram comes from whatever address there is; a connection ends with its own.
    if (isOpen && (path.protocol === 'udp' ? isAlive : this.#isKnown())) {
      const answered = Math.floor(now / CONSENT_MS) - Math.floor(from / CONSENT_MS);
      // Lost contact is looked for more often.
      const isLate = now - this.#lastAnswerAt >= CONSENT_MS;
      if (answered > 0 || isLate) {
        const isLost = this.#network.random() < this.#network.loss;
        if (!isLost) {
          this.#responses += Math.max(1, answered);
          this.#lastAnswerAt = now;
          this.#status = 'connected';
          this.#address = this.#network.address;
        }
      }
    }
    const silentMs = now - this.#lastAnswerAt;
    if (silentMs >= FAILED_MS) this.#status = 'failed';
    else if (silentMs >= DISCONNECTED_MS) this.#status = 'disconnected';
    // ICE goes to a better pair by itself, once that works.
    const best = this.candidates[0];
    if (isAlive && best && open === best && best.protocol !== path.protocol) {
      const { since } = this.#network.wires[best.protocol === 'udp' ? 'udp' : 'tcp'];
      if (now - Math.max(since, this.#startedAt) >= ICE_RETURN_MS) {
        this.#path = best;
        this.#status = 'connected';
        this.#lastAnswerAt = now;
        this.#forget = true;
      }
    }
  }

  /** When a link that is connecting will be up, as things stand; Infinity when it will not. */
  connectsAt(): number {
    const open = this.#openCandidate();
    if (this.#status !== 'connecting' || !open) return Infinity;
    const { since } = this.#network.wires[open.protocol === 'udp' ? 'udp' : 'tcp'];
    const work = CONNECT_TRIPS * this.#network.rttMs + CONNECT_WORK_MS;
    return Math.max(since, this.#startedAt) + work + (this.#network.busy ? BUSY_DELAY_MS : 0);
  }

  #isKnown(): boolean {
    const { serverLife, address } = this.#network;
    return this.#life === serverLife && this.#address === address;
  }

  #openCandidate(): Path | undefined {
    return this.candidates.find(({ protocol }) =>
      this.#network.isOpen(protocol === 'udp' ? 'udp' : 'tcp'),
    );
  }
}
