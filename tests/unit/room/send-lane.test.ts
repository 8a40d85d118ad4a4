import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { LocalTrack } from '../../../src/renderer/room/contract.ts';
import { OVERLAP_MS } from '../../../src/renderer/room/limits.ts';
import type { MediaLink } from '../../../src/renderer/room/media-link.ts';
import { SendLane } from '../../../src/renderer/room/send-lane.ts';
import type { Requester } from '../../../src/renderer/room/signaling-line.ts';
import type { LinkMaker } from '../../../src/renderer/room/spare-link.ts';
import type { MediaKind } from '../../../src/shared/signaling.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

type ProduceListener = (
  parameters: { kind: MediaKind; rtpParameters: object; appData: object },
  done: (answer: { id: string }) => void,
  failed: (error: Error) => void,
) => void;

/** A link as far as a sender needs one: it makes producers, one after the other, as the library does. */
class FakeLink {
  readonly link: MediaLink;
  /** Kinds whose track was taken away: nothing of it is encoded any more. */
  readonly hushed: MediaKind[] = [];
  status: 'connected' | 'failed' = 'connected';
  isClosed = false;
  #onProduce: ProduceListener | undefined;
  #queue: Promise<unknown> = Promise.resolve();

  constructor(id: string) {
    const transport = {
      ...{ id, closed: false },
      on: (event: string, listener: ProduceListener) => {
        if (event === 'produce') this.#onProduce = listener;
      },
      produce: async ({ track }: { track: MediaStreamTrack }) => {
        const made = this.#queue.then(() => this.#produce(track));
        this.#queue = made.catch(() => undefined);
        return await made;
      },
      produceData: () => Promise.resolve({ readyState: 'open' }),
    };
    const hearing = { heardAt: 1, silentMs: 0, usualGapMs: 100, consentMs: 0 };
    this.link = {
      transport,
      use: () => undefined,
      relearn: () => undefined,
      view: () => ({ status: this.status, hearing }),
      close: () => {
        this.isClosed = true;
      },
    } as unknown as MediaLink;
  }

  async #produce(track: MediaStreamTrack): Promise<object> {
    const kind = track.kind as MediaKind;
    const { id } = await new Promise<{ id: string }>((done, failed) => {
      this.#onProduce?.({ kind, rtpParameters: {}, appData: {} }, done, failed);
    });
    return {
      ...{ id, track, closed: false, pause: () => undefined, resume: () => undefined },
      replaceTrack: () => Promise.resolve(this.hushed.push(kind)),
    };
  }
}

function local(kind: MediaKind): LocalTrack {
  const track = { kind, enabled: true, readyState: 'live', getSettings: () => ({ width: 640 }) };
  return { kind, track: track as unknown as MediaStreamTrack, muted: false };
}

interface Produced {
  transportId: string;
  kind: MediaKind;
  replaces?: string;
}

/** A lane that was just told to send on its standby too: sound is made there, the picture waits. */
async function makeDoubledLane() {
  const [first, spare] = [new FakeLink('first'), new FakeLink('spare')];
  const asked: Produced[] = [];
  const left: string[] = [];
  const picture = Promise.withResolvers<undefined>();
  const channel = {
    request: async (method: string, data: Produced) => {
      if (method !== 'produce') return {};
      asked.push(data);
      if (data.transportId === 'spare' && data.kind === 'video') await picture.promise;
      return { id: `${data.kind} on ${data.transportId}` };
    },
  } as unknown as Requester;
  const lane = new SendLane({
    link: first.link,
    maker: {
      make: () => Promise.resolve(spare.link),
      unmake: (link: MediaLink) => left.push(link.transport.id),
    } as unknown as LinkMaker,
    channel,
    codecs: [],
    tracks: () => ({ audio: local('audio'), video: local('video') }),
    onRefused: (_kind, error) => {
      throw error;
    },
  });
  await lane.start();
  await lane.build('standby', { route: 'direct', protocol: 'tcp', host: '192.0.2.1' });
  const doubling = lane.double('standby');
  await vi.waitFor(() => expect(asked).toHaveLength(4));
  return { lane, first, spare, asked, left, picture, doubling };
}

describe('what is sent moves', () => {
  test('from a dead path: nothing of it ends before the picture is made on the new one', async () => {
    const { lane, first, asked, left, picture, doubling } = await makeDoubledLane();
    first.status = 'failed';
    lane.settle('standby');
    expect(lane.active.transport.id).toBe('spare');
    await vi.advanceTimersByTimeAsync(2 * OVERLAP_MS);
    expect(left, 'transports closed while the picture is not there').toEqual([]);
    expect(first.hushed, 'what would be encoded for nobody').toEqual(['audio', 'video']);

    picture.resolve(undefined);
    await doubling;
    await vi.advanceTimersByTimeAsync(OVERLAP_MS - 1);
    expect(left, 'before the others can have taken it').toEqual([]);
    await vi.advanceTimersByTimeAsync(1);
    expect(left).toEqual(['first']);
    expect(asked.map(({ transportId, kind, replaces }) => [transportId, kind, replaces])).toEqual([
      ['first', 'audio', undefined],
      ['first', 'video', undefined],
      ['spare', 'audio', 'audio on first'],
      ['spare', 'video', 'video on first'],
    ]);
  });

  test('from a path that carries: it goes on there until the others have taken the new', async () => {
    const { lane, first, left, picture, doubling } = await makeDoubledLane();
    picture.resolve(undefined);
    await doubling;
    lane.settle('standby');
    await vi.advanceTimersByTimeAsync(OVERLAP_MS - 1);
    expect(first.hushed).toEqual([]);
    expect(left).toEqual([]);
    await vi.advanceTimersByTimeAsync(1);
    expect(left).toEqual(['first']);
  });

  test('and the call ends in the middle of it: all is closed, and no timer left', async () => {
    const { lane, first, spare, picture, doubling } = await makeDoubledLane();
    first.status = 'failed';
    lane.settle('standby');
    lane.close();
    expect([first.isClosed, spare.isClosed]).toEqual([true, true]);
    picture.resolve(undefined);
    await doubling;
    await vi.advanceTimersByTimeAsync(0);
    expect(vi.getTimerCount()).toBe(0);
  });
});
