import type { HandlersOf } from './handler.ts';

/** `chat`: text messages to everybody in the meeting. */
export const chatHandlers: HandlersOf<'sendChat' | 'getChat'> = {
  sendChat({ room, peer }, { id, text }) {
    const { message, isNew } = room.chat.post({
      id,
      text,
      author: peer.identity.subject ?? peer.id,
      peerId: peer.id,
      displayName: peer.joined?.displayName ?? '',
    });
    if (isNew) {
      for (const other of room.joinedPeers(peer)) {
        if (other.understands('chat')) other.connection.notify('chatMessage', message);
      }
    }
    return message;
  },

  getChat({ room }) {
    return { messages: room.chat.messages };
  },
};
