import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { describe, expect, test } from 'vitest';
import { checkForm } from '../../../server/proxy/http/request-form.ts';

const HOSTS = new Set(['proxy.example.com', '192.0.2.1', '2001:db8::1']);

function request(
  target: string,
  headers: [string, string][] = [['Host', 'proxy.example.com']],
  method = 'GET',
): IncomingMessage {
  const message = new IncomingMessage(new Socket());
  message.method = method;
  message.url = target;
  message.rawHeaders = headers.flat();
  for (const [name, value] of headers) message.headers[name.toLowerCase()] ??= value;
  return message;
}

describe('the form of a request', () => {
  test.each(['/', '/?roomId=demo&peerId=p1', '/.well-known/causeway.json', '/healthz'])(
    'takes %s',
    (target) => {
      expect(checkForm(request(target), HOSTS)).toMatchObject({
        ok: true,
        path: target.split('?')[0],
      });
    },
  );

  test.each([
    ['proxy.example.com', 'proxy.example.com'],
    ['PROXY.example.com:443', 'proxy.example.com'],
    ['proxy.example.com.', 'proxy.example.com'],
    ['192.0.2.1:8443', '192.0.2.1'],
    ['[2001:db8::1]:443', '2001:db8::1'],
  ])('reads Host %s as %s', (value, host) => {
    expect(checkForm(request('/', [['Host', value]]), HOSTS)).toMatchObject({ ok: true, host });
  });

  test.each([
    'http://169.254.169.254/latest/meta-data',
    'https://proxy.example.com/.well-known/causeway.json',
    'ws://origin.example.com/?roomId=demo',
    '//origin.example.com/',
    'origin.example.com:443',
    '*',
    '/\\origin.example.com',
    '/%2e%2e/secret',
    '/a/%2F/b',
    '/a b',
    '/?x=\r\nHost: evil',
    '/#fragment',
    '',
  ])('refuses the target %j', (target) => {
    expect(checkForm(request(target), HOSTS)).toMatchObject({ ok: false, status: 400 });
  });

  test.each(['POST', 'PUT', 'CONNECT', 'TRACE', 'DELETE'])('refuses %s', (method) => {
    expect(checkForm(request('/', undefined, method), HOSTS)).toMatchObject({ status: 405 });
  });

  test.each(['evil.example.com', 'proxy.example.com.evil.example', '127.0.0.1', 'localhost'])(
    'is not known by the name %s',
    (host) => {
      expect(checkForm(request('/', [['Host', host]]), HOSTS)).toMatchObject({ status: 421 });
    },
  );

  test.each([
    [
      'two Hosts',
      [
        ['Host', 'proxy.example.com'],
        ['host', 'evil.example.com'],
      ],
    ],
    ['no Host', []],
    ['a Host with a user', [['Host', 'x@proxy.example.com']]],
    ['a Host with a path', [['Host', 'proxy.example.com/x']]],
    [
      'a chunked body',
      [
        ['Host', 'proxy.example.com'],
        ['Transfer-Encoding', 'chunked'],
      ],
    ],
    [
      'a body',
      [
        ['Host', 'proxy.example.com'],
        ['Content-Length', '5'],
      ],
    ],
    [
      'two lengths',
      [
        ['Host', 'proxy.example.com'],
        ['Content-Length', '0'],
        ['content-length', '0'],
      ],
    ],
    [
      'a Connection that would strip a header',
      [
        ['Host', 'proxy.example.com'],
        ['Connection', 'Upgrade, X-Forwarded-For'],
      ],
    ],
    [
      'two tokens',
      [
        ['Host', 'proxy.example.com'],
        ['Sec-WebSocket-Protocol', 'protoo'],
        ['sec-websocket-protocol', 'causeway.token.x'],
      ],
    ],
  ] as [string, [string, string][]][])('refuses %s', (_what, headers) => {
    expect(checkForm(request('/', headers), HOSTS)).toMatchObject({ ok: false, status: 400 });
  });
});
