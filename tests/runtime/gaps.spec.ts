import { expect, isStandIn, test } from './runtime.ts';

test.describe('what the stand-in lacks', () => {
  test.skip(!isStandIn, 'Electron itself lacks nothing of its API');

  test('throws with its name, and is never undefined', async ({ launched: { app } }) => {
    const messages = await app.evaluate((electron) => {
      const tries: (() => unknown)[] = [
        () => new electron.Tray('icon.png'),
        () => electron.app.dock,
        () => electron.session.defaultSession.cookies,
        () => electron.BrowserWindow.getAllWindows()[0]?.setOpacity(0.5),
        () => electron.net.request('http://example.com'),
        () => (electron as unknown as Record<string, unknown>)['noSuchModule'],
        () => electron.session.fromPartition('other'),
      ];
      return tries.map((attempt) => {
        try {
          return `no error: ${String(attempt())}`;
        } catch (error) {
          return (error as Error).message;
        }
      });
    });
    const names = [
      'Tray',
      'app.dock',
      'Session.cookies',
      'BrowserWindow.setOpacity',
      'net.request',
      'electron.noSuchModule',
      "session.fromPartition('other')",
    ];
    expect(messages).toEqual(
      names.map((name) => expect.stringContaining(`${name} is not part of electron-on-chromium`)),
    );
    expect(messages[0]).toContain('docs/runtime-parity.md');
  });
});
