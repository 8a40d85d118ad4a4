import { copyFile, mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect, type PeerCertificate } from 'node:tls';
import { once } from 'node:events';
import { beforeAll, describe, expect, it } from 'vitest';
import { TestAuthority } from '../../fixtures/certificates.ts';
import { startTestServer, type TestServer } from './test-server.ts';

let folder: string;
let authority: TestAuthority;
let ca: string;
let certFile: string;
let keyFile: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'causeway-tls-'));
  authority = await TestAuthority.create(folder);
  ca = await readFile(authority.certificatePath, 'utf8');
  certFile = join(folder, 'server.pem');
  keyFile = join(folder, 'server.key');
  await renew();
});

/** Puts a new certificate where the server looks for it. */
async function renew(): Promise<void> {
  const files = await authority.issue(['127.0.0.1', 'localhost']);
  await copyFile(files.certificate, certFile);
  await copyFile(files.key, keyFile);
}

async function certificateOf(server: TestServer): Promise<PeerCertificate> {
  const { port } = new URL(server.url);
  const socket = connect({ host: '127.0.0.1', port: Number(port), ca });
  await once(socket, 'secureConnect');
  const certificate = socket.getPeerCertificate();
  socket.destroy();
  return certificate;
}

describe('with a certificate', () => {
  it('the server speaks HTTPS and WSS, verified', async () => {
    const server = await startTestServer({ tlsCert: certFile, tlsKey: keyFile });
    expect(server.url).toMatch(/^https:/);
    const client = await server.join({ ca });
    expect(await client.request('getRouterRtpCapabilities')).toHaveProperty('codecs');
    await client.leave();
  });

  it('a renewed certificate is used for new connections, and open calls go on', async () => {
    const server = await startTestServer({ tlsCert: certFile, tlsKey: keyFile });
    const client = await server.join({ ca });
    const before = await certificateOf(server);
    await renew();
    await server.reloadCertificate();
    expect((await certificateOf(server)).serialNumber).not.toBe(before.serialNumber);
    expect(await client.request('getRouterRtpCapabilities')).toHaveProperty('codecs');
    await client.leave();
  });

  it('a broken renewal leaves the old certificate in use and says so in the log', async () => {
    const server = await startTestServer({ tlsCert: certFile, tlsKey: keyFile });
    const before = await certificateOf(server);
    await writeFile(certFile, 'not a certificate');
    await server.reloadCertificate();
    expect((await certificateOf(server)).serialNumber).toBe(before.serialNumber);
    expect(server.logLines.join('')).toContain('TLS certificate not changed');
    await renew();
  });
});

describe('the server refuses to start', () => {
  it.each([
    [
      'without the certificate’s file',
      () => ({ tlsCert: '/nowhere.pem', tlsKey: keyFile }),
      /--tls-cert: \/nowhere\.pem cannot be read \(ENOENT\)/,
    ],
    [
      'with a key for a certificate',
      () => ({ tlsCert: keyFile, tlsKey: keyFile }),
      /holds no certificate in PEM form/,
    ],
    [
      'with a certificate for a key',
      () => ({ tlsCert: certFile, tlsKey: certFile }),
      /holds no unencrypted private key/,
    ],
    [
      'with another certificate’s key',
      () => ({ tlsCert: certFile, tlsKey: join(folder, 'ca.key') }),
      /does not belong to the certificate/,
    ],
    ['with a certificate but no key', () => ({ tlsCert: certFile }), /belong together/],
    [
      'in the clear on an address that is not loopback',
      () => ({ host: '192.0.2.1' }),
      /listens on loopback only, not on “192\.0\.2\.1”/,
    ],
    [
      'behind a proxy on a public address',
      () => ({ host: '192.0.2.1', behindTlsProxy: true }),
      /on a private address only/,
    ],
    [
      'behind a proxy on every address',
      () => ({ host: '0.0.0.0', behindTlsProxy: true }),
      /on a private address only/,
    ],
  ])('%s', async (_what, config, problem) => {
    await expect(startTestServer(config())).rejects.toThrow(problem);
  });
});
