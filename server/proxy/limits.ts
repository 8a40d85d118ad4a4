/** The gateway's time limits and bounds that are no configuration, each with its reason. */

/** TLS handshake and PROXY header together, ms: three round trips even over a bad satellite link. */
export const HANDSHAKE_TIMEOUT_MS = 10_000;

/** From accepting a connection to the end of the request's headers, ms. Ends slow-loris clients. */
export const REQUEST_HEADERS_TIMEOUT_MS = 10_000;
/** How often late ones are looked for, ms. Node's own 30 s would let them stay four times as long. */
export const LATE_REQUESTS_CHECK_MS = 2_000;

/** An HTTP connection without a request is closed after this, ms: discovery is asked for rarely. */
export const KEEP_ALIVE_TIMEOUT_MS = 5_000;

/** All headers of one request, bytes: a token has at most 4 KiB, the rest is small. */
export const MAX_HEADER_BYTES = 16_384;

/**
 * TCP, TLS and WebSocket handshakes with all room servers that are tried for a client, ms. The app
 * gives a join up after 5 s, and has used up some of it by then.
 */
export const ORIGIN_BUDGET_MS = 2_500;
/** Each room server gets an equal share of it, but this much, ms: a few round trips over a bad line. */
export const ORIGIN_MIN_SHARE_MS = 750;

/**
 * Who is in a call may renew relay credentials with a join token that has ended meanwhile, up to
 * this long after, s: longer than a working day's longest meeting.
 */
export const TOKEN_RENEWAL_GRACE_SECONDS = 12 * 60 * 60;

/** How long a room server that could not be reached is passed over for others, ms. */
export const ORIGIN_DOWN_MS = 10_000;

/** How often room servers are asked what they can do, ms: an upgrade of one is known by then. */
export const ORIGIN_FEATURES_INTERVAL_MS = 30_000;
/** And while one has never answered, ms: it may be starting together with the gateway. */
export const ORIGIN_FEATURES_RETRY_MS = 2_000;
/** How long one may take to answer, ms: a gateway that starts waits for it. */
export const ORIGIN_FEATURES_TIMEOUT_MS = 1_000;

/**
 * A message from the room server, bytes. Larger than what clients may send: an answer lists every
 * peer of a room.
 */
export const MAX_ORIGIN_MESSAGE_BYTES = 1_048_576;

/**
 * A client's message above the configured limit is closed with 4413 up to this size, bytes; above
 * it the WebSocket library cuts it off unread with 1009.
 */
export const HARD_MESSAGE_FACTOR = 4;

/** Unsent bytes towards one side above which the other side is no longer read. */
export const HIGH_WATER_BYTES = 262_144;
/** Reading goes on once no more than this is unsent, bytes. */
export const LOW_WATER_BYTES = 65_536;

/** A side that takes nothing for this long while the other waits is cut off, ms. */
export const STALL_TIMEOUT_MS = 30_000;

/** Every signaling connection gets a ping each time this passes, ms. NATs forget TCP after minutes. */
export const PING_INTERVAL_MS = 15_000;
/** No frame and no pong for this many ping intervals: the connection is dead. */
export const MISSED_PINGS = 3;

/** Addresses whose rate is remembered; the longest unseen is forgotten first. */
export const MAX_TRACKED_ADDRESSES = 50_000;

/** Close frames get this long to be answered when the gateway ends, ms. */
export const CLOSE_GRACE_MS = 2_000;

/** Time for coturn to answer after its start, ms. It needs 100 to 300; a busy machine more. */
export const TURN_START_TIMEOUT_MS = 10_000;
/** Between two probes while coturn starts, ms. */
export const TURN_START_PROBE_MS = 100;
/** Between two probes of a running coturn, ms. */
export const TURN_PROBE_INTERVAL_MS = 2_000;
/** A probe without an answer for this long has failed, ms; it goes over loopback or one LAN. */
export const TURN_PROBE_TIMEOUT_MS = 1_000;
/** Failed probes in a row after which a coturn that still runs is taken for hung and restarted. */
export const TURN_PROBES_UNTIL_DOWN = 3;
/** Wait before coturn is started again, ms: doubles from the first to the last value. */
export const TURN_RESTART_MIN_MS = 250;
export const TURN_RESTART_MAX_MS = 15_000;
/** A coturn that ran for this long starts again without the doubled wait, ms. */
export const TURN_STABLE_MS = 60_000;
/** coturn ends within milliseconds after SIGTERM; after this, ms, it gets SIGKILL. */
export const TURN_STOP_TIMEOUT_MS = 3_000;

/** Lines of coturn's log that are kept for the message when it does not start. */
export const TURN_LOG_TAIL_LINES = 20;
