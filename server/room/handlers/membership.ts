import type { types } from 'mediasoup';
import { ProtooError } from '../../../src/shared/protoo.ts';
import type { ResumeGrant } from '../../../src/shared/signaling.ts';
import { consumeEverything } from '../consuming.ts';
import { consumeAllData } from '../data-consuming.ts';
import { ResumeKey } from '../resumption.ts';
import type { HandlersOf } from './handler.ts';

/** Being in the room: capabilities, joining, one's name. */
export const membershipHandlers: HandlersOf<
  'getRouterRtpCapabilities' | 'join' | 'changeDisplayName'
> = {
  getRouterRtpCapabilities({ room }) {
    return room.router.rtpCapabilities;
  },

  join({ room, peer, config }, { displayName, device, rtpCapabilities, features }) {
    if (peer.joined) throw new ProtooError(403, 'this peer has joined already');
    room.join(peer, {
      displayName,
      device,
      rtpCapabilities: rtpCapabilities as types.RtpCapabilities,
      features: new Set(features),
    });
    room.logger.info({ peerId: peer.id, peers: room.peers.size }, 'peer joined');
    // Each consumer takes a round trip to the media worker first, so the answer goes out before.
    consumeEverything(room, peer);
    consumeAllData(room, peer);
    const peers = room.joinedPeers(peer).flatMap(({ info }) => info ?? []);
    const graceMs = config.resumeGraceSeconds * 1000;
    if (graceMs === 0 || !peer.understands('peer-resume')) return { peers };
    const { secret, key } = ResumeKey.issue();
    peer.resumeKey = key;
    return { peers, resume: { key: secret, graceMs } satisfies ResumeGrant };
  },

  changeDisplayName({ room, peer }, { displayName }) {
    const { joined } = peer;
    if (!joined) return;
    const oldDisplayName = joined.displayName;
    joined.displayName = displayName;
    room.notifyJoined(
      'peerDisplayNameChanged',
      { peerId: peer.id, displayName, oldDisplayName },
      peer,
    );
  },
};
