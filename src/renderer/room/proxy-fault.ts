import type { RoomErrorCode } from '../../shared/room-error.ts';

/** What one Cloud Proxy, or the way to or from it, may be to blame for. */
const FAULTS: ReadonlySet<RoomErrorCode> = new Set([
  'PROXY_UNREACHABLE',
  'PROXY_INVALID',
  'PROXY_CREDENTIALS',
  'PROXY_RELAY_DOWN',
  'TLS_UNTRUSTED',
  'SERVER_UNREACHABLE',
  // It takes no newcomers because it restarts, or none from this address.
  'SERVER_BUSY',
  'UDP_BLOCKED',
  'TCP_BLOCKED',
  'NO_PATH',
]);

/** Whether another Cloud Proxy may do better: a full meeting is full through all of them. */
export function isFaultOfOneProxy(code: RoomErrorCode): boolean {
  return FAULTS.has(code);
}
