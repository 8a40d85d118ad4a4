import type { z } from 'zod';
import {
  DEV_TOKEN_PATH,
  DISCOVERY_PATH,
  DevTokenResponse,
  DiscoveryDocument,
} from '../../src/shared/discovery.ts';

/** A server on this computer answers at once; one elsewhere within this, or not. */
const ANSWER_TIMEOUT_MS = 5_000;

/** The longest that a server grants: a call to try things out may stay open all day, s. */
const TOKEN_LIFETIME_SECONDS = 86_400;

/**
 * A join token from a development server, or '' where the server hands out none.
 * @throws {Error} with a sentence, when the server does not answer or is no room server.
 */
export async function fetchDevToken(
  serverUrl: string,
  roomId: string,
  displayName: string,
): Promise<string> {
  const answer = await ask(serverUrl, DISCOVERY_PATH);
  // A server of the base protocol alone: it has no such page and knows no tokens.
  if (answer.status === 404) return '';
  if (!answer.ok) throw notARoomServer(serverUrl, `it answered with HTTP ${answer.status}`);
  const document = await read(answer, DiscoveryDocument);
  if (document === undefined) {
    throw notARoomServer(serverUrl, `${DISCOVERY_PATH} is no page of a room server`);
  }
  if (document.role === 'proxy') throw notARoomServer(serverUrl, 'it is a Cloud Proxy');
  if (!document.features.includes('dev-token')) return '';

  const response = await ask(serverUrl, DEV_TOKEN_PATH, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ roomId, displayName, lifetimeSeconds: TOKEN_LIFETIME_SECONDS }),
  });
  const token = response.ok ? await read(response, DevTokenResponse) : undefined;
  if (token === undefined) {
    throw new Error(
      `The server at ${serverUrl} offers development tokens but gave none (HTTP ${response.status}). Its log says why.`,
    );
  }
  return token.token;
}

/** @throws {Error} with a sentence, when there is no answer. */
async function ask(serverUrl: string, path: string, init?: RequestInit): Promise<Response> {
  try {
    return await fetch(serverUrl + path, {
      ...init,
      redirect: 'manual',
      signal: AbortSignal.timeout(ANSWER_TIMEOUT_MS),
    });
  } catch (error) {
    throw new Error(whyNoAnswer(serverUrl, codeOf(error)), { cause: error });
  }
}

async function read<T>(answer: Response, schema: z.ZodType<T>): Promise<T | undefined> {
  const body: unknown = await answer.json().catch(() => undefined);
  return schema.safeParse(body).data;
}

function notARoomServer(serverUrl: string, reason: string): Error {
  return new Error(
    `What answers at ${serverUrl} is no room server: ${reason}. Give --server the address of a room server.`,
  );
}

/** Codes of OpenSSL for a certificate that nobody known has signed. */
const UNTRUSTED =
  /^(SELF_SIGNED_CERT|DEPTH_ZERO_SELF_SIGNED_CERT|UNABLE_TO_(GET_ISSUER_CERT|VERIFY_LEAF))/;

function whyNoAnswer(serverUrl: string, code: string): string {
  const subject = `The server at ${serverUrl}`;
  if (UNTRUSTED.test(code)) {
    return `${subject} has a certificate that this computer does not trust (${code}). NODE_EXTRA_CA_CERTS=FILE names the authority that signed it.`;
  }
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') {
    return `${subject} cannot be found: its name has no address (${code}). Check the name.`;
  }
  const how = code === 'TimeoutError' ? `nothing within ${ANSWER_TIMEOUT_MS / 1000} s` : code;
  return `${subject} does not answer (${how}). Check the address and that the server runs; without --server, one is started here.`;
}

/** What Node's fetch failed with: the code stands on the cause. */
function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.name === 'TimeoutError') return error.name;
  const { cause } = error;
  if (cause instanceof Error && 'code' in cause) return String(cause.code);
  return cause instanceof Error ? cause.message : error.message;
}
