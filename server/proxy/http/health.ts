import type { Relay } from '../turn/relay.ts';

/** Whether the proxy can take a call, for load balancers and monitors. */

export interface HealthSource {
  draining(): boolean;
  /** Undefined: signaling only. */
  relay: Relay | undefined;
}

export interface Health {
  status: 200 | 503;
  body: { status: 'ok' | 'draining' | 'relay-down'; relay: 'up' | 'down' | 'off' };
}

export function health(source: HealthSource): Health {
  const relay = source.relay ? (source.relay.up ? 'up' : 'down') : 'off';
  if (source.draining()) return { status: 503, body: { status: 'draining', relay } };
  if (relay === 'down') return { status: 503, body: { status: 'relay-down', relay } };
  return { status: 200, body: { status: 'ok', relay } };
}
