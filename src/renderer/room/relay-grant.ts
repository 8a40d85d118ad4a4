import type { DiscoveryDocument, Feature, IceServer } from '../../shared/discovery.ts';
import type { Endpoint } from '../../shared/endpoint.ts';
import type { PreferredProtocol } from '../../shared/protocol.ts';
import { RoomError, type RoomErrorCode } from '../../shared/room-error.ts';
import type { RoomPlatform } from './contract.ts';
import { discover, type Discovered } from './discovery.ts';
import { explainFailure } from './explain-failure.ts';
import { signInToHttpProxy } from './http-proxy-sign-in.ts';
import { DIAGNOSIS_BUDGET_MS } from './limits.ts';
import { allowedIceServers } from './policy.ts';

/** What a Cloud Proxy gives a call: its relays, and for how long they take the credentials. */
export interface RelayGrant {
  /** Filtered: on the proxy's host, over protocols that the mode allows. At least one. */
  readonly iceServers: IceServer[];
  /** Absent when the proxy names no end. */
  readonly lifetimeMs?: number;
  /** The proxy reads the join token from the signaling connection. */
  readonly takesToken: boolean;
  /** Extensions that the proxy announces, and with it all room servers behind it. */
  readonly features: ReadonlySet<Feature>;
}

export interface RelayGrantRequest {
  proxy: Endpoint;
  token: string;
  preferredProtocol: PreferredProtocol;
  budgetMs: number;
  signal: AbortSignal;
  platform: RoomPlatform;
}

/**
 * Asks a Cloud Proxy for relays.
 * @throws {RoomError} PROXY_UNREACHABLE, TLS_UNTRUSTED, PROXY_INVALID, PROXY_CREDENTIALS,
 *   PROXY_RELAY_DOWN, TOKEN_*, SERVER_BUSY, HTTP_PROXY_AUTH.
 */
export async function requestRelayGrant(request: RelayGrantRequest): Promise<RelayGrant> {
  const { proxy, token, budgetMs, signal, platform } = request;
  const origin = proxy.httpOrigin;
  const startedAt = performance.now();
  const explain = (silence: string, unusedMs: number): Promise<RoomError> =>
    explainFailure(platform, 'proxy', origin, silence, unusedMs);
  const isOpen = await signInToHttpProxy(platform, proxy, budgetMs - DIAGNOSIS_BUDGET_MS, signal);
  const leftMs = budgetMs - (performance.now() - startedAt);
  if (!isOpen && !signal.aborted) throw await explain('no discovery document can be read', leftMs);
  const answer = discover({ origin, token, budgetMs: leftMs, signal });
  // Of what hangs, the reason is asked for meanwhile, so that it costs no time on top.
  let meanwhile: Promise<RoomError> | undefined;
  const timer = setTimeout(() => {
    if (!signal.aborted) meanwhile = explain('it gave no discovery document in time', 0);
  }, leftMs - DIAGNOSIS_BUDGET_MS);
  const found = await answer;
  clearTimeout(timer);
  if (found.kind === 'silent' && !signal.aborted) {
    const unusedMs = budgetMs - (performance.now() - startedAt);
    throw await (meanwhile ?? explain('no discovery document can be read', unusedMs));
  }
  return readRelayGrant(found, request);
}

/** What an answer of the proxy amounts to. Throws as {@link requestRelayGrant}. */
function readRelayGrant(
  found: Discovered,
  { proxy, token, preferredProtocol }: Omit<RelayGrantRequest, 'budgetMs' | 'signal' | 'platform'>,
): RelayGrant {
  const at = (text: string): string => `${proxy.httpOrigin}: ${text}`;
  if (found.kind === 'silent') throw new RoomError('PROXY_UNREACHABLE', at('no answer in time'));
  if (found.kind === 'no-document') throw refusal(found, at);
  const { document } = found;
  if (document.role !== 'proxy') {
    throw new RoomError('PROXY_INVALID', at('this is a room server, not a Cloud Proxy'));
  }
  if (!document.iceServers || document.iceServers.length === 0) {
    throw token === ''
      ? new RoomError('TOKEN_MISSING', at('the proxy hands out relay credentials for a pass only'))
      : new RoomError('PROXY_RELAY_DOWN', at('the proxy names no relay'));
  }
  const allowed = allowedIceServers(preferredProtocol, proxy.host, document.iceServers);
  if (!allowed.ok) throw new RoomError('PROXY_INVALID', at(allowed.problem));
  if (allowed.iceServers.length === 0) {
    throw new RoomError(
      'PROXY_RELAY_DOWN',
      at(`the proxy offers no relay over a protocol that ${preferredProtocol} allows`),
    );
  }
  return {
    iceServers: allowed.iceServers,
    features: new Set(document.features),
    takesToken: document.features.includes('token'),
    ...lifetimeOf(document),
  };
}

/** The proxy's own clock on both sides, so that a wrong clock here does not matter. */
function lifetimeOf(document: DiscoveryDocument): { lifetimeMs?: number } {
  const { credentialsExpireAt, serverTime } = document;
  if (credentialsExpireAt === undefined) return {};
  return { lifetimeMs: Math.max(0, credentialsExpireAt - (serverTime ?? Date.now())) };
}

/** What a refusal may say of itself; any other code in it is no proxy's word. */
const TOLD: ReadonlySet<RoomErrorCode> = new Set([
  'TOKEN_MISSING',
  'TOKEN_INVALID',
  'TOKEN_EXPIRED',
  'TOKEN_WRONG_ROOM',
  'SERVER_BUSY',
]);

function refusal(
  { code, httpStatus, problem }: Extract<Discovered, { kind: 'no-document' }>,
  at: (text: string) => string,
): RoomError {
  if (code !== undefined && TOLD.has(code)) {
    return new RoomError(code, at(`the proxy refused (${problem})`));
  }
  switch (httpStatus) {
    case 401:
    case 403:
      return new RoomError('PROXY_CREDENTIALS', at(`the proxy refused the pass (${problem})`));
    case 407:
      return new RoomError('HTTP_PROXY_AUTH', at(problem));
    case 429:
      return new RoomError('SERVER_BUSY', at(problem));
    case 502:
    case 504:
      return new RoomError('PROXY_UNREACHABLE', at(`nothing stands behind it (${problem})`));
    case 503:
      return new RoomError('PROXY_RELAY_DOWN', at(problem));
    default:
      return new RoomError('PROXY_INVALID', at(problem));
  }
}
