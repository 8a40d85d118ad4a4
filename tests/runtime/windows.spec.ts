import type Electron from 'electron';
import { expect, isStandIn, test } from './runtime.ts';

test.describe('windows', () => {
  test("have the size they were given, and the page's area with them", async ({
    launched: { app, page },
  }) => {
    const inside = () => page.evaluate(() => [innerWidth, innerHeight]);
    await expect.poll(inside).toEqual([900, 640]);
    const bounds = await app.evaluate(({ BrowserWindow }) => {
      const [window] = BrowserWindow.getAllWindows();
      window?.setBounds({ width: 700, height: 500 });
      return window?.getBounds();
    });
    expect(bounds).toMatchObject({ width: 700, height: 500 });
    await expect.poll(inside).toEqual([700, 500]);
  });

  test('are never smaller than their minimum', async ({ launched: { app } }) => {
    const size = await app.evaluate(({ BrowserWindow }) => {
      const [window] = BrowserWindow.getAllWindows();
      window?.setSize(10, 10);
      return window?.getSize();
    });
    expect(size).toEqual([320, 240]);
  });

  test('open in order: loading, navigated, DOM, loaded; shown when ready to be', async ({
    launch,
  }) => {
    const { record } = await launch().then((launched) => ({ record: () => launched.record() }));
    await expect.poll(async () => (await record()).events).toContain('1 show');
    const { events } = await record();
    const at = (name: string) => events.indexOf(name);
    expect(at('ready')).toBe(0);
    expect(events.slice(1, 3)).toEqual(['web-contents-created', 'browser-window-created']);
    const order = ['did-start-loading', 'did-navigate', 'dom-ready', 'did-finish-load'];
    const places = order.map((name) => at(`1 ${name}`));
    expect(places).toEqual(places.toSorted((a, b) => a - b));
    expect(places).not.toContain(-1);
    expect(at('1 ready-to-show')).toBeGreaterThan(at('1 did-navigate'));
    expect(at('1 show')).toBeGreaterThan(at('1 ready-to-show'));
  });

  test('stay open when close is prevented, and close in order when it is not', async ({
    launched,
  }) => {
    const { app } = launched;
    const second = app.waitForEvent('window');
    await app.evaluate(({ BrowserWindow }) => {
      const { openWindow } = globalThis as unknown as { openWindow: () => { id: number } };
      const window = BrowserWindow.fromId(openWindow().id);
      window?.once('close', (event) => event.preventDefault());
      Object.assign(globalThis, { second: window });
    });
    const page = await second;
    await page.waitForFunction(() => 'fixture' in window && document.readyState === 'complete');
    const close = () =>
      app.evaluate(() => {
        const { second: window } = globalThis as unknown as {
          second: { close(): void; isDestroyed(): boolean; id: number };
        };
        window.close();
        return window.id;
      });
    // It is as large as the first, though Chromium opened it in another way.
    await expect.poll(() => page.evaluate(() => [innerWidth, innerHeight])).toEqual([900, 640]);
    const id = await close();
    expect(await page.evaluate(() => window.fixture.invoke('echo', 1))).toEqual([1]);
    await Promise.all([page.waitForEvent('close'), close()]);
    const closing = async () =>
      (await launched.record()).events.filter((event) => /^\d+ closed?$/.test(event));
    await expect.poll(closing).toEqual([`${id} close`, `${id} close`, `${id} closed`]);
    expect(await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().length)).toBe(1);
  });

  test('know their contents, and contents their window', async ({ launched: { app, page } }) => {
    const window = await app.browserWindow(page);
    const ids = await app.evaluate(({ BrowserWindow, webContents }) =>
      webContents
        .getAllWebContents()
        .map((contents) => [contents.id, BrowserWindow.fromWebContents(contents)?.id]),
    );
    const own = await window.evaluate((it: Electron.BrowserWindow) => [it.webContents.id, it.id]);
    expect(ids).toEqual([own]);
  });

  test('hide and show', async ({ launched: { app } }) => {
    const states = await app.evaluate(({ BrowserWindow }) => {
      const [window] = BrowserWindow.getAllWindows();
      const visible = [window?.isVisible()];
      window?.hide();
      visible.push(window?.isVisible());
      window?.show();
      visible.push(window?.isVisible(), window?.isFocused());
      return visible;
    });
    expect(states).toEqual([true, false, true, true]);
  });

  test('follow nativeTheme: dark when the app says dark', async ({ launched: { app, page } }) => {
    const isDark = () => page.evaluate(() => matchMedia('(prefers-color-scheme: dark)').matches);
    const choose = (source: 'dark' | 'light') =>
      app.evaluate(({ nativeTheme }, wanted) => {
        let updates = 0;
        nativeTheme.once('updated', () => updates++);
        nativeTheme.themeSource = wanted;
        return [nativeTheme.shouldUseDarkColors, updates];
      }, source);
    expect(await choose('dark')).toEqual([true, 1]);
    await expect.poll(isDark).toBe(true);
    expect(await choose('light')).toEqual([false, 1]);
    await expect.poll(isDark).toBe(false);
  });

  test('take a picture of themselves', async ({ launched: { app } }) => {
    const picture = await app.evaluate(async ({ BrowserWindow }) => {
      const image = await BrowserWindow.getAllWindows()[0]?.webContents.capturePage();
      return { signature: image?.toPNG().subarray(1, 4).toString(), ...image?.getSize() };
    });
    expect(picture).toEqual({ signature: 'PNG', width: 900, height: 640 });
  });

  test('run a script of the app, and pass on what it throws', async ({ launched: { app } }) => {
    const results = await app.evaluate(async ({ BrowserWindow }) => {
      const contents = BrowserWindow.getAllWindows()[0]?.webContents;
      const answers: unknown[] = [
        await contents?.executeJavaScript('Promise.resolve(6 * 7)'),
        await contents
          ?.executeJavaScript('null.x')
          .catch((error: unknown) => (error as Error).message),
      ];
      return answers;
    });
    expect(results[0]).toBe(42);
    expect(String(results[1])).toContain('null');
  });

  test('say what the console says', async ({ launched: { app, page } }) => {
    await app.evaluate(({ BrowserWindow }) => {
      const heard: unknown[] = [];
      Object.assign(globalThis, { heard });
      BrowserWindow.getAllWindows()[0]?.webContents.on('console-message', ({ level, message }) =>
        heard.push([level, message]),
      );
    });
    await page.evaluate(() => {
      console.warn('careful', 3);
    });
    const heard = () => app.evaluate(() => (globalThis as unknown as { heard: unknown[] }).heard);
    await expect.poll(heard).toEqual([['warning', 'careful 3']]);
  });
});

test.describe('the menu', () => {
  test('does what an item says, by click and by its keys', async ({ launched: { app, page } }) => {
    await app.evaluate(({ Menu }) => {
      const clicks: string[] = [];
      Object.assign(globalThis, { clicks });
      Menu.setApplicationMenu(
        Menu.buildFromTemplate([
          {
            label: 'Call',
            submenu: [
              {
                id: 'mute',
                label: 'Mute',
                accelerator: 'CmdOrCtrl+Shift+M',
                click: (item) => clicks.push(item.label),
              },
              {
                id: 'hand',
                label: 'Hand',
                type: 'checkbox',
                click: (item) => clicks.push(String(item.checked)),
              },
            ],
          },
        ]),
      );
    });
    await app.evaluate(({ Menu }) => {
      const menu = Menu.getApplicationMenu();
      menu?.getMenuItemById('mute')?.click();
      menu?.getMenuItemById('hand')?.click();
    });
    const clicks = () => app.evaluate(() => (globalThis as unknown as { clicks: string[] }).clicks);
    await expect.poll(clicks).toEqual(['Mute', 'true']);
    test.skip(!isStandInKeys(), 'a test runner types into the page, past the native menu');
    await page.keyboard.press('Control+Shift+M');
    await expect.poll(clicks).toEqual(['Mute', 'true', 'Mute']);
  });
});

function isStandInKeys(): boolean {
  return process.platform !== 'darwin' && isStandIn;
}
