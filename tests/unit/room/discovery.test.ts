import type { IncomingHttpHeaders } from 'node:http';
import { describe, expect, test } from 'vitest';
import { discover, DiscoveryCache, readDocument } from '../../../src/renderer/room/discovery.ts';
import { answerJson, closedPort, httpServer, neverAnswer } from './loopback-servers.ts';

const DOCUMENT = { version: 1, role: 'room', features: ['token', 'dev-token'] };
const signal = new AbortController().signal;

describe('asking an origin what it is', () => {
  test('gives its document, without features that this version does not know', async () => {
    const { httpOrigin } = await httpServer(
      answerJson({ ...DOCUMENT, features: ['token', 'time-travel'] }),
    );
    expect(await discover({ origin: httpOrigin, budgetMs: 2000, signal })).toEqual({
      kind: 'document',
      document: { version: 1, role: 'room', features: ['token'] },
    });
  });

  test('asks the well-known place, and sends a token only when it is given one', async () => {
    const asked: [string | undefined, IncomingHttpHeaders][] = [];
    const { httpOrigin } = await httpServer((request, response) => {
      asked.push([request.url, request.headers]);
      response.end('{}');
    });
    await discover({ origin: httpOrigin, budgetMs: 2000, signal });
    await discover({ origin: httpOrigin, token: 'a.b.c', budgetMs: 2000, signal });
    expect(asked.map(([url]) => url)).toEqual(Array(2).fill('/.well-known/causeway.json'));
    expect(asked.map(([, headers]) => headers.authorization)).toEqual([undefined, 'Bearer a.b.c']);
  });

  test('does not follow a redirect to a host that nobody named', async () => {
    let isAsked = false;
    const other = await httpServer((_request, response) => {
      isAsked = true;
      response.end('{}');
    });
    const { httpOrigin } = await httpServer((_request, response) => {
      response.writeHead(302, { location: other.httpOrigin }).end();
    });
    const found = await discover({ origin: httpOrigin, token: 'a.b.c', budgetMs: 2000, signal });
    expect(found).toEqual({ kind: 'silent', why: 'unreadable' });
    expect(isAsked).toBe(false);
  });

  test('tells silence from a refused connection', async () => {
    const silent = await httpServer(neverAnswer);
    expect(await discover({ origin: silent.httpOrigin, budgetMs: 60, signal })).toEqual({
      kind: 'silent',
      why: 'timeout',
    });
    const closed = await closedPort();
    expect(await discover({ origin: closed.httpOrigin, budgetMs: 2000, signal })).toEqual({
      kind: 'silent',
      why: 'unreadable',
    });
  });
});

describe('reading an answer', () => {
  test.each([
    ['a 404', 404, '', 'HTTP status 404'],
    ['a page', 200, '<!doctype html>', 'not JSON'],
    ['another document', 200, '{"openid":true}', 'malformed: version'],
    ['an unknown role', 200, JSON.stringify({ ...DOCUMENT, role: 'spy' }), 'malformed: role'],
    [
      'a STUN server for a relay',
      200,
      JSON.stringify({
        ...DOCUMENT,
        iceServers: [{ urls: ['stun:x'], username: 'u', credential: 'c' }],
      }),
      'malformed: iceServers.0.urls.0',
    ],
    ['far too much', 200, ' '.repeat(70_000), 'too long'],
  ])('%s is no document', (_what, status, body, problem) => {
    expect(readDocument(status, body)).toEqual({
      kind: 'no-document',
      httpStatus: status,
      problem: expect.stringContaining(problem) as string,
    });
  });
});

describe('the cache', () => {
  test('asks once for a document, also when asked twice at once', async () => {
    let asked = 0;
    const { httpOrigin } = await httpServer((request, response) => {
      asked += 1;
      answerJson(DOCUMENT)(request, response);
    });
    const cache = new DiscoveryCache();
    const [first, second] = await Promise.all([
      cache.discover(httpOrigin, 2000, signal),
      cache.discover(httpOrigin, 2000, signal),
    ]);
    expect(second).toBe(first);
    expect(await cache.discover(httpOrigin, 2000, signal)).toBe(first);
    expect(asked).toBe(1);
  });

  test('keeps no failure', async () => {
    let isUp = false;
    const { httpOrigin } = await httpServer((request, response) => {
      answerJson(isUp ? DOCUMENT : {}, isUp ? 200 : 503)(request, response);
    });
    const cache = new DiscoveryCache();
    expect((await cache.discover(httpOrigin, 2000, signal)).kind).toBe('no-document');
    isUp = true;
    expect((await cache.discover(httpOrigin, 2000, signal)).kind).toBe('document');
  });
});
