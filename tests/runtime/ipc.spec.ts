import { expect, test } from './runtime.ts';

test.describe('IPC', () => {
  test('carries values both ways as structured clones', async ({ launched: { page } }) => {
    const kinds = await page.evaluate(async () => {
      const circle: { self?: unknown; word: string } = { word: 'round' };
      circle.self = circle;
      const sent = [
        undefined,
        null,
        -0,
        Number.NaN,
        12n,
        new Date(5),
        new Map([['a', new Set([1])]]),
        new Uint8Array([1, 2, 255]),
        new RangeError('far'),
        circle,
        'ünïcödé 🎥',
      ];
      const [none, nil, zero, nan, big, date, map, bytes, error, round, text] =
        (await window.fixture.invoke('echo', ...sent)) as unknown[];
      return {
        none: none === undefined,
        nil: nil === null,
        zero: Object.is(zero, -0),
        nan: Number.isNaN(nan),
        big: big === 12n,
        date: date instanceof Date && date.getTime() === 5,
        map: map instanceof Map && (map.get('a') as Set<number>).has(1),
        bytes: bytes instanceof Uint8Array && [...bytes].join() === '1,2,255',
        error: error instanceof Error && error.message === 'far',
        round: (round as { self: unknown }).self === round,
        text: text === 'ünïcödé 🎥',
      };
    });
    expect(kinds).toEqual(Object.fromEntries(Object.keys(kinds).map((name) => [name, true])));
  });

  test("brings a handler's error to the page in Electron's words", async ({
    launched: { page },
  }) => {
    const message = await page.evaluate(() =>
      window.fixture.invoke('throws').catch((error: unknown) => (error as Error).message),
    );
    expect(message).toBe("Error invoking remote method 'throws': TypeError: no such meeting");
  });

  test('names a channel that nobody handles', async ({ launched: { page } }) => {
    const message = await page.evaluate(() =>
      window.fixture.invoke('nobody').catch((error: unknown) => (error as Error).message),
    );
    expect(message).toBe(
      "Error invoking remote method 'nobody': Error: No handler registered for 'nobody'",
    );
  });

  test('refuses what cannot be cloned, in both directions', async ({ launched: { page } }) => {
    const [out, back] = await page.evaluate(() =>
      Promise.all(
        [
          window.fixture.invoke('echo', { callback: () => {} }),
          window.fixture.invoke('returns-function'),
        ].map((call) => call.catch((error: unknown) => (error as Error).message)),
      ),
    );
    expect(out).toContain('could not be cloned');
    expect(back).toContain('could not be cloned');
  });

  test('delivers messages from main to the page, and stops when told to', async ({
    launched: { app, page },
  }) => {
    const answer = await page.evaluate(async () => {
      const next = window.fixture.nextOf('noted');
      window.fixture.send('note', 'hello');
      const [text, date] = await next;
      return [text, date instanceof Date];
    });
    expect(answer).toEqual(['hello', true]);

    await page.evaluate(() => {
      const seen: unknown[] = [];
      Object.assign(window, { seen, stop: window.fixture.on('tick', (n) => seen.push(n)) });
    });
    const tick = (n: number) =>
      app.evaluate(({ BrowserWindow }, value) => {
        BrowserWindow.getAllWindows()[0]?.webContents.send('tick', value);
      }, n);
    const seen = () => page.evaluate(() => (window as unknown as { seen: number[] }).seen);
    await tick(1);
    await expect.poll(seen).toEqual([1]);
    await page.evaluate(() => {
      (window as unknown as { stop: () => void }).stop();
    });
    await tick(2);
    // A message that must arrive, sent after the one that must not.
    await page.evaluate(() => window.fixture.invoke('echo', 1));
    expect(await seen()).toEqual([1]);
  });

  test("tells main the sender's frame by the app's own address", async ({ launched: { page } }) => {
    expect(await page.evaluate(() => window.fixture.invoke('sender'))).toEqual({
      url: 'app://fixture/index.html',
      origin: 'app://fixture',
      isMainFrame: true,
      hasParent: false,
      windowUrl: 'app://fixture/index.html',
    });
  });

  test('takes a message of several megabytes', async ({ launched: { page } }) => {
    const length = await page.evaluate(async () => {
      const [bytes] = (await window.fixture.invoke('echo', new Uint8Array(4_000_000).fill(7))) as [
        Uint8Array,
      ];
      return bytes.length + (bytes.at(-1) ?? 0);
    });
    expect(length).toBe(4_000_007);
  });
});
