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

/** The same of one that a call has just been lost through: a good one has nearly always answered by then. */
export const LOST_PROXY_HEAD_START_MS = 400;

/** The last of many proxies is asked after this share of the time at the latest, so as to answer in it. */
export const LAST_PROXY_START_SHARE = 0.6;

/** A Cloud Proxy that worked is tried first for this long. */
export const PROXY_MEMORY_MS = 24 * 60 * 60 * 1000;

/** Requests while joining: worker and router answer in a few ms, so this is a hung server. */
export const SETUP_REQUEST_BUDGET_MS = 4_000;

/** Guard over all steps before media, should one of their own limits fail to end it. */
export const SETUP_BUDGET_MS = 12_000;

/**
 * How long a way in is kept open for somebody who has not pressed Join: less than the 30 s after which
 * the room server ends a connection that does not join.
 */
export const WAITING_ENTRY_MS = 25_000;

/**
 * Tracks that are offered within this time are taken in one step of negotiation, which takes as long
 * for many as for one: some 25 ms of a join each.
 */
export const GATHER_OFFERS_MS = 8;

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

/**
 * Between two looks at what comes in, at most and at least, ms. A look costs 1 to 2 ms of processor
 * time; in between, it is taken just when a silence could become suspicious. No divisor or multiple of
 * the 400 ms of speech that pauses: looks right after each packet would not see any pause.
 */
export const LOOK_MAX_MS = 330;
export const LOOK_MIN_MS = 40;
/** While it is open on which of two links media will go on. */
export const LOOK_DOUBLED_MS = 30;

// --- Dead or alive --------------------------------------------------------------------------------

/**
 * No silence shorter than this is suspicious, ms. Sound comes every 20 ms, a picture every 33 to
 * 66, feedback every 100: it takes several in a row to be lost.
 */
export const SILENCE_MIN_MS = 160;
/** Beyond it: this often as long as the longest silence of the last seconds, */
export const SILENCE_FACTOR = 2.2;
/** and this much more, ms. */
export const SILENCE_MARGIN_MS = 60;
/** This much more will do where something came in meanwhile that only shows that the way in is open, ms. */
export const ONE_SIDED_MARGIN_MS = 20;
/** Before the rhythm of what comes in is known, ms. */
export const SILENCE_UNKNOWN_MS = 600;
/**
 * What comes at longer intervals than this, ms, has no rhythm to go by. Speech that pauses still
 * sends every 400 ms (opus DTX).
 */
export const IRREGULAR_GAP_MS = 700;
/** Chromium checks consent about every 2.5 s: this is two that went unanswered, and a bit, ms. */
export const CONSENT_SUSPECT_MS = 6_000;

// --- Moving media ---------------------------------------------------------------------------------

/** A standby is built when the call has settled: joining needs the processor for itself, ms. */
export const STANDBY_AFTER_MS = 1_500;
/** A standby that failed is built anew after this, then after twice this, and so on up to, ms: */
export const STANDBY_RETRY_MS = 2_000;
export const STANDBY_RETRY_MAX_MS = 60_000;
/** A spare link that is not connected by then will not be, ms. */
export const SPARE_CONNECT_MS = 4_000;
/**
 * Media heard on the new link, and none on the old for this long while both were asked, ms: the old
 * one is given up. Meanwhile it is shown from the new one, so that waiting costs nothing.
 * Longer than any difference between the two ways.
 */
export const MOVE_SILENCE_MS = 220;
/** And heard on the new one once more, this much later, ms. */
export const MOVE_AGAIN_MS = 40;
/**
 * What is sent was acknowledged within this time: the path is there, and whoever is to be heard may
 * have stopped sending, or be moving. Feedback comes every 100 ms.
 */
export const JUST_ANSWERED_MS = 130;
/**
 * Sound alone is asked for then; pictures as well when it is heard, or after this: speech that pauses
 * would have been.
 */
export const SOUND_ONLY_MS = 500;
/**
 * Both links are asked for media for this long, ms; then it is decided without evidence. Long enough
 * for a consent check, which tells whether the path is there.
 */
export const DOUBLED_MAX_MS = 3_000;
/** A consent check answered this lately, ms, means that the path is there. */
export const CONSENT_FRESH_MS = 3_500;
/** Where no spare link can be had in this time, ms, the room is joined anew. */
export const LANE_GIVE_UP_MS = 5_000;
/** The same while signaling is lost as well: the far end is gone, or the network is, ms. */
export const ALL_LOST_MS = 500;
/**
 * But first the way to the server is tried: one that is open brings the place back within four round
 * trips, and nobody sees a leave. Where there is another proxy to go to, it has less time, ms.
 */
export const RESUME_CHANCE_MS = 700;
export const RESUME_CHANCE_BESIDE_OTHERS_MS = 200;
/** A path that is built anew after the network has changed has this long before the next one is, ms. */
export const REBUILD_CONNECT_MS = 900;
/** A server that can only be joined anew: silence that warrants it, ms. */
export const PLAIN_DEAD_MS = 700;
/** Moves of one lane in a minute before it is given up: something else must be wrong. */
export const MOVES_PER_MINUTE = 6;
/** Asking for media on a link takes one round trip to the server; this is a lost connection, ms. */
export const MOVE_REQUEST_BUDGET_MS = 900;

/** How long after one lane has moved the other may follow and still be part of the same story, ms. */
export const EPISODE_GRACE_MS = 600;
/** Media heard on the old path so long after the other direction has left it was no straggler, ms. */
export const STILL_HEARD_MS = 50;
/** Media that policy moves leaves its old link after this at the latest, heard on the new or not, ms. */
export const POLICY_OVERLAP_MS = 500;
/** Both links carry until the new one is seen everywhere, or for this long, ms. */
export const OVERLAP_MS = 1_500;
/** Silent twins of what a newcomer sends are made after this, ms. */
export const MIRROR_AFTER_MS = 300;

// --- Going back -----------------------------------------------------------------------------------

/** First probe of the better path after it was left, ms. */
export const PROBE_FIRST_MS = 3_000;
/** After a probe that did not come up: this, growing, and no longer than so that a way that opens
 * is found soon, ms. */
export const PROBE_RETRY_MS = 4_000;
export const PROBE_RETRY_MAX_MS = 8_000;
/** A better path has proven itself after this long without a lapse, ms. */
export const PROBE_PROOF_MS = 6_000;
/** A lapse on trial: as long without an answer, ms. */
export const PROBE_LAPSE_MS = 1_500;
/** A path that came up and failed again is left alone for this, ms, then for twice this, up to: */
export const FLAP_PAUSE_MS = 15_000;
export const FLAP_PAUSE_MAX_MS = 600_000;
/** A return that lasts shorter than this is another flap; one that lasts as long clears them, ms. */
export const FLAP_WINDOW_MS = 60_000;

// --- Coming back --------------------------------------------------------------------------------

/** First wait before joining again: long enough for a restarted worker, too short to be noticed. */
export const RETRY_FIRST_MS = 120;
/** Each further wait is longer by this factor, */
export const RETRY_FACTOR = 1.8;
/** up to this: a restarted server is found within 2 s after it listens again. */
export const RETRY_MAX_MS = 2_000;
/** Share of a wait that is random, so that a room does not come back all at once. */
export const RETRY_JITTER = 0.5;
/** Attempts before the call is given up: over a minute of waiting, plus the attempts themselves. */
export const MAX_ATTEMPTS = 45;
/** A call that stood this long starts its next reconnection from the first attempt. */
export const STABLE_CALL_MS = 30_000;

/** Taking a place again: the WebSocket, and the answer to what stands, ms. */
export const RESUME_OPEN_BUDGET_MS = 3_000;
export const RESUME_REQUEST_BUDGET_MS = 2_000;

// --- Relay credentials --------------------------------------------------------------------------

/** Credentials are renewed after this share of their lifetime; the rest is for retries. */
export const RENEW_AT_SHARE = 0.75;
/** A renewal that failed, or was not answered, is tried again after this, then after twice this, */
export const RENEW_RETRY_MS = 5_000;
/** and so on up to this: a call may go on for hours on the allocations it has. */
export const RENEW_RETRY_MAX_MS = 120_000;
/** Lifetimes below this are taken as this, so that a wrong document cannot make a busy loop. */
export const MIN_CREDENTIAL_LIFETIME_MS = 4_000;

// --- Join token ---------------------------------------------------------------------------------

/** A person is told this long before their join token ends: time to ask for a fresh link, ms. */
export const TOKEN_END_WORD_MS = 300_000;

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
