import { z } from 'zod';

/**
 * Addresses that people type: the room server (`serverUrl`) and the Cloud Proxy
 * (`signalingBaseUrl`). Both end up as an origin, normalised, or as a sentence that says what is
 * wrong with them.
 */

/** Where a server is reached: both forms name the same scheme security, host and port. */
export interface Endpoint {
  /** `https://host[:port]`, or `http://` for a loopback room server. No path, no trailing slash. */
  httpOrigin: string;
  /** The same with `wss://` or `ws://`. */
  wsOrigin: string;
  /** Host name, IPv4 address, or IPv6 address without brackets. */
  host: string;
  port: number;
  isLoopback: boolean;
}

export type EndpointResult = { ok: true; endpoint: Endpoint } | { ok: false; problem: string };

const SCHEME = /^([a-z][a-z0-9+.-]*):\/\//i;
const HOST_LABELS =
  /^(?=.{1,253}$)([a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?)(\.[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?)*\.?$/i;
const NUMERIC_HOST = /^[0-9.]+$/;
/** The URL Standard (§3.5, “ends in a number”) takes such a host for an IPv4 address, or for nothing. */
const ENDS_IN_NUMBER = /(^|\.)(\d+|0x[0-9a-f]*)\.?$/i;

/** Whether `host` (no brackets) can only mean this computer. */
export function isLoopbackHost(host: string): boolean {
  const name = host.toLowerCase().replace(/\.$/, '');
  return (
    name === 'localhost' ||
    name.endsWith('.localhost') ||
    name === '::1' ||
    /^127(\.\d{1,3}){3}$/.test(name)
  );
}

/**
 * Reads a room server address: `https://host[:port]`, `wss://host[:port]`, or a bare
 * `host[:port]` (taken as https). `http://` and `ws://` are accepted for loopback hosts only.
 */
export function parseServerUrl(text: string): EndpointResult {
  return parseEndpoint(text, 'server address', {
    secure: ['https', 'wss'],
    plainOnLoopback: ['http', 'ws'],
    example: 'https://meet.example.com',
  });
}

/**
 * Reads a Cloud Proxy address: a bare host, `host:port`, or an https URL. `http://` is accepted
 * for loopback hosts only (the proxy that is started for trying things out).
 */
export function parseSignalingBaseUrl(text: string): EndpointResult {
  return parseEndpoint(text, 'Cloud Proxy', {
    secure: ['https'],
    plainOnLoopback: ['http'],
    example: 'proxy.example.com',
  });
}

interface Allowed {
  secure: string[];
  plainOnLoopback: string[];
  example: string;
}

function parseEndpoint(text: string, what: string, allowed: Allowed): EndpointResult {
  const input = text.trim();
  const bad = (problem: string): EndpointResult => ({ ok: false, problem });
  if (input === '') return bad(`The ${what} is empty. Enter a host such as ${allowed.example}.`);
  if (/\s/.test(input))
    return bad(`The ${what} contains a space. Enter one host, such as ${allowed.example}.`);

  const scheme = SCHEME.exec(input)?.[1]?.toLowerCase();
  if (scheme && !allowed.secure.includes(scheme) && !allowed.plainOnLoopback.includes(scheme)) {
    return bad(
      `“${scheme}://” is not allowed for the ${what}. Use ${allowed.secure.map((s) => `${s}://`).join(' or ')}.`,
    );
  }
  const rest = scheme ? input.slice(scheme.length + 3) : input;
  const authority = /^[^/?#]*/.exec(rest)?.[0] ?? '';
  if (authority.includes('@')) return bad(`The ${what} must not contain a user name or password.`);
  const extra = rest.slice(authority.length);
  if (extra !== '' && extra !== '/') {
    return bad(`The ${what} must be a host only, without “${shorten(extra)}” after it.`);
  }

  const parts = splitAuthority(authority);
  if (!parts)
    return bad(
      `“${shorten(authority)}” is not a valid host. Enter one such as ${allowed.example}.`,
    );
  const { host, portText } = parts;
  const hostProblem = checkHost(host);
  if (hostProblem) return bad(`The ${what} ${hostProblem}`);

  const isLoopback = isLoopbackHost(host);
  const isPlain = scheme !== undefined && allowed.plainOnLoopback.includes(scheme);
  if (isPlain && !isLoopback) {
    return bad(
      `“${scheme}://” is only allowed on this computer (127.0.0.1, localhost). Use ${allowed.secure[0]}:// for ${shorten(host)}.`,
    );
  }
  let port = isPlain ? 80 : 443;
  if (portText !== undefined) {
    if (!/^\d{1,5}$/.test(portText) || Number(portText) < 1 || Number(portText) > 65_535) {
      return bad(`Port “${shorten(portText)}” of the ${what} is not a number from 1 to 65535.`);
    }
    port = Number(portText);
  }
  const shownHost = host.includes(':') ? `[${host.toLowerCase()}]` : host.toLowerCase();
  const suffix = port === (isPlain ? 80 : 443) ? '' : `:${port}`;
  const httpOrigin = `${isPlain ? 'http' : 'https'}://${shownHost}${suffix}`;
  // The URL Standard has the last word: what it does not take cannot be opened.
  if (URL.parse(httpOrigin) === null) return bad(`“${shorten(host)}” is not a valid host name.`);
  return {
    ok: true,
    endpoint: {
      httpOrigin,
      wsOrigin: `${isPlain ? 'ws' : 'wss'}://${shownHost}${suffix}`,
      host: host.toLowerCase(),
      port,
      isLoopback,
    },
  };
}

/** `host`, `host:port`, `[v6]:port` or a bare IPv6 address; undefined when it is none of them. */
export function splitAuthority(
  authority: string,
): { host: string; portText: string | undefined } | undefined {
  const v6 = /^\[([^\]]+)\](?::(.*))?$/.exec(authority);
  if (v6) return { host: v6[1] ?? '', portText: v6[2] };
  if (z.ipv6().safeParse(authority).success) return { host: authority, portText: undefined };
  const match = /^([^:]*)(?::(.*))?$/.exec(authority);
  return match ? { host: match[1] ?? '', portText: match[2] } : undefined;
}

/** What is wrong with a host (no brackets), as the rest of a sentence that begins with its name. */
export function checkHost(host: string): string | undefined {
  if (host === '') return 'has no host name.';
  if (host.includes(':')) {
    return z.ipv6().safeParse(host).success
      ? undefined
      : `“${shorten(host)}” is not a valid IPv6 address.`;
  }
  if (NUMERIC_HOST.test(host)) {
    return z.ipv4().safeParse(host).success
      ? undefined
      : `“${shorten(host)}” is not a valid IPv4 address.`;
  }
  if (ENDS_IN_NUMBER.test(host)) {
    return `“${shorten(host)}” is not a valid host: no name ends in a number after its last dot.`;
  }
  return HOST_LABELS.test(host)
    ? undefined
    : `“${shorten(host)}” is not a valid host name: letters, digits, dots and hyphens only.`;
}

/** Foreign text for a sentence. */
export function shorten(text: string): string {
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
}

/** A zod string that must be a room server address; the output is the normalised http(s) origin. */
export const ServerUrl = z.string().transform((text, context) => {
  const result = parseServerUrl(text);
  if (result.ok) return result.endpoint.httpOrigin;
  context.addIssue({ code: 'custom', message: result.problem });
  return z.NEVER;
});

/** A zod string that must be a Cloud Proxy address; the output is the normalised http(s) origin. */
export const SignalingBaseUrl = z.string().transform((text, context) => {
  const result = parseSignalingBaseUrl(text);
  if (result.ok) return result.endpoint.httpOrigin;
  context.addIssue({ code: 'custom', message: result.problem });
  return z.NEVER;
});
