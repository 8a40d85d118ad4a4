import { beforeEach, describe, expect, it } from 'vitest';
import { testToken } from '../../fixtures/tokens.ts';
import { type Attempt, FEATURES, GONE, keyOf, resume, useResumption } from './resuming.ts';
import { refusal } from './signaling-client.ts';
import { eventually, startTestServer } from './test-server.ts';
import { useTwoPeers } from './two-peers.ts';

/** peer-resume: whose place is not kept, and who cannot have it. */

const server = await startTestServer();
const peers = useTwoPeers(server, FEATURES);
const { absent, lose, comeBack, answerTo } = useResumption(server, peers);

describe('the place is given up at once', () => {
  it.each([
    ['normal closure', 1000],
    ['the page went away', 1001],
    ['none', undefined],
    ['protoo’s own', 4000],
  ])('when the client closes with %s', async (_what, code) => {
    peers.anna.socket.close(code);
    expect(await peers.ben.notification('peerClosed')).toEqual({ peerId: 'anna' });
    expect(await answerTo(keyOf(peers.anna))).toEqual(GONE);
  });

  it('when the server closed it for a fault', async () => {
    peers.anna.sendRaw('no JSON');
    expect(await peers.ben.notification('peerClosed')).toEqual({ peerId: 'anna' });
    expect(await answerTo(keyOf(peers.anna))).toEqual(GONE);
  });

  it('when the client did not join', async () => {
    const shy = await server.connect({ room: peers.room });
    const before = await server.metric('causeway_room_peers');
    shy.socket.terminate();
    await eventually(async () => await server.metric('causeway_room_peers')).toBe(before - 1);
    expect(await absent()).toBe(0);
  });

  it('when the same person joins anew with the same id', async () => {
    await lose(peers.anna);
    const anew = await server.join({ room: peers.room, peer: 'anna', features: FEATURES });
    expect(await peers.ben.notification('peerClosed')).toEqual({ peerId: 'anna' });
    expect(await peers.ben.notification('newPeer')).toMatchObject({ id: 'anna' });
    expect(await answerTo(keyOf(peers.anna))).toEqual(GONE);
    expect(await absent()).toBe(0);
    await anew.leave();
  });
});

describe('nobody else takes a place', () => {
  beforeEach(async () => await lose(peers.anna));

  it.each<[string, () => Attempt]>([
    ['with a key of their own', () => keyOf(peers.ben)],
    ['with a made-up key', () => ({ resumeKey: 'A'.repeat(43) })],
    ['with something that is no key', () => ({ resumeKey: 'x' })],
    ['with nothing for a key', () => ({ resumeKey: '' })],
    ['as somebody else, with the right key', () => ({ ...keyOf(peers.anna), who: 'mallory' })],
    ['of another name, with the right key', () => ({ ...keyOf(peers.anna), peer: 'ben' })],
    ['of nobody', () => ({ ...keyOf(peers.anna), peer: 'nobody' })],
    ['in a meeting that does not exist', () => ({ ...keyOf(peers.anna), room: 'elsewhere' })],
  ])('%s', async (_how, options) => {
    const rooms = await server.metric('causeway_room_rooms');
    const labels = '{reason="resume_refused"}';
    const refused = await server.metric('causeway_room_connects_refused_total', labels);
    expect(await answerTo(options())).toEqual(GONE);
    expect(await server.metric('causeway_room_connects_refused_total', labels)).toBe(refused + 1);
    expect(await server.metric('causeway_room_rooms')).toBe(rooms);
    // Its owner still can.
    const anna = await comeBack();
    expect(await resume(anna)).toMatchObject({ peers: [{ id: 'ben' }] });
    await anna.leave();
  });

  it('without a token, or with one that has ended', async () => {
    const common = { room: peers.room, peer: 'anna', ...keyOf(peers.anna) };
    expect((await refusal(server.url, common)).code).toBe(4402);
    const token = await testToken({ room: peers.room, who: 'anna', lifetimeSeconds: -60 });
    expect((await refusal(server.url, { ...common, token })).code).toBe(4410);
  });

  it('the key stands in no log line, and is never selected', async () => {
    const anna = await comeBack();
    expect(anna.socket.protocol).toBe('protoo');
    await answerTo({ ...keyOf(peers.anna), who: 'mallory' });
    await resume(anna);
    await anna.leave();
    expect(server.logLines.join('')).not.toContain(peers.anna.resumeKey);
  });
});
