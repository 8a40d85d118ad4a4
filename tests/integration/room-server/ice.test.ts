import { describe, expect, it, vi } from 'vitest';
import { selectPair } from './ice-client.ts';
import { createTransport, type TransportAnswer } from './media.ts';
import { eventually, startTestServer } from './test-server.ts';

/** The offered candidates lead to open sockets, and the metrics tell what media is on. */

const server = await startTestServer();

describe.each(['udp', 'tcp'] as const)('ICE over %s', (protocol) => {
  it('comes up on the offered candidate, and is counted', async () => {
    const client = await server.join();
    const transport = await createTransport(client, { producing: true, consuming: false });
    const pair = await selectPair(transport, protocol);
    const stats = await client.request<{ iceState: string; iceSelectedTuple: object }[]>(
      'getTransportStats',
      { transportId: transport.id },
    );
    expect(stats[0]).toMatchObject({
      iceState: 'completed',
      iceSelectedTuple: { protocol, localPort: server.mediaPorts[0] },
    });
    expect(await server.metric('causeway_room_transports', `{protocol="${protocol}"}`)).toBe(1);
    expect(
      await server.metric('causeway_room_ice_connected_total', `{protocol="${protocol}"}`),
    ).toBe(1);
    pair.close();
    await client.leave();
    await eventually(
      async () => await server.metric('causeway_room_transports', `{protocol="${protocol}"}`),
    ).toBe(0);
  });
});

it('a TCP connection that breaks leaves the transport there for an ICE restart', async () => {
  const client = await server.join();
  const transport = await createTransport(client, { producing: true, consuming: false });
  const stateIs = async (): Promise<string | undefined> => {
    const stats = await client.request<{ iceState: string }[]>('getTransportStats', {
      transportId: transport.id,
    });
    return stats[0]?.iceState;
  };
  (await selectPair(transport, 'tcp')).close();
  await eventually(stateIs).toBe('disconnected');
  const iceParameters = await client.request<TransportAnswer['iceParameters']>('restartIce', {
    transportId: transport.id,
  });
  const again = await selectPair({ ...transport, iceParameters }, 'udp');
  expect(await stateIs()).toBe('completed');
  again.close();
  await client.leave();
});

it('several announced addresses become candidates, the first ones first', async () => {
  const announced = await startTestServer({
    announcedAddress: ['192.0.2.7', 'meet.example.com'],
  });
  const client = await announced.join();
  const { iceCandidates } = await createTransport(client, { producing: true, consuming: false });
  expect(iceCandidates.map(({ protocol, address }) => `${protocol} ${address}`)).toEqual([
    'udp 192.0.2.7',
    'tcp 192.0.2.7',
    'udp meet.example.com',
    'tcp meet.example.com',
  ]);
  await client.leave();
});

it('a transport that nobody restarts within 30 s of losing its pair is closed', async () => {
  const client = await server.join();
  const transport = await createTransport(client, { producing: true, consuming: false });
  const transportId = transport.id;
  const pair = await selectPair(transport, 'tcp');
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  try {
    pair.close();
    await eventually(async () => {
      const stats = await client.request<{ iceState: string }[]>('getTransportStats', {
        transportId,
      });
      return stats[0]?.iceState;
    }).toBe('disconnected');
    vi.advanceTimersByTime(29_000);
    await client.request('getTransportStats', { transportId });
    vi.advanceTimersByTime(2_000);
    await expect(client.request('getTransportStats', { transportId })).rejects.toMatchObject({
      code: 404,
    });
  } finally {
    vi.useRealTimers();
  }
  await client.leave();
});
