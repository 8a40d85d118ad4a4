import { afterEach, beforeEach } from 'vitest';
import { ServerNotifications, ServerRequests } from '../../../src/shared/signaling.ts';
import type { SignalingClient } from './signaling-client.ts';
import type { TestServer } from './test-server.ts';

export interface TwoPeers {
  room: string;
  anna: SignalingClient;
  ben: SignalingClient;
}

let rooms = 0;

/**
 * Before each test anna and ben join a room of their own. After it they leave, and all that the
 * server sent them is checked against the schemas of the protocol, whatever the test was about.
 */
export function useTwoPeers(server: TestServer): TwoPeers {
  const peers = {} as TwoPeers;
  beforeEach(async () => {
    rooms += 1;
    peers.room = `room-${rooms}`;
    peers.anna = await server.join({ room: peers.room, peer: 'anna' });
    peers.ben = await server.join({ room: peers.room, peer: 'ben' });
  });
  afterEach(async () => {
    for (const client of [peers.anna, peers.ben]) {
      for (const { method, data } of client.notifications) {
        ServerNotifications[method as keyof typeof ServerNotifications].parse(data);
      }
      for (const { method, data } of client.requests) {
        ServerRequests[method as keyof typeof ServerRequests].request.parse(data);
      }
      await client.leave();
    }
  });
  return peers;
}
