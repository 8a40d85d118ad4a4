import { describe, expect, it } from 'vitest';
import { diagnoseEndpoint } from '../../../src/main/diagnosis/diagnose-endpoint.ts';
import { diagnoseAnswer, diagnoseError } from '../../../src/main/diagnosis/net-errors.ts';
import { EndpointDiagnosis } from '../../../src/shared/ipc.ts';

describe("what Chromium's network errors say", () => {
  it.each([
    ['net::ERR_NAME_NOT_RESOLVED', { kind: 'name-not-resolved' }],
    ['net::ERR_CONNECTION_REFUSED', { kind: 'refused' }],
    ['net::ERR_ADDRESS_UNREACHABLE', { kind: 'unreachable' }],
    ['net::ERR_CONNECTION_TIMED_OUT', { kind: 'timeout' }],
    ['net::ERR_TIMED_OUT', { kind: 'timeout' }],
    ['net::ERR_INTERNET_DISCONNECTED', { kind: 'offline' }],
    ['net::ERR_CERT_AUTHORITY_INVALID', { kind: 'tls', reason: 'untrusted-issuer' }],
    ['net::ERR_CERT_DATE_INVALID', { kind: 'tls', reason: 'expired' }],
    ['net::ERR_CERT_COMMON_NAME_INVALID', { kind: 'tls', reason: 'wrong-name' }],
    ['net::ERR_CERT_REVOKED', { kind: 'tls', reason: 'revoked' }],
    ['net::ERR_CERT_WEAK_KEY', { kind: 'tls', reason: 'other' }],
    ['net::ERR_SSL_PROTOCOL_ERROR', { kind: 'tls', reason: 'other' }],
    ['net::ERR_PROXY_AUTH_UNSUPPORTED', { kind: 'http-proxy-auth' }],
    ['net::ERR_PROXY_CONNECTION_FAILED', { kind: 'http-proxy-unreachable' }],
    ['net::ERR_TUNNEL_CONNECTION_FAILED', { kind: 'http-proxy-refused' }],
    ['net::ERR_MANDATORY_PROXY_CONFIGURATION_FAILED', { kind: 'http-proxy-pac' }],
    ['net::ERR_CONNECTION_RESET', { kind: 'other', netError: 'ERR_CONNECTION_RESET' }],
    ['Redirect was cancelled', { kind: 'answers', httpStatus: 302 }],
    ['something else', { kind: 'other', netError: 'UNKNOWN' }],
  ])('%s', (message, expected) => {
    const diagnosis = diagnoseError(new Error(message));
    expect(diagnosis).toEqual(expected);
    expect(EndpointDiagnosis.parse(diagnosis)).toEqual(expected);
  });

  it('takes an abort for the time-out that it is', () => {
    expect(diagnoseError(new DOMException('x', 'TimeoutError'))).toEqual({ kind: 'timeout' });
  });

  it('tells a proxy that asks for a password from a server that answers', () => {
    expect(diagnoseAnswer(404)).toEqual({ kind: 'answers', httpStatus: 404 });
    expect(diagnoseAnswer(407)).toEqual({ kind: 'http-proxy-auth' });
  });
});

describe('asking an address', () => {
  it('asks for the discovery document, without credentials and without following', async () => {
    let asked: { url: string; init: RequestInit } | undefined;
    const diagnosis = await diagnoseEndpoint('wss://x.example:8443/y?token=z', (url, init) => {
      asked = { url, init };
      return Promise.resolve(new Response('{}', { status: 200 }));
    });
    expect(diagnosis).toEqual({ kind: 'answers', httpStatus: 200 });
    expect(asked?.url).toBe('https://x.example:8443/.well-known/causeway.json');
    expect(asked?.init).toMatchObject({ redirect: 'manual', credentials: 'omit' });
  });
});
