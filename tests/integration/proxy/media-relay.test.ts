import { createHmac } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { TestAuthority } from '../../fixtures/certificates.ts';
import type { CarrierKind } from '../../turn-client/carrier.ts';
import { TurnClient } from '../../turn-client/client.ts';
import type { TurnCredentials } from '../../turn-client/client.ts';
import { eventually, startTestProxy, TURN_SECRET } from './test-proxy.ts';
import type { TestProxy } from './test-proxy.ts';

const QUOTA = 6;

/** The relay as an employee's browser and as an attacker would use it: real coturn, real packets. */
describe('the media relay', () => {
  let folder = '';
  let ca = '';
  let proxy: TestProxy;
  const clients: TurnClient[] = [];
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'causeway-relay-'));
    const authority = await TestAuthority.create(folder);
    const files = await authority.issue(['127.0.0.1']);
    ca = readFileSync(authority.certificatePath, 'utf8');
    proxy = await startTestProxy({
      origin: ['http://127.0.0.1:9'],
      tlsCert: files.certificate,
      tlsKey: files.key,
      turnUserQuota: QUOTA,
    });
  });
  afterAll(async () => {
    for (const client of clients) client.close();
    await proxy.close();
    await rm(folder, { recursive: true });
  });

  async function open(kind: CarrierKind = 'udp'): Promise<TurnClient> {
    const port = kind === 'tls' ? proxy.turn?.tlsPort : proxy.turn?.port;
    const client = await TurnClient.open(kind, { host: '127.0.0.1', port: port ?? 0, ca });
    clients.push(client);
    return client;
  }

  /** As the proxy signs them, with whatever is wrong with them. */
  function sign(expirySeconds: number, secret = TURN_SECRET, identity = 'tester'): TurnCredentials {
    const username = `${Math.floor(Date.now() / 1000) + expirySeconds}:${identity}`;
    return { username, credential: createHmac('sha1', secret).update(username).digest('base64') };
  }

  describe.each<CarrierKind>(['udp', 'tcp', 'tls'])('over %s', (kind) => {
    test('carries datagrams to a room server’s address and back', async () => {
      const server = createSocket('udp4');
      server.bind(0, '127.0.0.1');
      await once(server, 'listening');
      server.on('message', (data, from) =>
        server.send(`echo ${data.toString()}`, from.port, from.address),
      );
      const peer = { address: '127.0.0.1', port: server.address().port };

      const client = await open(kind);
      const relayed = await client.allocate(sign(60, TURN_SECRET, `echo-${kind}`));
      expect(relayed.address).toBe('127.0.0.1');
      await client.createPermission(peer);
      client.sendTo(peer, Buffer.from('hello'));
      const { from, data } = await client.receive();
      expect(from).toEqual(peer);
      expect(data.toString()).toBe('echo hello');

      await client.bindChannel(0x4001, peer);
      client.sendOnChannel(0x4001, Buffer.from('again'));
      expect((await client.receive()).data.toString()).toBe('echo again');
      await client.refresh(0);
      server.close();
    });

    test.each<[string, () => TurnCredentials | undefined]>([
      ['without credentials', () => undefined],
      ['with forged credentials', () => sign(60, 'f'.repeat(40))],
      ['with expired credentials', () => sign(-5)],
      ['with a user name that has no expiry', () => ({ ...sign(60), username: 'tester' })],
      [
        'with the expiry moved',
        () => ({ ...sign(-5), username: `${Math.floor(Date.now() / 1000) + 600}:tester` }),
      ],
    ])('refuses an allocation %s (401)', async (_what, make) => {
      const client = await open(kind);
      await expect(client.allocate(make())).rejects.toMatchObject({ code: 401 });
    });
  });

  test('takes the credentials of the discovery document', async () => {
    // The gateway's certificate is of a test authority: asked for without checking it here.
    const { Agent, request } = await import('node:https');
    const { testToken } = await import('../../fixtures/tokens.ts');
    const token = await testToken({ room: 'demo' });
    const text = await new Promise<string>((resolve, reject) => {
      request(
        `${proxy.origin}/.well-known/causeway.json`,
        { agent: new Agent({ ca }), headers: { authorization: `Bearer ${token}` } },
        (response) => {
          let body = '';
          response.setEncoding('utf8').on('data', (part: string) => (body += part));
          response.on('end', () => resolve(body));
        },
      )
        .on('error', reject)
        .end();
    });
    const { DiscoveryDocument } = await import('../../../src/shared/discovery.ts');
    const server = DiscoveryDocument.parse(JSON.parse(text)).iceServers?.[0];
    expect(server?.urls.map((url) => url.split(':')[0])).toEqual(['turn', 'turn', 'turns']);
    const client = await open();
    await client.allocate(server);
    await client.refresh(0);
  });

  test('credentials that have ended keep a running allocation alive', async () => {
    const client = await open();
    const credentials = sign(1, TURN_SECRET, 'ending');
    await client.allocate(credentials);
    await eventually('the credentials have ended', () => {
      return Date.now() / 1000 > Number(credentials.username.split(':')[0]) + 1;
    });
    const other = await open();
    await expect(other.allocate(credentials)).rejects.toMatchObject({ code: 401 });
    expect(await client.refresh(600)).toBe(600);
    await client.refresh(0);
  });

  test('relays to no other address: IPv4', async () => {
    const client = await open();
    await client.allocate(sign(60, TURN_SECRET, 'denied'));
    for (const address of [
      '127.0.0.2',
      '127.255.255.254',
      '0.0.0.0',
      '10.0.0.1',
      '172.16.0.1',
      '192.168.1.1',
      '169.254.169.254',
      '100.64.0.1',
      '224.0.0.1',
      '239.255.255.250',
      '255.255.255.255',
      '198.51.100.1',
    ]) {
      const peer = { address, port: 80 };
      await expect(client.createPermission(peer), address).rejects.toMatchObject({ code: 403 });
      await expect(client.bindChannel(0x4002, peer), address).rejects.toMatchObject({ code: 403 });
    }
    await client.refresh(0);
  });

  test('relays to no IPv6 address: there is no IPv6 allocation, and none fits this one', async () => {
    const client = await open();
    await expect(
      client.allocate(sign(60, TURN_SECRET, 'six'), { family: 6 }),
    ).rejects.toMatchObject({ code: 440 });
    const other = await open();
    await other.allocate(sign(60, TURN_SECRET, 'six'));
    for (const address of ['::1', '::', '::ffff:127.0.0.1', '::ffff:169.254.169.254', 'fe80::1']) {
      await expect(other.createPermission({ address, port: 80 }), address).rejects.toMatchObject({
        code: 443,
      });
    }
    await other.refresh(0);
  });

  test('drops what is sent without permission', async () => {
    const server = createSocket('udp4');
    server.bind(0, '127.0.0.1');
    await once(server, 'listening');
    const heard: string[] = [];
    server.on('message', (data) => heard.push(data.toString()));
    const peer = { address: '127.0.0.1', port: server.address().port };
    const client = await open();
    await client.allocate(sign(60, TURN_SECRET, 'unasked'));
    client.sendTo(peer, Buffer.from('without permission'));
    await client.createPermission(peer);
    client.sendTo(peer, Buffer.from('with permission'));
    await eventually('the second arrives', () => heard.includes('with permission'));
    expect(heard).toEqual(['with permission']);
    await client.refresh(0);
    server.close();
  });

  test('makes no TCP connections for anybody (RFC 6062)', async () => {
    const client = await open('tcp');
    await expect(
      client.allocate(sign(60, TURN_SECRET, 'tcp'), { tcpRelay: true }),
    ).rejects.toMatchObject({ code: 442 });
    const other = await open('tcp');
    await other.allocate(sign(60, TURN_SECRET, 'tcp'));
    await expect(
      other.connectTcpPeer({ address: '127.0.0.1', port: proxy.port }),
    ).rejects.toMatchObject({ name: 'TurnError' });
    await other.refresh(0);
  });

  test(`gives one participant ${QUOTA} allocations, and another participant his own`, async () => {
    const made: TurnClient[] = [];
    for (let index = 0; index < QUOTA; index += 1) {
      const client = await open();
      await client.allocate(sign(60 + index, TURN_SECRET, 'greedy'));
      made.push(client);
    }
    const oneMore = await open();
    await expect(oneMore.allocate(sign(90, TURN_SECRET, 'greedy'))).rejects.toMatchObject({
      code: 486,
    });
    const other = await open();
    await other.allocate(sign(60, TURN_SECRET, 'modest'));
    for (const client of [...made, other]) await client.refresh(0);
  });

  test('stands in the metrics: allocations, traffic, refusals', async () => {
    const before = {
      total: await proxy.metric('causeway_proxy_turn_allocations_total'),
      denied: await proxy.metric('causeway_proxy_turn_peers_denied_total'),
    };
    await eventually('earlier allocations have ended', async () => {
      return (await proxy.metric('causeway_proxy_turn_allocations')) === 0;
    });
    const server = createSocket('udp4');
    server.bind(0, '127.0.0.1');
    await once(server, 'listening');
    const peer = { address: '127.0.0.1', port: server.address().port };
    const sent = () => proxy.metric('causeway_proxy_turn_bytes_total{leg="peer",direction="sent"}');
    const bytesBefore = (await sent()) || 0;
    const client = await open();
    await client.allocate(sign(60, TURN_SECRET, 'counted'));
    await eventually('the allocation is counted', async () => {
      return (await proxy.metric('causeway_proxy_turn_allocations')) === 1;
    });
    await expect(client.createPermission({ address: '10.9.8.7', port: 80 })).rejects.toMatchObject({
      code: 403,
    });
    await client.bindChannel(0x4003, peer);
    let heard = 0;
    server.on('message', () => (heard += 1));
    for (let index = 0; index < 10; index += 1) {
      client.sendOnChannel(0x4003, Buffer.alloc(1_000));
      await eventually('it arrives', () => heard === index + 1);
    }
    await client.refresh(0);
    await eventually('the allocation has ended', async () => {
      return (await proxy.metric('causeway_proxy_turn_allocations')) === 0;
    });
    expect((await sent()) - bytesBefore).toBe(10_000);
    expect(await proxy.metric('causeway_proxy_turn_allocations_total')).toBe(before.total + 1);
    expect(await proxy.metric('causeway_proxy_turn_peers_denied_total')).toBe(before.denied + 1);
    expect(await proxy.metric('causeway_proxy_turn_up')).toBe(1);
    expect(await proxy.metric('causeway_proxy_turn_resident_bytes')).toBeGreaterThan(1_000_000);
    server.close();
  });
});
