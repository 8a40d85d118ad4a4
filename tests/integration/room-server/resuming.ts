import { ClientRequests } from '../../../src/shared/signaling.ts';
import { testToken } from '../../fixtures/tokens.ts';
import { refusal, type SignalingClient } from './signaling-client.ts';
import { eventually, type TestServer } from './test-server.ts';
import type { TwoPeers } from './two-peers.ts';

/** Losing connections and taking places again, as anna of {@link TwoPeers} does. */

export const FEATURES = ['peer-resume', 'transport-migration', 'chat'];
export const GONE = {
  code: 4412,
  reason: 'Your place in the meeting is no longer kept. Join again.',
};

export interface Attempt {
  peer?: string;
  who?: string;
  room?: string;
  resumeKey: string;
}

/** What `resume` answers, checked. */
export async function resume(client: SignalingClient) {
  return ClientRequests.resume.response.parse(await client.request('resume'));
}

export function keyOf(client: SignalingClient): { resumeKey: string } {
  if (client.resumeKey === undefined) throw new Error('the server gave no key');
  return { resumeKey: client.resumeKey };
}

export function useResumption(server: TestServer, peers: TwoPeers) {
  const absent = async (): Promise<number> => await server.metric('causeway_room_peers_absent');
  return {
    /** How many peers of the server are away. */
    absent,
    /** Cuts the connection without a close frame, and waits until the server knows. */
    lose: async (client: SignalingClient): Promise<void> => {
      const before = await absent();
      client.socket.terminate();
      await eventually(absent).toBe(before + 1);
    },
    /** A connection that shows anna's key. */
    comeBack: async (more: { token?: string } = {}): Promise<SignalingClient> =>
      await server.connect({ room: peers.room, peer: 'anna', ...keyOf(peers.anna), ...more }),
    /** How the server refuses who connects with these. */
    answerTo: async (attempt: Attempt): Promise<{ code: number; reason: string }> => {
      const room = attempt.room ?? peers.room;
      const peer = attempt.peer ?? 'anna';
      const token = await testToken({ room, who: attempt.who ?? peer });
      return await refusal(server.url, { room, peer, token, resumeKey: attempt.resumeKey });
    },
  };
}
