import type { Page } from '@playwright/test';
import { localAddresses } from '../fixtures/local-addresses.ts';
import { expect, test, type Launched } from './runtime.ts';

interface Asked {
  permission: string;
  details: { requestingUrl: string; isMainFrame: boolean; mediaTypes?: string[] };
}

const devices = (page: Page, constraints: MediaStreamConstraints) =>
  page.evaluate(
    (wanted) =>
      navigator.mediaDevices.getUserMedia(wanted).then(
        (stream) => {
          const kinds = stream.getTracks().map(({ kind }) => kind);
          for (const track of stream.getTracks()) track.stop();
          return kinds.sort().join();
        },
        (error: unknown) => (error as Error).name,
      ),
    constraints,
  );

async function answerPermissions({ app }: Launched, granted: boolean): Promise<void> {
  await app.evaluate(({ session }, answer) => {
    const asked: unknown[] = [];
    Object.assign(globalThis, { asked });
    session.defaultSession.setPermissionRequestHandler(
      (_contents, permission, callback, details) => {
        asked.push({ permission, details });
        callback(answer);
      },
    );
    session.defaultSession.setPermissionCheckHandler(() => answer);
  }, granted);
}

const asked = ({ app }: Launched) =>
  app.evaluate(() => (globalThis as unknown as { asked: Asked[] }).asked);

test.describe('permissions', () => {
  test('camera and microphone are there when the handler grants them', async ({ launched }) => {
    await answerPermissions(launched, true);
    expect(await devices(launched.page, { audio: true, video: true })).toBe('audio,video');
    const [request] = await asked(launched);
    expect(request).toMatchObject({
      permission: 'media',
      details: { requestingUrl: 'app://fixture/index.html', isMainFrame: true },
    });
    expect(request?.details.mediaTypes?.toSorted()).toEqual(['audio', 'video']);
  });

  test('are refused when the handler refuses, though the browser would hand them out', async ({
    launched,
  }) => {
    await answerPermissions(launched, false);
    expect(await devices(launched.page, { audio: true })).toBe('NotAllowedError');
    expect((await asked(launched)).map(({ details }) => details.mediaTypes)).toEqual([['audio']]);
  });

  test('only what is wanted is asked for', async ({ launched }) => {
    await answerPermissions(launched, true);
    expect(await devices(launched.page, { video: true })).toBe('video');
    expect((await asked(launched))[0]?.details.mediaTypes).toEqual(['video']);
  });

  test('nothing hangs and nothing is asked of the user when there is no handler', async ({
    launched,
  }) => {
    expect(await devices(launched.page, { audio: true, video: true })).toBe('audio,video');
  });

  test('the check handler decides what the page may know beforehand', async ({ launched }) => {
    await answerPermissions(launched, false);
    await launched.open('app://fixture/index.html');
    const state = () =>
      launched.page.evaluate(() =>
        navigator.permissions.query({ name: 'camera' }).then((status) => status.state),
      );
    expect(await state()).toBe('denied');
    await answerPermissions(launched, true);
    await launched.open('app://fixture/index.html');
    expect(await state()).toBe('granted');
    const labels = await launched.page.evaluate(() =>
      navigator.mediaDevices
        .enumerateDevices()
        .then((found) => found.every(({ label }) => label !== '')),
    );
    expect(labels).toBe(true);
  });

  test('notifications and places are refused by the same handler', async ({ launched }) => {
    await answerPermissions(launched, false);
    const result = await launched.page.evaluate(async () => ({
      notifications: await Notification.requestPermission(),
      place: await new Promise((resolve) => {
        navigator.geolocation.getCurrentPosition(
          () => resolve('found'),
          (error) => resolve(error.code === error.PERMISSION_DENIED ? 'denied' : 'other'),
        );
      }),
    }));
    expect(result).toEqual({ notifications: 'denied', place: 'denied' });
    expect((await asked(launched)).map(({ permission }) => permission)).toEqual([
      'notifications',
      'geolocation',
    ]);
  });

  test('screens are not handed out', async ({ launched: { page } }) => {
    const name = await page.evaluate(() =>
      navigator.mediaDevices.getDisplayMedia().catch((error: unknown) => (error as Error).name),
    );
    expect(['NotSupportedError', 'NotAllowedError', 'InvalidStateError']).toContain(name);
  });
});

test('the WebRTC policy decides whether local addresses are told', async ({ launched }) => {
  await answerPermissions(launched, true);
  expect(await launched.page.evaluate(localAddresses)).not.toEqual([]);
  const policy = await launched.app.evaluate(async ({ BrowserWindow }) => {
    const contents = BrowserWindow.getAllWindows()[0]?.webContents;
    contents?.setWebRTCIPHandlingPolicy('default_public_interface_only');
    await contents?.loadURL(contents.getURL());
    return contents?.getWebRTCIPHandlingPolicy();
  });
  expect(policy).toBe('default_public_interface_only');
  expect(await launched.page.evaluate(localAddresses)).toEqual([]);
});
