import { once } from 'node:events';
import { type IncomingMessage, request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { mkdtemp, readFile } from 'node:fs/promises';
import { networkInterfaces, tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import { DiscoveryDocument } from '../../../src/shared/discovery.ts';
import { parseMeetingLink } from '../../../src/shared/meeting-link.ts';
import { TestAuthority } from '../../fixtures/certificates.ts';
import { createTransport } from './media.ts';
import { SignalingClient } from './signaling-client.ts';
import { startTestServer } from './test-server.ts';

const server = await startTestServer();
const dev = await startTestServer({ dev: true });

/** What every server announces, but for what its operator has turned off. */
const EXTENSIONS = ['transport-migration', 'peer-resume', 'chat'];

interface Answer {
  status: number;
  headers: IncomingMessage['headers'];
  body: string;
}

interface Asked {
  method?: string;
  headers?: Record<string, string>;
  body?: string;
  /** PEM of the certificate authority to trust, for https. */
  ca?: string;
}

/** An HTTP request with any headers, also those that `fetch` would not send (Host, Origin). */
async function ask(
  url: string,
  { method = 'GET', headers = {}, body, ca }: Asked = {},
): Promise<Answer> {
  const sent =
    ca === undefined
      ? httpRequest(url, { method, headers })
      : httpsRequest(url, { method, headers, ca, servername: '' });
  sent.end(body);
  const [response] = (await once(sent, 'response')) as [IncomingMessage];
  return {
    status: response.statusCode ?? 0,
    headers: response.headers,
    body: await text(response),
  };
}

function errorOf(answer: Answer): string {
  return (JSON.parse(answer.body) as { error: string }).error;
}

describe('discovery', () => {
  it('says what the server is and can, to a page of any origin', async () => {
    const answer = await ask(`${server.url}/.well-known/causeway.json`, {
      headers: { origin: 'https://anywhere.example' },
    });
    expect(answer.status).toBe(200);
    expect(answer.headers['access-control-allow-origin']).toBe('*');
    const document = DiscoveryDocument.parse(JSON.parse(answer.body));
    expect(document).toMatchObject({
      version: 1,
      role: 'room',
      features: ['token', ...EXTENSIONS],
    });
    expect(Math.abs((document.serverTime ?? 0) - Date.now())).toBeLessThan(60_000);
  });

  it('lets a page send a token along (preflight)', async () => {
    const answer = await ask(`${server.url}/.well-known/causeway.json`, {
      method: 'OPTIONS',
      headers: {
        origin: 'app://causeway',
        'access-control-request-method': 'GET',
        'access-control-request-headers': 'authorization',
      },
    });
    expect(answer.status).toBe(204);
    expect(answer.headers['access-control-allow-origin']).toBe('*');
    expect(answer.headers['access-control-allow-headers']?.toLowerCase()).toBe('authorization');
  });

  it('announces development tokens only where they are handed out', async () => {
    const features = async (url: string): Promise<string[]> =>
      DiscoveryDocument.parse(await (await fetch(`${url}/.well-known/causeway.json`)).json())
        .features;
    expect(await features(dev.url)).toEqual(['token', 'dev-token', ...EXTENSIONS]);
    const open = await startTestServer({ auth: 'none' });
    expect(await features(open.url)).toEqual(EXTENSIONS);
  });

  it('announces peer-resume only where places are kept', async () => {
    const forgetful = await startTestServer({ resumeGraceSeconds: 0 });
    const document = await fetch(`${forgetful.url}/.well-known/causeway.json`);
    expect(DiscoveryDocument.parse(await document.json()).features).toEqual([
      'token',
      'transport-migration',
      'chat',
    ]);
  });
});

describe('/healthz', () => {
  it('answers ok', async () => {
    const answer = await ask(`${server.url}/healthz`);
    expect(answer.status).toBe(200);
    expect(JSON.parse(answer.body)).toEqual({
      status: 'ok',
      mediaWorkers: { living: 1, expected: 1 },
    });
  });
});

describe('/metrics', () => {
  it('follows rooms, peers and transports', async () => {
    const client = await server.join();
    await createTransport(client, { producing: true, consuming: false });
    expect(await server.metric('causeway_room_rooms')).toBe(1);
    expect(await server.metric('causeway_room_peers')).toBe(1);
    expect(await server.metric('causeway_room_transports', '{protocol="none"}')).toBe(1);
    expect(await server.metric('causeway_room_media_workers')).toBe(1);
    expect(
      await server.metric('causeway_room_request_duration_seconds_count', '{method="join"}'),
    ).toBeGreaterThanOrEqual(1);
    expect(
      await server.metric('causeway_room_media_worker_max_resident_bytes', '{worker="0"}'),
    ).toBeGreaterThan(1_000_000);
    expect(
      await server.metric('causeway_room_media_worker_cpu_seconds', '{worker="0"}'),
    ).toBeGreaterThan(0);
    await client.leave();
  });

  it('is not for those who come through a reverse proxy, unless allowed', async () => {
    const headers = { 'x-forwarded-for': '203.0.113.7' };
    const answer = await ask(`${server.url}/metrics`, { headers });
    expect(answer.status).toBe(403);
    expect(errorOf(answer)).toContain('--metrics-access');
    const open = await startTestServer({ metricsAccess: 'any' });
    expect((await ask(`${open.url}/metrics`, { headers })).status).toBe(200);
  });
});

describe('POST /dev/token', () => {
  const json = { 'content-type': 'application/json' };
  const body = JSON.stringify({ roomId: 'demo', displayName: 'Anna' });
  const postTo = async (url: string, headers: Record<string, string> = json, data = body) =>
    await ask(`${url}/dev/token`, { method: 'POST', headers, body: data });

  it('hands out a token that opens the room', async () => {
    const answer = await postTo(dev.url);
    expect(answer.status).toBe(200);
    const { token } = JSON.parse(answer.body) as { token: string };
    const client = await SignalingClient.connect(dev.url, { room: 'demo', token });
    expect(await client.request('getRouterRtpCapabilities')).toHaveProperty('codecs');
    await client.leave();
    expect(dev.logLines.join('')).not.toContain(token);
  });

  it('is not there on a server without --dev', async () => {
    expect((await postTo(server.url)).status).toBe(404);
  });

  it.each([
    'app://causeway',
    'http://causeway.localhost:9000',
    'https://127.0.0.1:1',
    'http://localhost',
  ])('answers a page of %s', async (origin) => {
    const answer = await postTo(dev.url, { ...json, origin });
    expect(answer.status).toBe(200);
    expect(answer.headers['access-control-allow-origin']).toBe(origin);
  });

  it.each([
    'https://evil.example',
    'http://localhost.evil.example',
    'app://evil',
    'null',
    'file://localhost',
  ])('does not answer a page of %s', async (origin) => {
    const answer = await postTo(dev.url, { ...json, origin });
    expect(answer.status).toBe(403);
    expect(answer.body).not.toContain('token"');
    expect(answer.headers['access-control-allow-origin']).toBeUndefined();
  });

  it.each(['evil.example', 'evil.example:4443', '127.0.0.1.evil.example', '203.0.113.7'])(
    'does not answer under the name %s (DNS rebinding)',
    async (host) => {
      const answer = await postTo(dev.url, { ...json, host });
      expect(answer.status).toBe(403);
      expect(errorOf(answer)).toContain('Host header');
    },
  );

  it('does not answer what a reverse proxy passed on', async () => {
    expect((await postTo(dev.url, { ...json, 'x-forwarded-for': '203.0.113.7' })).status).toBe(403);
  });

  it('does not answer another computer', async (context) => {
    const address = Object.values(networkInterfaces())
      .flatMap((entries) => entries ?? [])
      .find(({ family, internal }) => family === 'IPv4' && !internal)?.address;
    if (address === undefined) {
      context.skip('this computer has no address but loopback');
      return;
    }
    const folder = await mkdtemp(join(tmpdir(), 'causeway-dev-token-'));
    const authority = await TestAuthority.create(folder);
    const { certificate, key } = await authority.issue([address]);
    const exposed = await startTestServer({
      dev: true,
      host: address,
      tlsCert: certificate,
      tlsKey: key,
    });
    const ca = await readFile(authority.certificatePath, 'utf8');
    const answer = await ask(`${exposed.url}/dev/token`, {
      method: 'POST',
      headers: { ...json, host: 'localhost' },
      body,
      ca,
    });
    expect(answer.status).toBe(403);
    expect(errorOf(answer)).toContain('Only programs on the computer');
  });

  it.each([
    ['no room', json, '{}', 400, /^roomId: /],
    ['an unknown key', json, '{"roomId":"r","admin":true}', 400, /admin/],
    ['no JSON', json, 'roomId=r', 400, /JSON/i],
    ['a form', { 'content-type': 'text/plain' }, body, 415, /Unsupported Media Type/],
    ['too much', json, JSON.stringify({ roomId: 'r'.repeat(5_000) }), 413, /too large/],
  ])('refuses %s', async (_what, headers, data, status, problem) => {
    const answer = await postTo(dev.url, headers, data);
    expect(answer.status).toBe(status);
    expect(errorOf(answer)).toMatch(problem);
  });
});

describe('GET /join/NAME', () => {
  const linkOf = (page: string): string =>
    /<a class="open" href="([^"]*)"/.exec(page)?.[1]?.replaceAll('&#38;', '&') ?? '';

  it('offers to open the meeting in Causeway', async () => {
    const answer = await ask(`${server.url}/join/team-weekly`);
    expect(answer.status).toBe(200);
    expect(answer.headers['content-type']).toBe('text/html; charset=utf-8');
    expect(answer.headers['content-security-policy']).toContain("default-src 'none'");
    expect(parseMeetingLink(linkOf(answer.body))).toEqual({
      ok: true,
      link: { roomId: 'team-weekly', serverUrl: server.url },
    });
  });

  it('takes a token from the query along, if it looks like one', async () => {
    const answer = await ask(`${server.url}/join/demo?token=aa.bb.cc`);
    expect(parseMeetingLink(linkOf(answer.body))).toMatchObject({ link: { token: 'aa.bb.cc' } });
    const bad = await ask(`${server.url}/join/demo?token=%22%3E%3Cscript%3E`);
    expect(bad.status).toBe(200);
    expect(bad.body).not.toContain('"><script>');
  });

  it.each(['%3Cscript%3Ealert(1)%3C%2Fscript%3E', 'a%22onclick%3D', '-bad', 'x'.repeat(65)])(
    'answers 404 to the bad name %s, without repeating it',
    async (name) => {
      const answer = await ask(`${server.url}/join/${name}`);
      expect(answer.status).toBe(404);
      expect(answer.body).toContain('This link names no meeting');
      expect(answer.body).not.toContain(decodeURIComponent(name));
    },
  );

  it('cannot be talked into a foreign address by the Host header', async () => {
    const answer = await ask(`${server.url}/join/demo`, { headers: { host: 'a"><b>' } });
    expect(answer.body).not.toContain('<b>');
    expect(parseMeetingLink(linkOf(answer.body))).toEqual({ ok: true, link: { roomId: 'demo' } });
  });
});

describe('anything else', () => {
  it('GET / says what this is', async () => {
    const answer = await ask(server.url);
    expect(answer.status).toBe(426);
    expect(errorOf(answer)).toContain('Causeway room server');
  });

  it('unknown paths are 404', async () => {
    const answer = await ask(`${server.url}/rooms`);
    expect(answer.status).toBe(404);
    expect(errorOf(answer)).toBe('not found');
  });
});
