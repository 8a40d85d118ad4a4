import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from './runtime.ts';

/** A site that is not the app's. */
async function otherSite(
  answer: Parameters<typeof createServer>[1],
): Promise<{ server: Server; url: string }> {
  const server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/` };
}

test.describe('the app:// scheme', () => {
  test("serves documents and scripts from the app's handler, under a secure origin", async ({
    launched,
  }) => {
    const facts = await launched.page.evaluate(() => ({
      secure: window.isSecureContext,
      marker: window.marker,
      title: document.title,
    }));
    expect(facts).toEqual({ secure: true, marker: 'own script', title: 'Fixture' });
    await launched.page.evaluate(() => fetch('/start.js?again'));
    const urls = (await launched.record()).requests.map(({ url }) => url);
    expect(urls).toEqual(['app://fixture/start.js?again']);
  });

  test('shows the app its own addresses, before and after a change within the page', async ({
    launched: { app, page },
  }) => {
    await page.evaluate(() => {
      history.pushState({}, '', '/in-page?a=1#b');
    });
    const url = () =>
      app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.webContents.getURL());
    await expect.poll(url).toBe('app://fixture/in-page?a=1#b');
  });

  test("obeys the handler's content security policy", async ({ launched: { page } }) => {
    const violation = await page.evaluate(
      () =>
        new Promise<string>((resolve) => {
          document.addEventListener('securitypolicyviolation', (event) =>
            resolve(event.effectiveDirective),
          );
          const script = document.createElement('script');
          script.textContent = 'window.inlineRan = true';
          document.body.append(script);
        }),
    );
    expect(violation).toBe('script-src-elem');
    expect(await page.evaluate(() => 'inlineRan' in window)).toBe(false);
  });

  test('gives a request with its method and body to the handler, and the answer back', async ({
    launched: { page },
  }) => {
    const answer = await page.evaluate(() =>
      fetch('/post', { method: 'POST', body: 'ünï' }).then(
        (response) => response.json() as Promise<unknown>,
      ),
    );
    expect(answer).toEqual({ method: 'POST', text: 'ünï' });
  });

  test('answers 404 where the handler does', async ({ launched: { page } }) => {
    expect(await page.evaluate(() => fetch('/missing').then(({ status }) => status))).toBe(404);
  });

  test('denies a navigation that will-navigate prevents, before anything is fetched', async ({
    launched,
  }) => {
    const { app, page } = launched;
    let asked = 0;
    const { server, url } = await otherSite((_request, response) => {
      asked++;
      response.end('<title>elsewhere</title>');
    });
    await app.evaluate(({ BrowserWindow }) => {
      BrowserWindow.getAllWindows()[0]?.webContents.once('will-navigate', (event) => {
        Object.assign(globalThis, { wanted: event.url });
        event.preventDefault();
      });
    });
    await page.evaluate((target) => {
      location.href = target;
    }, url);
    const wanted = () => app.evaluate(() => (globalThis as { wanted?: string }).wanted);
    await expect.poll(wanted).toBe(url);
    // The page still is what it was, and answers.
    expect(await page.evaluate(() => window.marker)).toBe('own script');
    expect(
      await app.evaluate(({ BrowserWindow }) =>
        BrowserWindow.getAllWindows()[0]?.webContents.getURL(),
      ),
    ).toBe('app://fixture/index.html');
    expect(asked).toBe(0);
    server.close();
  });

  test('lets a navigation go that nobody prevents, and says where to', async ({ launched }) => {
    const { app, page } = launched;
    await Promise.all([
      page.waitForEvent('load'),
      page.evaluate(() => {
        location.href = '/other.html';
      }),
    ]);
    expect(await page.title()).toBe('Other');
    const { events } = await launched.record();
    expect(events.filter((event) => /will-navigate|did-navigate$/.test(event))).toEqual([
      '1 will-navigate',
      '1 did-navigate',
    ]);
    expect(
      await app.evaluate(({ BrowserWindow }) =>
        BrowserWindow.getAllWindows()[0]?.webContents.getURL(),
      ),
    ).toBe('app://fixture/other.html');
  });

  test('does not ask will-navigate about what the app itself loads', async ({ launched }) => {
    await launched.open('app://fixture/other.html');
    expect((await launched.record()).events).not.toContain('1 will-navigate');
  });

  test('denies window.open: null for the page, the address for the handler, no window', async ({
    launched,
  }) => {
    const { app, page } = launched;
    const returned = await page.evaluate(() => window.open('https://opened.example/x') === null);
    expect(returned).toBe(true);
    await expect
      .poll(async () => (await launched.record()).opened)
      .toEqual(['https://opened.example/x']);
    expect(app.windows()).toHaveLength(1);
  });

  test('denies a link to a new window in the same way', async ({ launched }) => {
    const { app, page } = launched;
    await page.evaluate(() => {
      document.getElementById('blank')?.click();
    });
    await expect
      .poll(async () => (await launched.record()).opened)
      .toEqual(['https://blank.example/']);
    await expect.poll(() => app.windows().length).toBe(1);
    expect(await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().length)).toBe(1);
  });

  test('fails a load with the name and number of the network error', async ({ launched }) => {
    const message = await launched.app.evaluate(({ BrowserWindow }) =>
      BrowserWindow.getAllWindows()[0]
        ?.loadURL('http://127.0.0.1:1/')
        .then(
          () => 'loaded',
          (error: unknown) => (error as Error).message,
        ),
    );
    expect(message).toMatch(/^ERR_UNSAFE_PORT \(-312\) loading 'http:\/\/127\.0\.0\.1:1\/'/);
    expect((await launched.record()).events).toContain('1 did-fail-load');
  });
});
