import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { readFileSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import { connect, createServer } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect as connectTls } from 'node:tls';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CLOSE } from '../../../src/shared/close-codes.ts';
import { DISCOVERY_PATH } from '../../../src/shared/discovery.ts';
import { TestAuthority } from '../../fixtures/certificates.ts';
import type { CertificateFiles } from '../../fixtures/certificates.ts';
import { closeOf, openSignaling, startTestOrigin, startTestProxy } from './test-proxy.ts';
import type { TestOrigin } from './test-proxy.ts';

describe('in front of the gateway', () => {
  let folder = '';
  let authority: TestAuthority;
  let files: CertificateFiles;
  let ca = '';
  let origin: TestOrigin;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'causeway-front-'));
    authority = await TestAuthority.create(folder);
    files = await authority.issue(['127.0.0.1', 'localhost']);
    ca = readFileSync(authority.certificatePath, 'utf8');
    origin = await startTestOrigin();
  });
  afterAll(async () => {
    await origin.stop();
    await rm(folder, { recursive: true });
  });

  const tlsFlags = () => ({ tlsCert: files.certificate, tlsKey: files.key });

  /** A load balancer that puts `line` before what the client sends, in one packet or in two. */
  async function balancer(port: number, line: string, apart: boolean): Promise<Server> {
    const server = createServer((client: Socket) => {
      const upstream = connect(port, '127.0.0.1');
      for (const socket of [client, upstream]) socket.on('error', () => undefined);
      client.once('data', (first: Buffer) => {
        upstream.setNoDelay(true);
        if (apart) upstream.write(line, () => upstream.write(first));
        else upstream.write(Buffer.concat([Buffer.from(line), first]));
        client.pipe(upstream);
      });
      upstream.pipe(client);
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return server;
  }

  describe.each([true, false])('a load balancer with the PROXY protocol, TLS: %s', (tls) => {
    test.each([true, false])('tells the client’s address; line apart: %s', async (apart) => {
      const proxy = await startTestProxy({
        origin: [origin.url],
        turn: 'off',
        proxyProtocolFrom: ['127.0.0.1'],
        ...(tls ? tlsFlags() : {}),
      });
      const line = 'PROXY TCP4 203.0.113.9 192.0.2.1 50000 443\r\n';
      const between = await balancer(proxy.port, line, apart);
      const port = (between.address() as AddressInfo).port;
      const through = { ...proxy, origin: proxy.origin.replace(/\d+$/, String(port)) };
      const client = await openSignaling(through, { client: { ca } });
      await Promise.all([once(client, 'open'), origin.nextConnection()]);
      expect(origin.requests.at(-1)?.headers['x-forwarded-for']).toBe('203.0.113.9');
      client.close();
      between.close();
      await proxy.close();
    });

    test('must send the line', async () => {
      const proxy = await startTestProxy({
        origin: [origin.url],
        turn: 'off',
        proxyProtocolFrom: ['127.0.0.1'],
        ...(tls ? tlsFlags() : {}),
      });
      const client = await openSignaling(proxy, { client: { ca } });
      expect((await closeOf(client)).code).toBe(1006);
      expect(await proxy.metric('causeway_proxy_refused_total{reason="proxy-header"}')).toBe(1);
      await proxy.close();
    });
  });

  test('nobody but the load balancer is believed: a PROXY line from elsewhere is garbage', async () => {
    const proxy = await startTestProxy({
      origin: [origin.url],
      turn: 'off',
      proxyProtocolFrom: ['192.0.2.7'],
    });
    const socket = connect(proxy.port, '127.0.0.1');
    socket.end(
      `PROXY TCP4 203.0.113.9 192.0.2.1 50000 443\r\nGET ${DISCOVERY_PATH} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n`,
    );
    const [answer] = (await once(socket, 'data')) as [Buffer];
    expect(answer.toString()).toMatch(/^HTTP\/1\.1 400 /);
    await proxy.close();
  });

  test('a reverse proxy that ends TLS is believed about the client, others are not served', async () => {
    const proxy = await startTestProxy({
      origin: [origin.url],
      turn: 'off',
      behindTlsProxy: ['127.0.0.1'],
    });
    const client = await openSignaling(proxy, {
      client: { headers: { 'X-Forwarded-For': '6.6.6.6, 203.0.113.9' } },
    });
    await Promise.all([once(client, 'open'), origin.nextConnection()]);
    // The last entry: the one that the reverse proxy wrote.
    expect(origin.requests.at(-1)?.headers['x-forwarded-for']).toBe('203.0.113.9');
    client.close();
    await proxy.close();

    const elsewhere = await startTestProxy({
      origin: [origin.url],
      turn: 'off',
      behindTlsProxy: ['192.0.2.7'],
    });
    await expect(fetch(`${elsewhere.origin}${DISCOVERY_PATH}`)).rejects.toThrow();
    await elsewhere.close();
  });

  test('TLS: 1.2 at least, ALPN http/1.1, and the certificate of the files', async () => {
    const proxy = await startTestProxy({ origin: [origin.url], turn: 'off', ...tlsFlags() });
    const socket = connectTls({
      port: proxy.port,
      host: '127.0.0.1',
      ca,
      ALPNProtocols: ['h2', 'http/1.1'],
    });
    await once(socket, 'secureConnect');
    expect(socket.alpnProtocol).toBe('http/1.1');
    expect(socket.getProtocol()).toBe('TLSv1.3');
    socket.destroy();

    const old = connectTls({
      port: proxy.port,
      host: '127.0.0.1',
      ca,
      minVersion: 'TLSv1.1',
      maxVersion: 'TLSv1.1',
      // OpenSSL itself no longer offers it without this.
      ciphers: 'DEFAULT@SECLEVEL=0',
    });
    await expect(once(old, 'secureConnect')).rejects.toThrow();
    await proxy.close();
  });

  test('a renewed certificate is used after reload, and a broken one is not', async () => {
    const renewing = await authority.issue(['localhost', '127.0.0.1']);
    const proxy = await startTestProxy({
      origin: [origin.url],
      turn: 'off',
      tlsCert: renewing.certificate,
      tlsKey: renewing.key,
    });
    const fingerprint = async () => {
      const socket = connectTls({ port: proxy.port, host: '127.0.0.1', ca });
      await once(socket, 'secureConnect');
      const { fingerprint256 } = socket.getPeerCertificate();
      socket.destroy();
      return fingerprint256;
    };
    const before = await fingerprint();
    await authority.issue(['localhost', '127.0.0.1']);
    await proxy.reload();
    const after = await fingerprint();
    expect(after).not.toBe(before);

    const broken = join(folder, 'localhost.key');
    const { writeFile } = await import('node:fs/promises');
    await writeFile(broken, 'no key');
    await proxy.reload();
    expect(await fingerprint()).toBe(after);
    expect(proxy.log.join('\n')).toContain('certificate not changed');
    await proxy.close();
  });

  test('towards the room server: an untrusted certificate is 4502, a trusted one is used', async () => {
    const { createServer: createHttps } = await import('node:https');
    const { WebSocketServer } = await import('ws');
    const https = createHttps({
      cert: readFileSync(files.certificate),
      key: readFileSync(files.key),
    });
    const webSockets = new WebSocketServer({ server: https, handleProtocols: () => 'protoo' });
    https.listen(0, '127.0.0.1');
    await once(https, 'listening');
    const url = `https://127.0.0.1:${(https.address() as AddressInfo).port}`;

    const wary = await startTestProxy({ origin: [url], turn: 'off' });
    const refused = await openSignaling(wary);
    expect((await closeOf(refused)).code).toBe(CLOSE.ORIGIN_UNREACHABLE);
    expect(wary.log.join('\n')).toMatch(/UNABLE_TO_|SELF_SIGNED/);
    await wary.close();

    const trusting = await startTestProxy({
      origin: [url],
      originCa: authority.certificatePath,
      turn: 'off',
    });
    const arrived = once(webSockets, 'connection');
    const client = await openSignaling(trusting);
    await Promise.all([once(client, 'open'), arrived]);
    client.close();
    await trusting.close();
    webSockets.close();
    https.close();
  });

  test('one address has only so many connections', async () => {
    const proxy = await startTestProxy({
      origin: [origin.url],
      turn: 'off',
      maxConnectionsPerAddress: 3,
    });
    const sockets = Array.from({ length: 3 }, () => connect(proxy.port, '127.0.0.1'));
    for (const socket of sockets) if (socket.connecting) await once(socket, 'connect');
    const ask = async () =>
      await new Promise<string>((resolve) => {
        httpRequest(`${proxy.origin}/healthz`, { agent: false }, (response) => {
          response.resume();
          resolve(String(response.statusCode));
        })
          .on('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? 'error'))
          .end();
      });
    expect(await ask()).toBe('ECONNRESET');
    const freed = once(sockets[0] as Socket, 'close');
    sockets[0]?.destroy();
    await freed;
    await expect.poll(ask).toBe('200');
    for (const socket of sockets) socket.destroy();
    await proxy.close();
  });
});
