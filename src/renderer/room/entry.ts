import type { Device } from 'mediasoup-client';
import {
  PROTOO_SUBPROTOCOL,
  RESUME_SUBPROTOCOL_PREFIX,
  TOKEN_SUBPROTOCOL_PREFIX,
} from '../../shared/join-token.ts';
import type { Feature } from '../../shared/discovery.ts';
import type { Endpoint } from '../../shared/endpoint.ts';
import type { Route } from '../../shared/protocol.ts';
import { RoomError } from '../../shared/room-error.ts';
import type { ClientResponse } from '../../shared/signaling.ts';
import type { RoomPlatform } from './contract.ts';
import type { Discovered, DiscoveryCache } from './discovery.ts';
import { errorFromDiagnosis, explainFailure } from './explain-failure.ts';
import {
  DIAGNOSIS_BUDGET_MS,
  DISCOVERY_BUDGET_MS,
  ENTRY_BUDGET_MS,
  NEXT_PROXY_ENTRY_BUDGET_MS,
  SETUP_REQUEST_BUDGET_MS,
} from './limits.ts';
import { loadDevice } from './media-device.ts';
import { connectionPolicy, type ConnectionPolicy } from './policy.ts';
import { isFaultOfOneProxy } from './proxy-fault.ts';
import type { ProxyMemory } from './proxy-memory.ts';
import { chooseProxy, oneOf } from './proxy-choice.ts';
import type { RelayGrant } from './relay-grant.ts';
import { requestFailure } from './request-failure.ts';
import type { CallTarget } from './room-options.ts';
import { ChannelOpenError, SignalingChannel } from './signaling-channel.ts';
import { toRtpCapabilities } from './wire-types.ts';

export type TransportInfo = ClientResponse<'createWebRtcTransport'>;

/** The way in: a signaling connection that speaks protoo, and what was asked for over it at once. */
export interface Entry {
  readonly channel: SignalingChannel;
  /** The host that the connection goes to. */
  readonly endpoint: Endpoint;
  /** Cloud Proxies that are left, in the order to try them, should this one carry no media. */
  readonly otherProxies: readonly Endpoint[];
  /** What came of those that were tried before it. */
  readonly proxyFailures: readonly RoomError[];
  readonly policy: ConnectionPolicy;
  readonly relay: RelayGrant | undefined;
  /** The join token as it was shown on entering; empty when none was asked for. */
  readonly token: string;
  /** Extensions that the server announces, or on the proxy route all servers behind the proxy. */
  readonly features: ReadonlySet<Feature>;
  /** What this browser and the server have in common. */
  readonly device: Device;
  readonly send: TransportInfo;
  readonly receive: TransportInfo;
}

export interface EntryContext {
  target: CallTarget;
  peerId: string;
  platform: RoomPlatform;
  discovery: DiscoveryCache;
  proxyMemory: ProxyMemory;
  /** Cloud Proxies to try, in this order; undefined: all of the target's. */
  through?: readonly Endpoint[] | undefined;
  /** The call stood before, and was lost. */
  isAnew?: boolean | undefined;
  signal: AbortSignal;
  onSignaling: () => void;
}

/** SCTP streams as mediasoup-client's Chromium handler has them; only one is ever used. */
export const SCTP_CAPABILITIES = { numStreams: { OS: 1024, MIS: 1024 } };

/**
 * Gets in, through the room server or a Cloud Proxy, and asks for everything that needs no answer
 * first in one go.
 * @throws {RoomError} within ENTRY_BUDGET_MS (or, with `through`, NEXT_PROXY_ENTRY_BUDGET_MS) and
 *   DIAGNOSIS_BUDGET_MS.
 */
export async function enter(context: EntryContext): Promise<Entry> {
  return context.target.route === 'proxy' ? enterByProxy(context) : enterDirectly(context);
}

async function enterDirectly(context: EntryContext): Promise<Entry> {
  const { target, discovery, signal, onSignaling } = context;
  const { httpOrigin } = target.server;
  const deadline = performance.now() + ENTRY_BUDGET_MS;
  const isKnown = discovery.has(httpOrigin);
  const asked = discovery.discover(httpOrigin, DISCOVERY_BUDGET_MS, signal);
  // Without a token there is nothing that a server would have to announce before it is entered.
  const found = target.token === '' ? undefined : await asked;
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
    deadline,
    httpStatus: isKnown ? undefined : statusOf(found),
    relay: undefined,
    features: asked.then(roomFeatures),
    otherProxies: [],
    proxyFailures: [],
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

/** What can be used at a room server. One that announces nothing speaks the base protocol. */
function roomFeatures(found: Discovered): ReadonlySet<Feature> {
  const isRoom = found.kind === 'document' && found.document.role === 'room';
  return new Set(isRoom ? found.document.features : []);
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
  const { target, proxyMemory, onSignaling, through } = context;
  const startedAt = performance.now();
  const end = startedAt + (through ? NEXT_PROXY_ENTRY_BUDGET_MS : ENTRY_BUDGET_MS);
  const failures: RoomError[] = [];
  let left = through ?? proxyMemory.order(target.proxies, Date.now());
  for (;;) {
    const asked = left;
    left = [];
    try {
      const chosen = await chooseProxy(asked, { ...target, ...context, deadline: end });
      const { proxy, grant, untried, passedOver } = chosen;
      left = [...untried, ...passedOver.map((other) => other.proxy)];
      onSignaling();
      const now = performance.now();
      const entry = await knock(context, proxy, {
        token: grant.takesToken ? target.token : '',
        // Whoever else is left gets an equal share of what is left.
        deadline: now + (end - now) / (left.length + 1),
        httpStatus: 200,
        relay: grant,
        features: grant.features,
        otherProxies: untried,
        proxyFailures: [...failures, ...passedOver.map((other) => other.error)],
      });
      proxyMemory.remember(proxy, Date.now());
      return entry;
    } catch (error) {
      if (!(error instanceof RoomError) || !isFaultOfOneProxy(error.code)) throw error;
      failures.push(error);
      const isOver = left.length === 0 || context.signal.aborted || performance.now() >= end;
      if (isOver) throw oneOf(failures);
    }
  }
}

interface Knock {
  /** Empty: none is sent. */
  token: string;
  /** When the server has to have let us in, ms on the monotonic clock. */
  deadline: number;
  otherProxies: readonly Endpoint[];
  proxyFailures: readonly RoomError[];
  /** What the host has just answered to HTTP: a refused WebSocket then needs no diagnosis. */
  httpStatus: number | undefined;
  relay: RelayGrant | undefined;
  /** Needed once the server has answered; never fails. */
  features: ReadonlySet<Feature> | Promise<ReadonlySet<Feature>>;
}

async function knock(context: EntryContext, endpoint: Endpoint, how: Knock): Promise<Entry> {
  const channel = await openChannel(context, endpoint, how);
  const { preferredProtocol, route } = context.target;
  const policy = connectionPolicy(preferredProtocol, route, how.relay?.iceServers ?? []);
  try {
    const { relay, otherProxies, proxyFailures, deadline } = how;
    // Nobody has to be asked why: the time for that is the answer's, unless another one waits.
    const until = deadline + (otherProxies.length === 0 ? DIAGNOSIS_BUDGET_MS : 0);
    const [routerRtpCapabilities, send, receive] = await askAtOnce(
      channel,
      policy.forceTcp,
      Math.min(SETUP_REQUEST_BUDGET_MS, Math.max(0, until - performance.now())),
    );
    const device = await loadDevice(toRtpCapabilities(routerRtpCapabilities)).catch(
      (error: unknown) => {
        throw new RoomError('SERVER_INCOMPATIBLE', `router capabilities: ${String(error)}`);
      },
    );
    const features = await how.features;
    return {
      ...{ channel, endpoint, otherProxies, proxyFailures, policy, relay, features },
      token: how.token,
      ...{ device, send, receive },
    };
  } catch (error) {
    const { end } = channel;
    channel.close();
    const failure = requestFailure(error, end);
    if (route === 'direct') throw failure;
    // There may be several: say which one led to it.
    const detail = `${endpoint.httpOrigin}: ${failure.detail ?? failure.message}`;
    throw new RoomError(failure.code, detail, { cause: failure });
  }
}

/** One round trip for three answers: none of the requests needs that of another. */
function askAtOnce(
  channel: SignalingChannel,
  forceTcp: boolean,
  budget: number,
): Promise<[ClientResponse<'getRouterRtpCapabilities'>, TransportInfo, TransportInfo]> {
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

/** What a signaling connection shows of itself. */
export interface Credentials {
  /** Join token; empty: none is sent. */
  token: string;
  /** To take a place again: see `ResumeGrant`. */
  resumeKey?: string;
}

/** @throws {ChannelOpenError} as {@link SignalingChannel.open}. */
export async function connectTo(
  endpoint: Endpoint,
  { target, peerId, signal }: Pick<EntryContext, 'target' | 'peerId' | 'signal'>,
  { token, resumeKey }: Credentials,
  openBudgetMs: number,
): Promise<SignalingChannel> {
  const query = new URLSearchParams({ roomId: target.roomId, peerId });
  const protocols = [PROTOO_SUBPROTOCOL];
  if (token !== '') protocols.push(TOKEN_SUBPROTOCOL_PREFIX + token);
  if (resumeKey !== undefined) protocols.push(RESUME_SUBPROTOCOL_PREFIX + resumeKey);
  const url = `${endpoint.wsOrigin}/?${query}`;
  return await SignalingChannel.open({ url, protocols, openBudgetMs, signal });
}

async function openChannel(
  context: EntryContext,
  endpoint: Endpoint,
  how: Knock,
): Promise<SignalingChannel> {
  const { target, platform, signal } = context;
  try {
    const openBudgetMs = Math.max(0, how.deadline - performance.now());
    return await connectTo(endpoint, context, how, openBudgetMs);
  } catch (error) {
    if (signal.aborted || !(error instanceof ChannelOpenError)) throw error;
    throw await refusedChannel(error, {
      platform,
      route: target.route,
      origin: endpoint.httpOrigin,
      httpStatus: how.httpStatus,
      unusedMs: how.deadline - performance.now(),
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
    // What has hung for the whole budget hangs for a diagnosis, too.
    const silence = 'it did not accept the connection in time';
    return errorFromDiagnosis(undefined, route, origin, silence);
  }
  const silence = 'it accepts no signaling connection (protoo over WebSocket)';
  return httpStatus === undefined
    ? await explainFailure(platform, route, origin, silence, unusedMs)
    : errorFromDiagnosis({ kind: 'answers', httpStatus }, route, origin, silence);
}
