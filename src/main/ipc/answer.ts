import { z } from 'zod';
import { IpcRequests, type IpcChannel, type IpcResponse } from '../../shared/ipc.ts';
import type { Log } from '../log/log.ts';

type Payload<C extends IpcChannel> = z.output<(typeof IpcRequests)[C]['request']>;

/** One handler for every channel of the contract. */
export type IpcHandlers = {
  [C in IpcChannel]: (payload: Payload<C>) => IpcResponse<C> | Promise<IpcResponse<C>>;
};

/** An error whose message is meant for the caller. Any other is logged and not told. */
export class IpcError extends Error {
  override readonly name = 'IpcError';
}

/**
 * Checks a message, runs its handler and checks the answer.
 * @throws {IpcError} the payload is not what the contract says, or the handler refused it.
 */
export async function answer<C extends IpcChannel>(
  channel: C,
  handler: IpcHandlers[C],
  payload: unknown,
  log: Log,
): Promise<unknown> {
  const { request, response } = IpcRequests[channel];
  const parsed = request.safeParse(payload);
  if (!parsed.success) {
    throw new IpcError(`${channel}: the request is not valid: ${z.prettifyError(parsed.error)}`);
  }
  try {
    return response.parse(await handler(parsed.data as never));
  } catch (error) {
    if (error instanceof IpcError) throw new IpcError(`${channel}: ${error.message}`);
    log.error(`${channel} failed`, error);
    throw new IpcError(`${channel}: failed. The log has the details.`);
  }
}
