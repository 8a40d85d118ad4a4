import { isIP } from 'node:net';
import { isLoopbackHost } from '../../src/shared/endpoint.ts';
import { isPrivateAddress, isWildcardAddress } from '../shared/addresses.ts';
import { parseOptions, readOptions } from '../shared/options.ts';
import { StartupError } from '../shared/startup-error.ts';
import { ProxyOptions } from './options.ts';
import type { ProxyConfigInput } from './options.ts';
import { resolveTurn, turnProblems } from './turn/settings.ts';
import type { TurnSettings } from './turn/settings.ts';

/** The Cloud Proxy's configuration as a whole: what concerns several options at once. */

/** Checked and complete. */
export type ProxyConfig = ProxyOptions & {
  /** Undefined: signaling only. */
  relay: TurnSettings | undefined;
};

/** Checks a configuration given by code. @throws {StartupError} */
export function checkConfig(input: ProxyConfigInput): ProxyConfig {
  return complete(parseOptions(ProxyOptions, input));
}

/** Reads flags and environment. @throws {StartupError} */
export function readConfig(argv: readonly string[], env: NodeJS.ProcessEnv): ProxyConfig {
  return complete(
    readOptions(ProxyOptions, argv, env, {
      name: 'node server/proxy/main.ts',
      summary:
        'The Causeway Cloud Proxy: one host through which a whole call goes. It relays signaling to the room servers, hands out short-lived relay credentials, and runs coturn for the media.',
      examples: [
        'Examples:',
        '  Try it on this computer:   node server/proxy/main.ts --origin http://127.0.0.1:4443 --turn-peer 127.0.0.1 \\',
        '                               --token-secret-file token.secret --turn-secret-file turn.secret --log-format pretty',
        '  For real:                  see deploy/ and docs/cloud-proxy.md',
      ].join('\n'),
    }),
  );
}

/** Checks what concerns several options at once, and fills in what follows from others. */
function complete(raw: ProxyOptions): ProxyConfig {
  const publicHost = raw.publicHost.length > 0 ? raw.publicHost : loopbackNames(raw.host);
  const problems = [tlsProblem(raw), adminProblem(raw), ...turnProblems(raw)];
  if (publicHost === undefined) {
    problems.push(
      '--public-host: name the host or address by which clients reach the proxy, such as proxy.example.com.',
    );
  }
  const sentences = problems.filter((problem) => problem !== undefined);
  if (sentences.length > 0) throw new StartupError(sentences.join('\n'));
  const config = { ...raw, publicHost: publicHost ?? [] };
  return { ...config, relay: resolveTurn(config) };
}

function loopbackNames(host: string): string[] | undefined {
  if (!isLoopbackHost(host)) return isIP(host) && !isWildcardAddress(host) ? [host] : undefined;
  return [...new Set([host, '127.0.0.1', 'localhost', '::1'])];
}

function tlsProblem(raw: ProxyOptions): string | undefined {
  if ((raw.tlsCert === undefined) !== (raw.tlsKey === undefined)) {
    return '--tls-cert and --tls-key belong together: give both or neither.';
  }
  if (raw.tlsCert !== undefined) {
    return raw.behindTlsProxy.length > 0
      ? '--behind-tls-proxy means that TLS ends in front of the gateway: leave out --tls-cert and --tls-key (or use --proxy-protocol-from).'
      : undefined;
  }
  if (isLoopbackHost(raw.host)) return undefined;
  if (raw.behindTlsProxy.length === 0) {
    return `--host: without a certificate the gateway listens on loopback only, not on “${raw.host}”. Give --tls-cert and --tls-key, or --behind-tls-proxy where a reverse proxy ends TLS.`;
  }
  if (isWildcardAddress(raw.host) || !isPrivateAddress(raw.host)) {
    return `--behind-tls-proxy: plain HTTP is allowed on a private address only, not on “${raw.host}”. Name the private address that the reverse proxy connects to.`;
  }
  return undefined;
}

function adminProblem(raw: ProxyOptions): string | undefined {
  return isLoopbackHost(raw.adminHost) || isPrivateAddress(raw.adminHost)
    ? undefined
    : `--admin-host: “${raw.adminHost}” is not private. Metrics are for loopback and private addresses only.`;
}
