/**
 * What is heard of a link's other end, and what may be expected of it. Pure: samples in, judgement
 * out. Expectation is learned from what came in lately: speech with pauses, a moving picture or
 * feedback reports each have their own rhythm, and nothing has to know which of them flows.
 */

/** One look at a link's inbound counters. */
export interface Look {
  /** Monotonic, ms. */
  readonly at: number;
  /** When the last packet came in, on the same clock; undefined when none ever did. */
  readonly lastPacketAt: number | undefined;
  /** STUN responses so far: answers to connectivity and consent checks (RFC 7675). */
  readonly responses: number;
  /** Packets so far that come whether the other end hears anything or not, and do not count. */
  readonly unasked: number;
}

export interface Hearing {
  /** When the last packet came in, monotonic, ms; 0 when none did. */
  readonly heardAt: number;
  /** Watched time since then, ms: time in which this program did not run does not count. */
  readonly silentMs: number;
  /**
   * The longest silence in the ordinary course of things lately, ms: Infinity where nothing comes
   * regularly, undefined while too little is known.
   */
  readonly usualGapMs: number | undefined;
  /** Watched time since the last answered consent check, ms. */
  readonly consentMs: number;
  /** What comes unasked has come since: the way in is open, and if something is shut it is the way out. */
  readonly isOneSided: boolean;
}

/** What {@link listen} remembers from look to look. */
export interface Listening {
  readonly hearing: Hearing;
  readonly at: number;
  readonly responses: number;
  /** As it was when the last packet came that counts. */
  readonly unasked: number;
  /** Silence up to here is forgiven: the program slept, or what flows has changed. */
  readonly watchedFrom: number;
  /** When the rhythm began to be learned. */
  readonly learningSince: number;
  readonly rhythm: Rhythm;
}

/** What came in the present {@link WINDOW_MS}, and in the one before. */
interface Rhythm {
  readonly since: number;
  readonly present: Window;
  readonly previous: Window;
}

interface Window {
  /** Longest silence that a packet has ended, ms. */
  readonly gapMs: number;
  /** Looks that found something new. */
  readonly news: number;
}

const NOTHING: Window = { gapMs: 0, news: 0 };

/**
 * Looks that are further apart than this were not ours to time (see LOOK_MAX_MS): the computer
 * slept, or the event loop stalled. What came in meanwhile may not have been counted yet.
 */
const STALL_MS = 700;

/** The rhythm is that of the last one to two of these, ms. */
const WINDOW_MS = 3_000;

/** A rhythm is known after this, ms: a few packets of the slowest (one each 400 ms) have come. */
const LEARN_MS = 900;
/** Fewer looks with news than this in two windows are no rhythm. */
const LEAST_NEWS = 3;

/** Begins to listen to a link, or begins anew because what flows on it has changed. */
export function startListening(look: Look, before?: Listening): Listening {
  return {
    hearing: {
      heardAt: look.lastPacketAt ?? 0,
      silentMs: 0,
      usualGapMs: undefined,
      consentMs: before?.hearing.consentMs ?? 0,
      isOneSided: false,
    },
    at: look.at,
    responses: look.responses,
    unasked: look.unasked,
    watchedFrom: look.at,
    learningSince: look.at,
    rhythm: { since: look.at, present: NOTHING, previous: NOTHING },
  };
}

export function listen(before: Listening, look: Look): Listening {
  const elapsed = look.at - before.at;
  const isStall = elapsed > STALL_MS;
  const watchedFrom = isStall ? look.at : before.watchedFrom;
  const heardAt = Math.max(before.hearing.heardAt, look.lastPacketAt ?? 0);
  const silentMs = Math.max(0, look.at - Math.max(heardAt, watchedFrom));
  // As much as was seen of a silence that a packet has ended since; one that lasts tells nothing yet.
  const isNews = heardAt > before.hearing.heardAt;
  const rhythm = isNews ? keepTime(before.rhythm, look.at, before.hearing.silentMs) : before.rhythm;
  const isKnown = look.at - before.learningSince >= LEARN_MS;
  const isAnswered = look.responses > before.responses;
  const unasked = isNews || isStall ? look.unasked : before.unasked;
  return {
    hearing: {
      heardAt,
      silentMs,
      usualGapMs: isKnown || !hasBegun(rhythm) ? usualGap(rhythm) : undefined,
      consentMs: isAnswered ? 0 : before.hearing.consentMs + (isStall ? 0 : elapsed),
      isOneSided: look.unasked > unasked,
    },
    at: look.at,
    responses: look.responses,
    unasked,
    watchedFrom,
    learningSince: before.learningSince,
    rhythm,
  };
}

/** Whether anything came in since it is learned. What has not begun cannot have stopped. */
function hasBegun({ present, previous }: Rhythm): boolean {
  return present.news + previous.news > 0;
}

function usualGap({ present, previous }: Rhythm): number {
  if (present.news + previous.news < LEAST_NEWS) return Infinity;
  return Math.max(present.gapMs, previous.gapMs);
}

/** Time passes only with what comes in: through a long silence the rhythm before it is kept. */
function keepTime({ since, present, previous }: Rhythm, at: number, gapMs: number): Rhythm {
  if (at - since >= WINDOW_MS) return { since: at, present: { gapMs, news: 1 }, previous: present };
  const grown = { gapMs: Math.max(present.gapMs, gapMs), news: present.news + 1 };
  return { since, present: grown, previous };
}
