import { connect } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import type { EndpointDiagnosis } from '../../shared/ipc.ts';
import { formatProxy, type ResolvedProxy } from '../http-proxy/resolved-proxy.ts';

/**
 * How long the HTTP proxy of a company's own network may take to accept a TCP connection, ms. An
 * error screen waits no longer than 1.2 s for a diagnosis, and Chromium's own limit is minutes.
 */
const CONNECT_LIMIT_MS = 900;

/**
 * Resolves when the HTTP proxy has not accepted a connection in time; never, when there is none, when
 * it has, or has refused it: Chromium says so by itself then. Nothing is sent.
 */
export async function untilProxyIsSilent(
  proxy: ResolvedProxy | undefined,
  signal: AbortSignal,
): Promise<EndpointDiagnosis> {
  if (!proxy) return await never();
  const socket = connect({ host: proxy.host, port: proxy.port });
  const answered = new Promise<boolean>((resolve) => {
    socket.once('connect', () => resolve(true));
    socket.once('error', () => resolve(true));
  });
  const isAnswered = await Promise.race([
    answered,
    delay(CONNECT_LIMIT_MS, false, { signal }).catch(() => true),
  ]);
  socket.destroy();
  if (isAnswered) return await never();
  return { kind: 'http-proxy-unreachable', proxy: formatProxy(proxy) };
}

function never(): Promise<never> {
  return new Promise(() => undefined);
}
