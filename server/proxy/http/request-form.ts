import type { IncomingMessage } from 'node:http';

/**
 * The form that every request must have before anything looks at what it asks for. The gateway
 * serves two paths; whatever is written in another way than browsers and the app write it is an
 * attempt to be understood differently by the next server, and refused.
 */

export interface FormProblem {
  status: 400 | 405 | 421;
  problem: string;
}

export interface GoodForm {
  path: string;
  query: URLSearchParams;
  /** The host that the client used, lower case, IPv6 without brackets. */
  host: string;
}

export type FormResult = ({ ok: true } & GoodForm) | ({ ok: false } & FormProblem);

/** Headers that may stand once only: a second one would be read by one server and not by another. */
const SINGLE_HEADERS = new Set([
  'host',
  'authorization',
  'connection',
  'upgrade',
  'content-length',
  'transfer-encoding',
  'origin',
  'sec-websocket-key',
  'sec-websocket-version',
  'sec-websocket-protocol',
  'x-forwarded-for',
]);
const METHODS = new Set(['GET', 'HEAD', 'OPTIONS']);
/** `Connection` may name these; any other token would make a header vanish at the next hop. */
const CONNECTION_TOKENS = new Set(['upgrade', 'keep-alive', 'close']);
/** Origin form (RFC 9112 §3.2.1) in the characters that our two paths and their queries need. */
const ORIGIN_FORM = /^(\/[A-Za-z0-9._-]+)*\/?(\?[A-Za-z0-9._~!$&'()*+,;=:@/?%-]*)?$/;
const HOST = /^(\[[0-9a-f:.]+\]|[a-z0-9_.-]+)(:\d{1,5})?$/i;

/** @param hosts Names and addresses that the gateway answers to, lower case, without port. */
export function checkForm(request: IncomingMessage, hosts: ReadonlySet<string>): FormResult {
  const target = request.url ?? '';
  if (!METHODS.has(request.method ?? '')) return bad('only GET is served here', 405);
  if (!target.startsWith('/') || !ORIGIN_FORM.test(target)) {
    return bad('the request target must be a plain path');
  }
  const seen = new Set<string>();
  for (let index = 0; index < request.rawHeaders.length; index += 2) {
    const name = (request.rawHeaders[index] ?? '').toLowerCase();
    if (seen.has(name) && SINGLE_HEADERS.has(name)) return bad(`the header ${name} stands twice`);
    seen.add(name);
  }
  if (
    seen.has('transfer-encoding') ||
    !['0', undefined].includes(header(request, 'content-length'))
  )
    return bad('a request must not have a body');
  const connection = header(request, 'connection')?.toLowerCase().split(',') ?? [];
  if (connection.some((token) => !CONNECTION_TOKENS.has(token.trim()))) {
    return bad('Connection must not name other headers');
  }
  const host = HOST.exec(header(request, 'host') ?? '')?.[1];
  if (host === undefined) return bad('the Host header is not valid');
  const plainHost = host.toLowerCase().replace(/^\[|\]$|\.$/g, '');
  if (!hosts.has(plainHost)) return bad('this proxy is not known by that host name', 421);
  const at = target.indexOf('?');
  return {
    ok: true,
    path: at < 0 ? target : target.slice(0, at),
    query: new URLSearchParams(at < 0 ? '' : target.slice(at + 1)),
    host: plainHost,
  };
}

/** A header of which there is at most one (see {@link SINGLE_HEADERS}). */
export function header(request: IncomingMessage, name: string): string | undefined {
  const value = request.headers[name];
  return Array.isArray(value) ? value.join(', ') : value;
}

function bad(problem: string, status: FormProblem['status'] = 400): FormResult {
  return { ok: false, status, problem };
}
