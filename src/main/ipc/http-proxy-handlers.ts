import { isIP } from 'node:net';
import type { SessionProxy } from '../http-proxy/http-proxy.ts';
import type { ProxyLogin } from '../http-proxy/proxy-login.ts';
import { formatProxy } from '../http-proxy/resolved-proxy.ts';
import type { NetworkPolicy } from '../security/network-policy.ts';
import { IpcError, type IpcHandlers } from './answer.ts';

type Channels = 'http-proxy:login-wanted' | 'http-proxy:sign-in' | 'http-proxy:resolve';

export function httpProxyHandlers(
  login: ProxyLogin,
  proxy: () => SessionProxy | undefined,
  currentPolicy: () => NetworkPolicy,
): Pick<IpcHandlers, Channels> {
  return {
    'http-proxy:login-wanted': async () => (await login.describe()) ?? null,
    'http-proxy:sign-in': async (credentials) => {
      // Only for the proxy that asked: the page cannot plant a password for another.
      if (login.wanted?.proxy !== credentials.proxy) {
        throw new IpcError('this HTTP proxy has not asked for a password.');
      }
      await login.signIn(credentials);
      return undefined;
    },
    'http-proxy:resolve': async ({ host, port }) => {
      // A PAC file may look the name up: the page must not have others looked up through it.
      const isKnown = currentPolicy().endpoints.some((endpoint) => endpoint.host === host);
      if (!isKnown && isIP(host) === 0) {
        throw new IpcError('this host is not one of the current meeting.');
      }
      const found = await proxy()?.resolve(host, port);
      return found ? formatProxy(found) : null;
    },
  };
}
