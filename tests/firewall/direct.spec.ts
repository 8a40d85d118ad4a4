import type { PreferredProtocol } from '../../src/shared/protocol.ts';
import type { RoomErrorCode } from '../../src/shared/room-error.ts';
import type { App } from '../fixtures/app.ts';
import { listen, watchMotion } from '../fixtures/media-probe.ts';
import { pressJoinAndTime, REFUSED } from '../fixtures/stopwatch.ts';
import { callScreen, endedScreen, joinScreen, readBadge } from '../fixtures/screens.ts';
import { CLIENT_ADDRESS_V6 } from '../network/edge-network.ts';
import type { FirewallPolicy } from '../network/edge-network.ts';
import {
  addSecondNetwork,
  removeSecondNetwork,
  SECOND_ADDRESS,
} from '../network/second-network.ts';
import {
  EVERYTHING_BLOCKED,
  onlyTcp,
  OPEN,
  portBlocked,
  UDP_BLACK_HOLE,
  UDP_REJECTED,
} from '../network/policies.ts';
import { expect, MEDIA_PORT, ORIGIN, SIGNALING_PORT, test } from './direct-fixtures.ts';
import { expectMediaOn, expectNoLeak, packetsOf, reportTraffic } from './traffic.ts';

/** From the press of Join to the sentence about a path that is closed, ms. */
const BLOCKED_LIMIT_MS = 6_000;

const ONLY_OUR_TCP = onlyTcp(SIGNALING_PORT, MEDIA_PORT);

/** Ada joins, sees and hears Ben, and her badge says this protocol. */
async function expectCallOn(app: App, protocol: 'UDP' | 'TCP'): Promise<void> {
  await joinScreen(app.window).join.click();
  const call = callScreen(app.window);
  await expect(call.badge).toHaveAttribute('data-phase', 'connected');
  await watchMotion(call.videoOf('Ben'));
  expect(await listen(call.sound)).toBeGreaterThan(0);
  expect((await readBadge(app.window)).slice(0, 3)).toEqual([
    protocol,
    'direct',
    `${ORIGIN.address}:${MEDIA_PORT}`,
  ]);
}

test.describe('on the direct route', () => {
  for (const [where, policy] of [
    ['on an open network', OPEN],
    ['where everything but our TCP ports is closed', ONLY_OUR_TCP],
  ] as const) {
    test(`TCP_ONLY sends no UDP packet ${where}`, async ({ outside, openAda }, info) => {
      const { network } = outside;
      await network.setPolicy(policy);
      const app = await openAda('TCP_ONLY');
      await expectCallOn(app, 'TCP');
      await expect(callScreen(app.window).notices).not.toContainText('blocked');
      const traffic = await reportTraffic(network, info);
      expect(packetsOf(traffic, 'media_udp', 'udp_elsewhere'), 'UDP packets').toBe(0);
      expectNoLeak(traffic);
      await expectMediaOn(network, 'media_tcp', 'media_udp');
    });
  }

  for (const mode of ['UDP_OVER_TCP', 'UDP_ONLY'] as const) {
    test(`${mode} keeps UDP where UDP works`, async ({ outside, openAda }, info) => {
      const { network } = outside;
      const app = await openAda(mode);
      await expectCallOn(app, 'UDP');
      await expect(callScreen(app.window).notices).not.toContainText('blocked');
      const traffic = await reportTraffic(network, info);
      if (mode === 'UDP_ONLY') {
        expect(packetsOf(traffic, 'media_tcp'), 'TCP packets to the media port').toBe(0);
      }
      expectNoLeak(traffic);
      await expectMediaOn(network, 'media_udp', 'media_tcp');
    });
  }

  for (const [where, policy] of [
    ['vanishes', UDP_BLACK_HOLE],
    ['is rejected', UDP_REJECTED],
    ['is closed like all but our TCP ports', ONLY_OUR_TCP],
  ] as const) {
    test(`UDP_OVER_TCP falls back to TCP, and says so, where UDP ${where}`, async ({
      outside,
      openAda,
    }, info) => {
      const { network } = outside;
      await network.setPolicy(policy);
      const app = await openAda('UDP_OVER_TCP');
      await expectCallOn(app, 'TCP');
      await expect(callScreen(app.window).notices).toContainText(
        'UDP is blocked on this network. The call goes on over TCP.',
      );
      await expect.poll(() => app.output.join('\n')).toContain('fallback · UDP');
      expectNoLeak(await reportTraffic(network, info));
      await expectMediaOn(network, 'media_tcp', 'media_udp');
    });
  }

  const refusals: [string, PreferredProtocol, FirewallPolicy, RoomErrorCode, string[]][] = [
    ['where UDP vanishes', 'UDP_ONLY', UDP_BLACK_HOLE, 'UDP_BLOCKED', ['media_tcp']],
    ['where UDP is rejected', 'UDP_ONLY', UDP_REJECTED, 'UDP_BLOCKED', ['media_tcp']],
    [
      'where the media port is closed',
      'UDP_ONLY',
      portBlocked(MEDIA_PORT),
      'UDP_BLOCKED',
      ['media_tcp'],
    ],
    [
      'where the media port is closed',
      'TCP_ONLY',
      portBlocked(MEDIA_PORT),
      'TCP_BLOCKED',
      ['media_udp'],
    ],
    ['where the media port is closed', 'UDP_OVER_TCP', portBlocked(MEDIA_PORT), 'NO_PATH', []],
    [
      'where all is closed',
      'UDP_OVER_TCP',
      EVERYTHING_BLOCKED,
      'SERVER_UNREACHABLE',
      ['media_udp', 'media_tcp'],
    ],
    [
      'where all is closed',
      'TCP_ONLY',
      EVERYTHING_BLOCKED,
      'SERVER_UNREACHABLE',
      ['media_udp', 'media_tcp'],
    ],
  ];
  for (const [where, mode, policy, code, forbidden] of refusals) {
    test(`${mode} gives up with ${code} ${where}`, async ({ outside, openAda }, info) => {
      const { network } = outside;
      await network.setPolicy(policy);
      const { window } = await openAda(mode);
      const took = await pressJoinAndTime(window, REFUSED);
      await expect(endedScreen(window).error).toHaveAttribute('data-error-code', code);
      expect(await took(), 'ms from Join to the error').toBeLessThan(BLOCKED_LIMIT_MS);
      const traffic = await reportTraffic(network, info);
      expect(packetsOf(traffic, ...forbidden), `packets of ${forbidden.join(', ')}`).toBe(0);
      expectNoLeak(traffic);
      if (code === 'NO_PATH') {
        const { error } = endedScreen(window);
        await error.getByText('For IT').click();
        await expect(error).toContainText('UDP · direct');
        await expect(error).toContainText('TCP · direct');
      }
    });
  }

  test('another network of the computer is left alone', async ({
    outside: { network },
    openAda,
  }) => {
    const packetsFromThere = await addSecondNetwork(network);
    try {
      await expectCallOn(await openAda('UDP_OVER_TCP'), 'UDP');
      await expectMediaOn(network, 'media_udp', 'media_tcp');
      expect(await packetsFromThere(), 'packets from the other network').toBe(0);
      const probe = sendUdp('udp4', ORIGIN.address, MEDIA_PORT, SECOND_ADDRESS);
      await network.namespaces.exec('client', probe);
      expect(await packetsFromThere(), 'the counter counts').toBe(1);
    } finally {
      await removeSecondNetwork(network);
    }
  });

  test('the edge counts what it is told to count', async ({ outside: { network } }) => {
    // Without this, a counter that sees nothing would make every promise above come true.
    await network.resetTraffic();
    const send = (address: string, port: number) =>
      network.namespaces.exec('client', sendUdp('udp4', address, port));
    await network.setPolicy(EVERYTHING_BLOCKED);
    await send(ORIGIN.address, MEDIA_PORT);
    await send('203.0.113.77', 53);
    const traffic = await network.traffic();
    expect(packetsOf(traffic, 'media_udp')).toBe(1);
    expect(packetsOf(traffic, 'udp_elsewhere')).toBe(1);
    expect(packetsOf(traffic, 'other_elsewhere')).toBe(0);

    // By IPv6, too, and what is neither UDP nor TCP: the answer to a packet for a closed port.
    await network.setPolicy(OPEN);
    await network.namespaces.exec('client', sendUdp('udp6', '2001:db8:77::1', 53));
    await network.namespaces.exec('edge', sendUdp('udp6', CLIENT_ADDRESS_V6, 9));
    await expect
      .poll(async () => packetsOf(await network.traffic(), 'udp_elsewhere', 'other_elsewhere'))
      .toBe(3);
    expect(packetsOf(await network.traffic(), 'other_elsewhere')).toBe(1);
    await network.resetTraffic();
  });
});

function sendUdp(
  family: 'udp4' | 'udp6',
  address: string,
  port: number,
  from = family === 'udp4' ? '0.0.0.0' : '::',
): string[] {
  const script = `const socket = require('dgram').createSocket('${family}');
    socket.bind(0, '${from}', () => socket.send('x', ${port}, '${address}', () => process.exit()));`;
  return [process.execPath, '-e', script];
}
