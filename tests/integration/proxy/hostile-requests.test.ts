import { once } from 'node:events';
import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { testToken } from '../../fixtures/tokens.ts';
import { discover, startTestOrigin, startTestProxy } from './test-proxy.ts';
import type { TestOrigin, TestProxy } from './test-proxy.ts';

/** Bytes that no browser sends, written to the gateway's socket as an attacker would. */
describe('hostile requests', () => {
  let origin: TestOrigin;
  let proxy: TestProxy;
  let token = '';
  beforeAll(async () => {
    origin = await startTestOrigin();
    proxy = await startTestProxy({ origin: [origin.url], turn: 'off' });
    token = await testToken({ room: 'demo' });
  });
  afterAll(async () => {
    await proxy.close();
    await origin.stop();
  });
  afterEach(async () => {
    expect(origin.requests, 'nothing reached the room server').toHaveLength(0);
    expect((await discover(proxy)).status, 'the proxy still serves').toBe(200);
  });

  async function open(): Promise<Socket> {
    const socket = connect(proxy.port, '127.0.0.1');
    socket.on('error', () => undefined);
    await once(socket, 'connect');
    return socket;
  }

  /** Everything that the gateway answers until it closes the connection. */
  async function answerTo(bytes: string): Promise<string> {
    const socket = await open();
    let answer = '';
    socket.setEncoding('latin1').on('data', (text: string) => (answer += text));
    const closed = once(socket, 'close');
    socket.end(bytes);
    await closed;
    return answer;
  }

  const HOST = () => `127.0.0.1:${proxy.port}`;
  const upgrade = (changes: {
    line?: string;
    host?: string;
    extra?: string[];
    connection?: string;
    upgrade?: string;
  }) =>
    [
      changes.line ?? 'GET /?roomId=demo&peerId=p1 HTTP/1.1',
      `Host: ${changes.host ?? HOST()}`,
      `Connection: ${changes.connection ?? 'Upgrade'}`,
      `Upgrade: ${changes.upgrade ?? 'websocket'}`,
      'Sec-WebSocket-Version: 13',
      'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
      `Sec-WebSocket-Protocol: protoo, causeway.token.${token}`,
      ...(changes.extra ?? []),
      '',
      '',
    ].join('\r\n');

  test.each<[string, () => string, RegExp]>([
    [
      'an absolute target of another host',
      () => upgrade({ line: 'GET http://169.254.169.254/latest/ HTTP/1.1' }),
      /^HTTP\/1\.1 400 /,
    ],
    [
      'an absolute target of this host',
      () => upgrade({ line: `GET http://${HOST()}/?roomId=demo&peerId=p1 HTTP/1.1` }),
      /^HTTP\/1\.1 400 /,
    ],
    [
      'a target without scheme',
      () => upgrade({ line: 'GET //evil.example.com/?roomId=demo&peerId=p1 HTTP/1.1' }),
      /^HTTP\/1\.1 400 /,
    ],
    [
      'CONNECT',
      () => 'CONNECT 127.0.0.1:22 HTTP/1.1\r\nHost: 127.0.0.1:22\r\n\r\n',
      /^HTTP\/1\.1 405 /,
    ],
    [
      'dots encoded',
      () => upgrade({ line: 'GET /%2e%2e/?roomId=demo&peerId=p1 HTTP/1.1' }),
      /^HTTP\/1\.1 400 /,
    ],
    ['another Host', () => upgrade({ host: 'room.example.com' }), /^HTTP\/1\.1 421 /],
    ['two Hosts', () => upgrade({ extra: ['Host: room.example.com'] }), /^HTTP\/1\.1 400 /],
    [
      'a header that the next hop would drop',
      () => upgrade({ connection: 'Upgrade, Sec-WebSocket-Protocol' }),
      /^HTTP\/1\.1 400 /,
    ],
    ['another protocol', () => upgrade({ upgrade: 'h2c' }), /^HTTP\/1\.1 400 /],
    ['two protocols', () => upgrade({ upgrade: 'websocket, h2c' }), /^HTTP\/1\.1 400 /],
    [
      'a body of two lengths',
      () => upgrade({ extra: ['Content-Length: 4', 'Transfer-Encoding: chunked'] }),
      /^HTTP\/1\.1 400 /,
    ],
    ['a body on an upgrade', () => upgrade({ extra: ['Content-Length: 4'] }), /^HTTP\/1\.1 400 /],
    [
      'a folded header',
      () => upgrade({ extra: ['X-A: b', ' Host: room.example.com'] }),
      /^HTTP\/1\.1 400 /,
    ],
    ['a bare line feed', () => upgrade({ extra: ['X-A: b\nHost: x'] }), /^HTTP\/1\.1 400 /],
    [
      'another method',
      () => upgrade({ line: 'POST /?roomId=demo&peerId=p1 HTTP/1.1' }),
      /^HTTP\/1\.1 40[05] /,
    ],
    [
      'headers without end of 20 KB',
      () => upgrade({ extra: [`X-A: ${'b'.repeat(20_000)}`] }),
      /^HTTP\/1\.1 431 /,
    ],
    ['no HTTP at all', () => '\x16\x03\x01\x02\x00\x01\x00\x01', /^HTTP\/1\.1 400 /],
  ])('are refused: %s', async (_what, bytes, answer) => {
    expect(await answerTo(bytes())).toMatch(answer);
  });

  test('a second request hidden behind an upgrade is not served', async () => {
    const hidden = `GET /healthz HTTP/1.1\r\nHost: ${HOST()}\r\n\r\n`;
    const answer = await answerTo(upgrade({ upgrade: 'h2c' }) + hidden);
    expect(answer.match(/HTTP\/1\.1/g)).toHaveLength(1);
  });

  test('a client that never finishes its headers is cut off', async () => {
    const socket = await open();
    const closed = once(socket, 'close');
    socket.write('GET /healthz HTTP/1.1\r\nHost: ');
    const startedAt = performance.now();
    socket.resume();
    await closed;
    // The limit is 10 s, and late ones are looked for every 2 s.
    expect(performance.now() - startedAt).toBeLessThan(15_000);
  });
});
