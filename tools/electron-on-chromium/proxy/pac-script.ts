import { lookup } from 'node:dns/promises';
import { isIPv4 } from 'node:net';
import { networkInterfaces } from 'node:os';
import { createContext, runInContext, Script } from 'node:vm';

/** A script that does not come is answered as Chromium answers requests then: with an error. */
const FETCH_TIMEOUT_MS = 5_000;
/** A PAC script answers in microseconds; this one does not come to an end. */
const RUN_TIMEOUT_MS = 1_000;

/**
 * Asks a PAC script for the way to a URL, beside Chromium, which asks it by itself for its own
 * requests and tells nobody what it said. Throws when the script cannot be had or run.
 */
export async function askPacScript(source: string, url: URL): Promise<string> {
  const response = await fetch(source, { signal: AbortSignal.timeout(FETCH_TIMEOUT_MS) });
  if (!response.ok) throw new Error(`the PAC script answers with HTTP status ${response.status}`);
  const script = new Script(await response.text());
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1');
  const context = createContext(await pacFunctions(host));
  script.runInContext(context, { timeout: RUN_TIMEOUT_MS });
  // Chromium shows it https URLs without their path.
  const shown = url.protocol === 'https:' ? `${url.origin}/` : url.href;
  const call = `FindProxyForURL(${JSON.stringify(shown)}, ${JSON.stringify(host)})`;
  const answer: unknown = runInContext(call, context, { timeout: RUN_TIMEOUT_MS });
  return typeof answer === 'string' && answer.trim() !== '' ? answer.trim() : 'DIRECT';
}

/**
 * The functions of the PAC format. Those that look a name up know the host that is asked about, which
 * is what scripts use them for; a script asks at once, and Node cannot.
 */
async function pacFunctions(host: string): Promise<Record<string, (...args: string[]) => unknown>> {
  const address = isIPv4(host) ? host : (await lookup(host, 4).catch(() => undefined))?.address;
  const dnsResolve = (name = '') =>
    isIPv4(name) ? name : name === host ? (address ?? null) : null;
  return {
    isPlainHostName: (name = '') => !name.includes('.'),
    dnsDomainIs: (name = '', domain = '') => name.endsWith(domain),
    localHostOrDomainIs: (name = '', full = '') => name === full || full.startsWith(`${name}.`),
    dnsDomainLevels: (name = '') => name.split('.').length - 1,
    shExpMatch: (text = '', pattern = '') => globToRegExp(pattern).test(text),
    dnsResolve,
    isResolvable: (name) => dnsResolve(name) !== null,
    isInNet: (name, net = '', mask = '') => {
      const resolved = dnsResolve(name);
      return (
        resolved !== null &&
        (toNumber(resolved) & toNumber(mask)) === (toNumber(net) & toNumber(mask))
      );
    },
    myIpAddress: () =>
      Object.values(networkInterfaces())
        .flatMap((addresses) => addresses ?? [])
        .find(({ family, internal }) => family === 'IPv4' && !internal)?.address ?? '127.0.0.1',
  };
}

function globToRegExp(pattern: string): RegExp {
  const escaped = pattern.replace(/[.+^${}()|[\]\\]/g, String.raw`\$&`);
  return new RegExp(`^${escaped.replaceAll('*', '.*').replaceAll('?', '.')}$`);
}

function toNumber(address: string): number {
  return address.split('.').reduce((sum, part) => (sum << 8) | Number(part), 0);
}
