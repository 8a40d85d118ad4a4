import { afterEach, describe, expect, test, vi } from 'vitest';
import { MEETING, setUp } from './app-controller-setup.ts';

afterEach(() => vi.restoreAllMocks());

describe('before Join is pressed', () => {
  const withLink = { pending: { status: 'ready', meeting: MEETING, autoJoin: false } } as const;

  test('the join of a meeting from a link is prepared, by the way that is set', async () => {
    const { controller, prepareRoom } = setUp(withLink);
    await controller.start();
    const { roomId, serverUrl, token, preferredProtocol, signalingBaseUrl } = MEETING;
    expect(prepareRoom).toHaveBeenCalledWith(
      expect.objectContaining({ roomId, serverUrl, token, preferredProtocol, signalingBaseUrl }),
      expect.anything(),
    );
  });

  test('an empty form prepares nothing, whatever is done in it', async () => {
    const { controller, prepareRoom } = setUp();
    await controller.start();
    controller.interestShown();
    expect(prepareRoom).not.toHaveBeenCalled();
  });

  test('what was prepared is taken back when another way is set, and not prepared again', async () => {
    const { controller, prepareRoom, forgetPrepared, settingsBecome } = setUp(withLink);
    await controller.start();
    prepareRoom.mockClear();
    settingsBecome({ preferredProtocol: 'TCP_ONLY' });
    expect(forgetPrepared).toHaveBeenCalledOnce();
    vi.spyOn(performance, 'now').mockReturnValue(1e9);
    controller.interestShown();
    expect(prepareRoom).not.toHaveBeenCalled();
  });

  test('nothing is sent while the policy lets nobody call', async () => {
    const { controller, prepareRoom, forgetPrepared, policyRefusesCalls } = setUp(withLink);
    await controller.start();
    prepareRoom.mockClear();
    policyRefusesCalls();
    expect(forgetPrepared).toHaveBeenCalledOnce();

    const refused = setUp(withLink);
    refused.policyRefusesCalls();
    await refused.controller.start();
    expect(refused.prepareRoom).not.toHaveBeenCalled();
  });

  test('another name is no other way', async () => {
    const { controller, forgetPrepared, settingsBecome } = setUp(withLink);
    await controller.start();
    settingsBecome({ displayName: 'Robin Vale' });
    expect(forgetPrepared).not.toHaveBeenCalled();
  });

  test('somebody who comes back to the window later finds it prepared again', async () => {
    const { controller, prepareRoom } = setUp(withLink);
    await controller.start();
    const now = performance.now();
    vi.spyOn(performance, 'now').mockReturnValue(now + 30_000);
    controller.interestShown();
    controller.interestShown();
    expect(prepareRoom).toHaveBeenCalledTimes(2);
  });
});
