import { isIP } from 'node:net';
import type { Socket } from 'node:net';

/**
 * The PROXY protocol, version 1: one line of text in front of a connection, by which a load
 * balancer says who connected to it
 * (https://www.haproxy.org/download/1.8/doc/proxy-protocol.txt, §2.1).
 */

/** The longest line the specification allows, with its CR LF, bytes. */
const MAX_PROXY_HEADER_BYTES = 107;
const END = Buffer.from('\r\n');
const START = Buffer.from('PROXY ');

export type ProxyHeader =
  | { state: 'incomplete' }
  | { state: 'bad' }
  /** `address` is undefined where the balancer does not know it (its own health check). */
  | { state: 'complete'; address: string | undefined; length: number };

/** Reads the line that `bytes` begin with. */
export function parseProxyHeader(bytes: Buffer): ProxyHeader {
  const begin = bytes.subarray(0, START.length);
  if (!START.subarray(0, begin.length).equals(begin)) return { state: 'bad' };
  const end = bytes.subarray(0, MAX_PROXY_HEADER_BYTES).indexOf(END);
  if (end < 0) {
    return bytes.length >= MAX_PROXY_HEADER_BYTES ? { state: 'bad' } : { state: 'incomplete' };
  }
  const [, family, source, destination, ...ports] = bytes.toString('latin1', 0, end).split(' ');
  const length = end + END.length;
  if (family === 'UNKNOWN') return { state: 'complete', address: undefined, length };
  const version = family === 'TCP4' ? 4 : family === 'TCP6' ? 6 : 0;
  const good =
    version !== 0 &&
    source !== undefined &&
    isIP(source) === version &&
    isIP(destination ?? '') === version &&
    ports.length === 2 &&
    ports.every((port) => /^\d{1,5}$/.test(port) && Number(port) <= 65_535);
  return good ? { state: 'complete', address: source, length } : { state: 'bad' };
}

/**
 * Takes the line from a fresh connection and leaves what follows it to be read.
 * Calls back once, with undefined when there is no proper line or the connection ends before it.
 */
export function takeProxyHeader(
  socket: Socket,
  done: (header: { address: string | undefined } | undefined) => void,
): void {
  let bytes = Buffer.alloc(0);
  const finish = (header: { address: string | undefined } | undefined) => {
    socket.off('data', onData).off('end', onEnd).off('close', onEnd);
    done(header);
  };
  const onEnd = () => finish(undefined);
  const onData = (chunk: Buffer) => {
    bytes = Buffer.concat([bytes, chunk]);
    const header = parseProxyHeader(bytes);
    if (header.state === 'incomplete') return;
    if (header.state === 'bad') {
      finish(undefined);
      return;
    }
    socket.pause();
    const rest = bytes.subarray(header.length);
    if (rest.length > 0) socket.unshift(rest);
    finish({ address: header.address });
  };
  socket.on('data', onData).on('end', onEnd).on('close', onEnd);
}
