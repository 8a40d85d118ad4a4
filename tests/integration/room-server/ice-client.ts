import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { crc32 } from 'node:zlib';
import {
  ATTRIBUTE,
  CLASS,
  decode,
  encode,
  METHOD,
  newTransactionId,
} from '../../turn-client/message.ts';
import type { TransportAnswer } from './media.ts';

/** Selects an ICE pair as a browser does: one authenticated STUN check with USE-CANDIDATE. */

/** ICE attributes of a STUN check (RFC 8445 §16.1). */
const PRIORITY = 0x0024;
const USE_CANDIDATE = 0x0025;
const ICE_CONTROLLING = 0x802a;

const FINGERPRINT = 0x8028;
const FINGERPRINT_BYTES = 8;
const FINGERPRINT_MASK = 0x5354554e;

function check({ iceParameters }: TransportAnswer): Buffer {
  const priority = Buffer.alloc(4);
  priority.writeUInt32BE(0x7effffff);
  const message = encode(
    {
      method: METHOD.BINDING,
      class: CLASS.REQUEST,
      transactionId: newTransactionId(),
      attributes: [
        {
          type: ATTRIBUTE.USERNAME,
          value: Buffer.from(`${iceParameters.usernameFragment}:browser`),
        },
        { type: PRIORITY, value: priority },
        { type: ICE_CONTROLLING, value: Buffer.alloc(8, 1) },
        { type: USE_CANDIDATE, value: Buffer.alloc(0) },
      ],
    },
    Buffer.from(iceParameters.password),
  );
  return withFingerprint(message);
}

/** Adds FINGERPRINT, which ICE asks for in every message (RFC 8445 §7.1, RFC 8489 §14.7). */
function withFingerprint(message: Buffer): Buffer {
  const head = Buffer.from(message);
  head.writeUInt16BE(message.readUInt16BE(2) + FINGERPRINT_BYTES, 2);
  const attribute = Buffer.alloc(FINGERPRINT_BYTES);
  attribute.writeUInt16BE(FINGERPRINT, 0);
  attribute.writeUInt16BE(4, 2);
  attribute.writeUInt32BE((crc32(head) ^ FINGERPRINT_MASK) >>> 0, 4);
  return Buffer.concat([head, attribute]);
}

/** A pair over `protocol`, as the transport's candidate of that protocol says. */
export async function selectPair(
  transport: TransportAnswer,
  protocol: 'udp' | 'tcp',
): Promise<{ close(): void }> {
  const candidate = transport.iceCandidates.find((one) => one.protocol === protocol);
  if (!candidate) throw new Error(`no ${protocol} candidate is offered`);
  const { address, port } = candidate;
  return protocol === 'udp'
    ? await overUdp(check(transport), address, port)
    : await overTcp(check(transport), address, port);
}

async function overUdp(request: Buffer, address: string, port: number): Promise<{ close(): void }> {
  const socket = createSocket('udp4');
  socket.send(request, port, address);
  const [answer] = (await once(socket, 'message')) as [Buffer];
  expectSuccess(answer);
  return { close: () => socket.close() };
}

/** Frames on TCP have a length of two bytes before them (RFC 4571). */
async function overTcp(
  request: Buffer,
  address: string,
  port: number,
): Promise<Socket & { close(): void }> {
  const socket = connect(port, address);
  await once(socket, 'connect');
  const length = Buffer.alloc(2);
  length.writeUInt16BE(request.length);
  socket.write(Buffer.concat([length, request]));
  const [answer] = (await once(socket, 'data')) as [Buffer];
  expectSuccess(answer.subarray(2));
  return Object.assign(socket, { close: () => void socket.destroy() });
}

function expectSuccess(answer: Buffer): void {
  const message = decode(answer);
  if (message.class !== CLASS.SUCCESS) throw new Error('the server refused the ICE check');
}
