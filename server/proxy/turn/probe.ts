import { randomBytes } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { isIPv6 } from 'node:net';
import { TURN_PROBE_TIMEOUT_MS } from '../limits.ts';

/** Asks a TURN server for an allocation without credentials: alive is who answers "401". */

const ALLOCATE_REQUEST = 0x0003;
const ALLOCATE_ERROR = 0x0113;
const MAGIC_COOKIE = 0x2112a442;
/** REQUESTED-TRANSPORT: UDP (RFC 8656 §18.7). */
const REQUEST_UDP = Buffer.from([0x00, 0x19, 0x00, 0x04, 17, 0, 0, 0]);
const HEADER_BYTES = 20;

/** Whether TURN over UDP at `host:port` answers an Allocate request in time. Never throws. */
export async function probeTurn(
  host: string,
  port: number,
  timeoutMs: number = TURN_PROBE_TIMEOUT_MS,
): Promise<boolean> {
  const transactionId = randomBytes(12);
  const request = Buffer.alloc(HEADER_BYTES);
  request.writeUInt16BE(ALLOCATE_REQUEST, 0);
  request.writeUInt16BE(REQUEST_UDP.length, 2);
  request.writeUInt32BE(MAGIC_COOKIE, 4);
  transactionId.copy(request, 8);

  const socket = createSocket(isIPv6(host) ? 'udp6' : 'udp4');
  return await new Promise<boolean>((resolve) => {
    let settled = false;
    const done = (alive: boolean) => {
      if (settled) return;
      settled = true;
      clearTimeout(timer);
      socket.close();
      resolve(alive);
    };
    const timer = setTimeout(() => done(false), timeoutMs);
    socket.on('error', () => done(false));
    socket.on('message', (answer) => {
      const isAnswer =
        answer.length >= HEADER_BYTES &&
        answer.readUInt16BE(0) === ALLOCATE_ERROR &&
        answer.subarray(8, HEADER_BYTES).equals(transactionId);
      if (isAnswer) done(true);
    });
    // Connected, so that "port unreachable" comes back as an error at once.
    socket.connect(port, host, () => socket.send(Buffer.concat([request, REQUEST_UDP])));
  });
}
