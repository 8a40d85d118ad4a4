import { CLOSE, closeMeaning } from '../../shared/close-codes.ts';
import type { ReconnectReason } from '../../shared/connection-state.ts';
import { formatPath, type Path } from '../../shared/path.ts';
import { RoomError, type RoomErrorCode, type RoomErrorData } from '../../shared/room-error.ts';
import type { CallRules, Connecting, RelayFault, Trip } from './call-state.ts';
import { isFaultOfOneProxy } from './proxy-fault.ts';

/** The errors that `decide()` itself comes to. */

/** No candidate pair of the plan connected. */
export function noPathError(
  state: Connecting,
  rules: CallRules,
  now: number,
  relayFault?: RelayFault,
): RoomErrorData {
  const waited = ((now - (state.mediaSince ?? state.since)) / 1000).toFixed(1);
  if (relayFault === 'refused') {
    return errorData('PROXY_CREDENTIALS', 'the relay refused the credentials that the proxy gave');
  }
  const tries = state.plan.map((path) => `${describeTry(path)}: no connection in ${waited} s`);
  const detail = [...tries, ...(relayFault ? [relayHint(state.plan)] : [])].join('; ');
  // With every protocol allowed, a proxy that relays over none of them has no relay.
  const relayIsDown = relayFault !== undefined && rules.preferredProtocol === 'UDP_OVER_TCP';
  return errorData(
    relayIsDown ? 'PROXY_RELAY_DOWN' : NO_PATH_CODE[rules.preferredProtocol],
    detail || 'the server offers no path that the mode allows',
  );
}

const NO_PATH_CODE: Record<CallRules['preferredProtocol'], RoomErrorCode> = {
  UDP_ONLY: 'UDP_BLOCKED',
  TCP_ONLY: 'TCP_BLOCKED',
  UDP_OVER_TCP: 'NO_PATH',
};

/** A relay is named with its port here: that is what IT has to open. */
function describeTry(path: Path): string {
  return path.route === 'proxy' && path.port !== undefined
    ? `${formatPath(path)} port ${path.port}`
    : formatPath(path);
}

function relayHint(plan: readonly Path[]): string {
  const host = plan[0]?.host;
  const isName = host !== undefined && !/^[0-9.]+$|:/.test(host);
  return isName
    ? `the proxy answers for signaling, but no relay did: either its relay ports are closed, or ${host} is known here from a hosts file only; WebRTC asks the DNS server and nothing else`
    : 'the proxy answers for signaling, but no relay did: its relay is down or its relay ports are closed';
}

/** The steps before media took too long as a whole. */
export function setupTimeoutError(state: Connecting, rules: CallRules): RoomErrorData {
  const code = rules.route === 'proxy' ? 'PROXY_UNREACHABLE' : 'SERVER_UNREACHABLE';
  return errorData(code, `no answer in time at the step “${state.step}”`);
}

/**
 * The error after several Cloud Proxies: the first one's, its detail naming all in their order. What
 * no proxy is to blame for stands for itself.
 */
export function afterOthers(
  failures: readonly RoomErrorData[] | undefined,
  last: RoomErrorData,
): RoomErrorData {
  const [first] = failures ?? [];
  if (!failures || !first || !isFaultOfOneProxy(last.code)) return last;
  const tries = [...failures, last].map(({ code, detail }) => `${code} ${detail ?? ''}`.trim());
  return errorData(first.code, tries.join('; '));
}

/** What a close code of the signaling connection means to the employee. */
export function closedError(code: number): RoomErrorData {
  return errorData(closeMeaning(code).error, `close code ${code}`);
}

/** Why a call that stood has to be joined anew. */
export function reconnectReason(closeCode: number): ReconnectReason {
  switch (closeCode) {
    case CLOSE.ROOM_RESTARTED:
      return 'room-restarted';
    case CLOSE.SERVER_SHUTTING_DOWN:
      return 'server-restarting';
    default:
      return 'signaling-lost';
  }
}

/** Every attempt to come back failed. */
export function exhaustedError(trip: Trip, last: RoomErrorData | undefined): RoomErrorData {
  const code = trip.reason === 'media-lost' ? 'MEDIA_TIMEOUT' : 'SIGNALING_LOST';
  const lastly = last ? `; the last one: ${last.code} ${last.detail ?? ''}`.trimEnd() : '';
  return errorData(code, `${trip.attempt} attempts failed${lastly}`);
}

function errorData(code: RoomErrorCode, detail: string): RoomErrorData {
  return new RoomError(code, detail).toData();
}
