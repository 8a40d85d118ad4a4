import { statedMeaning } from '../../shared/close-codes.ts';
import { CHANNEL_CLOSED_CODE, ProtooError, REQUEST_TIMEOUT_CODE } from '../../shared/protoo.ts';
import { RoomError } from '../../shared/room-error.ts';
import { ProtocolViolation, type ChannelEnd } from './signaling-channel.ts';

/**
 * What the failure of a signaling request means to the call.
 *
 * @param end How the connection ended, if it has: its close code says more than the request does.
 */
export function requestFailure(error: unknown, end: ChannelEnd | undefined): RoomError {
  if (error instanceof RoomError) return error;
  if (error instanceof ProtocolViolation) {
    return new RoomError('SERVER_INCOMPATIBLE', error.message, { cause: error });
  }
  if (!(error instanceof ProtooError)) {
    return new RoomError('SERVER_INCOMPATIBLE', String(error), { cause: error });
  }
  if (end && error.code === CHANNEL_CLOSED_CODE) {
    const code = statedMeaning(end.code)?.error ?? 'SERVER_UNREACHABLE';
    const reason = end.reason === '' ? '' : `: ${end.reason}`;
    return new RoomError(code, `the connection was closed with code ${end.code}${reason}`, {
      cause: error,
    });
  }
  return error.code === REQUEST_TIMEOUT_CODE || error.code === CHANNEL_CLOSED_CODE
    ? new RoomError('SERVER_UNREACHABLE', error.message, { cause: error })
    : new RoomError('SERVER_INCOMPATIBLE', `${error.code} ${error.message}`, { cause: error });
}
