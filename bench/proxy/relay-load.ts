import { createHmac } from 'node:crypto';
import { createSocket } from 'node:dgram';
import type { Socket } from 'node:dgram';
import { once } from 'node:events';
import { TurnClient } from '../../tests/turn-client/client.ts';
import { BENCH_TURN_SECRET } from './servers.ts';
import type { Gateway } from './servers.ts';

/** A video packet's payload, bytes. */
const PACKET_BYTES = 1_100;
/** Participants that send at once: coturn spreads them over its threads. */
const SENDERS = 4;
/** Packets on their way per sender; more would overflow the sockets' buffers and measure loss. */
const WINDOW = 48;
/** Packets that were lost are not waited for longer than this, ms. */
const GIVE_UP_MS = 50;
const CHANNEL = 0x4000;

export interface Throughput {
  /** Payload that arrived, Mbit/s. */
  mbitPerSecond: number;
  /** coturn's CPU time for a Mbit, ms. NaN without the relay. */
  cpuMsPerMbit: number;
}

interface Path {
  send(packet: Buffer): void;
  close(): void;
}

/** How much media the relay carries from clients to a room server, as fast as it goes. */
export async function relayThroughput(gateway: Gateway, seconds: number): Promise<Throughput> {
  const cpuBefore = await gateway.coturnCpuSeconds();
  let cpuAfter = cpuBefore;
  const mbit = await flood(
    async (port, index) => {
      const client = await TurnClient.open('udp', { host: '127.0.0.1', port: gateway.turnPort });
      const username = `${Math.floor(Date.now() / 1000) + 600}:bench-${index}`;
      const credential = createHmac('sha1', BENCH_TURN_SECRET).update(username).digest('base64');
      await client.allocate({ username, credential });
      await client.bindChannel(CHANNEL, { address: '127.0.0.1', port });
      return {
        send: (packet) => client.sendOnChannel(CHANNEL, packet),
        close: () => client.close(),
      };
    },
    seconds,
    async () => {
      cpuAfter = await gateway.coturnCpuSeconds();
    },
  );
  return {
    mbitPerSecond: mbit / seconds,
    cpuMsPerMbit: ((cpuAfter - cpuBefore) * 1000) / mbit,
  };
}

/** The same packets without a relay between. */
export async function directThroughput(seconds: number): Promise<Throughput> {
  const mbit = await flood(
    async (port) => {
      const socket = createSocket('udp4');
      socket.connect(port, '127.0.0.1');
      await once(socket, 'connect');
      return { send: (packet) => socket.send(packet), close: () => void socket.close() };
    },
    seconds,
    () => Promise.resolve(),
  );
  return { mbitPerSecond: mbit / seconds, cpuMsPerMbit: Number.NaN };
}

/** Sends for `seconds`; answers how much arrived, Mbit. */
async function flood(
  open: (port: number, index: number) => Promise<Path>,
  seconds: number,
  atEnd: () => Promise<void>,
): Promise<number> {
  const pairs = await Promise.all(
    Array.from({ length: SENDERS }, async (_, index) => {
      const sink: Socket = createSocket('udp4');
      sink.bind(0, '127.0.0.1');
      await once(sink, 'listening');
      return { sink, path: await open(sink.address().port, index) };
    }),
  );
  const packet = Buffer.alloc(PACKET_BYTES);
  const until = performance.now() + seconds * 1000;
  const bytes = await Promise.all(
    pairs.map(async ({ sink, path }) => await fill(sink, path, packet, until)),
  );
  await atEnd();
  for (const { sink, path } of pairs) {
    path.close();
    sink.close();
  }
  return (bytes.reduce((sum, one) => sum + one, 0) * 8) / 1e6;
}

async function fill(sink: Socket, path: Path, packet: Buffer, until: number): Promise<number> {
  let received = 0;
  let sent = 0;
  return await new Promise((resolve) => {
    let timer: NodeJS.Timeout | undefined;
    const pump = () => {
      clearTimeout(timer);
      if (performance.now() >= until) {
        sink.off('message', onPacket);
        resolve(received * packet.length);
        return;
      }
      while (sent - received < WINDOW) {
        path.send(packet);
        sent += 1;
      }
      timer = setTimeout(() => {
        // What has not come by now was dropped.
        sent = received;
        pump();
      }, GIVE_UP_MS);
    };
    const onPacket = () => {
      received += 1;
      if (sent - received <= WINDOW / 2) pump();
    };
    sink.on('message', onPacket);
    pump();
  });
}
