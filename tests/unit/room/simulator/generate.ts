import { seeded, type Random } from '../../../fixtures/random.ts';
import { Trace, type TraceEvent } from './trace.ts';

/** Bad days, made up: an hour of a call in which the network, the server and the computer misbehave. */

export interface Fault {
  readonly kind: string;
  readonly from: number;
  readonly to: number;
}

export interface BadHour {
  readonly trace: Trace;
  readonly faults: readonly Fault[];
}

const HOUR_MS = 3_600_000;
/** Between two faults, on average, ms. */
const MEAN_PAUSE_MS = 420_000;
/** The hour ends in peace, ms. */
const PEACE_MS = 240_000;

interface Making {
  readonly random: Random;
  readonly events: TraceEvent[];
  readonly at: number;
  readonly between: (low: number, high: number) => number;
}

/** Each makes its events and returns when it is over, ms. */
const KINDS: Record<string, (making: Making) => number> = {
  cut: ({ events, at, between, random }) => {
    const to = at + between(1_000, 120_000);
    const directions = pick(['both', 'both', 'out', 'in'] as const, random);
    events.push({ at, cut: 'udp', directions }, { at: to, cut: 'udp', directions: 'none' });
    return to;
  },
  flapping: ({ events, at, between }) => {
    let to = at;
    const times = Math.ceil(between(2, 7));
    for (let time = 0; time < times; time++) {
      events.push({ at: to, cut: 'udp', directions: 'both' });
      to += between(800, 8_000);
      events.push({ at: to, cut: 'udp', directions: 'none' });
      to += between(800, 8_000);
    }
    return to;
  },
  'tcp cut': ({ events, at, between }) => {
    const to = at + between(2_000, 60_000);
    events.push({ at, cut: 'tcp', directions: 'both' }, { at: to, cut: 'tcp', directions: 'none' });
    return to;
  },
  'all cut': ({ events, at, between }) => {
    const to = at + between(300, 25_000);
    for (const cut of ['udp', 'tcp', 'signaling'] as const) {
      events.push({ at, cut, directions: 'both' }, { at: to, cut, directions: 'none' });
    }
    return to;
  },
  loss: ({ events, at, between }) => {
    const to = at + between(5_000, 60_000);
    events.push({ at, loss: between(0.02, 0.2) }, { at: to, loss: 0 });
    return to;
  },
  slow: ({ events, at, between }) => {
    const to = at + between(5_000, 60_000);
    events.push({ at, rttMs: between(40, 250) }, { at: to, rttMs: 20 });
    return to;
  },
  busy: ({ events, at, between }) => {
    const to = at + between(5_000, 30_000);
    events.push({ at, busy: true }, { at: to, busy: false });
    return to;
  },
  stall: ({ events, at, between }) => {
    const stallMs = between(300, 8_000);
    events.push({ at, stallMs });
    return at + stallMs;
  },
  sleep: ({ events, at, between, random }) => {
    const sleepMs = between(2_000, 180_000);
    events.push({ at, sleepMs });
    if (random() < 0.6) events.push({ at: at + sleepMs + 50, signalingClosed: 4408 });
    return at + sleepMs + 100;
  },
  'signaling lost': ({ events, at, between }) => {
    const to = at + between(0, 18_000);
    events.push({ at, cut: 'signaling', directions: 'both' }, { at, signalingClosed: 1006 });
    events.push({ at: to, cut: 'signaling', directions: 'none' });
    return to;
  },
  'address changed': ({ events, at }) => {
    events.push({ at, addressChanged: true });
    return at + 1_000;
  },
  'server restarted': ({ events, at, between }) => {
    const serverDownMs = between(300, 20_000);
    events.push({ at, serverDownMs });
    return at + serverDownMs;
  },
  'others change': ({ events, at, random }) => {
    events.push({ at, remote: pick(['media', 'media', 'speech', 'silent', 'absent'], random) });
    return at;
  },
  'own media change': ({ events, at, random }) => {
    events.push({ at, local: pick(['media', 'silent'], random) });
    return at;
  },
};

/** What a call is to sit out: nothing in it is the fault of a path. */
export const NOISE: readonly string[] = [
  'loss',
  'slow',
  'busy',
  'stall',
  'others change',
  'own media change',
];

export function badHour(seed: number): BadHour {
  const random = seeded(seed * 7919 + 13);
  const between = (low: number, high: number): number => low + random() * (high - low);
  const events: TraceEvent[] = [];
  const faults: Fault[] = [];
  for (let at = 8_000 + between(0, 60_000); at < HOUR_MS - PEACE_MS;) {
    const kind = pick(Object.keys(KINDS), random);
    const to = KINDS[kind]?.({ random, events, at, between }) ?? at;
    faults.push({ kind, from: at, to });
    // Now and then the next one does not wait for this one to be over.
    const isCrowded = random() < 0.15;
    const pause = isCrowded ? between(0, 3_000) : 15_000 - Math.log(1 - random()) * MEAN_PAUSE_MS;
    at = Math.min(HOUR_MS, (isCrowded ? at : to) + pause);
  }
  const preferredProtocol = pick(
    ['UDP_OVER_TCP', 'UDP_OVER_TCP', 'UDP_OVER_TCP', 'UDP_ONLY', 'TCP_ONLY'] as const,
    random,
  );
  const trace = Trace.parse({
    name: `bad hour ${seed}`,
    able: random() < 0.9,
    standby: random() < 0.9,
    preferredProtocol,
    durationMs: HOUR_MS,
    events: events.toSorted((a, b) => a.at - b.at),
  });
  return { trace, faults };
}

function pick<T>(values: readonly T[], random: Random): T {
  const value = values[Math.floor(random() * values.length)];
  if (value === undefined) throw new Error('nothing to pick from');
  return value;
}
