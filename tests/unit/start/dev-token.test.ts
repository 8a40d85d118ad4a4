import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { fetchDevToken } from '../../../tools/start/dev-token.ts';

let server: Server | undefined;
afterEach(stop);

async function stop(): Promise<void> {
  const running = server;
  server = undefined;
  running?.closeAllConnections();
  await running?.[Symbol.asyncDispose]();
}

/** Starts a server and returns its origin. */
async function serve(listener: RequestListener): Promise<string> {
  server = createServer(listener).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const json = (value: unknown): string => JSON.stringify(value);
const discovery = (role: string, ...features: string[]) => json({ version: 1, role, features });

async function problemOf(origin: string): Promise<string> {
  const error: unknown = await fetchDevToken(origin, 'demo', 'Ada').catch(
    (caught: unknown) => caught,
  );
  if (!(error instanceof Error)) throw new Error('a token was given');
  return error.message.replaceAll(origin, 'X');
}

describe('a token for npm start', () => {
  it('comes from a development server, for the room and the name', async () => {
    const asked: string[] = [];
    const origin = await serve((request, response) => {
      if (request.method === 'GET') return response.end(discovery('room', 'token', 'dev-token'));
      return request.on('data', (body: Buffer) => {
        asked.push(`${request.url} ${body.toString()}`);
        response.end(json({ token: 'a.b.c' }));
      });
    });
    expect(await fetchDevToken(origin, 'demo', 'Ada')).toBe('a.b.c');
    expect(asked).toEqual([
      '/dev/token {"roomId":"demo","displayName":"Ada","lifetimeSeconds":86400}',
    ]);
  });

  it('is not asked for where the server hands out none, or knows no extensions', async () => {
    const strict = await serve((_request, response) => response.end(discovery('room', 'token')));
    expect(await fetchDevToken(strict, 'demo', 'Ada')).toBe('');
    await stop();
    const plain = await serve((_request, response) => response.writeHead(404).end());
    expect(await fetchDevToken(plain, 'demo', 'Ada')).toBe('');
  });
});

describe('a server that is none says so in a sentence', () => {
  it.each([
    ['a web page', 200, '<html>', '/.well-known/causeway.json is no page of a room server'],
    ['another document', 200, '{"hello":1}', '/.well-known/causeway.json is no page of a room'],
    ['an error', 502, 'Bad gateway', 'it answered with HTTP 502'],
    ['a Cloud Proxy', 200, discovery('proxy'), 'it is a Cloud Proxy'],
  ])('%s', async (_what, status, body, reason) => {
    const origin = await serve((_request, response) => response.writeHead(status).end(body));
    const problem = await problemOf(origin);
    expect(problem).toMatch(/^What answers at X is no room server: .* Give --server the address/);
    expect(problem).toContain(reason);
  });

  it('one that refuses a token', async () => {
    const origin = await serve((request, response) => {
      if (request.method === 'GET') response.end(discovery('room', 'dev-token'));
      else response.writeHead(403).end();
    });
    expect(await problemOf(origin)).toBe(
      'The server at X offers development tokens but gave none (HTTP 403). Its log says why.',
    );
  });

  it('one that is not there', async () => {
    const origin = await serve(() => undefined);
    await stop();
    expect(await problemOf(origin)).toBe(
      'The server at X does not answer (ECONNREFUSED). Check the address and that the server runs; without --server, one is started here.',
    );
  });

  it('one that closes the connection', async () => {
    const origin = await serve((request) => request.socket.destroy());
    expect(await problemOf(origin)).toMatch(/^The server at X does not answer \(/);
  });

  it('a name without an address', async () => {
    expect(await problemOf('https://meet.invalid')).toMatch(
      /^The server at X cannot be found: its name has no address \((ENOTFOUND|EAI_AGAIN)\)/,
    );
  });
});
