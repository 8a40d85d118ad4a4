import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readLinkStats } from '../../../src/renderer/room/link-stats.ts';
import { measureQuality, type CallSample } from '../../../src/renderer/room/quality.ts';
import { selectedPath } from '../../../src/renderer/room/selected-path.ts';
import { Quality } from '../../../src/shared/connection-state.ts';

/** A report as Chromium gives it, cut down to what matters, with one pair beside the selected. */
function report(
  change: { local?: object; remote?: object; pair?: object; inbound?: object[] } = {},
) {
  return [
    {
      id: 'T',
      type: 'transport',
      selectedCandidatePairId: 'P',
      bytesReceived: 1000,
      bytesSent: 500,
    },
    {
      id: 'P',
      type: 'candidate-pair',
      localCandidateId: 'L',
      remoteCandidateId: 'R',
      state: 'succeeded',
      currentRoundTripTime: 0.012,
      ...change.pair,
    },
    {
      id: 'P2',
      type: 'candidate-pair',
      localCandidateId: 'L',
      remoteCandidateId: 'R2',
      state: 'waiting',
    },
    {
      id: 'L',
      type: 'local-candidate',
      candidateType: 'prflx',
      protocol: 'udp',
      address: '10.0.0.5',
      port: 50_000,
      ...change.local,
    },
    {
      id: 'R',
      type: 'remote-candidate',
      candidateType: 'host',
      protocol: 'udp',
      address: '192.0.2.1',
      port: 44_444,
      ...change.remote,
    },
    {
      id: 'R2',
      type: 'remote-candidate',
      candidateType: 'host',
      protocol: 'tcp',
      address: '192.0.2.2',
      port: 1,
    },
    ...(change.inbound ?? []).map((stream, index) => ({ id: `I${index}`, ...stream })),
    { id: 'C', type: 'certificate', fingerprint: 'x' },
  ];
}
const pathOf = (change?: Parameters<typeof report>[0]) =>
  selectedPath(readLinkStats(report(change)));

describe('the selected path', () => {
  test('direct: the far end, by the protocol of the selected pair', () => {
    expect(pathOf()).toEqual({ route: 'direct', protocol: 'udp', host: '192.0.2.1', port: 44_444 });
    expect(pathOf({ local: { protocol: 'tcp' }, remote: { protocol: 'tcp' } })).toMatchObject({
      protocol: 'tcp',
    });
  });

  test.each([
    ['udp', 'turn:proxy.example.com:3478?transport=udp', 3478],
    ['tcp', 'turn:proxy.example.com:443?transport=tcp', 443],
    ['tls', 'turns:proxy.example.com:5349?transport=tcp', 5349],
  ] as const)(
    'relayed over %s: how the relay is reached, not what it relays',
    (relayProtocol, url, port) => {
      // The candidate itself is UDP, and its address the relayed one: neither is this computer's leg.
      const local = { candidateType: 'relay', relayProtocol, url, address: '203.0.113.9' };
      expect(pathOf({ local })).toEqual({
        route: 'proxy',
        protocol: relayProtocol,
        host: 'proxy.example.com',
        port,
      });
    },
  );

  test('is unknown without a selected pair, or with addresses that are kept secret', () => {
    expect(selectedPath(readLinkStats([]))).toBeUndefined();
    expect(pathOf({ remote: { address: null } })).toBeUndefined();
    expect(selectedPath(readLinkStats(report().filter(({ id }) => id !== 'R')))).toBeUndefined();
  });
});

test('a statistics report may hold anything: what does not fit is left out', () => {
  fc.assert(
    fc.property(fc.array(fc.anything()), (records) => {
      expect(() => selectedPath(readLinkStats(records))).not.toThrow();
    }),
  );
});

const inbound = (packetsReceived: number, packetsLost: number, jitter: number) => ({
  type: 'inbound-rtp',
  packetsReceived,
  packetsLost,
  jitter,
});
function sample(at: number, streams: object[], roundTripTime = 0.01): CallSample {
  const pair = { currentRoundTripTime: roundTripTime };
  return { at, links: [readLinkStats(report({ pair, inbound: streams }))] };
}

describe('quality', () => {
  test('takes loss and rates from the time between two samples, over all streams', () => {
    const before = sample(1000, [inbound(1000, 500, 0.001)]);
    const after = sample(3000, [inbound(1090, 505, 0.001), inbound(90, 5, 0.004)]);
    const links = after.links.map((link) => ({
      ...link,
      bytesReceived: 251_000,
      bytesSent: 50_500,
    }));
    expect(measureQuality(before, { ...after, links })).toEqual({
      level: 'fair',
      roundTripMs: 10,
      jitterMs: 4,
      loss: 10 / 190,
      receiveBitrate: 1_000_000,
      sendBitrate: 200_000,
    });
  });

  test.each([
    ['good', 0.199, 0.019, 0.029],
    ['fair', 0.2, 0, 0],
    ['fair', 0.001, 0.02, 0],
    ['fair', 0.001, 0, 0.03],
    ['poor', 0.45, 0, 0],
    ['poor', 0.001, 0.08, 0],
    ['poor', 0.001, 0, 0.08],
  ] as const)('is %s at %f s round trip, %f loss, %f s jitter', (level, rtt, loss, jitter) => {
    const before = sample(0, [inbound(0, 0, 0)]);
    const after = sample(1000, [inbound(1000 * (1 - loss), 1000 * loss, jitter)], rtt);
    expect(measureQuality(before, after).level).toBe(level);
  });

  test('is unknown when nothing is known', () => {
    expect(measureQuality(undefined, { at: 0, links: [] })).toEqual({ level: 'unknown' });
  });

  test('makes nothing of counters that went back, or of no time at all', () => {
    const before = sample(1000, [inbound(1000, 10, 0.001)]);
    const fresh = { at: 2000, links: before.links.map((link) => ({ ...link, bytesReceived: 5 })) };
    expect(measureQuality(before, fresh)).not.toHaveProperty('receiveBitrate');
    expect(measureQuality(before, before)).not.toHaveProperty('loss');
  });

  test('is always a valid value of the contract', () => {
    const counter = fc.nat({ max: 1e9 });
    const anySample = fc
      .record({
        at: counter,
        received: counter,
        lost: fc.integer({ min: -50, max: 1e6 }),
        jitter: fc.float({ min: 0, max: 9, noNaN: true }),
        rtt: fc.float({ min: 0, max: 9, noNaN: true }),
      })
      .map(({ at, received, lost, jitter, rtt }) =>
        sample(at, [inbound(received, lost, jitter)], rtt),
      );
    fc.assert(
      fc.property(fc.option(anySample, { nil: undefined }), anySample, (before, after) => {
        expect(Quality.safeParse(measureQuality(before, after)).success).toBe(true);
      }),
    );
  });
});
