/**
 * Time limits and limits of the room engine, each with its reason. Times are ms, on the monotonic
 * clock.
 */

// --- Getting in ---------------------------------------------------------------------------------

/**
 * From the first packet to an answer from the server, or an error, however many Cloud Proxies are
 * tried: what a person waits for.
 */
export const ENTRY_BUDGET_MS = 3_500;

/** The same for the next Cloud Proxies, after one that carried no media: its share is used up. */
export const NEXT_PROXY_ENTRY_BUDGET_MS = 2_000;

/** Asking the platform why an address is silent. With ENTRY_BUDGET_MS: an error within 5 s. */
export const DIAGNOSIS_BUDGET_MS = 1_200;

/**
 * The discovery document of a room server. It is small, so a server that takes longer hangs; the
 * call then tries the base protocol within what is left of ENTRY_BUDGET_MS.
 */
export const DISCOVERY_BUDGET_MS = 1_500;

/** A discovery document is a few hundred bytes; more than this is not one. Characters. */
export const MAX_DISCOVERY_LENGTH = 65_536;

/**
 * How long one Cloud Proxy of several is waited for before the next is tried beside it: a dead
 * first one then costs under 1.5 s, and a slow one may still win.
 */
export const PROXY_HEAD_START_MS = 1_100;

/** The last of many proxies is asked after this share of the time at the latest, so as to answer in it. */
export const LAST_PROXY_START_SHARE = 0.6;

/** A Cloud Proxy that worked is tried first for this long. */
export const PROXY_MEMORY_MS = 24 * 60 * 60 * 1000;

/** Requests while joining: worker and router answer in a few ms, so this is a hung server. */
export const SETUP_REQUEST_BUDGET_MS = 4_000;

/** Guard over all steps before media, should one of their own limits fail to end it. */
export const SETUP_BUDGET_MS = 12_000;

// --- Media --------------------------------------------------------------------------------------

/**
 * ICE and DTLS, from the candidates to `connected`. A path that works is up in 100 to 600 ms; a
 * lossy one may need several STUN retransmissions.
 */
export const MEDIA_CONNECT_BUDGET_MS = 5_000;

/** A join that finds no path says so this long after it began, at the latest, where it can. */
export const JOIN_BUDGET_MS = 5_400;

/**
 * The same through a Cloud Proxy, of which an employee hears within 5 s of pressing Join. (Waiting
 * for UDP alone on the direct route may take the second longer that a lossy path needs.)
 */
export const PROXY_JOIN_BUDGET_MS = 4_200;

/**
 * Through a Cloud Proxy while another is left to be tried: from the candidates to the relay's first
 * answer. One that works gives it within two or three round trips; a first lost packet costs 500 ms,
 * a busy computer more.
 */
export const NEXT_PROXY_ANSWER_MS = 2_000;

/** The same for media, once the relay has answered: some seven round trips, and a lost packet. */
export const NEXT_PROXY_MEDIA_MS = 2_500;

/** However slow the steps before it were, media gets at least this long. */
export const MIN_MEDIA_CONNECT_MS = 2_000;

/**
 * How long the preferred protocol may still win when another one connected first: several STUN
 * retransmissions (250, 500 ms; RFC 8489 §6.2.1) on a path that loses its first packets.
 */
export const FALLBACK_GRACE_MS = 1_000;

/**
 * The same through a relay, where the preferred protocol may be offered once more: an allocation,
 * and then Chromium takes about a second to move.
 */
export const RELAY_FALLBACK_GRACE_MS = 2_500;

/** A restarted ICE session that is not connected by then will not be: the room is joined anew. */
export const ICE_RESTART_BUDGET_MS = 6_000;

/**
 * Sending is set up after the first tracks of others have been taken, or after this: nobody waits
 * noticeably longer for us, and we do not wait for our own encoder to see them.
 */
export const RECEIVE_FIRST_MS = 200;

// --- Watching -----------------------------------------------------------------------------------

/** Path and quality while the call stands: what a person can follow on the badge. */
export const SAMPLE_INTERVAL_MS = 1_000;

/** The same while it is open whether the path will stay. */
export const FAST_SAMPLE_INTERVAL_MS = 150;

// --- Coming back --------------------------------------------------------------------------------

/** First wait before joining again: long enough for a restarted worker, too short to be noticed. */
export const RETRY_FIRST_MS = 250;
/** Each further wait is longer by this factor, */
export const RETRY_FACTOR = 1.8;
/** up to this: a restarted server is found soon after it listens again. */
export const RETRY_MAX_MS = 4_000;
/** Share of a wait that is random, so that a room does not come back all at once. */
export const RETRY_JITTER = 0.5;
/** Attempts before the call is given up: over a minute of waiting, plus the attempts themselves. */
export const MAX_ATTEMPTS = 20;
/** A call that stood this long starts its next reconnection from the first attempt. */
export const STABLE_CALL_MS = 30_000;

// --- Relay credentials --------------------------------------------------------------------------

/** Credentials are renewed after this share of their lifetime; the rest is for retries. */
export const RENEW_AT_SHARE = 0.75;
/** A renewal that failed, or was not answered, is tried again after this, then after twice this, */
export const RENEW_RETRY_MS = 5_000;
/** and so on up to this: a call may go on for hours on the allocations it has. */
export const RENEW_RETRY_MAX_MS = 120_000;
/** Lifetimes below this are taken as this, so that a wrong document cannot make a busy loop. */
export const MIN_CREDENTIAL_LIFETIME_MS = 4_000;

// --- Text messages ------------------------------------------------------------------------------

/** The answer to a message. It takes a round trip; a later one may be lost, and the id is known. */
export const CHAT_ANSWER_BUDGET_MS = 5_000;
/** First wait before a message is sent again over the same connection: a server takes one a second, */
export const CHAT_RETRY_FIRST_MS = 1_000;
/** each further one is longer by this factor, */
export const CHAT_RETRY_FACTOR = 1.6;
/** up to this. */
export const CHAT_RETRY_MAX_MS = 8_000;
/** Sendings over one connection before it is called failed: after 45 s of waiting and the answers. */
export const MAX_CHAT_TRIES = 10;

// --- Media settings -----------------------------------------------------------------------------

/** Label of the data channel that brings the sending path up when there is nothing to send. */
export const PATH_CHANNEL_LABEL = 'causeway-path';
