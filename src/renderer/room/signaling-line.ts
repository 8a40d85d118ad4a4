import { CHANNEL_CLOSED_CODE, ProtooError } from '../../shared/protoo.ts';
import type { ClientMethod, ClientRequest, ClientResponse } from '../../shared/signaling.ts';
import type { SignalingChannel } from './signaling-channel.ts';

/** What asks the server, over whichever connection stands. */
export interface Requester {
  /** As {@link SignalingChannel.request}. */
  request<M extends ClientMethod>(
    method: M,
    data: ClientRequest<M>,
    timeoutMs?: number,
  ): Promise<ClientResponse<M>>;
}

/** The signaling of one place in the room: one connection after the other. */
export class SignalingLine implements Requester {
  #channel: SignalingChannel;

  constructor(channel: SignalingChannel) {
    this.#channel = channel;
  }

  get channel(): SignalingChannel {
    return this.#channel;
  }

  /** From now on the new connection is used. The one before it is not closed. */
  moveTo(channel: SignalingChannel): void {
    this.#channel = channel;
  }

  /** @throws {ProtooError} also 499, at once, while no connection stands. */
  async request<M extends ClientMethod>(
    method: M,
    data: ClientRequest<M>,
    timeoutMs?: number,
  ): Promise<ClientResponse<M>> {
    if (this.#channel.end) {
      throw new ProtooError(CHANNEL_CLOSED_CODE, `${method}: no signaling connection stands`);
    }
    return await this.#channel.request(method, data, timeoutMs);
  }
}
