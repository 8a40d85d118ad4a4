import type { types } from 'mediasoup-client';
import { beforeEach, describe, expect, test } from 'vitest';
import type { MediaLink } from '../../../src/renderer/room/media-link.ts';
import { Roster } from '../../../src/renderer/room/roster.ts';
import { Subscriber } from '../../../src/renderer/room/subscriber.ts';
import type { ConsumerOffer } from '../../../src/shared/signaling.ts';

let roster: Roster;
let subscriber: Subscriber;
/** Consumer ids that were shown of Ada, `-`: none. */
let shown: string[];

beforeEach(() => {
  shown = [];
  roster = new Roster({
    onChange: () => {
      const now = roster.trackOf('ada', 'audio')?.consumerId ?? '-';
      if (shown.at(-1) !== now) shown.push(now);
    },
    onJoined: () => undefined,
    onLeft: () => undefined,
  });
  subscriber = new Subscriber({ roster, onTrack: () => undefined });
  roster.add({ id: 'ada', displayName: 'Ada' });
});

function offer(id: string): ConsumerOffer {
  return {
    ...{ id, peerId: 'ada', producerId: `producer-${id}`, kind: 'audio', type: 'simple' },
    ...{ rtpParameters: { codecs: [], headerExtensions: [], encodings: [], rtcp: {} } },
    ...{ appData: {}, producerPaused: false },
  };
}

/** A link whose consumers are made when the test says so, and hear something when it says so. */
class FakeLink {
  readonly #making = new Map<string, PromiseWithResolvers<undefined>>();
  readonly #heard = new Map<string, number>();

  get link(): MediaLink {
    const transport = {
      closed: false,
      consume: async ({ id }: { id: string }): Promise<types.Consumer> => {
        await this.#makingOf(id).promise;
        const rtpReceiver = {
          getSynchronizationSources: () => [{ timestamp: this.#heard.get(id) ?? 0 }],
        };
        const consumer = { id, kind: 'audio', closed: false, track: {}, rtpReceiver };
        return { ...consumer, close: () => (consumer.closed = true) } as unknown as types.Consumer;
      },
    };
    return { transport, use: () => undefined, relearn: () => undefined } as unknown as MediaLink;
  }

  make(id: string): void {
    this.#makingOf(id).resolve(undefined);
  }

  refuse(id: string): void {
    this.#makingOf(id).reject(new Error('no such codec'));
  }

  hear(id: string): void {
    this.#heard.set(id, 1);
  }

  #makingOf(id: string): PromiseWithResolvers<undefined> {
    const known = this.#making.get(id);
    if (known) return known;
    const making = Promise.withResolvers<undefined>();
    // It may be refused before it is asked for: offers are gathered for a moment first.
    making.promise.catch(() => undefined);
    this.#making.set(id, making);
    return making;
  }
}

describe('offers of one moment', () => {
  test('are taken in one step, and one that ends meanwhile is not taken', async () => {
    const consumed: string[][] = [];
    const link = {
      transport: {
        closed: false,
        consume: ({ id }: { id: string }) => {
          // As mediasoup-client does: what is asked for within one task is negotiated together.
          if (!consumed.at(-1)?.length) {
            consumed.push([]);
            setTimeout(() => consumed.push([]));
          }
          consumed.at(-1)?.push(id);
          return Promise.resolve({
            id,
            kind: 'audio',
            closed: false,
            track: {},
            close: () => undefined,
          });
        },
      },
      use: () => undefined,
      relearn: () => undefined,
    } as unknown as MediaLink;
    const taken = [subscriber.add(offer('sound'), link), subscriber.add(offer('gone'), link)];
    subscriber.remove('gone');
    taken.push(subscriber.add(offer('picture'), link));
    await Promise.all(taken);
    expect(consumed.filter((step) => step.length > 0)).toEqual([['sound', 'picture']]);
  });
});

describe('somebody else’s media that moves', () => {
  const fake = new FakeLink();
  const { link } = fake;

  async function receiveOld(id: string): Promise<void> {
    fake.make(id);
    await subscriber.add(offer(id), link);
    expect(shown.at(-1)).toBe(id);
  }

  test('does not blink when the old ends while the new is still being taken', async () => {
    await receiveOld('old-1');
    const taken = subscriber.add(offer('new-1'), link);
    subscriber.remove('old-1');
    fake.make('new-1');
    await taken;
    fake.hear('new-1');
    await expect.poll(() => shown).toEqual(['-', 'old-1', 'new-1']);
  });

  test('ends when what was to follow cannot be taken', async () => {
    await receiveOld('old-2');
    const taken = subscriber.add(offer('new-2'), link);
    subscriber.remove('old-2');
    expect(shown.at(-1)).toBe('old-2');
    fake.refuse('new-2');
    await expect(taken).rejects.toThrow('no such codec');
    expect(shown).toEqual(['-', 'old-2', '-']);
  });

  test('ends when what was to follow has ended too, before it was taken', async () => {
    await receiveOld('old-3');
    const taken = subscriber.add(offer('new-3'), link);
    subscriber.remove('old-3');
    subscriber.remove('new-3');
    expect(shown).toEqual(['-', 'old-3', '-']);
    fake.make('new-3');
    await taken;
    expect(shown, 'nor does it come back').toEqual(['-', 'old-3', '-']);
  });

  test('ends when its silent twin on another link ends after it', async () => {
    const spare = new FakeLink();
    await receiveOld('on-5');
    spare.make('twin-5');
    await subscriber.add({ ...offer('twin-5'), producerId: 'producer-on-5' }, spare.link);
    subscriber.remove('on-5');
    subscriber.remove('twin-5');
    expect(shown).toEqual(['-', 'on-5', '-']);
  });

  test('is the live one again when its successor is taken back, not a silent twin that came later', async () => {
    const spare = new FakeLink();
    await receiveOld('on-6');
    fake.hear('on-6');
    spare.make('twin-6');
    await subscriber.add({ ...offer('twin-6'), producerId: 'producer-on-6' }, spare.link);
    fake.make('moved-6');
    await subscriber.add(offer('moved-6'), link);
    fake.hear('moved-6');
    await expect.poll(() => shown.at(-1)).toBe('moved-6');
    subscriber.remove('moved-6');
    expect(shown).toEqual(['-', 'on-6', 'moved-6', 'on-6']);
  });

  test('is all there when nothing is shown of the old link any more, its twin being late', async () => {
    const spare = new FakeLink();
    const next = spare.link;
    await receiveOld('on-7');
    let isAllThere = false;
    const wait = subscriber.allShown(next, link, 20_000).then(() => (isAllThere = true));
    subscriber.prefer(next);
    spare.make('twin-7');
    await subscriber.add({ ...offer('twin-7'), producerId: 'producer-on-7' }, next);
    expect(isAllThere, 'neither while there was no twin, nor while it is silent').toBe(false);
    spare.hear('twin-7');
    await wait;
    expect(shown).toEqual(['-', 'on-7', 'twin-7']);
  });

  test('ends with its last track', async () => {
    await receiveOld('old-4');
    subscriber.remove('old-4');
    expect(shown).toEqual(['-', 'old-4', '-']);
  });
});
