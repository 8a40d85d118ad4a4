import type { types } from 'mediasoup';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ConsumerOffer } from '../../../src/shared/signaling.ts';
import { CallerBrowser, whyNoBrowser } from './caller-browser.ts';
import { observeMedia } from './media-observer.ts';
import type { Received } from './page/caller-page.ts';
import { FEATURES, keyOf, resume } from './resuming.ts';
import type { SignalingClient } from './signaling-client.ts';
import { eventually, startTestServer } from './test-server.ts';

/** Where media flows in a migration, counted by a real browser that sends and receives it. */

const { transports, consumers } = observeMedia();
const server = await startTestServer();
const unavailable = whyNoBrowser();

/** Packets after which "it flows" or "it does not" is no chance: a second of sound. */
const ENOUGH = 50;

const what = unavailable === undefined ? 'media that flows' : `skipped: ${unavailable}`;
describe.skipIf(unavailable !== undefined)(what, () => {
  let callers: CallerBrowser;
  let anna: SignalingClient;
  let ben: SignalingClient;
  /** Ben's transports: the first receiving one, and a standby. */
  let first: string;
  let spare: string;
  let send: string;
  const annas: Record<'audio' | 'video', string> = { audio: '', video: '' };

  beforeAll(async () => {
    callers = await CallerBrowser.start();
    anna = await enter('anna');
    ben = await enter('ben');
    send = await callers.addTransport('anna', 'send');
    first = await callers.addTransport('ben', 'receive');
    annas.audio = await callers.produce(send, 'audio');
    annas.video = await callers.produce(send, 'video');
    spare = await callers.addTransport('ben', 'standby');
  });
  afterAll(async () => {
    await callers.close();
    await Promise.all([anna.leave(), ben.leave()]);
  });

  async function enter(peer: string): Promise<SignalingClient> {
    const client = await server.connect({ room: 'media', peer });
    callers.use(client);
    client.onServerRequest = async ({ data }) => {
      await callers.accept(data);
      return {};
    };
    const { resume: grant } = await client.request<{ resume: { key: string } }>('join', {
      displayName: peer,
      device: { name: 'test' },
      rtpCapabilities: await callers.load(peer),
      features: FEATURES,
    });
    client.resumeKey = grant.key;
    return client;
  }

  async function counted(...transportIds: string[]): Promise<Received[]> {
    return await Promise.all(transportIds.map(async (id) => await callers.received(id)));
  }

  /** Waits until more sound has come in there, and more pictures were decoded. */
  async function flows(transportId: string, packets = ENOUGH): Promise<void> {
    const [before] = await counted(transportId);
    await eventually(async () => {
      const [now] = await counted(transportId);
      return (
        (now?.audio ?? 0) >= (before?.audio ?? 0) + packets &&
        (now?.framesDecoded ?? 0) > (before?.framesDecoded ?? 0)
      );
    }).toBe(true);
  }

  it('on a connected standby with twins there is none', async () => {
    await flows(first);
    await flows(first);
    const { consumers: twins } = await ben.request<{ consumers: ConsumerOffer[] }>(
      'mirrorConsumers',
      { transportId: spare },
    );
    expect(twins.map(({ kind }) => kind)).toEqual(['audio', 'video']);
    for (const twin of twins) await callers.accept(twin);
    const transport = transports.get(spare) as types.WebRtcTransport;
    await eventually(() => transport.dtlsState).toBe('connected');
    await flows(first);
    expect(await counted(spare)).toEqual([{ audio: 0, video: 0, framesDecoded: 0 }]);
    expect((await transport.getStats())[0]).toMatchObject({ rtpBytesSent: 0 });
  });

  it('without alone it flows on both, the picture from a key frame on', async () => {
    await ben.request('receiveOn', { transportId: spare, alone: false });
    await Promise.all([flows(first), flows(spare)]);
  });

  it('with alone it flows on the one and no longer on the other', async () => {
    await ben.request('receiveOn', { transportId: spare, alone: true });
    // What was under way when the answer came has arrived after this.
    await flows(spare);
    const [before] = await counted(first);
    await flows(spare);
    expect(await counted(first)).toEqual([before]);
  });

  it('and back, with a key frame again', async () => {
    await ben.request('receiveOn', { transportId: first, alone: true });
    await flows(first);
    const [before] = await counted(spare);
    await flows(first);
    expect(await counted(spare)).toEqual([before]);
  });

  it('goes on while there is no signaling, and over the resumed connection', async () => {
    ben.socket.terminate();
    await eventually(async () => await server.metric('causeway_room_peers_absent')).toBe(1);
    await flows(first);
    const back = await server.connect({ room: 'media', peer: 'ben', ...keyOf(ben) });
    back.onServerRequest = ben.onServerRequest;
    back.resumeKey = ben.resumeKey;
    ben = back;
    callers.use(back);
    expect((await resume(back)).consumers).toHaveLength(4);
    await flows(first);
  });

  it('a producer’s successor is heard and seen before the old one ends, and after', async () => {
    const other = await callers.addTransport('anna', 'send');
    const successors = {
      audio: await callers.produce(other, 'audio', annas.audio),
      video: await callers.produce(other, 'video', annas.video),
    };
    for (const kind of ['audio', 'video'] as const) {
      const offered = await ben.serverRequest(
        'newConsumer',
        ({ producerId }) => producerId === successors[kind],
      );
      const replaced = consumers.get(offered['replaces'] as string);
      expect(replaced?.producerId).toBe(annas[kind]);
      await sentOn(offered['id'] as string);
      expect(replaced?.closed).toBe(false);
    }
    await callers.closeProducer('anna', annas.audio);
    await callers.closeProducer('anna', annas.video);
    await flows(first);
  });

  /** Waits until the server has sent packets of this consumer. */
  async function sentOn(consumerId: string): Promise<void> {
    await eventually(async () => {
      const [stream] = (await consumers.get(consumerId)?.getStats()) ?? [];
      return stream?.type === 'outbound-rtp' ? stream.packetCount : 0;
    }).toBeGreaterThan(0);
  }

  it('closing a transport with a twin elsewhere leaves the twin to take over', async () => {
    await ben.request('receiveOn', { transportId: spare, alone: true });
    // The successors have no twin there yet: offered, accepted, and moved.
    await flows(spare);
    await ben.request('closeTransport', { transportId: first });
    await flows(spare);
    expect([...consumers.values()].filter(({ paused }) => paused)).toEqual([]);
  });

  it('the speaker is the one who sends, over the successor too', async () => {
    const heard = ben.notifications.length;
    await eventually(() =>
      ben.notifications
        .slice(heard)
        .some(({ method, data }) => method === 'activeSpeaker' && data['peerId'] === 'anna'),
    ).toBe(true);
  });
});
