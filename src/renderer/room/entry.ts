import { PROTOO_SUBPROTOCOL, TOKEN_SUBPROTOCOL_PREFIX } from '../../shared/join-token.ts';
import type { Endpoint } from '../../shared/endpoint.ts';
import type { Route } from '../../shared/protocol.ts';
import { RoomError } from '../../shared/room-error.ts';
import type { ClientResponse } from '../../shared/signaling.ts';
import type { RoomPlatform } from './contract.ts';
import type { Discovered, DiscoveryCache } from './discovery.ts';
import { errorFromDiagnosis, explainFailure } from './explain-failure.ts';
import { DISCOVERY_BUDGET_MS, ENTRY_BUDGET_MS, SETUP_REQUEST_BUDGET_MS } from './limits.ts';
import { connectionPolicy, type ConnectionPolicy } from './policy.ts';
import type { ProxyMemory } from './proxy-memory.ts';
import { chooseProxy } from './proxy-choice.ts';
import type { RelayGrant } from './relay-grant.ts';
import { requestFailure } from './request-failure.ts';
import type { CallTarget } from './room-options.ts';
import { ChannelOpenError, SignalingChannel } from './signaling-channel.ts';

export type TransportInfo = ClientResponse<'createWebRtcTransport'>;

/** The way in: a signaling connection that speaks protoo, and what was asked for over it at once. */
export interface Entry {
  readonly channel: SignalingChannel;
  /** The host that the connection goes to. */
  readonly endpoint: Endpoint;
  readonly policy: ConnectionPolicy;
  readonly relay: RelayGrant | undefined;
  readonly routerRtpCapabilities: ClientResponse<'getRouterRtpCapabilities'>;
  readonly send: TransportInfo;
  readonly receive: TransportInfo;
}

export interface EntryContext {
  target: CallTarget;
  peerId: string;
  platform: RoomPlatform;
  discovery: DiscoveryCache;
  proxyMemory: ProxyMemory;
  signal: AbortSignal;
  onSignaling: () => void;
}

/** SCTP streams as mediasoup-client's Chromium handler has them; only one is ever used. */
const SCTP_CAPABILITIES = { numStreams: { OS: 1024, MIS: 1024 } };

/**
 * Gets in, through the room server or a Cloud Proxy, and asks for everything that needs no answer
 * first in one go.
 * @throws {RoomError} within ENTRY_BUDGET_MS and DIAGNOSIS_BUDGET_MS.
 */
export async function enter(context: EntryContext): Promise<Entry> {
  return context.target.route === 'proxy' ? enterByProxy(context) : enterDirectly(context);
}

async function enterDirectly(context: EntryContext): Promise<Entry> {
  const { target, discovery, signal, onSignaling } = context;
  const { httpOrigin } = target.server;
  const startedAt = performance.now();
  const isKnown = discovery.has(httpOrigin);
  // Without a token there is nothing that a server would have to announce first.
  const found =
    target.token === ''
      ? undefined
      : await discovery.discover(httpOrigin, DISCOVERY_BUDGET_MS, signal);
  const document = found?.kind === 'document' ? found.document : undefined;
  if (document?.role === 'proxy') {
    throw new RoomError(
      'SERVER_INVALID',
      `${httpOrigin}: this is a Cloud Proxy: enter it as such, and the meeting server as server`,
    );
  }
  onSignaling();
  const isAnnounced = document?.features.includes('token') === true;
  const how = (token: string): Knock => ({
    token,
    budgetMs: ENTRY_BUDGET_MS - (performance.now() - startedAt),
    httpStatus: isKnown ? undefined : statusOf(found),
    relay: undefined,
  });
  try {
    return await knock(context, target.server, how(isAnnounced ? target.token : ''));
  } catch (error) {
    // A server that was too slow to announce itself, but asks for the token now: that is its word.
    const asksForToken = error instanceof RoomError && error.code === 'TOKEN_MISSING';
    if (!asksForToken || isAnnounced || target.token === '') throw error;
    return await knock(context, target.server, how(target.token));
  }
}

function statusOf(found: Discovered | undefined): number | undefined {
  switch (found?.kind) {
    case 'document':
      return 200;
    case 'no-document':
      return found.httpStatus;
    case 'silent':
    case undefined:
      return undefined;
  }
}

async function enterByProxy(context: EntryContext): Promise<Entry> {
  const { target, proxyMemory, onSignaling } = context;
  let left = proxyMemory.order(target.proxies, Date.now());
  for (;;) {
    const startedAt = performance.now();
    const { proxy, grant } = await chooseProxy(left, { ...target, ...context });
    onSignaling();
    try {
      const entry = await knock(context, proxy, {
        token: grant.takesToken ? target.token : '',
        budgetMs: ENTRY_BUDGET_MS - (performance.now() - startedAt),
        httpStatus: 200,
        relay: grant,
      });
      proxyMemory.remember(proxy, Date.now());
      return entry;
    } catch (error) {
      // This proxy grants relays but leads to no room server; another may.
      left = left.filter((other) => other !== proxy);
      if (left.length === 0 || context.signal.aborted) throw error;
    }
  }
}

interface Knock {
  /** Empty: none is sent. */
  token: string;
  budgetMs: number;
  /** What the host has just answered to HTTP: a refused WebSocket then needs no diagnosis. */
  httpStatus: number | undefined;
  relay: RelayGrant | undefined;
}

async function knock(context: EntryContext, endpoint: Endpoint, how: Knock): Promise<Entry> {
  const channel = await openChannel(context, endpoint, how);
  const { preferredProtocol, route } = context.target;
  const policy = connectionPolicy(preferredProtocol, route, how.relay?.iceServers ?? []);
  try {
    const [routerRtpCapabilities, send, receive] = await askAtOnce(channel, policy.forceTcp);
    return { channel, endpoint, policy, relay: how.relay, routerRtpCapabilities, send, receive };
  } catch (error) {
    const { end } = channel;
    channel.close();
    throw requestFailure(error, end);
  }
}

/** One round trip for three answers: none of the requests needs that of another. */
function askAtOnce(
  channel: SignalingChannel,
  forceTcp: boolean,
): Promise<[ClientResponse<'getRouterRtpCapabilities'>, TransportInfo, TransportInfo]> {
  const budget = SETUP_REQUEST_BUDGET_MS;
  return Promise.all([
    channel.request('getRouterRtpCapabilities', {}, budget),
    channel.request(
      'createWebRtcTransport',
      { forceTcp, producing: true, consuming: false, sctpCapabilities: SCTP_CAPABILITIES },
      budget,
    ),
    channel.request(
      'createWebRtcTransport',
      { forceTcp, producing: false, consuming: true },
      budget,
    ),
  ]);
}

async function openChannel(
  { target, peerId, platform, signal }: EntryContext,
  endpoint: Endpoint,
  how: Knock,
): Promise<SignalingChannel> {
  const query = new URLSearchParams({ roomId: target.roomId, peerId });
  const startedAt = performance.now();
  const protocols = [PROTOO_SUBPROTOCOL];
  if (how.token !== '') protocols.push(TOKEN_SUBPROTOCOL_PREFIX + how.token);
  try {
    return await SignalingChannel.open({
      url: `${endpoint.wsOrigin}/?${query}`,
      protocols,
      openBudgetMs: Math.max(0, how.budgetMs),
      signal,
    });
  } catch (error) {
    if (signal.aborted || !(error instanceof ChannelOpenError)) throw error;
    const unusedMs = how.budgetMs - (performance.now() - startedAt);
    throw await refusedChannel(error, {
      platform,
      route: target.route,
      origin: endpoint.httpOrigin,
      httpStatus: how.httpStatus,
      unusedMs,
    });
  }
}

interface Refusal {
  platform: RoomPlatform;
  route: Route;
  origin: string;
  /** As in {@link Knock}. */
  httpStatus: number | undefined;
  /** Left of the budget for opening the channel, ms. */
  unusedMs: number;
}

async function refusedChannel(
  error: ChannelOpenError,
  { platform, route, origin, httpStatus, unusedMs }: Refusal,
): Promise<RoomError> {
  if (error.why === 'timeout') {
    const silence = 'it did not accept the connection in time';
    return explainFailure(platform, route, origin, silence, 0);
  }
  const silence = 'it accepts no signaling connection (protoo over WebSocket)';
  return httpStatus === undefined
    ? await explainFailure(platform, route, origin, silence, unusedMs)
    : errorFromDiagnosis({ kind: 'answers', httpStatus }, route, origin, silence);
}
