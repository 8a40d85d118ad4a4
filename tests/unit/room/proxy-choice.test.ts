import { describe, expect, test } from 'vitest';
import type { Endpoint } from '../../../src/shared/endpoint.ts';
import type { EndpointDiagnosis } from '../../../src/shared/ipc.ts';
import { RoomError } from '../../../src/shared/room-error.ts';
import { chooseProxy } from '../../../src/renderer/room/proxy-choice.ts';
import { requestRelayGrant } from '../../../src/renderer/room/relay-grant.ts';
import {
  ENTRY_BUDGET_MS,
  LOST_PROXY_HEAD_START_MS,
  PROXY_HEAD_START_MS,
} from '../../../src/renderer/room/limits.ts';
import { answerJson, closedPort, httpServer, neverAnswer } from './loopback-servers.ts';

const TOKEN = 'aaa.bbb.ccc';

function proxyDocument(more: object = {}): object {
  return {
    version: 1,
    role: 'proxy',
    features: ['token', 'relay-credentials', 'chat', 'of-a-later-version'],
    iceServers: [
      {
        urls: ['turn:127.0.0.1:3478?transport=udp', 'turn:127.0.0.1:3478?transport=tcp'],
        username: 'u',
        credential: 'c',
      },
    ],
    credentialsExpireAt: 9_000_000,
    serverTime: 8_400_000,
    ...more,
  };
}

function request(diagnosis?: EndpointDiagnosis) {
  return {
    token: TOKEN,
    preferredProtocol: 'TCP_ONLY' as const,
    budgetMs: 2000,
    deadline: performance.now() + ENTRY_BUDGET_MS,
    signal: new AbortController().signal,
    platform: diagnosis ? { diagnose: () => Promise.resolve(diagnosis) } : {},
  };
}

describe('asking a proxy for relays', () => {
  test('sends the token and gives what the mode allows, with the lifetime by the proxy’s clock', async () => {
    let authorization: string | undefined;
    const proxy = await httpServer((incoming, response) => {
      authorization = incoming.headers.authorization;
      answerJson(proxyDocument())(incoming, response);
    });
    expect(await requestRelayGrant({ ...request(), proxy })).toEqual({
      iceServers: [{ urls: ['turn:127.0.0.1:3478?transport=tcp'], username: 'u', credential: 'c' }],
      takesToken: true,
      features: new Set(['token', 'relay-credentials', 'chat']),
      lifetimeMs: 600_000,
    });
    expect(authorization).toBe(`Bearer ${TOKEN}`);
  });

  test.each([
    ['401', answerJson({}, 401), 'PROXY_CREDENTIALS', /refused the pass/],
    ['403', answerJson({}, 403), 'PROXY_CREDENTIALS', /refused the pass/],
    ['404', answerJson({}, 404), 'PROXY_INVALID', /HTTP status 404/],
    ['429', answerJson({}, 429), 'SERVER_BUSY', /429/],
    [
      'an expired pass',
      answerJson({ error: 'expired', code: 'TOKEN_EXPIRED' }, 401),
      'TOKEN_EXPIRED',
      /HTTP status 401/,
    ],
    ['a forged pass', answerJson({ code: 'TOKEN_INVALID' }, 401), 'TOKEN_INVALID', /401/],
    [
      'a pass for another room',
      answerJson({ code: 'TOKEN_WRONG_ROOM' }, 403),
      'TOKEN_WRONG_ROOM',
      /403/,
    ],
    ['no pass', answerJson({ code: 'TOKEN_MISSING' }, 401), 'TOKEN_MISSING', /401/],
    ['draining', answerJson({ code: 'SERVER_BUSY' }, 503), 'SERVER_BUSY', /503/],
    [
      'a refusal in words that are no proxy’s',
      answerJson({ code: 'KICKED' }, 401),
      'PROXY_CREDENTIALS',
      /refused the pass/,
    ],
    ['502', answerJson({}, 502), 'PROXY_UNREACHABLE', /nothing stands behind it/],
    ['503', answerJson({}, 503), 'PROXY_RELAY_DOWN', /503/],
    ['a room server', answerJson(proxyDocument({ role: 'room' })), 'PROXY_INVALID', /room server/],
    ['no relay', answerJson(proxyDocument({ iceServers: [] })), 'PROXY_RELAY_DOWN', /no relay/],
    [
      'a relay elsewhere',
      answerJson(
        proxyDocument({
          iceServers: [{ urls: ['turn:192.0.2.66'], username: 'u', credential: 'c' }],
        }),
      ),
      'PROXY_INVALID',
      /another host: 192\.0\.2\.66/,
    ],
    [
      'a relay over UDP only, to TCP_ONLY',
      answerJson(
        proxyDocument({
          iceServers: [{ urls: ['turn:127.0.0.1'], username: 'u', credential: 'c' }],
        }),
      ),
      'PROXY_RELAY_DOWN',
      /TCP_ONLY/,
    ],
  ] as const)('an answer that is %s', async (_what, answer, code, detail) => {
    const proxy = await httpServer(answer);
    const error = await failure(requestRelayGrant({ ...request(), proxy }));
    expect([error.code, error.detail]).toEqual([code, expect.stringMatching(detail)]);
    expect(JSON.stringify(error.toData())).not.toContain(TOKEN);
  });

  test.each([
    [{ kind: 'name-not-resolved' }, 'PROXY_UNREACHABLE', /does not resolve/],
    [{ kind: 'refused' }, 'PROXY_UNREACHABLE', /refused/],
    [{ kind: 'timeout' }, 'PROXY_UNREACHABLE', /no answer in time/],
    [{ kind: 'offline' }, 'PROXY_UNREACHABLE', /offline/],
    [{ kind: 'unreachable' }, 'PROXY_UNREACHABLE', /no route/],
    [{ kind: 'answers', httpStatus: 429 }, 'SERVER_BUSY', /429/],
    [{ kind: 'answers', httpStatus: 200 }, 'PROXY_INVALID', /no discovery document can be read/],
    [{ kind: 'tls', reason: 'expired' }, 'TLS_UNTRUSTED', /expired/],
    [{ kind: 'tls', reason: 'wrong-name' }, 'TLS_UNTRUSTED', /another name/],
    [{ kind: 'tls', reason: 'untrusted-issuer' }, 'TLS_UNTRUSTED', /issuer is not trusted/],
    [
      { kind: 'tls', reason: 'untrusted-issuer', issuer: 'Company CA' },
      'TLS_UNTRUSTED',
      /issued by “Company CA”, is refused: .* add its CA certificate to extraCaCertificates/,
    ],
    [{ kind: 'http-proxy-auth', proxy: 'squid:3128' }, 'HTTP_PROXY_AUTH', /squid:3128/],
    [{ kind: 'http-proxy-unreachable', proxy: 'squid:1' }, 'HTTP_PROXY_UNREACHABLE', /squid:1/],
    [{ kind: 'http-proxy-unreachable' }, 'HTTP_PROXY_UNREACHABLE', /the HTTP proxy: no connection/],
    [
      { kind: 'http-proxy-refused', proxy: 'squid:3128' },
      'HTTP_PROXY_REFUSED',
      /squid:3128 refuses to connect to 127\.0\.0\.1:\d+/,
    ],
    [{ kind: 'http-proxy-pac' }, 'HTTP_PROXY_PAC', /the way to/],
    [{ kind: 'other', netError: 'ERR_TEAPOT' }, 'PROXY_UNREACHABLE', /ERR_TEAPOT/],
  ] as [EndpointDiagnosis, string, RegExp][])(
    'silence that is diagnosed as %o: %s',
    async (diagnosis, code, detail) => {
      const proxy = await closedPort();
      const error = await failure(requestRelayGrant({ ...request(diagnosis), proxy }));
      expect([error.code, error.detail]).toEqual([code, expect.stringMatching(detail)]);
    },
  );

  test('silence that nobody can explain is told plainly, also when the diagnosis itself fails', async () => {
    const proxy = await closedPort();
    const platform = { diagnose: () => Promise.reject(new Error('no')) };
    for (const how of [request(), { ...request(), platform }]) {
      const error = await failure(requestRelayGrant({ ...how, proxy }));
      expect(error.code).toBe('PROXY_UNREACHABLE');
    }
  });
});

describe('choosing among several', () => {
  const good = (): Promise<Endpoint> => httpServer(answerJson(proxyDocument()));

  test('takes the first when it answers, and asks no other', async () => {
    let isAsked = false;
    const second = await httpServer((incoming, response) => {
      isAsked = true;
      answerJson(proxyDocument())(incoming, response);
    });
    const first = await good();
    expect(await chooseProxy([first, second], request())).toMatchObject({
      proxy: first,
      untried: [second],
      passedOver: [],
    });
    expect(isAsked).toBe(false);
  });

  test('a first one that refuses the connection costs next to nothing', async () => {
    const [dead, alive] = [await closedPort(), await good()];
    const startedAt = performance.now();
    expect((await chooseProxy([dead, alive], request())).proxy).toBe(alive);
    expect(performance.now() - startedAt).toBeLessThan(PROXY_HEAD_START_MS / 2);
  });

  test('a first one that never answers costs its head start', async () => {
    const [dead, alive] = [await httpServer(neverAnswer), await good()];
    const startedAt = performance.now();
    const untried = await good();
    expect(await chooseProxy([dead, alive, untried], request())).toMatchObject({
      proxy: alive,
      untried: [untried],
      passedOver: [{ proxy: dead, error: { code: 'PROXY_UNREACHABLE' } }],
    });
    expect(performance.now() - startedAt).toBeLessThan(1500);
  });

  test('a first one that a call was lost through gets a shorter one, and may still win', async () => {
    const [dead, alive] = [await httpServer(neverAnswer), await good()];
    const startedAt = performance.now();
    expect((await chooseProxy([dead, alive], { ...request(), isAnew: true })).proxy).toBe(alive);
    const tookMs = performance.now() - startedAt;
    expect(tookMs).toBeGreaterThanOrEqual(LOST_PROXY_HEAD_START_MS);
    expect(tookMs).toBeLessThan(PROXY_HEAD_START_MS);
    expect((await chooseProxy([alive, dead], { ...request(), isAnew: true })).proxy).toBe(alive);
  });

  test('nobody is waited for beyond the deadline', async () => {
    const list = [await httpServer(neverAnswer), await httpServer(neverAnswer)];
    const startedAt = performance.now();
    const deadline = startedAt + 400;
    const error = await failure(chooseProxy(list, { ...request(), deadline }));
    expect(performance.now() - startedAt).toBeLessThan(700);
    expect(error.code).toBe('PROXY_UNREACHABLE');
    for (const { httpOrigin } of list) expect(error.detail).toContain(httpOrigin);
  });

  test('a slow first one may still win over a second one that fails', async () => {
    const slow = await httpServer((incoming, response) => {
      setTimeout(() => answerJson(proxyDocument())(incoming, response), PROXY_HEAD_START_MS + 300);
    });
    const broken = await httpServer(answerJson({}, 404));
    expect((await chooseProxy([slow, broken], request())).proxy).toBe(slow);
  });

  test('when all fail: the error of the first, and a word on each', async () => {
    const list = [await httpServer(answerJson({}, 503)), await closedPort()];
    const error = await failure(chooseProxy(list, request()));
    expect(error.code).toBe('PROXY_RELAY_DOWN');
    for (const { httpOrigin } of list) expect(error.detail).toContain(httpOrigin);
  });
});

async function failure(promise: Promise<unknown>): Promise<RoomError> {
  const error: unknown = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof RoomError) return error;
  throw new Error(`expected a RoomError, got ${String(error)}`);
}
