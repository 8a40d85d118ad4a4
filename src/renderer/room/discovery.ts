import { z } from 'zod';
import { DISCOVERY_PATH, DiscoveryDocument } from '../../shared/discovery.ts';
import { RoomErrorCode } from '../../shared/room-error.ts';
import { describeIssues } from '../../shared/signaling.ts';
import { MAX_DISCOVERY_LENGTH } from './limits.ts';

/** What a refusal says beside its HTTP status. */
const Refusal = z.object({ code: RoomErrorCode });

/** What an address says of itself. */
export type Discovered =
  | { readonly kind: 'document'; readonly document: DiscoveryDocument }
  /** It answers HTTP, but with no document that can be read. */
  | {
      readonly kind: 'no-document';
      readonly httpStatus: number;
      readonly problem: string;
      /** Why, in a refusal's own words. */
      readonly code?: RoomErrorCode;
    }
  /**
   * No answer that the page may read: nothing there, TLS, or an answer without the CORS header. A
   * browser does not tell these apart.
   */
  | { readonly kind: 'silent'; readonly why: 'timeout' | 'unreadable' };

export interface DiscoveryRequest {
  /** `https://host[:port]` */
  origin: string;
  /** Join token: sent to a Cloud Proxy, which hands out relay credentials for it. */
  token?: string;
  budgetMs: number;
  signal: AbortSignal;
}

/** Fetches the discovery document of an origin. Never throws. */
export async function discover(request: DiscoveryRequest): Promise<Discovered> {
  const timeout = AbortSignal.timeout(Math.max(0, Math.ceil(request.budgetMs)));
  try {
    const response = await fetch(request.origin + DISCOVERY_PATH, {
      headers: request.token ? { Authorization: `Bearer ${request.token}` } : {},
      signal: AbortSignal.any([timeout, request.signal]),
      // A redirect would lead to a host that nobody named.
      redirect: 'error',
      credentials: 'omit',
      cache: 'no-store',
      referrerPolicy: 'no-referrer',
    });
    return readDocument(response.status, await response.text());
  } catch {
    return { kind: 'silent', why: timeout.aborted ? 'timeout' : 'unreadable' };
  }
}

/** Reads an HTTP answer as a discovery document. */
export function readDocument(httpStatus: number, body: string): Discovered {
  const not = (problem: string, more: { code?: RoomErrorCode } = {}): Discovered => ({
    kind: 'no-document',
    httpStatus,
    problem,
    ...more,
  });
  const json = body.length > MAX_DISCOVERY_LENGTH ? undefined : parseJson(body);
  if (httpStatus !== 200) {
    return not(`HTTP status ${httpStatus}`, Refusal.safeParse(json).data);
  }
  if (body.length > MAX_DISCOVERY_LENGTH) return not('the document is too long');
  if (json === undefined) return not('the document is not JSON');
  const parsed = DiscoveryDocument.safeParse(json);
  return parsed.success
    ? { kind: 'document', document: parsed.data }
    : not(`the document is malformed: ${describeIssues(parsed.error)}`);
}

/** No JSON value is undefined: that stands for a text that is no JSON. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/**
 * Documents of room servers, kept for the life of the page: what a server can do does not change
 * between two joins, and a join that need not ask is a round trip faster. Failures are not kept.
 * Documents of proxies hold credentials and are never kept.
 */
export class DiscoveryCache {
  readonly #documents = new Map<string, Promise<Discovered>>();

  /** The origin need not be asked again. */
  has(origin: string): boolean {
    return this.#documents.has(origin);
  }

  /** The kept document, or a fresh one. */
  discover(origin: string, budgetMs: number, signal: AbortSignal): Promise<Discovered> {
    const known = this.#documents.get(origin);
    if (known) return known;
    const asked = discover({ origin, budgetMs, signal });
    this.#documents.set(origin, asked);
    void asked.then((found) => {
      if (found.kind !== 'document') this.#documents.delete(origin);
    });
    return asked;
  }
}
