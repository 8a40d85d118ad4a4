import { describe, expect, test } from 'vitest';
import type { Meeting } from '../../../src/shared/ipc.ts';
import { RoomError } from '../../../src/shared/room-error.ts';
import type { EffectiveSettings } from '../../../src/shared/settings.ts';
import { MEETING, MemoryStorage, setUp } from './app-controller-setup.ts';

/** Lets everything that is ready to run, run. */
const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('at the start', () => {
  test('with nothing waiting, the form is empty', async () => {
    const { controller } = setUp();
    await controller.start();
    expect(controller.screen.get()).toMatchObject({
      name: 'join',
      draft: { input: '', pending: undefined, problem: undefined },
    });
  });

  test('a meeting from a link is filled in by its name, never by its pass', async () => {
    const { controller } = setUp({
      pending: { status: 'ready', meeting: MEETING, autoJoin: false },
    });
    await controller.start();
    expect(controller.screen.get()).toMatchObject({
      name: 'join',
      draft: { input: 'team-weekly' },
    });
  });

  test('a bad link is told next to the field', async () => {
    const { controller } = setUp({ pending: { status: 'invalid', problem: 'It is damaged.' } });
    await controller.start();
    expect(controller.screen.get()).toMatchObject({
      name: 'join',
      draft: { problem: 'It is damaged.' },
    });
  });

  test('the command line may ask to join at once', async () => {
    const { controller, rooms } = setUp({
      pending: { status: 'ready', meeting: MEETING, autoJoin: true },
    });
    await controller.start();
    expect(controller.screen.get().name).toBe('call');
    expect(rooms).toHaveLength(1);
  });
});

describe('joining', () => {
  test('opens what was typed, under the name that was typed, and remembers the name', async () => {
    const { controller, open, update } = setUp();
    await controller.start();
    await controller.join('team-weekly', 'Robin Vale', undefined);
    expect(open).toHaveBeenCalledWith('team-weekly');
    expect(update).toHaveBeenCalledWith({ displayName: 'Robin Vale' });
    const screen = controller.screen.get();
    expect(screen.name === 'call' && screen.call.displayName).toBe('Robin Vale');
  });

  test('a meeting that waited is opened with its pass and its server', async () => {
    const { controller, open } = setUp();
    await controller.start();
    await controller.join('team-weekly', 'Robin', MEETING);
    expect(open).toHaveBeenCalledWith(
      'causeway://join/team-weekly?server=https%3A%2F%2Fmeet.example.com&token=a.b.c',
    );
  });

  test('what main refuses goes back to the field, with what was typed', async () => {
    const { controller, answers } = setUp();
    answers.open = { status: 'invalid', problem: 'No such thing.' };
    await controller.start();
    await controller.join('team-weekly', 'Robin', undefined);
    expect(controller.screen.get()).toMatchObject({
      name: 'join',
      draft: { input: 'team-weekly', problem: 'No such thing.' },
    });
  });

  test('goes on by itself in the fresh document that main loads for it', async () => {
    const storage = new MemoryStorage();
    const before = setUp({ storage });
    before.answers.open = { status: 'reloading' };
    await before.controller.start();
    await before.media.setCamera(false);
    await before.media.setMicrophoneMuted(true);
    await before.controller.join('team-weekly', 'Robin Vale', undefined);
    expect(before.controller.screen.get().name).toBe('opening');
    expect([...storage.items.values()].join()).not.toContain('a.b.c');

    const after = setUp({
      storage,
      pending: { status: 'ready', meeting: MEETING, autoJoin: false },
    });
    await after.controller.start();
    const screen = after.controller.screen.get();
    expect(screen.name === 'call' && screen.call.displayName).toBe('Robin Vale');
    expect(after.media.state.get()).toMatchObject({ cameraWanted: false, microphoneMuted: true });
  });
});

describe('in a call', () => {
  async function inCall(options?: Parameters<typeof setUp>[0]) {
    const parts = setUp(options);
    await parts.controller.start();
    await parts.controller.join('team-weekly', 'Robin', undefined);
    const [room] = parts.rooms;
    if (!room) throw new Error('no room was made');
    return { ...parts, room };
  }

  test('main hears of every state', async () => {
    const { room, reported } = await inCall();
    room.to({ phase: 'reconnecting', attempt: 1, nextRetryAt: 0, reason: 'media-lost' });
    expect(reported.map(({ phase }) => phase)).toEqual(['idle', 'connected', 'reconnecting']);
  });

  test('who mutes is muted in the room', async () => {
    const { room, media } = await inCall();
    await media.setMicrophoneMuted(true);
    await settle();
    expect(room.muted).toEqual([true]);
  });

  test('leaving ends it, and it can be joined again', async () => {
    const { controller, rooms } = await inCall();
    await controller.leave();
    expect(controller.screen.get()).toMatchObject({
      name: 'ended',
      call: { end: { kind: 'left', by: 'user' }, wasConnected: true },
    });
    await controller.rejoin();
    expect(controller.screen.get().name).toBe('call');
    expect(rooms).toHaveLength(2);
  });

  test('a failure shows its error, and the way back has the meeting filled in', async () => {
    const { controller, room } = await inCall();
    room.to({ phase: 'failed', error: new RoomError('SIGNALING_LOST').toData() });
    expect(controller.screen.get()).toMatchObject({
      name: 'ended',
      call: { end: { kind: 'failed', error: { code: 'SIGNALING_LOST' } } },
    });
    controller.backToJoin();
    expect(controller.screen.get()).toMatchObject({
      name: 'join',
      draft: { input: 'team-weekly', pending: MEETING },
    });
  });

  test('a link that is opened meanwhile is asked about first: taking it would end the call', async () => {
    const { controller, room, takePending, aLinkIsOpened } = await inCall();
    takePending.mockClear();
    aLinkIsOpened();
    await settle();
    expect(controller.screen.get()).toMatchObject({ name: 'call', isInvited: true });
    expect(takePending).not.toHaveBeenCalled();

    await controller.answerInvitation(false);
    expect(controller.screen.get()).toMatchObject({ name: 'call', isInvited: false });
    expect(room.isLeft).toBe(false);
  });

  test('who accepts it leaves the call and finds it filled in', async () => {
    const { controller, room, answers, aLinkIsOpened } = await inCall();
    const other: Meeting = { ...MEETING, roomId: 'other' };
    answers.pending = { status: 'ready', meeting: other, autoJoin: false };
    aLinkIsOpened();
    await settle();
    await controller.answerInvitation(true);
    expect(room.isLeft).toBe(true);
    expect(controller.screen.get()).toMatchObject({ name: 'join', draft: { pending: other } });
  });

  test.each([
    ['a narrower protocol: media moves', { preferredProtocol: 'TCP_ONLY' }, 'preferredProtocol'],
    ['another server: it ends', { allowedServers: ['*.example.org'] }, 'allowedServers'],
    ['no calls without a proxy: it ends', { allowedProxies: ['*'] }, 'allowedProxies'],
    [
      'a proxy that this call goes past: it ends',
      { signalingBaseUrl: ['https://proxy.example.com'] },
      'signalingBaseUrl',
    ],
    ['another HTTP proxy: it ends', { httpProxy: { mode: 'none' } }, 'httpProxy'],
  ] as const)('IT wants %s at once', async (_what, values, key) => {
    const { room, policyBecomes } = await inCall();
    policyBecomes(values as Partial<EffectiveSettings['values']>, [key]);
    if (key === 'preferredProtocol') expect(room.restricted).toEqual(['TCP_ONLY']);
    else expect(room.forbidden).toMatchObject([{ code: 'POLICY_FORBIDS' }]);
    expect(room.restricted.length + room.forbidden.length).toBe(1);
  });

  test('no chat: its messages end at once, the call goes on', async () => {
    const { room, policyBecomes } = await inCall();
    policyBecomes({ disableChat: true }, ['disableChat']);
    expect(room.isChatForbidden).toBe(true);
    expect(room.forbidden).toEqual([]);
  });

  test('a policy that forbids nothing new counts for the next call', async () => {
    const { room, policyBecomes } = await inCall();
    policyBecomes({ preferredProtocol: 'UDP_ONLY' }, []);
    expect([room.restricted, room.forbidden]).toEqual([[], []]);
  });
});
