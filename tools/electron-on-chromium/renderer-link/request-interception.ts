import type { Protocol } from 'devtools-protocol';
import type { CdpSession } from '../chromium/cdp-connection.ts';
import { originMapping } from '../origin-mapping.ts';
import { protocolHandler } from '../api/protocol.ts';
import type { RequestFilter } from '../api/web-request.ts';
import { chromiumHeaders, fulfilment, requestForHandler } from './handler-exchange.ts';
import { askForLogin } from './authentication.ts';
import { requestDetails, type RequestOwner } from './request-details.ts';

type Paused = Protocol.Fetch.RequestPausedEvent;

/** What is to become of a held request; URLs as Chromium has them. */
type Verdict =
  | { kind: 'fail'; reason: Protocol.Network.ErrorReason }
  | { kind: 'redirect'; url: string }
  /** `url` is the app's own. */
  | { kind: 'serve'; url: string }
  | { kind: 'continue'; headers: Record<string, string | string[]> | undefined };

/** Says whether a frame may go where it wants to; asked for every document before it is fetched. */
export type NavigationGate = (navigation: {
  frameId: string;
  /** As Chromium has it. */
  url: string;
  isRedirect: boolean;
}) => Promise<boolean>;

/**
 * Holds the requests of a page, its frames and its workers: serves the app's own scheme, asks the
 * session's webRequest listeners, and lets the navigation gate decide on documents.
 */
export class RequestInterception {
  readonly #filter: RequestFilter;
  readonly #owner: RequestOwner;
  readonly #gate: NavigationGate;

  constructor(filter: RequestFilter, owner: RequestOwner, gate: NavigationGate) {
    this.#filter = filter;
    this.#owner = owner;
    this.#gate = gate;
  }

  async attach(session: CdpSession): Promise<void> {
    session.on('Fetch.requestPaused', (paused) => {
      this.#decide(session, paused).catch((error: unknown) => {
        console.error(error);
        session.post('Fetch.failRequest', { requestId: paused.requestId, errorReason: 'Failed' });
      });
    });
    askForLogin(session, () => this.#owner.webContents());
    const update = () =>
      session.send('Fetch.enable', { patterns: this.#patterns(), handleAuthRequests: true });
    const onChange = () => void update().catch(() => this.#filter.off('changed', onChange));
    this.#filter.on('changed', onChange);
    await update();
  }

  #patterns(): Protocol.Fetch.RequestPattern[] {
    // Every request, listeners or not: of one that is not held, Chromium itself would ask somebody for
    // the password that a proxy wants, in a window that nobody sees.
    const all = { urlPattern: '*' } as const;
    const patterns: Protocol.Fetch.RequestPattern[] = [all];
    if (this.#filter.headersReceived.active) patterns.push({ ...all, requestStage: 'Response' });
    return patterns;
  }

  async #decide(session: CdpSession, paused: Paused): Promise<void> {
    if (paused.responseStatusCode !== undefined || paused.responseErrorReason !== undefined)
      return this.#decideResponse(session, paused);
    const { requestId } = paused;
    const verdict = await this.#judge(paused);
    switch (verdict.kind) {
      case 'fail':
        session.post('Fetch.failRequest', { requestId, errorReason: verdict.reason });
        break;
      case 'redirect':
        session.post('Fetch.fulfillRequest', {
          requestId,
          responseCode: 307,
          responseHeaders: [{ name: 'Location', value: verdict.url }],
        });
        break;
      case 'serve':
        await this.#serve(session, paused, verdict.url);
        break;
      case 'continue':
        session.post('Fetch.continueRequest', {
          requestId,
          ...(verdict.headers ? { headers: chromiumHeaders(verdict.headers) } : {}),
        });
    }
  }

  async #judge(paused: Paused): Promise<Verdict> {
    const { request, resourceType, frameId } = paused;
    if (resourceType === 'Document') {
      const isRedirect = paused.redirectedRequestId !== undefined;
      const mayGo = await this.#gate({ frameId, url: request.url, isRedirect });
      if (!mayGo) return { kind: 'fail', reason: 'Aborted' };
    }
    // A browser's own habit, which Electron does not have.
    if (resourceType === 'Other' && new URL(request.url).pathname === '/favicon.ico')
      return { kind: 'fail', reason: 'BlockedByClient' };

    const details = requestDetails(paused, this.#owner);
    const { cancel, redirectURL } = await this.#filter.beforeRequest.ask(details, {});
    if (cancel) return { kind: 'fail', reason: 'BlockedByClient' };
    if (redirectURL) return { kind: 'redirect', url: originMapping.toChromium(redirectURL) };
    if (originMapping.has(details.url)) return { kind: 'serve', url: details.url };
    const sent = await this.#filter.beforeSendHeaders.ask(
      { ...details, requestHeaders: request.headers },
      {},
    );
    if (sent.cancel) return { kind: 'fail', reason: 'BlockedByClient' };
    return { kind: 'continue', headers: sent.requestHeaders };
  }

  async #serve(session: CdpSession, paused: Paused, url: string): Promise<void> {
    const { requestId } = paused;
    const handler = protocolHandler(url);
    if (!handler) {
      session.post('Fetch.failRequest', { requestId, errorReason: 'Failed' });
      return;
    }
    const response = await handler(requestForHandler(paused.request, url));
    if (response.type === 'error')
      session.post('Fetch.failRequest', { requestId, errorReason: 'Failed' });
    else session.post('Fetch.fulfillRequest', { requestId, ...(await fulfilment(response)) });
  }

  async #decideResponse(session: CdpSession, paused: Paused): Promise<void> {
    const { requestId, responseStatusCode, responseHeaders = [] } = paused;
    if (responseStatusCode === undefined) {
      session.post('Fetch.continueRequest', { requestId });
      return;
    }
    const headers: Record<string, string[]> = {};
    for (const { name, value } of responseHeaders) (headers[name] ??= []).push(value);
    const details = {
      ...requestDetails(paused, this.#owner),
      statusCode: responseStatusCode,
      statusLine: `HTTP/1.1 ${responseStatusCode} ${paused.responseStatusText ?? ''}`.trim(),
      responseHeaders: headers,
    };
    const answer = await this.#filter.headersReceived.ask(details, {});
    if (answer.cancel) {
      session.post('Fetch.failRequest', { requestId, errorReason: 'BlockedByClient' });
      return;
    }
    const statusCode = /^HTTP\/\S+ (\d{3})/.exec(answer.statusLine ?? '')?.[1];
    session.post('Fetch.continueResponse', {
      requestId,
      ...(answer.responseHeaders
        ? {
            responseCode: statusCode ? Number(statusCode) : responseStatusCode,
            responseHeaders: chromiumHeaders(answer.responseHeaders),
          }
        : {}),
    });
  }
}
