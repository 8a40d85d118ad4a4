import { isDeepStrictEqual } from 'node:util';
import {
  MAX_PROBLEMS,
  type PolicyProblem,
  type PolicyState,
  type PolicyStatus,
} from '../../../shared/settings/policy-status.ts';
import type { SettingsSource, SourceValues } from '../source.ts';
import { hashOf, type KnownPolicy, type LastGood } from './last-good.ts';
import type { PolicyReader, PolicyReading } from './policy-reader.ts';

/** What one place amounts to: what was found, and what counts for it. */
interface Verdict {
  reading: PolicyReading;
  state: PolicyState;
  inForce: 'none' | 'current' | 'last-good';
  policy: KnownPolicy | undefined;
}

/** Weakest first: the state of all is that of the place in the worst one. */
const STATES: readonly PolicyState[] = ['none', 'ok', 'gone', 'broken', 'refused'];

export interface ManagedPolicyOptions {
  /** Strongest first. */
  readers: readonly PolicyReader[];
  lastGood: LastGood;
  /** ms since 1970. */
  now: () => number;
  /** Told what could not be kept for the next start. */
  onNotKept: (error: unknown) => void;
}

/**
 * The policy of the company: from every place where IT can put one, with the last good one standing
 * in wherever what is there cannot be used. Never less than was in force before, unless IT says so
 * with a policy that can be read.
 */
export class ManagedPolicy implements SettingsSource {
  readonly source = 'managed';
  readonly #options: ManagedPolicyOptions;
  readonly #listeners = new Set<() => void>();
  readonly #verdicts = new Map<PolicyReader, Verdict>();
  readonly #timers: NodeJS.Timeout[] = [];

  constructor(options: ManagedPolicyOptions) {
    this.#options = options;
    for (const reader of options.readers) this.#accept(reader, reader.read());
  }

  values(): SourceValues {
    const weakestFirst = [...this.#verdicts.values()].reverse();
    return Object.assign({}, ...weakestFirst.map(({ policy }) => policy?.values)) as SourceValues;
  }

  status(): PolicyStatus {
    const verdicts = [...this.#verdicts.values()];
    const worst = (a: PolicyState, b: PolicyState): PolicyState =>
      STATES.indexOf(a) > STATES.indexOf(b) ? a : b;
    const state = verdicts.map((verdict) => verdict.state).reduce(worst, 'none');
    const inForce = verdicts.some((verdict) => verdict.inForce === 'last-good')
      ? 'last-good'
      : verdicts.some((verdict) => verdict.inForce === 'current')
        ? 'current'
        : 'none';
    const problems = verdicts
      .flatMap(({ reading }) => reading.problems)
      .toSorted((a, b) => Number(a.severity === 'warning') - Number(b.severity === 'warning'));
    const sinces = verdicts.flatMap(({ policy }) => (policy ? [policy.since] : []));
    const isUnknown = verdicts.some((verdict) => isBad(verdict.state) && !verdict.policy);
    return {
      state,
      inForce,
      origins: verdicts.flatMap(({ reading }) => reading.origins),
      ...(inForce !== 'none' && { hash: hashOf(this.values()), since: Math.max(...sinces) }),
      problems: problems.slice(0, MAX_PROBLEMS),
      ...(isUnknown && { callsRefused: refusal(problems) }),
    };
  }

  onChanged(listener: () => void): void {
    this.#listeners.add(listener);
  }

  /** Looks for changes from now on. */
  watch(): void {
    for (const reader of this.#options.readers) this.#watch(reader);
  }

  stop(): void {
    for (const timer of this.#timers) clearInterval(timer);
    this.#timers.length = 0;
  }

  /**
   * Two looks that see the same mark, with a policy that was not looked at yet, and it is read: what
   * is still being written has a new mark each time, and a file that is half there does no harm.
   */
  #watch(reader: PolicyReader): void {
    let accepted: string | undefined;
    let seen: string | undefined;
    let isLooking = false;
    const look = async (): Promise<void> => {
      const mark = await reader.fingerprint();
      const isSettled = mark === seen;
      seen = mark;
      if (!isSettled || mark === accepted) return;
      accepted = mark;
      const before = this.status();
      this.#accept(reader, reader.read());
      if (!isDeepStrictEqual(before, this.status())) {
        for (const listener of this.#listeners) listener();
      }
    };
    const timer = setInterval(() => {
      if (isLooking) return;
      isLooking = true;
      void look().finally(() => {
        isLooking = false;
      });
    }, reader.pollIntervalMs);
    // It must not keep a program alive that has nothing else to do.
    timer.unref();
    this.#timers.push(timer);
  }

  #accept(reader: PolicyReader, reading: PolicyReading): void {
    const known = this.#options.lastGood.read(reader.name);
    const verdict = judge(reader, reading, known, this.#options.now());
    this.#verdicts.set(reader, verdict);
    try {
      const { inForce, policy, state } = verdict;
      if (inForce === 'current' && policy) this.#options.lastGood.keep(reader.name, policy);
      if (state === 'none') this.#options.lastGood.forget(reader.name);
    } catch (error) {
      this.#options.onNotKept(error);
    }
  }
}

function judge(
  { canBeWithdrawn }: PolicyReader,
  reading: PolicyReading,
  known: KnownPolicy | undefined,
  now: number,
): Verdict {
  const isRefused = reading.origins.some(({ state }) => state === 'refused');
  const hasError = reading.problems.some(({ severity }) => severity === 'error');
  if (isRefused || hasError) {
    const state = isRefused ? 'refused' : 'broken';
    return { reading, state, inForce: known ? 'last-good' : 'none', policy: known };
  }
  const used = reading.origins.filter(({ state }) => state === 'used').map(({ path }) => path);
  const isGone =
    known !== undefined &&
    !canBeWithdrawn &&
    (used.length === 0
      ? Object.keys(known.values).length > 0
      : known.needed.some((path) => !used.includes(path)));
  if (isGone) return { reading, state: 'gone', inForce: 'last-good', policy: known };
  if (used.length > 0) {
    const hash = hashOf(reading.values);
    const since = known?.hash === hash ? known.since : now;
    const policy = { values: reading.values, hash, since, needed: reading.needed };
    return { reading, state: 'ok', inForce: 'current', policy };
  }
  return { reading, state: 'none', inForce: 'none', policy: undefined };
}

function isBad(state: PolicyState): boolean {
  return state === 'broken' || state === 'refused';
}

function refusal(problems: readonly PolicyProblem[]): PolicyStatus['callsRefused'] {
  const errors = problems.filter(({ severity }) => severity === 'error');
  return {
    message:
      'Your organization’s settings for Causeway cannot be used, and without them no call is possible. Tell IT.',
    forIt: errors.map(formatProblem).join('\n'),
  };
}

/** `path:line:column: key: problem`, as compilers tell theirs. */
export function formatProblem({ path, line, column, key, problem }: PolicyProblem): string {
  const place = line === undefined ? '' : `:${line}:${column ?? 1}`;
  return `${path}${place}: ${key === undefined ? '' : `${key}: `}${problem}`;
}
