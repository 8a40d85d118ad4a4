import { describe, expect, test } from 'vitest';
import { arrivalsBetween, readInbound, type Inbound } from '../../../src/renderer/room/inbound.ts';

const NOTHING: Inbound = {
  ...{ pairId: 'pair', madeAt: 1_000, lastPacketAt: 990, responses: 0 },
  ...{ packets: 100, reportedAt: [500], pictureRequests: 2 },
};
const later = (about: Partial<Inbound>): Inbound => ({ ...NOTHING, madeAt: 1_200, ...about });

describe('what came in on a link that sends', () => {
  test('is a sign of life where it answers what was sent', () => {
    const after = later({ lastPacketAt: 1_190, packets: 103 });
    expect(arrivalsBetween(NOTHING, after, 'send')).toEqual({ lifeAt: 1_190, unasked: 0 });
  });

  test('is none where it is a receiver report, which goes on when nothing arrives any more', () => {
    const after = later({ lastPacketAt: 1_100, packets: 101, reportedAt: [1_100] });
    expect(arrivalsBetween(NOTHING, after, 'send')).toEqual({ lifeAt: undefined, unasked: 1 });
  });

  test('nor where a key frame is asked for', () => {
    const after = later({ lastPacketAt: 1_100, packets: 101, pictureRequests: 3 });
    expect(arrivalsBetween(NOTHING, after, 'send')).toEqual({ lifeAt: undefined, unasked: 1 });
  });

  test('counts a packet that reports on several streams once', () => {
    const after = later({ lastPacketAt: 1_101, packets: 101, reportedAt: [1_100, 1_101] });
    expect(arrivalsBetween(NOTHING, after, 'send')).toEqual({ lifeAt: undefined, unasked: 1 });
  });

  test('is life where a report is not all that came, then and not later', () => {
    const after = later({ lastPacketAt: 1_100, packets: 104, reportedAt: [1_100] });
    const { lifeAt, unasked } = arrivalsBetween(NOTHING, after, 'send');
    expect(unasked).toBe(1);
    expect(lifeAt).toBeGreaterThan(990);
    expect(lifeAt).toBeLessThanOrEqual(1_100);
  });

  test('is not miscounted when a stream ends and takes its counters along', () => {
    const after = later({ lastPacketAt: 1_190, packets: 101, pictureRequests: 0, reportedAt: [] });
    expect(arrivalsBetween(NOTHING, after, 'send')).toEqual({ lifeAt: 1_190, unasked: 0 });
  });
});

test('on a link that receives, all that comes is a sign of life', () => {
  const after = later({ lastPacketAt: 1_100, packets: 101, reportedAt: [1_100] });
  expect(arrivalsBetween(NOTHING, after, 'receive')).toEqual({ lifeAt: 1_100, unasked: 0 });
});

test('reads reports and requests of all streams that are sent', () => {
  const records = [
    { id: 't', type: 'transport', selectedCandidatePairId: 'pair' },
    {
      ...{ id: 'pair', type: 'candidate-pair', timestamp: 1_000 },
      ...{ lastPacketReceivedTimestamp: 990, responsesReceived: 4, packetsReceived: 50 },
    },
    { id: 'r1', type: 'remote-inbound-rtp', timestamp: 700.4 },
    { id: 'r2', type: 'remote-inbound-rtp', timestamp: 700.1 },
    { id: 'o1', type: 'outbound-rtp', pliCount: 2, firCount: 1 },
    { id: 'o2', type: 'outbound-rtp' },
  ];
  const report = new Map(records.map((record) => [record.id, record])) as unknown as RTCStatsReport;
  expect(readInbound(report, 'send', new Set())).toMatchObject({
    ...{ pairId: 'pair', madeAt: 1_000, lastPacketAt: 990, responses: 4 },
    ...{ packets: 50, reportedAt: [700], pictureRequests: 3 },
  });
});
