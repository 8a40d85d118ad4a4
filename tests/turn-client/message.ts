import { createHash, createHmac, randomBytes } from 'node:crypto';
import { isIPv6 } from 'node:net';

/** STUN messages (RFC 8489) with the attributes that a TURN client needs (RFC 8656). */

const MAGIC_COOKIE = 0x2112a442;
const HEADER_BYTES = 20;
const INTEGRITY_BYTES = 24;

export const METHOD = {
  BINDING: 0x001,
  ALLOCATE: 0x003,
  REFRESH: 0x004,
  SEND: 0x006,
  DATA: 0x007,
  CREATE_PERMISSION: 0x008,
  CHANNEL_BIND: 0x009,
  /** RFC 6062: TURN over TCP towards the peer. */
  CONNECT: 0x00a,
} as const;

export const CLASS = { REQUEST: 0x000, INDICATION: 0x010, SUCCESS: 0x100, ERROR: 0x110 } as const;

export const ATTRIBUTE = {
  USERNAME: 0x0006,
  MESSAGE_INTEGRITY: 0x0008,
  ERROR_CODE: 0x0009,
  CHANNEL_NUMBER: 0x000c,
  LIFETIME: 0x000d,
  XOR_PEER_ADDRESS: 0x0012,
  DATA: 0x0013,
  REALM: 0x0014,
  NONCE: 0x0015,
  XOR_RELAYED_ADDRESS: 0x0016,
  REQUESTED_ADDRESS_FAMILY: 0x0017,
  REQUESTED_TRANSPORT: 0x0019,
  XOR_MAPPED_ADDRESS: 0x0020,
  SOFTWARE: 0x8022,
} as const;

export interface Attribute {
  type: number;
  value: Buffer;
}

export interface Message {
  method: number;
  class: number;
  transactionId: Buffer;
  attributes: Attribute[];
}

export interface TransportAddress {
  address: string;
  port: number;
}

export function newTransactionId(): Buffer {
  return randomBytes(12);
}

/** @param integrityKey Key of MESSAGE-INTEGRITY; without it the attribute is left out. */
export function encode(message: Message, integrityKey?: Buffer): Buffer {
  const type =
    (message.method & 0x00f) |
    ((message.method & 0x070) << 1) |
    ((message.method & 0xf80) << 2) |
    message.class;
  const body = Buffer.concat(message.attributes.map(encodeAttribute));
  const header = Buffer.alloc(HEADER_BYTES);
  header.writeUInt16BE(type, 0);
  header.writeUInt16BE(body.length + (integrityKey ? INTEGRITY_BYTES : 0), 2);
  header.writeUInt32BE(MAGIC_COOKIE, 4);
  message.transactionId.copy(header, 8);
  const unsigned = Buffer.concat([header, body]);
  if (!integrityKey) return unsigned;
  const hmac = createHmac('sha1', integrityKey).update(unsigned).digest();
  return Buffer.concat([
    unsigned,
    encodeAttribute({ type: ATTRIBUTE.MESSAGE_INTEGRITY, value: hmac }),
  ]);
}

/** @throws {RangeError} the bytes are no STUN message. */
export function decode(bytes: Buffer): Message {
  if (bytes.length < HEADER_BYTES || bytes.readUInt32BE(4) !== MAGIC_COOKIE) {
    throw new RangeError('not a STUN message');
  }
  const type = bytes.readUInt16BE(0);
  const attributes: Attribute[] = [];
  const end = HEADER_BYTES + bytes.readUInt16BE(2);
  for (let at = HEADER_BYTES; at + 4 <= end;) {
    const length = bytes.readUInt16BE(at + 2);
    attributes.push({
      type: bytes.readUInt16BE(at),
      value: bytes.subarray(at + 4, at + 4 + length),
    });
    at += 4 + pad(length);
  }
  return {
    method: (type & 0x000f) | ((type & 0x00e0) >> 1) | ((type & 0x3e00) >> 2),
    class: type & 0x0110,
    transactionId: bytes.subarray(8, HEADER_BYTES),
    attributes,
  };
}

/** Long-term credential key (RFC 8489 §9.2.2). */
export function longTermKey(username: string, realm: string, password: string): Buffer {
  return createHash('md5').update(`${username}:${realm}:${password}`).digest();
}

export function find(message: Message, type: number): Buffer | undefined {
  return message.attributes.find((attribute) => attribute.type === type)?.value;
}

/** The error code of an error response, such as 401; undefined in any other message. */
export function errorCode(message: Message): number | undefined {
  const value = find(message, ATTRIBUTE.ERROR_CODE);
  return value && (value.readUInt8(2) & 7) * 100 + value.readUInt8(3);
}

/** XOR-…-ADDRESS (RFC 8489 §14.2). */
export function encodeAddress(peer: TransportAddress, transactionId: Buffer): Buffer {
  const v6 = isIPv6(peer.address);
  const raw = v6 ? ipv6Bytes(peer.address) : Buffer.from(peer.address.split('.').map(Number));
  const mask = xorMask(transactionId);
  const value = Buffer.alloc(4 + raw.length);
  value.writeUInt8(v6 ? 2 : 1, 1);
  value.writeUInt16BE(peer.port ^ (MAGIC_COOKIE >>> 16), 2);
  raw.forEach((byte, index) => value.writeUInt8(byte ^ (mask[index] ?? 0), 4 + index));
  return value;
}

export function decodeAddress(value: Buffer, transactionId: Buffer): TransportAddress {
  const mask = xorMask(transactionId);
  const raw = [...value.subarray(4)].map((byte, index) => byte ^ (mask[index] ?? 0));
  const address =
    value.readUInt8(1) === 1
      ? raw.join('.')
      : Array.from({ length: 8 }, (_, group) =>
          (((raw[group * 2] ?? 0) << 8) | (raw[group * 2 + 1] ?? 0)).toString(16),
        ).join(':');
  return { address, port: value.readUInt16BE(2) ^ (MAGIC_COOKIE >>> 16) };
}

function encodeAttribute({ type, value }: Attribute): Buffer {
  const encoded = Buffer.alloc(4 + pad(value.length));
  encoded.writeUInt16BE(type, 0);
  encoded.writeUInt16BE(value.length, 2);
  value.copy(encoded, 4);
  return encoded;
}

function pad(length: number): number {
  return Math.ceil(length / 4) * 4;
}

function xorMask(transactionId: Buffer): Buffer {
  const mask = Buffer.alloc(16);
  mask.writeUInt32BE(MAGIC_COOKIE, 0);
  transactionId.copy(mask, 4);
  return mask;
}

function ipv6Bytes(address: string): Buffer {
  // A dotted tail (::ffff:127.0.0.1) is two groups in another spelling.
  const plain = address.replace(
    /(\d+)\.(\d+)\.(\d+)\.(\d+)$/,
    (_, a: string, b: string, c: string, d: string) =>
      `${((Number(a) << 8) | Number(b)).toString(16)}:${((Number(c) << 8) | Number(d)).toString(16)}`,
  );
  const [head = '', tail] = plain.split('::');
  const left = head ? head.split(':') : [];
  const right = tail ? tail.split(':') : [];
  const zeros = tail === undefined ? [] : Array<string>(8 - left.length - right.length).fill('0');
  const bytes = Buffer.alloc(16);
  [...left, ...zeros, ...right].forEach((group, index) =>
    bytes.writeUInt16BE(Number.parseInt(group, 16), index * 2),
  );
  return bytes;
}
