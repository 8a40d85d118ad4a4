import type { IncomingMessage } from 'node:http';
import { z } from 'zod';
import { CLOSE, type CloseCode } from '../../src/shared/close-codes.ts';
import { RoomId } from '../../src/shared/meeting-link.ts';
import { describeIssues } from '../../src/shared/signaling.ts';
import { refuseUnlessLocal } from '../shared/local-request.ts';
import {
  readSubprotocols,
  type TokenKey,
  TokenRefused,
  verifyJoinToken,
} from '../shared/tokens.ts';
import type { PeerIdentity } from './peer.ts';

/** Who may come in: the upgrade request's address, parameters and join token. */

/** Why a connection is refused. `reason` is a short label for metrics and logs. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly closeCode: CloseCode;
  readonly reason: string;
  constructor(closeCode: CloseCode, reason: string, sentence: string) {
    super(sentence);
    this.closeCode = closeCode;
    this.reason = reason;
  }
}

/** How people are admitted: by token, or (on loopback) everybody. */
export type AdmissionPolicy = { kind: 'token'; key: TokenKey } | { kind: 'none' };

export interface Visitor {
  roomId: string;
  peerId: string;
  identity: PeerIdentity;
  /** Shown by who wants a place of theirs again. */
  resumeKey: string | undefined;
}

const PeerId = z
  .string()
  .regex(/^[A-Za-z0-9_-]{1,64}$/, 'must be 1 to 64 letters, digits, hyphens and underscores');

const Query = z.object({
  roomId: z.string({ error: 'is missing' }).pipe(RoomId),
  peerId: z.string({ error: 'is missing' }).pipe(PeerId),
});

const EVERYTHING = { publish: true, subscribe: true };

/**
 * Checks an upgrade request.
 * @throws {Refusal}
 */
export async function admit(request: IncomingMessage, policy: AdmissionPolicy): Promise<Visitor> {
  const { roomId, peerId } = readQuery(request.url ?? '/');
  const offered = readSubprotocols(request.headers['sec-websocket-protocol']);
  if (!offered.protoo) {
    throw new Refusal(
      CLOSE.BAD_REQUEST,
      'subprotocol',
      'Offer the WebSocket sub-protocol “protoo”.',
    );
  }
  const identity =
    policy.kind === 'none'
      ? admitLocal(request)
      : await admitByToken(offered.token, policy.key, roomId);
  return { roomId, peerId, identity, resumeKey: offered.resumeKey };
}

function readQuery(target: string): { roomId: string; peerId: string } {
  const url = URL.parse(target, 'ws://server');
  if (url?.pathname !== '/') {
    throw new Refusal(CLOSE.BAD_REQUEST, 'bad_request', 'Signaling is at /?roomId=NAME&peerId=ID.');
  }
  const query = Query.safeParse(Object.fromEntries(url.searchParams));
  if (!query.success) {
    throw new Refusal(CLOSE.BAD_REQUEST, 'bad_request', describeIssues(query.error));
  }
  return query.data;
}

/** A web page must not join rooms through its visitor's browser: see local-request.ts. */
function admitLocal(request: IncomingMessage): PeerIdentity {
  const problem = refuseUnlessLocal(request);
  if (problem !== undefined) throw new Refusal(CLOSE.BAD_REQUEST, 'not_local', problem);
  return { subject: undefined, permissions: EVERYTHING };
}

async function admitByToken(
  token: string | undefined,
  key: TokenKey,
  roomId: string,
): Promise<PeerIdentity> {
  if (token === undefined) {
    throw new Refusal(CLOSE.TOKEN_MISSING, 'token_missing', 'This meeting needs a join token.');
  }
  try {
    const claims = await verifyJoinToken(token, key, roomId);
    return { subject: claims.sub, permissions: claims.permissions };
  } catch (error) {
    if (!(error instanceof TokenRefused)) throw error;
    throw new Refusal(error.closeCode, TOKEN_REASONS[error.closeCode] ?? 'token', error.message);
  }
}

const TOKEN_REASONS: Partial<Record<CloseCode, string>> = {
  [CLOSE.TOKEN_INVALID]: 'token_invalid',
  [CLOSE.TOKEN_EXPIRED]: 'token_expired',
  [CLOSE.TOKEN_WRONG_ROOM]: 'token_wrong_room',
};
