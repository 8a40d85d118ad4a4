import { createSocket } from 'node:dgram';
import { connect as connectTcp } from 'node:net';
import type { Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { once } from 'node:events';

/** What carries STUN messages: datagrams, or a TCP or TLS stream cut into messages (RFC 8656 §3.1). */
export interface Carrier {
  send(bytes: Buffer): void;
  onPacket(take: (bytes: Buffer) => void): void;
  onClose(take: () => void): void;
  close(): void;
  readonly localPort: number;
}

export type CarrierKind = 'udp' | 'tcp' | 'tls';

export interface ServerAddress {
  host: string;
  port: number;
  /** TLS only: the CA that must have signed the server's certificate, PEM. */
  ca?: string;
  /** TLS only: SNI and the name that the certificate must have; `host` when absent. */
  servername?: string;
}

export async function openCarrier(kind: CarrierKind, server: ServerAddress): Promise<Carrier> {
  return kind === 'udp' ? await openUdp(server) : await openStream(kind, server);
}

async function openUdp(server: ServerAddress): Promise<Carrier> {
  const socket = createSocket(server.host.includes(':') ? 'udp6' : 'udp4');
  socket.connect(server.port, server.host);
  await once(socket, 'connect');
  // An ICMP "port unreachable" comes up as an error: no answer will come, which the time limit says.
  socket.on('error', () => {});
  return {
    send: (bytes) => socket.send(bytes),
    onPacket: (take) => void socket.on('message', take),
    onClose: (take) => void socket.on('close', take),
    close: () => socket.close(),
    localPort: socket.address().port,
  };
}

async function openStream(kind: 'tcp' | 'tls', server: ServerAddress): Promise<Carrier> {
  const socket: Socket =
    kind === 'tcp'
      ? connectTcp(server.port, server.host)
      : connectTls({
          host: server.host,
          port: server.port,
          ...(server.ca ? { ca: server.ca } : {}),
          ...(server.servername ? { servername: server.servername } : {}),
        });
  await once(socket, kind === 'tcp' ? 'connect' : 'secureConnect');
  socket.on('error', () => {});
  let buffered = Buffer.alloc(0);
  let take: (bytes: Buffer) => void = () => {};
  socket.on('data', (chunk: Buffer) => {
    buffered = Buffer.concat([buffered, chunk]);
    for (;;) {
      const length = packetLength(buffered);
      if (length === undefined || buffered.length < length) return;
      take(buffered.subarray(0, length));
      buffered = buffered.subarray(length);
    }
  });
  return {
    send: (bytes) => void socket.write(bytes),
    onPacket: (next) => (take = next),
    onClose: (next) => void socket.on('close', next),
    close: () => void socket.destroy(),
    localPort: socket.localPort ?? 0,
  };
}

/** Length on the wire of the STUN message or ChannelData that the bytes begin with. */
function packetLength(bytes: Buffer): number | undefined {
  if (bytes.length < 4) return undefined;
  const isChannelData = (bytes.readUInt8(0) & 0xc0) === 0x40;
  const length = bytes.readUInt16BE(2);
  return isChannelData ? 4 + Math.ceil(length / 4) * 4 : 20 + length;
}
