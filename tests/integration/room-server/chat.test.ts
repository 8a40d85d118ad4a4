import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { type ChatMessage, ClientRequests } from '../../../src/shared/signaling.ts';
import { testToken } from '../../fixtures/tokens.ts';
import { FEATURES, resume, useResumption } from './resuming.ts';
import type { SignalingClient } from './signaling-client.ts';
import { eventually, startTestServer } from './test-server.ts';
import { useTwoPeers } from './two-peers.ts';

/** chat: text messages, once each, in order, with a history. */

const server = await startTestServer({ maxRequestsPerSecond: 1_000 });
const peers = useTwoPeers(server, FEATURES);
const { lose, comeBack } = useResumption(server, peers);

async function send(
  client: SignalingClient,
  text: string,
  id: string = randomUUID(),
): Promise<ChatMessage> {
  return ClientRequests.sendChat.response.parse(await client.request('sendChat', { id, text }));
}

async function history(client: SignalingClient): Promise<ChatMessage[]> {
  return ClientRequests.getChat.response.parse(await client.request('getChat')).messages;
}

const textsTo = (client: SignalingClient): unknown[] =>
  client.notifications.flatMap(({ method, data }) =>
    method === 'chatMessage' ? [data['text']] : [],
  );

it('a message reaches the others as its sender has it, and not the sender', async () => {
  const id = randomUUID();
  const before = Date.now();
  const sent = await send(peers.anna, '  Hello,\nBen\u0007 ', id);
  expect(sent).toEqual({
    id,
    peerId: 'anna',
    displayName: 'The anna',
    text: 'Hello,\nBen',
    at: expect.any(Number) as number,
  });
  expect(sent.at).toBeGreaterThanOrEqual(before);
  expect(await peers.ben.notification('chatMessage')).toEqual(sent);
  expect(textsTo(peers.anna)).toEqual([]);
});

it('an id sent again is delivered once and answered the same, also at the same time', async () => {
  const id = randomUUID();
  const answers = await Promise.all([1, 2, 3].map(async () => await send(peers.anna, 'once', id)));
  expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
  await send(peers.anna, 'after');
  await peers.ben.notification('chatMessage', ({ text }) => text === 'after');
  expect(textsTo(peers.ben)).toEqual(['once', 'after']);
});

it('a message sent again over the resumed connection is delivered once', async () => {
  const id = randomUUID();
  const first = await send(peers.anna, 'typed in a tunnel', id);
  await lose(peers.anna);
  await send(peers.ben, 'are you there?');
  const anna = await comeBack();
  await resume(anna);
  expect(await send(anna, 'typed in a tunnel', id)).toEqual(first);
  // What was said meanwhile is in the history.
  expect((await history(anna)).map(({ text }) => text)).toEqual([
    'typed in a tunnel',
    'are you there?',
  ]);
  expect(textsTo(peers.ben)).toEqual(['typed in a tunnel']);
  await anna.leave();
});

it('also when the sender had to join anew', async () => {
  const id = randomUUID();
  const first = await send(peers.anna, 'hello', id);
  await peers.anna.leave();
  const anew = await server.join({
    room: peers.room,
    peer: 'anna-2',
    who: 'anna',
    features: FEATURES,
  });
  expect(await send(anew, 'hello', id)).toEqual(first);
  expect(await history(peers.ben)).toEqual([first]);
  await anew.leave();
});

it('order is kept, the same for all', async () => {
  const texts = Array.from({ length: 10 }, (_, index) => `message ${index}`);
  await Promise.all([
    ...texts.map(async (text) => await send(peers.anna, text)),
    ...texts.map(async (text) => await send(peers.ben, text)),
  ]);
  const all = await history(peers.anna);
  expect(all).toHaveLength(20);
  for (const [client, other] of [
    [peers.anna, 'ben'],
    [peers.ben, 'anna'],
  ] as const) {
    const theirs = all.filter(({ peerId }) => peerId === other).map(({ text }) => text);
    expect(theirs).toEqual(texts);
    await eventually(() => textsTo(client)).toEqual(theirs);
  }
});

it('a newcomer gets the history; the next meeting of that name does not', async () => {
  await send(peers.anna, 'one');
  await send(peers.ben, 'two');
  const carol = await server.join({ room: peers.room, features: FEATURES });
  expect(await history(carol)).toMatchObject([
    { text: 'one', peerId: 'anna' },
    { text: 'two', peerId: 'ben' },
  ]);
  expect(textsTo(carol)).toEqual([]);
  const rooms = await server.metric('causeway_room_rooms');
  await Promise.all([carol, peers.anna, peers.ben].map(async (client) => await client.leave()));
  await eventually(async () => await server.metric('causeway_room_rooms')).toBe(rooms - 1);
  const later = await server.join({ room: peers.room, features: FEATURES });
  expect(await history(later)).toEqual([]);
  await later.leave();
});

it('who did not name the extension is not told, and other rooms never', async () => {
  const plain = await server.join({ room: peers.room });
  const stranger = await server.join({ room: `${peers.room}-other`, features: FEATURES });
  await send(peers.anna, 'for those who can read');
  await peers.ben.notification('chatMessage');
  // Something that is told to all, after the message.
  await peers.anna.request('changeDisplayName', { displayName: 'Anna B.' });
  await plain.notification('peerDisplayNameChanged');
  expect([textsTo(plain), textsTo(stranger)]).toEqual([[], []]);
  expect(await history(stranger)).toEqual([]);
  await Promise.all([plain.leave(), stranger.leave()]);
});

it('who may not publish may still write', async () => {
  const token = await testToken({
    room: peers.room,
    who: 'viewer',
    permissions: { publish: false },
  });
  const viewer = await server.join({ room: peers.room, token, features: FEATURES });
  expect(await send(viewer, 'a question')).toMatchObject({ text: 'a question' });
  await viewer.leave();
});

describe('refused', () => {
  it.each([
    ['no id', { text: 'x' }, 400, /^sendChat: id: /],
    ['an id that is no UUID', { id: '1', text: 'x' }, 400, /^sendChat: id: /],
    ['no text', { id: randomUUID() }, 400, /^sendChat: text: /],
    ['white space', { id: randomUUID(), text: ' \n ' }, 400, /^sendChat: text: /],
    ['too much', { id: randomUUID(), text: 'x'.repeat(4_001) }, 400, /^sendChat: text: /],
    ['control characters alone', { id: randomUUID(), text: '\u0000' }, 400, /nothing is left/],
  ])('%s', async (_what, data, code, message) => {
    await expect(peers.anna.request('sendChat', data)).rejects.toMatchObject({
      code,
      message: expect.stringMatching(message) as string,
    });
    expect(await history(peers.ben)).toEqual([]);
  });

  it('the id of somebody else’s message', async () => {
    const { id } = await send(peers.anna, 'mine');
    await expect(send(peers.ben, 'no, mine', id)).rejects.toMatchObject({ code: 403 });
    expect(await history(peers.ben)).toMatchObject([{ text: 'mine', peerId: 'anna' }]);
  });

  it('too many of one person, also over another connection', async () => {
    for (let index = 0; index < 20; index += 1) await send(peers.anna, `${index}`);
    await lose(peers.anna);
    const anna = await comeBack();
    await resume(anna);
    const outcomes = await Promise.allSettled(
      Array.from({ length: 10 }, async () => await send(anna, 'more')),
    );
    expect(outcomes.at(-1)).toMatchObject({
      status: 'rejected',
      reason: {
        code: 429,
        message: 'sendChat: more than 20 messages at once or 1 per second; wait and send it again',
      },
    });
    expect(await send(peers.ben, 'I am still heard')).toMatchObject({ peerId: 'ben' });
    await anna.leave();
  });

  it('before join', async () => {
    const early = await server.connect({ room: peers.room });
    for (const method of ['sendChat', 'getChat']) {
      await expect(early.request(method, { id: randomUUID(), text: 'x' })).rejects.toMatchObject({
        code: 403,
        message: `${method}: join the room first`,
      });
    }
    await early.leave();
  });
});
