import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { TestAuthority } from '../../fixtures/certificates.ts';
import { Namespaces, namespacesUnavailable } from '../../network/namespaces.ts';
import { Verdicts, WATCHED_PORT } from './attacker.ts';
import { startProxyProcess, TURN_SECRET } from './test-proxy.ts';
import type { ProxyProcess } from './test-proxy.ts';

const unavailable = namespacesUnavailable();

const ATTACKER = { v4: '10.80.1.1', v6: 'fd80:1::1' };
const PROXY = { v4: '10.80.1.2', v6: 'fd80:1::2' };
/** The proxy's foot in the network of the room server. */
const PROXY_INSIDE = { v4: '10.80.2.2', v6: 'fd80:2::2' };
const ROOM = { v4: '10.80.2.3', v6: 'fd80:2::3' };
/** Another host next to the room server, which nobody outside should reach. */
const NEIGHBOUR = { v4: '10.80.2.4', v6: 'fd80:2::4' };
const METADATA = '169.254.169.254';

/** IPv4 addresses in IPv6 clothes: mapped, compatible, NAT64, 6to4, Teredo. */
const disguised = (v4: string) => {
  const [a = 0, b = 0, c = 0, d = 0] = v4.split('.').map(Number);
  const hex = (high: number, low: number) => ((high << 8) | low).toString(16);
  return [
    `::ffff:${v4}`,
    `::${v4}`,
    `64:ff9b::${hex(a, b)}:${hex(c, d)}`,
    `2002:${hex(a, b)}:${hex(c, d)}::1`,
  ];
};

const FORBIDDEN = [
  '127.0.0.1',
  '127.0.0.53',
  '0.0.0.0',
  PROXY.v4,
  PROXY_INSIDE.v4,
  NEIGHBOUR.v4,
  ATTACKER.v4,
  METADATA,
  '10.0.0.1',
  '172.16.0.1',
  '192.168.0.1',
  '224.0.0.1',
  '255.255.255.255',
  '203.0.113.1',
  '::1',
  '::',
  PROXY.v6,
  PROXY_INSIDE.v6,
  NEIGHBOUR.v6,
  ATTACKER.v6,
  'fe80::1',
  'ff02::1',
  'fd00:ec2::254',
  '2001:db8::1',
  ...['127.0.0.1', METADATA, NEIGHBOUR.v4, PROXY.v4, ROOM.v4].flatMap(disguised),
];

/**
 * An attacker with good credentials, a proxy with one foot in the inner network, and there a room
 * server, a neighbour and a metadata service. The proxy has routes to all of them: only the
 * relay's own rules stand between. What arrives is counted by the kernel, not by the relay.
 */
describe('a relay between two networks', () => {
  let nets: Namespaces;
  let folder = '';
  let proxy: ProxyProcess;

  beforeEach(({ skip }) => {
    skip(Boolean(unavailable), unavailable);
  });
  beforeAll(async () => {
    if (unavailable) return;
    folder = await mkdtemp(join(tmpdir(), 'causeway-isolation-'));
    const authority = await TestAuthority.create(folder);
    const files = await authority.issue(['proxy.example.com', PROXY.v4]);
    nets = new Namespaces();
    for (const name of ['attacker', 'proxy', 'room', 'neighbour']) {
      await nets.create(name);
    }
    await nets.link('attacker', 'proxy', {
      a: [`${ATTACKER.v4}/24`, `${ATTACKER.v6}/64`],
      b: [`${PROXY.v4}/24`, `${PROXY.v6}/64`],
    });
    // Room server and neighbour hang on the proxy by a link each, with a route to each address.
    const room = await nets.link('proxy', 'room', {
      a: [`${PROXY_INSIDE.v4}/32`, `${PROXY_INSIDE.v6}/128`],
      b: [`${ROOM.v4}/24`, `${ROOM.v6}/64`],
    });
    const neighbour = await nets.link('proxy', 'neighbour', {
      a: [],
      b: [`${NEIGHBOUR.v4}/24`, `${NEIGHBOUR.v6}/64`],
    });
    await nets.addAddress('neighbour', `${METADATA}/32`);
    for (const [address, device] of [
      [`${ROOM.v4}/32`, room.a],
      [`${ROOM.v6}/128`, room.a],
      [`${NEIGHBOUR.v4}/32`, neighbour.a],
      [`${NEIGHBOUR.v6}/128`, neighbour.a],
    ] as const) {
      await nets.exec('proxy', ['ip', 'route', 'add', address, 'dev', device]);
    }
    // Everything else, the metadata address among it, goes to the neighbour: nothing is lost for
    // want of a route, so that what does not arrive was refused.
    await nets.route('proxy', 'default', NEIGHBOUR.v4);
    await nets.route('proxy', 'default', NEIGHBOUR.v6);
    for (const name of ['room', 'neighbour', 'proxy', 'attacker']) {
      await nets.nft(
        name,
        `table inet watch {
          counter arrived {}
          chain input {
            type filter hook input priority -300;
            udp dport ${WATCHED_PORT} counter name arrived
          }
        }`,
      );
    }
    proxy = await startProxyProcess(
      [
        ...[`--host=${PROXY.v4}`, '--port=443', '--public-host=proxy.example.com'],
        ...[`--tls-cert=${files.certificate}`, `--tls-key=${files.key}`],
        ...[`--turn-listen-ip=${PROXY.v4},${PROXY.v6}`],
        ...[`--turn-relay-ip=${PROXY_INSIDE.v4},${PROXY_INSIDE.v6}`],
        ...[`--turn-peer=${ROOM.v4},${ROOM.v6}`, '--turn-port=3478', '--turn-tls-port=5349'],
        ...[`--origin=https://${ROOM.v4}:4443`, '--drain-seconds=0'],
      ],
      { CAUSEWAY_PROXY_TURN_SECRET: TURN_SECRET },
      (command, options) => nets.spawn('proxy', command, options),
    );
  });
  afterAll(async () => {
    if (unavailable) return;
    await nets.destroy();
    await rm(folder, { recursive: true, force: true });
  });

  async function attack(peers: string[], server = PROXY.v4): Promise<Verdicts> {
    const task = JSON.stringify({ server, port: 3478, secret: TURN_SECRET, peers });
    const { stdout } = await nets.exec(
      'attacker',
      [process.execPath, join(import.meta.dirname, 'attacker.ts'), task],
      { timeoutMs: 50_000 },
    );
    return Verdicts.parse(JSON.parse(stdout));
  }

  async function arrived(name: string): Promise<number> {
    return (await nets.counters(name))['arrived']?.packets ?? Number.NaN;
  }

  test('reaches the room server, by both families', async () => {
    const before = await arrived('room');
    expect(await attack([ROOM.v4, ROOM.v6])).toEqual({
      [ROOM.v4]: 'permitted',
      [ROOM.v6]: 'permitted',
    });
    await expect.poll(async () => (await arrived('room')) - before).toBe(4);
  });

  test.each([PROXY.v4, PROXY.v6])(
    'reaches nothing else, in whatever form it is written (relay at %s)',
    async (server) => {
      for (const name of ['room', 'neighbour', 'proxy', 'attacker']) await nets.resetCounters(name);
      const verdicts = await attack(FORBIDDEN, server);
      expect(Object.keys(verdicts).toSorted()).toEqual([...new Set(FORBIDDEN)].toSorted());
      const notRefused = Object.entries(verdicts).filter(([, verdict]) => verdict !== '403');
      expect(notRefused).toEqual([]);
      // A permitted packet after all of them: when it is there, theirs would be there too.
      await attack([ROOM.v4], server);
      await expect.poll(async () => await arrived('room')).toBe(2);
      const counts = {
        neighbour: await arrived('neighbour'),
        proxy: await arrived('proxy'),
        attacker: await arrived('attacker'),
      };
      console.log(
        `${Object.keys(verdicts).length} addresses refused; packets that arrived: ${JSON.stringify(counts)}`,
      );
      expect(counts).toEqual({ neighbour: 0, proxy: 0, attacker: 0 });
    },
  );

  test('the network itself would have let it through', async () => {
    await nets.resetCounters('neighbour');
    const send = (address: string) =>
      nets.exec('proxy', [
        process.execPath,
        '-e',
        `const s = require('dgram').createSocket('${address.includes(':') ? 'udp6' : 'udp4'}');
         s.send('x', ${WATCHED_PORT}, '${address}', () => s.close());`,
      ]);
    for (const address of [NEIGHBOUR.v4, NEIGHBOUR.v6, METADATA]) await send(address);
    await expect.poll(async () => await arrived('neighbour')).toBe(3);
  });

  test('and the proxy is as healthy as before', async () => {
    const { stdout } = await nets.exec('proxy', [
      process.execPath,
      '-e',
      `fetch('http://127.0.0.1:${proxy.adminPort}/healthz').then((r) => r.json()).then((b) => console.log(JSON.stringify(b)))`,
    ]);
    expect(JSON.parse(stdout)).toEqual({ status: 'ok', relay: 'up' });
    proxy.child.kill('SIGTERM');
    await once(proxy.child, 'exit');
  });
});
