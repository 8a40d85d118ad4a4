import { once } from 'node:events';
import type { types } from 'mediasoup';
import { describe, expect, it, vi } from 'vitest';
import { ClientRequests } from '../../../src/shared/signaling.ts';
import { testToken } from '../../fixtures/tokens.ts';
import { selectPair } from './ice-client.ts';
import { createTransport, produce } from './media.ts';
import { observeMedia } from './media-observer.ts';
import { FEATURES, GONE, keyOf, resume, useResumption } from './resuming.ts';
import { refusal, type SignalingClient } from './signaling-client.ts';
import { eventually, startTestServer } from './test-server.ts';
import { useTwoPeers } from './two-peers.ts';

/** peer-resume: a connection is lost, the place is kept, and its owner takes it again. */

const GRACE_MS = 30_000;

const { consumers, transports } = observeMedia();
const server = await startTestServer({ resumeGraceSeconds: GRACE_MS / 1000 });
const peers = useTwoPeers(server, FEATURES);
const { absent, lose, comeBack } = useResumption(server, peers);

const methodsOf = (client: SignalingClient): string[] =>
  client.notifications.map(({ method }) => method);

describe('join', () => {
  it('gives a key, a new one each time, to a client that named the extension', async () => {
    expect(peers.anna.resumeKey).toMatch(/^[A-Za-z0-9_-]{43}$/);
    expect(peers.anna.resumeKey).not.toBe(peers.ben.resumeKey);
    const carol = await server.connect({ room: peers.room });
    const answer = ClientRequests.join.response.parse(
      await carol.request('join', {
        displayName: 'Carol',
        device: { name: 'test' },
        rtpCapabilities: {},
        features: ['peer-resume', 'something-newer'],
      }),
    );
    expect(answer.resume?.graceMs).toBe(30_000);
    await carol.leave();
  });

  it('gives none to others, nor where places are not kept', async () => {
    const plain = await server.join({ room: peers.room });
    expect(plain.resumeKey).toBeUndefined();
    const forgetful = await startTestServer({ resumeGraceSeconds: 0 });
    const client = await forgetful.join({ features: FEATURES });
    expect(client.resumeKey).toBeUndefined();
    await Promise.all([plain.leave(), client.leave()]);
  });
});

describe('a lost connection', () => {
  it('keeps transports, producers and consumers; nobody is told', async () => {
    const send = await produce(peers.anna, 'audio');
    const receive = await createTransport(peers.anna, { producing: false, consuming: true });
    const bens = await produce(peers.ben, 'video');
    const { id: consumerId } = await peers.anna.serverRequest('newConsumer');
    await peers.anna.notification('consumerScore');
    await lose(peers.anna);
    await peers.ben.request('pauseProducer', { producerId: bens.producerId });

    const anna = await comeBack();
    expect(await resume(anna)).toEqual({
      peers: [expect.objectContaining({ id: 'ben' })],
      transports: [{ id: send.transportId }, { id: receive.id }],
      producers: [{ id: send.producerId, paused: false }],
      consumers: [{ id: consumerId, producerPaused: true }],
    });
    expect(consumers.get(consumerId as string)?.paused).toBe(false);
    expect(methodsOf(peers.ben)).not.toContain('peerClosed');
    expect(methodsOf(peers.ben).filter((method) => method === 'newPeer')).toHaveLength(0);
    expect(await absent()).toBe(0);
    // The connection is as good as the first one.
    await peers.ben.request('resumeProducer', { producerId: bens.producerId });
    expect(await anna.notification('consumerResumed')).toEqual({ consumerId });
    await anna.request('changeDisplayName', { displayName: 'Anna again' });
    expect(await peers.ben.notification('peerDisplayNameChanged')).toMatchObject({
      displayName: 'Anna again',
    });
    await anna.leave();
    expect(await peers.ben.notification('peerClosed')).toEqual({ peerId: 'anna' });
  });

  it('may be resumed again and again, with the same key', async () => {
    const resumed = await server.metric('causeway_room_peers_resumed_total');
    for (let time = 0; time < 3; time += 1) {
      const anna = await comeBack();
      await resume(anna);
      await lose(anna);
    }
    const anna = await comeBack();
    expect(await resume(anna)).toMatchObject({ peers: [{ id: 'ben' }] });
    expect(await server.metric('causeway_room_peers_resumed_total')).toBe(resumed + 4);
    await anna.leave();
  });

  it('what came meanwhile is offered after the answer, and nothing before it', async () => {
    await createTransport(peers.anna, { producing: false, consuming: true });
    await lose(peers.anna);
    const made = consumers.size;
    const { producerId } = await produce(peers.ben, 'audio');
    const carol = await server.join({ room: peers.room, peer: 'carol' });
    expect(consumers.size).toBe(made);
    const anna = await comeBack();
    await peers.ben.request('changeDisplayName', { displayName: 'Ben B.' });
    expect(anna.notifications).toEqual([]);
    expect(anna.requests).toEqual([]);
    expect((await resume(anna)).peers).toMatchObject([
      { id: 'ben', displayName: 'Ben B.' },
      { id: 'carol' },
    ]);
    expect(await anna.serverRequest('newConsumer')).toMatchObject({ producerId });
    await Promise.all([anna.leave(), carol.leave()]);
  });

  it('what was offered and not accepted is offered anew', async () => {
    await createTransport(peers.anna, { producing: false, consuming: true });
    peers.anna.onServerRequest = async () => await new Promise(() => undefined);
    const { producerId } = await produce(peers.ben, 'video');
    const offered = await peers.anna.serverRequest('newConsumer');
    await lose(peers.anna);
    const anna = await comeBack();
    expect((await resume(anna)).consumers).toEqual([]);
    const again = await anna.serverRequest('newConsumer');
    expect(again['producerId']).toBe(producerId);
    expect(again['id']).not.toBe(offered['id']);
    expect(consumers.size).toBe(1);
    await anna.leave();
  });

  it('twins of which the answer may be lost are told again', async () => {
    await createTransport(peers.anna, { producing: false, consuming: true });
    await produce(peers.ben, 'video');
    await peers.anna.notification('consumerScore');
    const spare = await createTransport(peers.anna, {
      producing: false,
      consuming: true,
      standby: true,
    });
    const mirrored = { transportId: spare.id };
    const first = await peers.anna.request('mirrorConsumers', mirrored);
    await lose(peers.anna);
    const anna = await comeBack();
    expect((await resume(anna)).consumers).toHaveLength(2);
    expect(await anna.request('mirrorConsumers', mirrored)).toEqual(first);
    expect(await anna.request('mirrorConsumers', mirrored)).toEqual({ consumers: [] });
    await anna.leave();
  });

  it.each([3000, 4408, 4999])('is one that the client closed with %i', async (code) => {
    peers.anna.socket.close(code);
    await eventually(absent).toBe(1);
    const anna = await comeBack();
    await resume(anna);
    await anna.leave();
  });

  it('is one that gives no sign of life', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    let anna: SignalingClient;
    try {
      anna = await server.join({ room: peers.room, peer: 'sleepy', features: FEATURES });
      anna.socket.pause();
      vi.advanceTimersByTime(60_000);
    } finally {
      vi.useRealTimers();
    }
    await eventually(absent).toBe(1);
    const awake = await server.connect({ room: peers.room, peer: 'sleepy', ...keyOf(anna) });
    await resume(awake);
    await awake.leave();
  });
});

describe('taking a place again', () => {
  it('works while the old connection still looks open; that one is closed quietly', async () => {
    const { producerId } = await produce(peers.anna, 'audio');
    const anna = await comeBack();
    expect((await peers.anna.closed).code).toBe(4409);
    expect((await resume(anna)).producers).toEqual([{ id: producerId, paused: false }]);
    expect(methodsOf(peers.ben)).not.toContain('peerClosed');
    await anna.leave();
  });

  it('over two connections at once: the newer one counts', async () => {
    await lose(peers.anna);
    const older = await comeBack();
    const newer = await comeBack();
    expect((await older.closed).code).toBe(4409);
    await resume(newer);
    await newer.leave();
  });

  it('begins with resume; anything else before it is refused', async () => {
    await lose(peers.anna);
    const anna = await comeBack();
    for (const method of ['getRouterRtpCapabilities', 'getChat']) {
      await expect(anna.request(method)).rejects.toMatchObject({
        code: 403,
        message: `${method}: send resume first; this connection takes a place again`,
      });
    }
    await resume(anna);
    expect(await anna.request('getRouterRtpCapabilities')).toHaveProperty('codecs');
    await expect(anna.request('resume')).rejects.toMatchObject({
      code: 403,
      message: 'resume: this connection took no place again: there is nothing to resume',
    });
    await anna.leave();
  });

  it('has the permissions of the newest token', async () => {
    await lose(peers.anna);
    const token = await testToken({
      room: peers.room,
      who: 'anna',
      permissions: { publish: false },
    });
    const anna = await comeBack({ token });
    await resume(anna);
    await expect(produce(anna, 'audio')).rejects.toMatchObject({ code: 403 });
    await anna.leave();
  });

  it('needs no room in a full meeting', async () => {
    const small = await startTestServer({ maxPeersPerRoom: 1 });
    const first = await small.join({ room: 'full', features: FEATURES });
    first.socket.terminate();
    const back = await small.connect({ room: 'full', peer: first.peerId, ...keyOf(first) });
    expect(await resume(back)).toMatchObject({ peers: [] });
    const token = await testToken({ room: 'full' });
    expect((await refusal(small.url, { room: 'full', token })).code).toBe(4423);
    await back.leave();
  });

  it('too often is refused, and the place is kept', async () => {
    await lose(peers.anna);
    let refused: { code: number } | undefined;
    let last: SignalingClient | undefined;
    for (let time = 0; !refused && time < 40; time += 1) {
      const anna = await comeBack();
      const answer = resume(anna).catch(() => undefined);
      refused = (await Promise.race([anna.closed, answer.then(() => undefined)])) ?? undefined;
      if (!refused) last = anna;
      else expect(time).toBeGreaterThanOrEqual(10);
    }
    expect(refused).toEqual({
      code: 4429,
      reason: 'Your connection was resumed too often of late. Wait and try again.',
    });
    expect(methodsOf(peers.ben)).not.toContain('peerClosed');
    expect(await last?.request('getRouterRtpCapabilities')).toHaveProperty('codecs');
    await last?.leave();
  });
});

describe('after the grace', () => {
  it('the peer is gone as if it had left', async () => {
    const short = await startTestServer({ resumeGraceSeconds: 1 });
    const anna = await short.join({ features: FEATURES });
    const ben = await short.join({ features: FEATURES });
    await createTransport(ben, { producing: false, consuming: true });
    await produce(anna, 'audio');
    const { id: consumerId } = await ben.serverRequest('newConsumer');
    anna.socket.terminate();
    expect(await ben.notification('peerClosed')).toEqual({ peerId: anna.peerId });
    expect(await ben.notification('consumerClosed')).toEqual({ consumerId });
    expect(await short.metric('causeway_room_peers_expired_total')).toBe(1);
    expect(await short.metric('causeway_room_peers_absent')).toBe(0);
    ben.socket.terminate();
    await eventually(async () => await short.metric('causeway_room_rooms')).toBe(0);
  });

  it('who had shown the key and did not ask in time is sent away', async () => {
    const short = await startTestServer({ resumeGraceSeconds: 1 });
    const anna = await short.join({ features: FEATURES });
    const back = await short.connect({ peer: anna.peerId, ...keyOf(anna) });
    expect(await back.closed).toEqual(GONE);
    expect(await short.metric('causeway_room_peers')).toBe(0);
  });

  it('who shows the key and never asks is sent away, and the place stays', async () => {
    const impatient = await startTestServer({ joinTimeoutSeconds: 1 });
    const anna = await impatient.join({ features: FEATURES });
    const options = { peer: anna.peerId, ...keyOf(anna) };
    const idle = await impatient.connect(options);
    expect(await idle.closed).toEqual({ code: 4408, reason: 'No resume request within 1 s.' });
    const back = await impatient.connect(options);
    await resume(back);
    await back.leave();
  });
});

it('a server that stops waits for nobody who is away, and turns away who is coming back', async () => {
  const stopping = await startTestServer();
  const anna = await stopping.join({ features: FEATURES });
  const ben = await stopping.join({ features: FEATURES });
  anna.socket.terminate();
  await once(anna.socket, 'close');
  const back = await stopping.connect({ peer: ben.peerId, ...keyOf(ben) });
  const stopped = stopping.stop();
  expect((await back.closed).code).toBe(4503);
  await stopped;
});

it('a transport that lost its pair is kept while its peer is away, and works for who comes back', async () => {
  const transport = await createTransport(peers.anna, { producing: true, consuming: false });
  const pair = await selectPair(transport, 'tcp');
  const iceState = (): string | undefined =>
    (transports.get(transport.id) as types.WebRtcTransport | undefined)?.iceState;
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  try {
    pair.close();
    await eventually(iceState).toBe('disconnected');
    vi.advanceTimersByTime(GRACE_MS - 10_000);
    await lose(peers.anna);
    vi.advanceTimersByTime(GRACE_MS - 1_000);
    const anna = await comeBack();
    expect((await resume(anna)).transports).toEqual([{ id: transport.id }]);
    // With the credentials that it had: no ICE restart is needed.
    const again = await selectPair(transport, 'tcp');
    await eventually(iceState).toBe('completed');
    again.close();
    await anna.leave();
  } finally {
    vi.useRealTimers();
  }
});
