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
 *
 * @param features Extensions that both say they understand.
 */
export function useTwoPeers(server: TestServer, features?: string[]): TwoPeers {
  const peers = {} as TwoPeers;
  beforeEach(async () => {
    rooms += 1;
    peers.room = `room-${rooms}`;
    const common = { room: peers.room, ...(features ? { features } : {}) };
    peers.anna = await server.join({ ...common, peer: 'anna' });
    peers.ben = await server.join({ ...common, peer: 'ben' });
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
