import { networkInterfaces } from 'node:os';
import type { Protocol } from 'devtools-protocol';
import type { CdpSession } from '../chromium/cdp-connection.ts';
import { chromium } from '../chromium/chromium.ts';
import { cancelAuthentication } from './authentication.ts';

/** Where the page stands: no server has this name, its requests are held and sent elsewhere. */
const HOME = 'http://net.electron-on-chromium.localhost/';

/** Statuses whose Response may have no body (Fetch standard). */
const NULL_BODY = new Set([101, 204, 205, 304]);

interface Exchange {
  request: Request;
  body: Buffer | undefined;
  answer: PromiseWithResolvers<Response>;
  networkId: string | undefined;
  answered: boolean;
}

/**
 * A hidden page through which this process uses Chromium's network stack. It asks for a path of its
 * own origin; on the way out the request gets its real address, method, headers and body, which the
 * page cannot see, so no rule for cross-origin pages applies.
 */
export class NetworkPage {
  #session: Promise<CdpSession> | undefined;
  readonly #exchanges = new Map<string, Exchange>();
  #lastId = 0;

  /** Any network beyond loopback. */
  get online(): boolean {
    return Object.values(networkInterfaces()).some((addresses) =>
      addresses?.some(({ internal }) => !internal),
    );
  }

  /** One request, one response; redirects are the caller's. Throws Error('net::ERR_…'). */
  async fetch(request: Request, body: Buffer | undefined): Promise<Response> {
    const session = await (this.#session ??= this.#open());
    const id = String(++this.#lastId);
    const answer = Promise.withResolvers<Response>();
    this.#exchanges.set(id, { request, body, answer, networkId: undefined, answered: false });
    const credentials = request.credentials === 'omit' ? 'omit' : 'include';
    const cache = request.cache === 'no-store' ? 'no-store' : 'default';
    const options = JSON.stringify({ credentials, cache });
    const { signal } = request;
    const abort = () => {
      session.post('Runtime.evaluate', { expression: `controllers['${id}']?.abort()` });
      answer.reject(signal.reason);
    };
    signal.addEventListener('abort', abort, { once: true });
    session.post('Runtime.evaluate', {
      expression: `(controllers['${id}'] = new AbortController(), fetch('/${id}', { ...${options}, signal: controllers['${id}'].signal }).catch(() => {}).finally(() => delete controllers['${id}']), 0)`,
    });
    try {
      return await answer.promise;
    } finally {
      signal.removeEventListener('abort', abort);
      this.#exchanges.delete(id);
    }
  }

  async #open(): Promise<CdpSession> {
    const session = await chromium.openHiddenPage();
    cancelAuthentication(session);
    session.on('Fetch.requestPaused', (paused) => {
      const work =
        paused.responseStatusCode === undefined && paused.responseErrorReason === undefined
          ? this.#send(session, paused)
          : this.#receive(session, paused);
      work.catch(() =>
        session.post('Fetch.failRequest', { requestId: paused.requestId, errorReason: 'Failed' }),
      );
    });
    session.on('Network.loadingFailed', ({ requestId, errorText, canceled }) => {
      for (const exchange of this.#exchanges.values())
        if (exchange.networkId === requestId && !exchange.answered && !canceled)
          exchange.answer.reject(new Error(errorText));
    });
    await Promise.all([
      session.send('Page.enable'),
      session.send('Network.enable'),
      session.send('Fetch.enable', {
        handleAuthRequests: true,
        patterns: [
          { urlPattern: '*', requestStage: 'Request' },
          { urlPattern: '*', requestStage: 'Response' },
        ],
      }),
    ]);
    await session.send('Page.navigate', { url: HOME });
    await session.send('Runtime.evaluate', { expression: 'globalThis.controllers = {}' });
    return session;
  }

  async #send(session: CdpSession, paused: Protocol.Fetch.RequestPausedEvent): Promise<void> {
    const { requestId, request: held, networkId } = paused;
    const exchange = this.#exchanges.get(new URL(held.url).pathname.slice(1));
    if (!held.url.startsWith(HOME) || !exchange) {
      // The page itself, empty.
      await session.send('Fetch.fulfillRequest', {
        requestId,
        responseCode: 200,
        responseHeaders: [{ name: 'content-type', value: 'text/html' }],
        body: '',
      });
      return;
    }
    exchange.networkId = networkId;
    const { request, body } = exchange;
    const headers: Protocol.Fetch.HeaderEntry[] = [];
    for (const name of ['User-Agent', 'Accept', 'Accept-Language'])
      if (held.headers[name] !== undefined) headers.push({ name, value: held.headers[name] });
    request.headers.forEach((value, name) => {
      const same = headers.findIndex((header) => header.name.toLowerCase() === name);
      if (same !== -1) headers.splice(same, 1);
      headers.push({ name, value });
    });
    await session.send('Fetch.continueRequest', {
      requestId,
      url: request.url,
      method: request.method,
      headers,
      ...(body ? { postData: body.toString('base64') } : {}),
    });
  }

  async #receive(session: CdpSession, paused: Protocol.Fetch.RequestPausedEvent): Promise<void> {
    const { requestId, networkId, responseStatusCode: status, responseHeaders = [] } = paused;
    const exchange = [...this.#exchanges.values()].find((each) => each.networkId === networkId);
    if (status === undefined || !exchange) {
      // Its name comes with Network.loadingFailed.
      await session.send('Fetch.continueRequest', { requestId });
      return;
    }
    const headers = new Headers(responseHeaders.map(({ name, value }) => [name, value]));
    const isRedirect = status >= 300 && status < 400 && headers.has('location');
    // The body of a proxy's refusal to connect is nobody's word: Chromium gives it to no one.
    const hasBody = !NULL_BODY.has(status) && !isRedirect && status !== 407;
    const { body, base64Encoded } = hasBody
      ? await session.send('Fetch.getResponseBody', { requestId })
      : { body: '', base64Encoded: false };
    exchange.answered = true;
    const bytes = Buffer.from(body, base64Encoded ? 'base64' : 'utf8');
    const response = new Response(hasBody ? new Uint8Array(bytes) : null, {
      status,
      statusText: paused.responseStatusText ?? '',
      headers,
    });
    Object.defineProperty(response, 'url', { value: exchange.request.url });
    exchange.answer.resolve(response);
    // The page needs nothing of it.
    await session.send('Fetch.failRequest', { requestId, errorReason: 'Aborted' });
  }
}
