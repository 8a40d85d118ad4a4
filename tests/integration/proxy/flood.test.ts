import { Agent, request } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { DISCOVERY_PATH } from '../../../src/shared/discovery.ts';
import {
  connectThrough,
  nextMessage,
  relayCredentials,
  startTestOrigin,
  startProxyProcess,
  TURN_SECRET,
} from './test-proxy.ts';
import type { ProxyProcess, TestOrigin } from './test-proxy.ts';

const CALLS_PER_SECOND = 1_000;
const SECONDS = 4;
/** A load balancer's health check gives up after this at the soonest (HAProxy, nginx, AWS: 2 to 5 s). */
const HEALTH_LIMIT_MS = 5_000;
/** CPU time for 1,000 calls: what is left of a second's core is for everybody else. */
const CPU_SECONDS_PER_1000_CALLS = 0.7;

describe('1,000 unauthenticated discovery calls a second', () => {
  let origin: TestOrigin;
  let proxy: ProxyProcess;
  beforeAll(async () => {
    origin = await startTestOrigin();
    proxy = await startProxyProcess(
      [
        ...['--port=0', '--admin-port=0', `--origin=${origin.url}`],
        ...['--turn-peer=127.0.0.1', '--turn-port=0', '--drain-seconds=0'],
      ],
      { CAUSEWAY_PROXY_TURN_SECRET: TURN_SECRET },
    );
  });
  afterAll(async () => {
    proxy.child.kill('SIGTERM');
    await proxy.ended;
    await origin.stop();
  });

  test('leave the proxy healthy, running calls alone, and give nobody credentials', async () => {
    const { client, server } = await connectThrough(proxy, origin);
    server.on('message', (data: Buffer) => server.send(data.toString()));
    const agent = new Agent({ keepAlive: true, maxSockets: 64 });
    const statuses = new Map<number, number>();
    let leaked = 0;
    const call = async () =>
      await new Promise<void>((resolve) => {
        request(
          `${proxy.origin}${DISCOVERY_PATH}`,
          // Half of them with a token of good form and a bad signature: those cost most.
          Math.random() < 0.5 ? { agent } : { agent, headers: { authorization: BAD_TOKEN } },
          (response) => {
            let body = '';
            response.setEncoding('utf8').on('data', (text: string) => (body += text));
            response.on('end', () => {
              statuses.set(
                response.statusCode ?? 0,
                (statuses.get(response.statusCode ?? 0) ?? 0) + 1,
              );
              if (body.includes('iceServers') || body.includes('credential":')) leaked += 1;
              resolve();
            });
          },
        )
          .on('error', () => {
            statuses.set(-1, (statuses.get(-1) ?? 0) + 1);
            resolve();
          })
          .end();
      });

    const health: number[] = [];
    const echo: number[] = [];
    const calls: Promise<void>[] = [];
    const cpuBefore = await cpuSeconds(proxy);
    const startedAt = performance.now();
    const elapsed = () => (performance.now() - startedAt) / 1000;
    const checkHealth = async () => {
      while (elapsed() < SECONDS) {
        const before = performance.now();
        const answer = await fetch(`http://127.0.0.1:${proxy.adminPort}/healthz`);
        expect(answer.status).toBe(200);
        health.push(performance.now() - before);
      }
    };
    const talk = async () => {
      while (elapsed() < SECONDS) {
        const before = performance.now();
        const echoed = nextMessage(client);
        client.send('still there?');
        expect(await echoed).toBe('still there?');
        echo.push(performance.now() - before);
      }
    };
    // Calls start on time whether or not earlier ones were answered: attackers do not wait.
    const attack = async () => {
      while (calls.length < CALLS_PER_SECOND * SECONDS) {
        const due = Math.min(elapsed(), SECONDS) * CALLS_PER_SECOND;
        while (calls.length < due) calls.push(call());
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
    };
    await Promise.all([attack(), checkHealth(), talk()]);
    await Promise.all(calls);
    const seconds = elapsed();
    const cpuPer1000 = (((await cpuSeconds(proxy)) - cpuBefore) / calls.length) * 1000;
    console.log(
      `${calls.length} calls in ${seconds.toFixed(1)} s: ${JSON.stringify(Object.fromEntries(statuses))}; ` +
        `CPU ${cpuPer1000.toFixed(2)} s per 1,000 calls; ` +
        `worst health check ${Math.max(...health).toFixed(0)} ms, worst signaling echo ${Math.max(...echo).toFixed(0)} ms`,
    );
    expect(leaked).toBe(0);
    expect([...statuses.keys()].toSorted()).toEqual([200, 401, 429]);
    expect(cpuPer1000).toBeLessThan(CPU_SECONDS_PER_1000_CALLS);
    expect(Math.max(...health)).toBeLessThan(HEALTH_LIMIT_MS);
    expect(Math.max(...echo)).toBeLessThan(HEALTH_LIMIT_MS);
    client.close();
    agent.destroy();
    // Whoever has a token is served again as soon as the address is within its rate.
    await expect
      .poll(
        async () =>
          await relayCredentials(proxy).then(
            () => true,
            () => false,
          ),
      )
      .toBe(true);
  });
});

async function cpuSeconds(proxy: ProxyProcess): Promise<number> {
  const response = await fetch(`http://127.0.0.1:${proxy.adminPort}/metrics`);
  const line = /^causeway_proxy_process_cpu_seconds_total (\S+)$/m.exec(await response.text());
  return Number(line?.[1]);
}

const BAD_TOKEN = `Bearer ${Buffer.from('{"alg":"HS256","typ":"JWT"}').toString('base64url')}.${Buffer.from(
  '{"aud":"causeway-room","sub":"x","room":"demo","exp":4000000000}',
).toString('base64url')}.${Buffer.alloc(32).toString('base64url')}`;
