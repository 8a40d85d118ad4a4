import { isIP } from 'node:net';
import type { ProxyConfig } from 'electron';
import { OWN_SERVICES } from '../chromium/switches.ts';
import { UnsupportedApiError } from '../unsupported.ts';

/** What `chrome.proxy.settings` takes (developer.chrome.com/docs/extensions/reference/api/proxy). */
export type ChromeProxyConfig =
  | { mode: 'direct' | 'auto_detect' }
  | { mode: 'pac_script'; pacScript: { url: string; mandatory: true } }
  | { mode: 'fixed_servers'; rules: ChromeProxyRules };

interface ChromeProxyRules {
  singleProxy?: ChromeProxyServer;
  proxyForHttp?: ChromeProxyServer;
  proxyForHttps?: ChromeProxyServer;
  proxyForFtp?: ChromeProxyServer;
  fallbackProxy?: ChromeProxyServer;
  bypassList: string[];
}

type ProxyScheme = 'http' | 'https' | 'socks4' | 'socks5';

interface ChromeProxyServer {
  scheme: ProxyScheme;
  host: string;
  port: number;
}

const DEFAULT_PORT: Record<ProxyScheme, number> = {
  http: 80,
  https: 443,
  socks4: 1080,
  socks5: 1080,
};

/** The word that a PAC script, and `resolveProxy`, has for each kind of proxy. */
const PAC_WORD: Record<ProxyScheme, string> = {
  http: 'PROXY',
  https: 'HTTPS',
  socks4: 'SOCKS',
  socks5: 'SOCKS5',
};

const RULE_FOR = {
  http: 'proxyForHttp',
  https: 'proxyForHttps',
  ftp: 'proxyForFtp',
  socks: 'fallbackProxy',
} as const;

/**
 * Electron's proxy settings as Chromium's extensions have them. Throws UnsupportedApiError for lists
 * of proxies, which those cannot take.
 */
export function chromeProxyConfig(config: ProxyConfig): ChromeProxyConfig | 'system' {
  const { mode, pacScript, proxyRules, proxyBypassRules } = config;
  // As Electron does: a script wins over rules.
  switch (mode ?? (pacScript ? 'pac_script' : proxyRules ? 'fixed_servers' : 'direct')) {
    case 'direct':
      return { mode: 'direct' };
    case 'auto_detect':
      return { mode: 'auto_detect' };
    case 'system':
      return 'system';
    case 'pac_script':
      return { mode: 'pac_script', pacScript: { url: pacScript ?? '', mandatory: true } };
    case 'fixed_servers':
      return { mode: 'fixed_servers', rules: parseRules(proxyRules ?? '', proxyBypassRules ?? '') };
  }
}

function parseRules(proxyRules: string, proxyBypassRules: string): ChromeProxyRules {
  // Directly: there their names lead nowhere. A proxy would find them.
  const rules: ChromeProxyRules = {
    bypassList: [...parseBypassList(proxyBypassRules), ...OWN_SERVICES],
  };
  for (const part of proxyRules.split(';').filter((text) => text.trim() !== '')) {
    const [, scheme, server = ''] = /^\s*(?:(https?|ftp|socks)=)?(.*?)\s*$/.exec(part) ?? [];
    if (server.includes(',')) throw new UnsupportedApiError('Session.setProxy with a proxy list');
    const key = scheme === undefined ? 'singleProxy' : RULE_FOR[scheme as keyof typeof RULE_FOR];
    rules[key] = parseServer(server);
  }
  return rules;
}

function parseBypassList(text: string): string[] {
  return text
    .split(/[;,]/)
    .map((rule) => rule.trim())
    .filter((rule) => rule !== '');
}

function parseServer(text: string): ChromeProxyServer {
  const [, scheme = 'http', rest = ''] =
    /^(?:(https?|socks4|socks5|socks):\/\/)?(.*)$/.exec(text) ?? [];
  const url = URL.parse(`http://${rest}`);
  if (!url || url.hostname === '') throw new TypeError(`not a proxy: ${text}`);
  const kind = (scheme === 'socks' ? 'socks4' : scheme) as ProxyScheme;
  // The URL parser leaves out the default port of http.
  const port = /:(\d+)$/.exec(rest)?.[1];
  return {
    scheme: kind,
    host: url.hostname,
    port: port === undefined ? DEFAULT_PORT[kind] : Number(port),
  };
}

/** Which proxy the rules name for a URL, in PAC's words. */
export function resolveByRules(rules: ChromeProxyRules, url: URL): string {
  if (isBypassed(rules.bypassList, url)) return 'DIRECT';
  const own =
    url.protocol === 'https:' || url.protocol === 'wss:' ? rules.proxyForHttps : rules.proxyForHttp;
  const server = rules.singleProxy ?? own ?? rules.fallbackProxy;
  return server ? `${PAC_WORD[server.scheme]} ${server.host}:${server.port}` : 'DIRECT';
}

/** Chromium's own rule: what is this computer's goes to it directly, unless `<-loopback>` is listed. */
function isBypassed(list: readonly string[], url: URL): boolean {
  const { hostname } = url;
  const isLoopback =
    hostname === 'localhost' ||
    hostname.endsWith('.localhost') ||
    /^127\.|^169\.254\./.test(hostname) ||
    hostname === '[::1]';
  if (isLoopback && !list.includes('<-loopback>')) return true;
  return list.some((rule) => matchesRule(rule, url));
}

function matchesRule(rule: string, url: URL): boolean {
  const { hostname } = url;
  if (rule === '<local>') return !hostname.includes('.') && isIP(hostname) === 0;
  const [, scheme, pattern = '', port] =
    /^(?:([a-z]+):\/\/)?(\[.*\]|[^:]*)(?::(\d+))?$/i.exec(rule) ?? [];
  if (scheme !== undefined && `${scheme}:` !== url.protocol) return false;
  if (port !== undefined && port !== effectivePort(url)) return false;
  const glob = pattern.startsWith('.') ? `*${pattern}` : pattern;
  const escaped = glob.replace(/[.+?^${}()|[\]\\]/g, String.raw`\$&`).replaceAll('*', '.*');
  return pattern !== '' && new RegExp(`^${escaped}$`, 'i').test(hostname);
}

function effectivePort({ port, protocol }: URL): string {
  if (port !== '') return port;
  return protocol === 'https:' || protocol === 'wss:' ? '443' : '80';
}

/**
 * The system's settings as far as they are in the environment, as Chromium reads them on a Linux
 * without a desktop: `http_proxy`, `https_proxy`, `all_proxy` and `no_proxy`.
 */
export function rulesOfEnvironment(env: NodeJS.ProcessEnv): ChromeProxyRules {
  const read = (name: string) => env[name] || env[name.toUpperCase()];
  const all = read('all_proxy');
  const bypassList = parseBypassList(read('no_proxy') ?? '').map((rule) =>
    // There a plain name stands for its subdomains too.
    /^[\w-]+(\.[\w-]+)*$/.test(rule) && isIP(rule) === 0 ? `*${rule}` : rule,
  );
  if (all) return { singleProxy: serverOfVariable(all), bypassList };
  const http = read('http_proxy');
  const https = read('https_proxy');
  return {
    ...(http && { proxyForHttp: serverOfVariable(http) }),
    ...(https && { proxyForHttps: serverOfVariable(https) }),
    bypassList,
  };
}

function serverOfVariable(value: string): ChromeProxyServer {
  return parseServer(value.replace(/\/$/, ''));
}
