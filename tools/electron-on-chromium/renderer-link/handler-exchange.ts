import type { Protocol } from 'devtools-protocol';
import { originMapping } from '../origin-mapping.ts';

/** Headers whose values name origins or URLs. */
const CARRY_URLS = new Set(['access-control-allow-origin', 'location', 'refresh']);
const POLICIES = new Set(['content-security-policy', 'content-security-policy-report-only']);
/** Describe the body as it was on the wire; a Response hands it out decoded. */
const OF_THE_WIRE = new Set(['content-encoding', 'content-length', 'transfer-encoding']);
/** These statuses have no body, and Request takes none with these methods. */
const BODYLESS_METHODS = new Set(['GET', 'HEAD']);

function mapHeader(name: string, value: string): string {
  const key = name.toLowerCase();
  if (POLICIES.has(key)) return originMapping.policyToChromium(value);
  return CARRY_URLS.has(key) ? originMapping.toChromium(value) : value;
}

/** Electron's header records (one value or several) as DevTools takes them. */
export function chromiumHeaders(
  headers: Record<string, string | string[]>,
): Protocol.Fetch.HeaderEntry[] {
  return Object.entries(headers).flatMap(([name, values]) =>
    [values].flat().map((value) => ({ name, value: mapHeader(name, value) })),
  );
}

/** Bytes the page sent with a request; undefined when there were none. */
export function requestBody(request: Protocol.Network.Request): Buffer | undefined {
  return request.postDataEntries
    ? Buffer.concat(request.postDataEntries.map(({ bytes = '' }) => Buffer.from(bytes, 'base64')))
    : undefined;
}

/** The request as the app's protocol handler sees it: its own URLs only. */
export function requestForHandler(request: Protocol.Network.Request, url: string): Request {
  const headers = new Headers();
  for (const [name, value] of Object.entries(request.headers))
    headers.set(name, originMapping.toApp(value));
  const body = BODYLESS_METHODS.has(request.method) ? undefined : requestBody(request);
  return new Request(url + (request.urlFragment ?? ''), {
    method: request.method,
    headers,
    ...(body ? { body: new Uint8Array(body) } : {}),
  });
}

/** The handler's answer as DevTools takes it. */
export async function fulfilment(
  response: Response,
): Promise<Omit<Protocol.Fetch.FulfillRequestRequest, 'requestId'>> {
  const responseHeaders: Protocol.Fetch.HeaderEntry[] = [];
  response.headers.forEach((value, name) => {
    if (!OF_THE_WIRE.has(name) && name !== 'set-cookie')
      responseHeaders.push({ name, value: mapHeader(name, value) });
  });
  for (const value of response.headers.getSetCookie())
    responseHeaders.push({ name: 'set-cookie', value });
  const body = Buffer.from(await response.arrayBuffer());
  return {
    responseCode: response.status,
    responseHeaders,
    ...(response.statusText ? { responsePhrase: response.statusText } : {}),
    ...(body.length > 0 ? { body: body.toString('base64') } : {}),
  };
}
