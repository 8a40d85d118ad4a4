import type { RoomErrorCode } from './room-error.ts';

/**
 * WebSocket close codes (RFC 6455 §7.4.2, private range 4000–4999) with which a room server or a
 * Cloud Proxy ends a signaling connection. A browser hides the HTTP status of a refused upgrade, so
 * a refusal is an accepted connection that closes at once with one of these.
 */
export const CLOSE = {
  /** protoo's own: the server closed this peer on purpose. */
  CLOSED_BY_SERVER: 4000,
  BAD_REQUEST: 4400,
  TOKEN_INVALID: 4401,
  TOKEN_MISSING: 4402,
  TOKEN_WRONG_ROOM: 4403,
  ROOM_NOT_FOUND: 4404,
  IDLE: 4408,
  PEER_REPLACED: 4409,
  TOKEN_EXPIRED: 4410,
  /** The place asked for by a resume key is gone, or the key is not its own: join anew. */
  RESUME_REFUSED: 4412,
  MESSAGE_TOO_BIG: 4413,
  ROOM_FULL: 4423,
  TOO_MANY_REQUESTS: 4429,
  /** The mediasoup worker of this room died; a new room is ready at once. */
  ROOM_RESTARTED: 4500,
  /** From a proxy: the room server behind it does not answer. */
  ORIGIN_UNREACHABLE: 4502,
  SERVER_SHUTTING_DOWN: 4503,
} as const;
export type CloseCode = (typeof CLOSE)[keyof typeof CLOSE];

export interface CloseMeaning {
  error: RoomErrorCode;
  /** Whether the client should connect again by itself. */
  retry: boolean;
}

/**
 * The WebSocket library's own word for a message that is too big to be read at all (RFC 6455
 * §7.4.1). It means what MESSAGE_TOO_BIG means, of a message far above the limit: sent again over
 * a new connection, it would end that one too.
 */
const UNREADABLY_BIG = 1009;

const MEANING: Readonly<Record<number, CloseMeaning | undefined>> = {
  [CLOSE.CLOSED_BY_SERVER]: { error: 'KICKED', retry: false },
  [CLOSE.BAD_REQUEST]: { error: 'SERVER_INCOMPATIBLE', retry: false },
  [CLOSE.TOKEN_INVALID]: { error: 'TOKEN_INVALID', retry: false },
  [CLOSE.TOKEN_MISSING]: { error: 'TOKEN_MISSING', retry: false },
  [CLOSE.TOKEN_WRONG_ROOM]: { error: 'TOKEN_WRONG_ROOM', retry: false },
  [CLOSE.ROOM_NOT_FOUND]: { error: 'ROOM_NOT_FOUND', retry: false },
  [CLOSE.IDLE]: { error: 'SIGNALING_LOST', retry: true },
  [CLOSE.PEER_REPLACED]: { error: 'PEER_REPLACED', retry: false },
  [CLOSE.TOKEN_EXPIRED]: { error: 'TOKEN_EXPIRED', retry: false },
  [CLOSE.RESUME_REFUSED]: { error: 'SIGNALING_LOST', retry: true },
  [CLOSE.MESSAGE_TOO_BIG]: { error: 'SERVER_INCOMPATIBLE', retry: false },
  [UNREADABLY_BIG]: { error: 'SERVER_INCOMPATIBLE', retry: false },
  [CLOSE.ROOM_FULL]: { error: 'ROOM_FULL', retry: false },
  [CLOSE.TOO_MANY_REQUESTS]: { error: 'SERVER_BUSY', retry: true },
  [CLOSE.ROOM_RESTARTED]: { error: 'SERVER_BUSY', retry: true },
  [CLOSE.ORIGIN_UNREACHABLE]: { error: 'SERVER_UNREACHABLE', retry: true },
  [CLOSE.SERVER_SHUTTING_DOWN]: { error: 'SERVER_BUSY', retry: true },
} satisfies Record<CloseCode | typeof UNREADABLY_BIG, CloseMeaning>;

/** What a close code means to the client, where a server says something by it. */
export function statedMeaning(code: number): CloseMeaning | undefined {
  return MEANING[code];
}

/** What a close code means to the client. Codes outside the list are a lost connection: retried. */
export function closeMeaning(code: number): CloseMeaning {
  return statedMeaning(code) ?? { error: 'SIGNALING_LOST', retry: true };
}
