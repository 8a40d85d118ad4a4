import { ProtooError } from '../../../src/shared/protoo.ts';
import type { ClientMethod, ClientRequestParsed } from '../../../src/shared/signaling.ts';
import type { RoomServerConfig } from '../config.ts';
import type { SignalingConnection } from '../connection.ts';
import type { Metrics } from '../metrics.ts';
import type { Peer } from '../peer.ts';
import type { Room } from '../room.ts';

/** What a request handler works with. */
export interface HandlerContext {
  room: Room;
  peer: Peer;
  /** The one over which the request came. */
  connection: SignalingConnection;
  config: RoomServerConfig;
  metrics: Metrics;
}

/** Answers one method; its data have passed the method's schema. */
export type Handler<M extends ClientMethod> = (
  context: HandlerContext,
  data: ClientRequestParsed<M>,
) => unknown;

/** Handlers of some methods, by name. */
export type HandlersOf<M extends ClientMethod> = { [Method in M]: Handler<Method> };

/**
 * Runs a mediasoup call whose parameters come from the client. What mediasoup finds wrong with
 * them is the client's to mend: 400 with mediasoup's words.
 */
export async function withClientParameters<T>(call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    if (isGone(error)) throw error;
    throw new ProtooError(400, error instanceof Error ? error.message : String(error));
  }
}

/** Whether a mediasoup call failed because its object was closed in the meantime. */
export function isGone(error: unknown): boolean {
  return error instanceof Error && error.name === 'InvalidStateError';
}
