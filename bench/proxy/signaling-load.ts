import { once } from 'node:events';
import { WebSocket } from 'ws';
import { testToken } from '../../tests/fixtures/tokens.ts';

/** What a signaling message typically weighs (a consumer's parameters are more, a score less), bytes. */
const MESSAGE_BYTES = 400;
/** A talking participant's rate: scores, layers, speaker changes. */
const MESSAGES_PER_SECOND = 2;
/** Connections opened at once: more would measure the client's own TLS. */
const OPENING_AT_ONCE = 20;

export interface Connections {
  sockets: WebSocket[];
  close(): Promise<void>;
}

/** Opens `count` signaling connections and leaves them alone. */
export async function openConnections(
  url: string,
  count: number,
  ca: string,
): Promise<Connections> {
  const token = await testToken({ room: 'bench' });
  const sockets: WebSocket[] = [];
  let next = 0;
  const openSome = async () => {
    while (next < count) {
      next += 1;
      const socket = new WebSocket(
        `${url}/?roomId=bench&peerId=p${next}`,
        ['protoo', `causeway.token.${token}`],
        { ca, perMessageDeflate: false },
      );
      await once(socket, 'open');
      // Through the gateway "open" is the gateway's word; an echo is the room server's.
      socket.send('are you there?');
      await once(socket, 'message');
      sockets.push(socket);
    }
  };
  await Promise.all(Array.from({ length: OPENING_AT_ONCE }, openSome));
  return {
    sockets,
    async close() {
      await Promise.all(
        sockets.map(async (socket) => {
          const closed = once(socket, 'close');
          socket.close();
          await closed;
        }),
      );
    },
  };
}

/**
 * Every socket sends and gets back messages at a steady pace, each at its own moment.
 * Answers the round trips, ms.
 */
export async function converse(sockets: WebSocket[], seconds: number): Promise<number[]> {
  const payload = 'x'.repeat(MESSAGE_BYTES - 24);
  const roundTrips: number[] = [];
  const intervalMs = 1000 / MESSAGES_PER_SECOND;
  await Promise.all(
    sockets.map(async (socket, index) => {
      const onMessage = (data: Buffer) => {
        roundTrips.push(performance.now() - Number(data.toString('latin1', 0, 24)));
      };
      socket.on('message', onMessage);
      await pause((index / sockets.length) * intervalMs);
      for (let sent = 0; sent < seconds * MESSAGES_PER_SECOND; sent += 1) {
        socket.send(performance.now().toFixed(6).padEnd(24) + payload);
        await pause(intervalMs);
      }
      socket.off('message', onMessage);
    }),
  );
  return roundTrips;
}

async function pause(ms: number): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, ms));
}
