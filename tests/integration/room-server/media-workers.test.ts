import { describe, expect, it } from 'vitest';
import { createTransport, produce } from './media.ts';
import { eventually, startTestServer } from './test-server.ts';

/** Kills a media worker the hard way. */
function kill(pid: number | undefined): void {
  if (pid === undefined) throw new Error('no media worker is running');
  process.kill(pid, 'SIGKILL');
}

describe('a media worker that dies', async () => {
  const server = await startTestServer();

  it('closes its rooms with 4500, and the same room can be joined again at once', async () => {
    const [pid] = server.workerPids();
    const anna = await server.join({ room: 'r' });
    const ben = await server.join({ room: 'r' });
    await produce(anna, 'audio');
    kill(pid);
    const restarted = {
      code: 4500,
      reason: 'The media process of this meeting ended. Join again.',
    };
    expect(await Promise.all([anna.closed, ben.closed])).toEqual([restarted, restarted]);
    // Everybody goes, so nobody is told that somebody left.
    expect(ben.notifications.some(({ method }) => method === 'peerClosed')).toBe(false);

    const again = await server.join({ room: 'r' });
    const transport = await createTransport(again, { producing: true, consuming: false });
    expect(transport.iceCandidates[0]?.port).toBe(server.mediaPorts[0]);
    expect(server.workerPids()).toHaveLength(1);
    expect(server.workerPids()[0]).not.toBe(pid);
    await again.leave();
  });

  it('is counted, and one that keeps dying is replaced again and again', async () => {
    const died = await server.metric('causeway_room_media_workers_died_total');
    expect(died).toBe(1);
    for (let death = 1; death <= 2; death += 1) {
      await eventually(() => server.workerPids().length).toBe(1);
      kill(server.workerPids()[0]);
      await eventually(
        async () => await server.metric('causeway_room_media_workers_died_total'),
      ).toBe(died + death);
    }
    await eventually(() => server.workerPids().length).toBe(1);
    const client = await server.join();
    await client.leave();
  });
});

describe('two media workers', async () => {
  const server = await startTestServer({ workers: 2 });

  it('have a port each, and share the rooms', async () => {
    expect(new Set(server.mediaPorts).size).toBe(2);
    const ports = new Set<number | undefined>();
    const clients = [];
    for (const room of ['one', 'two']) {
      const client = await server.join({ room });
      const transport = await createTransport(client, { producing: true, consuming: false });
      ports.add(transport.iceCandidates[0]?.port);
      clients.push(client);
    }
    expect(ports).toEqual(new Set(server.mediaPorts));
    await Promise.all(clients.map(async (client) => await client.leave()));
  });

  it('die apart: rooms on the other go on, health is degraded, newcomers are let in', async () => {
    const clients = [];
    for (const room of ['one', 'two']) {
      const client = await server.join({ room });
      await createTransport(client, { producing: true, consuming: false });
      clients.push(client);
    }
    kill(server.workerPids()[0]);
    const hit = await Promise.race(clients.map(async (client) => (await client.closed, client)));
    expect((await hit.closed).code).toBe(4500);
    const health = await fetch(`${server.url}/healthz`);
    expect(health.status).toBe(200);
    expect(['ok', 'degraded']).toContain(((await health.json()) as { status: string }).status);

    const spared = clients.find((client) => client !== hit);
    expect(await spared?.request('getRouterRtpCapabilities')).toHaveProperty('codecs');
    const newcomer = await server.join({ room: 'three' });
    await eventually(async () => await (await fetch(`${server.url}/healthz`)).json()).toEqual({
      status: 'ok',
      mediaWorkers: { living: 2, expected: 2 },
    });
    await Promise.all([spared?.leave(), newcomer.leave()]);
  });
});
