import { CLOSE, closeMeaning } from '../../../src/shared/close-codes.ts';
import { DISCOVERY_VERSION } from '../../../src/shared/discovery.ts';
import type { DiscoveryDocument } from '../../../src/shared/discovery.ts';
import type { JoinTokenClaims } from '../../../src/shared/join-token.ts';
import {
  readBearerToken,
  TokenRefused,
  verifyEndedJoinToken,
  verifyJoinToken,
} from '../../shared/tokens.ts';
import type { TokenKey } from '../../shared/tokens.ts';
import { TOKEN_RENEWAL_GRACE_SECONDS } from '../limits.ts';
import type { OriginFeatures } from '../signaling/origin-features.ts';
import type { Participant } from '../signaling/participants.ts';
import type { Relay } from '../turn/relay.ts';

/** What the gateway says about itself, and to whom it gives relay credentials. */

/** The document, and (unknown to older clients, so ignored) whether the media relay is at hand. */
export type ProxyDiscovery = DiscoveryDocument & { relay: 'up' | 'down' | 'off' };

export type DiscoveryAnswer =
  | { status: 200; result: 'plain' | 'credentials' | 'relay-down'; body: ProxyDiscovery }
  | { status: 401; result: 'refused'; body: { error: string; code: string } };

export interface DiscoveryOptions {
  tokenKey: TokenKey;
  /** Undefined: signaling only. */
  relay: Relay | undefined;
  /** What the room servers can do. */
  originFeatures: Pick<OriginFeatures, 'common'>;
  /** Whether this participant is in a call through this gateway now. */
  isPresent(participant: Participant): boolean;
}

/**
 * @param authorization The request's header; without one there are no credentials in the answer.
 * @param host Name or address by which the client came.
 */
export async function answerDiscovery(
  authorization: string | undefined,
  host: string,
  options: DiscoveryOptions,
): Promise<DiscoveryAnswer> {
  const { relay } = options;
  const body: ProxyDiscovery = {
    version: DISCOVERY_VERSION,
    role: 'proxy',
    features: [
      'token',
      ...(relay ? (['relay-credentials'] as const) : []),
      ...options.originFeatures.common,
    ],
    serverTime: Date.now(),
    relay: relay ? (relay.up ? 'up' : 'down') : 'off',
  };
  if (authorization === undefined) return { status: 200, result: 'plain', body };
  const token = readBearerToken(authorization);
  if (token === undefined) return refused('Send the join token as “Authorization: Bearer …”.');
  try {
    const { sub, room } = await admit(token, options);
    if (!relay) return { status: 200, result: 'plain', body };
    // Credentials for a relay that does not answer would only make the client wait for it.
    if (!relay.up) return { status: 200, result: 'relay-down', body };
    // The name that the client used: it takes relays on no other host.
    const offer = relay.offer(host, { sub, room });
    return { status: 200, result: 'credentials', body: { ...body, ...offer } };
  } catch (error) {
    if (!(error instanceof TokenRefused)) throw error;
    return refused(error.message, closeMeaning(error.closeCode).error);
  }
}

/**
 * A token that is good, or that has ended while its owner is in a call: a meeting may last longer
 * than the pass to it, and the credentials of its relay do not.
 * @throws {TokenRefused}
 */
async function admit(token: string, options: DiscoveryOptions): Promise<JoinTokenClaims> {
  const { tokenKey } = options;
  try {
    return await verifyJoinToken(token, tokenKey);
  } catch (error) {
    if (!(error instanceof TokenRefused) || error.closeCode !== CLOSE.TOKEN_EXPIRED) throw error;
    const claims = await verifyEndedJoinToken(token, tokenKey, TOKEN_RENEWAL_GRACE_SECONDS);
    if (!options.isPresent(claims)) throw error;
    return claims;
  }
}

function refused(error: string, code = 'TOKEN_INVALID'): DiscoveryAnswer {
  return { status: 401, result: 'refused', body: { error, code } };
}
