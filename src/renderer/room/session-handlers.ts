import { ProtooError } from '../../shared/protoo.ts';
import type { ReceiveLane } from './receive-lane.ts';
import type { SessionContext, SessionEvents } from './session.ts';
import type { ChannelHandlers, SignalingChannel } from './signaling-channel.ts';
import type { Subscriber } from './subscriber.ts';

export interface HandlerParts {
  context: Pick<SessionContext, 'roster' | 'chat' | 'peerId'>;
  receive: ReceiveLane;
  subscriber: Subscriber;
  /** Whether this connection is the one that counts. */
  readonly isCurrent: () => boolean;
  readonly tell: (event: (events: SessionEvents) => void) => void;
}

/** What the server says and asks of its own accord, and who hears of it. */
export function channelHandlers(
  channel: SignalingChannel,
  { context, receive, subscriber, isCurrent, tell }: HandlerParts,
): ChannelHandlers {
  const { roster, chat, peerId } = context;
  return {
    requests: {
      newConsumer: (offer) => receive.take(offer),
      newDataConsumer: () => {
        throw new ProtooError(403, 'this client takes no data');
      },
    },
    notifications: {
      newPeer: (peer) => roster.add(peer),
      peerClosed: (peer) => {
        subscriber.removePeer(peer.peerId);
        roster.remove(peer.peerId);
      },
      peerDisplayNameChanged: ({ peerId: id, displayName }) => roster.add({ id, displayName }),
      consumerClosed: ({ consumerId }) => subscriber.remove(consumerId),
      consumerPaused: ({ consumerId }) => subscriber.setPaused(consumerId, true),
      consumerResumed: ({ consumerId }) => subscriber.setPaused(consumerId, false),
      activeSpeaker: ({ peerId: speaker }) =>
        tell((events) =>
          events.onActiveSpeaker(speaker === peerId ? undefined : (speaker ?? undefined)),
        ),
      chatMessage: (message) => chat.receive(message),
    },
    onEnd: ({ code }) => {
      chat.detach(channel);
      // A connection that never took the place again has its own way to tell.
      if (isCurrent()) tell((events) => events.onSignalingEnd(code));
    },
    onMalformed: (problem) => tell((events) => events.onMalformed(problem)),
  };
}
