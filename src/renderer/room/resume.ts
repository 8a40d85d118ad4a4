import { CLOSE, closeMeaning } from '../../shared/close-codes.ts';
import type { ClientResponse } from '../../shared/signaling.ts';
import { RoomError } from '../../shared/room-error.ts';
import { connectTo, type Entry, type EntryContext } from './entry.ts';
import { RESUME_OPEN_BUDGET_MS, RESUME_REQUEST_BUDGET_MS } from './limits.ts';
import { requestFailure } from './request-failure.ts';
import { ChannelOpenError, type SignalingChannel } from './signaling-channel.ts';

/** A new signaling connection that took the old one's place in the room. */
export interface Resumed {
  readonly channel: SignalingChannel;
  /** What the server has kept. */
  readonly standing: ClientResponse<'resume'>;
}

/** The place cannot be taken again, now or later: the room has to be joined anew. */
export class PlaceGone extends Error {
  override readonly name = 'PlaceGone';
  readonly error: RoomError;
  constructor(error: RoomError) {
    super(error.message, { cause: error });
    this.error = error;
  }
}

/**
 * Takes a place in the room again, where the connection was before: to the same host, with the same
 * token.
 * @param prepare Makes the connection ready for what the server sends right after its answer.
 * @throws {RoomError} no connection, or no answer: it may be tried again.
 * @throws {PlaceGone} the server has answered and refused.
 */
export async function resumePlace(
  entry: Pick<Entry, 'endpoint' | 'token'>,
  context: Pick<EntryContext, 'target' | 'peerId' | 'signal'>,
  resumeKey: string,
  prepare: (channel: SignalingChannel) => void,
): Promise<Resumed> {
  const { endpoint, token } = entry;
  let channel: SignalingChannel;
  try {
    channel = await connectTo(endpoint, context, { token, resumeKey }, RESUME_OPEN_BUDGET_MS);
  } catch (error) {
    if (!(error instanceof ChannelOpenError) || error.why === 'aborted') throw error;
    const code = context.target.route === 'proxy' ? 'PROXY_UNREACHABLE' : 'SERVER_UNREACHABLE';
    throw new RoomError(code, `${endpoint.httpOrigin}: ${error.message}`);
  }
  try {
    prepare(channel);
    return { channel, standing: await channel.request('resume', {}, RESUME_REQUEST_BUDGET_MS) };
  } catch (error) {
    const { end } = channel;
    channel.giveUp();
    const failure = requestFailure(error, end);
    throw end && isFinal(end.code) ? new PlaceGone(failure) : failure;
  }
}

/** A server that is busy, or a proxy in front of one that is away, has not said that it is gone. */
function isFinal(code: number): boolean {
  const isOver = code === CLOSE.RESUME_REFUSED || code === CLOSE.ROOM_RESTARTED;
  return isOver || !closeMeaning(code).retry;
}
