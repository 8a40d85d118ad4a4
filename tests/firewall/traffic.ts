import type { TestInfo } from '@playwright/test';
import { ELSEWHERE } from '../network/edge-network.ts';
import type { EdgeNetwork, Traffic } from '../network/edge-network.ts';
import { expect } from '../e2e/fixtures.ts';

/** A standby is built this long after a join or a move, at the latest, ms. */
const SETTLED_MS = 10_000;
/** So many bytes on one protocol are sound and picture, not just checks whether a path works. */
const MEDIA_BYTES = 60_000;

/** What the other protocol may carry beside it: connectivity checks, share of the media's bytes. */
const CHECKS_SHARE = 0.1;

/** Prints what the edge has counted, and keeps it with the test's result. */
export async function reportTraffic(network: EdgeNetwork, info: TestInfo): Promise<Traffic> {
  const traffic = await network.traffic();
  const text = Object.entries(traffic)
    .map(([name, { packets, bytes }]) => `${name} ${packets} packets (${bytes} bytes)`)
    .join(', ');
  console.log(`    counted at the edge: ${text}`);
  info.annotations.push({ type: 'counted at the edge', description: text });
  return traffic;
}

export function packetsOf(traffic: Traffic, ...names: string[]): number {
  return names.reduce((sum, name) => sum + bytesAndPackets(traffic, name).packets, 0);
}

function bytesOf(traffic: Traffic, name: string): number {
  return bytesAndPackets(traffic, name).bytes;
}

function bytesAndPackets(traffic: Traffic, name: string): { packets: number; bytes: number } {
  const counter = traffic[name];
  // A counter that does not exist would count nothing for ever, and every test would pass.
  if (!counter) throw new TypeError(`there is no counter ${name}`);
  return counter;
}

/** Nothing went to any host but those that the test watches and the company's resolver. */
export function expectNoLeak(traffic: Traffic): void {
  const packets = ELSEWHERE.map((name) => [name, packetsOf(traffic, name)]);
  expect(Object.fromEntries(packets), 'packets to other hosts').toEqual({
    udp_elsewhere: 0,
    tcp_elsewhere: 0,
    other_elsewhere: 0,
  });
}

/** Starts to count anew. What has been counted so far is not forgotten unseen. */
export async function restartTraffic(network: EdgeNetwork): Promise<void> {
  expectNoLeak(await network.traffic());
  await network.resetTraffic();
}

/**
 * Sound and picture leave this way and not the other. Just after a join or a move the handshakes of
 * the standby that is being built beside the call are as large as a moment of media: so a stretch of
 * time is looked for, {@link SETTLED_MS} at most from now, that is free of them.
 */
export async function expectMediaOn(
  network: EdgeNetwork,
  used: string,
  ...unused: string[]
): Promise<void> {
  await expect(async () => {
    await restartTraffic(network);
    await expect
      .poll(async () => bytesOf(await network.traffic(), used), {
        message: `bytes of media counted as ${used}`,
      })
      .toBeGreaterThan(MEDIA_BYTES);
    expectCarriedBy(await network.traffic(), used, ...unused);
  }).toPass({ timeout: SETTLED_MS });
}

/**
 * Sound and picture in what was counted left this way and not the other. The longer it was counted,
 * the less a single request (discovery, a renewal) beside the media matters.
 */
export function expectCarriedBy(traffic: Traffic, used: string, ...unused: string[]): void {
  expect(bytesOf(traffic, used), `bytes of media counted as ${used}`).toBeGreaterThan(MEDIA_BYTES);
  for (const other of unused) {
    expect(bytesOf(traffic, other), `bytes counted as ${other}`).toBeLessThan(
      bytesOf(traffic, used) * CHECKS_SHARE,
    );
  }
}
