import type { WebSocket } from 'ws';
import type { CloseCode } from '../../src/shared/close-codes.ts';

/** A close frame's reason is at most 123 bytes of UTF-8 (RFC 6455 §5.5). */
const MAX_REASON_BYTES = 123;

/** How long the other side gets to answer a close frame before the connection is cut, ms. */
const CLOSE_ANSWER_TIMEOUT_MS = 2_000;

/** Closes with code and sentence; cuts the connection when the other side does not answer. */
export function closeWebSocket(socket: WebSocket, code: CloseCode, reason: string): void {
  if (socket.readyState === socket.CLOSED) return;
  const timer = setTimeout(() => socket.terminate(), CLOSE_ANSWER_TIMEOUT_MS);
  timer.unref();
  socket.once('close', () => clearTimeout(timer));
  socket.close(code, fitReason(reason));
}

/** Shortens `reason` to what fits into a close frame, at a character's end. */
export function fitReason(reason: string): string {
  if (Buffer.byteLength(reason) <= MAX_REASON_BYTES) return reason;
  let short = '';
  let bytes = Buffer.byteLength('…');
  for (const character of reason) {
    bytes += Buffer.byteLength(character);
    if (bytes > MAX_REASON_BYTES) break;
    short += character;
  }
  return `${short}…`;
}
