import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  ServerNotifications,
  ServerRequests,
  type ServerNotification,
  type ServerNotificationMethod,
} from '../../../src/shared/signaling.ts';
import { CallerBrowser, whyNoBrowser } from './caller-browser.ts';
import { createTransport } from './media.ts';
import type { SignalingClient } from './signaling-client.ts';
import { eventually, startTestServer } from './test-server.ts';

/**
 * Everything that the server tells by itself, in a call with real media: anna sends sound and a
 * picture in two sizes, ben receives. Only the base protocol, as the public mediasoup demo has it.
 */

const server = await startTestServer();
const unavailable = whyNoBrowser();

/** Pictures after which "no key frame by itself" is no chance: more than a second of them. */
const QUIET_PICTURES = 30;
/** Pictures within which a key frame that was asked for has come. */
const PROMPT_PICTURES = 60;

const ROOM = 'notifications';

describe('what the server tells by itself', () => {
  let callers: CallerBrowser;
  let anna: SignalingClient;
  let ben: SignalingClient;
  let receiving: string;
  const annas: Record<'audio' | 'video', string> = { audio: '', video: '' };

  beforeEach(({ skip }) => {
    skip(Boolean(unavailable), unavailable);
  });
  beforeAll(async () => {
    if (unavailable) return;
    callers = await CallerBrowser.start();
    ben = await enter('ben');
    anna = await enter('anna');
    const send = await callers.addTransport('anna', 'send');
    receiving = await callers.addTransport('ben', 'receive');
    annas.audio = await callers.produce(send, 'audio');
    annas.video = await callers.produce(send, 'video');
  });
  afterAll(async () => {
    if (unavailable) return;
    await callers.close();
    await Promise.all([anna.leave(), ben.leave()]);
  });

  async function enter(peer: string): Promise<SignalingClient> {
    const client = await server.connect({ room: ROOM, peer });
    callers.use(client);
    client.onServerRequest = async ({ method, data }) => {
      // The page has one receiving transport per peer, and a plain client is not told which.
      if (method === 'newConsumer') await callers.accept({ ...data, transportId: receiving });
      return {};
    };
    await client.request('join', {
      displayName: peer,
      device: { name: 'test' },
      rtpCapabilities: await callers.load(peer),
    });
    return client;
  }

  /** The first notification of this method that matches, from now on, checked by its schema. */
  async function next<M extends ServerNotificationMethod>(
    client: SignalingClient,
    method: M,
    matches: (data: ServerNotification<M>) => boolean = () => true,
  ): Promise<ServerNotification<M>> {
    const since = client.notifications.length;
    let found: ServerNotification<M> | undefined;
    await eventually(() => {
      found = client.notifications
        .slice(since)
        .filter((received) => received.method === method)
        .map(({ data }) => ServerNotifications[method].parse(data) as ServerNotification<M>)
        .find(matches);
      return found !== undefined;
    }).toBe(true);
    return found as ServerNotification<M>;
  }

  const consumerOf = async (producerId: string): Promise<string> => {
    const offer = await ben.serverRequest(
      'newConsumer',
      (data) => data['producerId'] === producerId,
    );
    return offer['id'] as string;
  };

  it('activeSpeaker: who is heard, how loud, and that nobody is', async () => {
    const speaking = await next(ben, 'activeSpeaker', ({ peerId }) => peerId === 'anna');
    expect(speaking.volume).toBeGreaterThan(-70);
    expect(speaking.volume).toBeLessThanOrEqual(0);
    const silence = next(ben, 'activeSpeaker', ({ peerId }) => peerId === null);
    await anna.request('pauseProducer', { producerId: annas.audio });
    expect(await silence).toEqual({ peerId: null });
    const again = next(ben, 'activeSpeaker', ({ peerId }) => peerId === 'anna');
    await anna.request('resumeProducer', { producerId: annas.audio });
    await again;
  });

  it('producerScore: to the sender, how well each of its streams arrives', async () => {
    for (const [kind, streams] of [
      ['audio', 1],
      ['video', 2],
    ] as const) {
      // Both sizes are sent once the browser has found the bandwidth for them.
      const score = await anna.notification(
        'producerScore',
        ({ producerId, score }) =>
          producerId === annas[kind] && (score as unknown[]).length === streams,
      );
      for (const stream of ServerNotifications.producerScore.parse(score).score) {
        expect(stream.score).toBeGreaterThanOrEqual(0);
        expect(stream.score).toBeLessThanOrEqual(10);
      }
    }
    expect(ben.notifications.map(({ method }) => method)).not.toContain('producerScore');
  });

  it('consumerScore: to the receiver, for each of its consumers', async () => {
    for (const kind of ['audio', 'video'] as const) {
      const consumerId = await consumerOf(annas[kind]);
      const told = await ben.notification(
        'consumerScore',
        (data) =>
          data['consumerId'] === consumerId &&
          (data['score'] as { producerScore: number }).producerScore > 0,
      );
      expect(ServerNotifications.consumerScore.parse(told).score.score).toBeGreaterThan(0);
    }
  });

  it('consumerLayersChanged: which of the sizes is sent, as it was asked for', async () => {
    const consumerId = await consumerOf(annas.video);
    const ask = async (spatialLayer: number): Promise<void> => {
      await ben.request('setConsumerPreferredLayers', { consumerId, spatialLayer });
    };
    const isLayer = (layer: number) => (data: ServerNotification<'consumerLayersChanged'>) =>
      data.consumerId === consumerId && data.spatialLayer === layer;
    await ben.notification('consumerLayersChanged', ({ spatialLayer }) => spatialLayer === 1);
    await eventually(async () => (await callers.pictures(receiving)).width).toBeGreaterThan(0);

    const small = next(ben, 'consumerLayersChanged', isLayer(0));
    await ask(0);
    expect((await small).temporalLayer).toBeGreaterThanOrEqual(0);
    await eventually(async () => (await callers.pictures(receiving)).width).toBeLessThan(640);
    const large = next(ben, 'consumerLayersChanged', isLayer(1));
    await ask(1);
    await large;
    await eventually(async () => (await callers.pictures(receiving)).width).toBe(640);
  });

  it('downlinkBwe: what the receiver’s line is thought to carry, bit/s', async () => {
    const { availableBitrate, desiredBitrate } = await next(
      ben,
      'downlinkBwe',
      ({ availableBitrate: bitrate }) => (bitrate ?? 0) > 0,
    );
    expect(availableBitrate).toBeGreaterThan(50_000);
    expect(desiredBitrate).toBeGreaterThan(50_000);
    expect(anna.notifications.map(({ method }) => method)).not.toContain('downlinkBwe');
  });

  it('requestConsumerKeyFrame brings a key frame, which nothing else brought', async () => {
    const consumerId = await consumerOf(annas.video);
    const quiet = await untilQuiet();
    await ben.request('requestConsumerKeyFrame', { consumerId });
    await eventually(async () => (await callers.pictures(receiving)).keyFrames).toBeGreaterThan(
      quiet.keyFrames,
    );
    const { decoded } = await callers.pictures(receiving);
    expect(decoded - quiet.decoded).toBeLessThan(PROMPT_PICTURES);
  });

  /** Waits for pictures without a key frame among them: of a layer just switched to, say. */
  async function untilQuiet(): Promise<{ decoded: number; keyFrames: number }> {
    let since = await callers.pictures(receiving);
    let now = since;
    await eventually(async () => {
      now = await callers.pictures(receiving);
      if (now.keyFrames > since.keyFrames) since = now;
      return now.decoded - since.decoded;
    }).toBeGreaterThan(QUIET_PICTURES);
    return now;
  }

  it('tells of people, of their producers, of messages and of data', async () => {
    const features = ['chat'];
    const carol = await server.join({ room: ROOM, peer: 'carol', features });
    await createTransport(carol, { producing: false, consuming: true, sctp: true });
    const dora = await server.join({ room: ROOM, peer: 'dora', features });
    expect(await carol.notification('newPeer')).toMatchObject({ id: 'dora' });
    await dora.request('changeDisplayName', { displayName: 'Dora the second' });
    await carol.notification('peerDisplayNameChanged');
    await dora.request('sendChat', { id: randomUUID(), text: 'hello' });
    expect(await carol.notification('chatMessage')).toMatchObject({ text: 'hello' });

    const sending = await createTransport(dora, { producing: true, consuming: false, sctp: true });
    const data = await dora.request<{ id: string }>('produceData', {
      transportId: sending.id,
      sctpStreamParameters: { streamId: 0, ordered: true },
      label: 'files',
    });
    const offered = await carol.serverRequest('newDataConsumer');
    expect(offered).toMatchObject({ dataProducerId: data.id, label: 'files' });

    await anna.request('pauseProducer', { producerId: annas.audio });
    await carol.notification('consumerPaused');
    await anna.request('resumeProducer', { producerId: annas.audio });
    await carol.notification('consumerResumed');
    await anna.request('closeProducer', { producerId: annas.audio });
    await carol.notification('consumerClosed');

    await dora.leave();
    expect(await carol.notification('peerClosed')).toEqual({ peerId: 'dora' });
    expect(await carol.notification('dataConsumerClosed')).toEqual({
      dataConsumerId: offered['id'],
    });
    carols.push(carol);
  });
  const carols: SignalingClient[] = [];

  it('and with that all that the protocol has has come, in the shape it has there', async () => {
    const clients = [anna, ben, ...carols];
    const told = clients.flatMap(({ notifications }) => notifications);
    const asked = clients.flatMap(({ requests }) => requests);
    for (const { method, data } of told) {
      ServerNotifications[method as ServerNotificationMethod].parse(data);
    }
    for (const { method, data } of asked) {
      ServerRequests[method as keyof typeof ServerRequests].request.parse(data);
    }
    const methodsOf = (list: { method: string }[]): string[] =>
      [...new Set(list.map(({ method }) => method))].toSorted();
    expect(methodsOf(told)).toEqual(Object.keys(ServerNotifications).toSorted());
    expect(methodsOf(asked)).toEqual(Object.keys(ServerRequests).toSorted());
    await Promise.all(carols.map((carol) => carol.leave()));
  });
});
