import { expect, test } from './runtime.ts';

test.describe('the preload script', () => {
  test('has its API in place before the first script of the page', async ({
    launched: { page },
  }) => {
    expect(await page.evaluate(() => window.fixtureAtStart)).toBe('function');
  });

  test("lives in a world of its own: the page's globals and its are apart", async ({
    launched: { page },
  }) => {
    const leaked = await page.evaluate(() => ({
      setInPreload: 'setInPreload' in window,
      require: 'require' in window,
      process: 'process' in window,
      module: 'module' in window,
      // Whatever the runtime needs for itself must not be left lying about either.
      others: Object.getOwnPropertyNames(window).filter((name) =>
        /^_|electron|ipcRenderer/i.test(name),
      ),
    }));
    expect(leaked).toEqual({
      setInPreload: false,
      require: false,
      process: false,
      module: false,
      others: [],
    });
  });

  test('is not touched by what the page does to built-in objects', async ({
    launched: { page },
  }) => {
    const result = await page.evaluate(async () => {
      const seen: string[] = [];
      const mends: (() => void)[] = [];
      const tamper = (holder: object, name: string) => {
        const original = Object.getOwnPropertyDescriptor(holder, name) as PropertyDescriptor;
        mends.push(() => Object.defineProperty(holder, name, original));
        Object.defineProperty(holder, name, {
          configurable: true,
          value: () => {
            seen.push(name);
            throw new Error('tampered');
          },
        });
      };
      const [asked, callback] = [['still well'], (word: string) => word];
      tamper(Map.prototype, 'get');
      tamper(Map.prototype, 'set');
      tamper(JSON, 'stringify');
      tamper(JSON, 'parse');
      tamper(EventTarget.prototype, 'dispatchEvent');
      tamper(EventTarget.prototype, 'addEventListener');
      tamper(window, 'CustomEvent');
      tamper(Array.prototype, 'concat');
      tamper(Array.prototype, 'map');
      tamper(Object, 'keys');
      const words = window.fixture.callTwice(callback);
      const answer = window.fixture.invoke('echo', asked);
      for (const mend of mends) mend();
      return { words, answer: await answer, seen };
    });
    expect(result).toEqual({ words: ['first', 'second'], answer: [['still well']], seen: [] });
  });

  test('gives an API that the page can neither change nor replace', async ({
    launched: { page },
  }) => {
    const state = await page.evaluate(() => {
      const { fixture } = window;
      const descriptor = Object.getOwnPropertyDescriptor(window, 'fixture');
      return {
        frozen: [fixture, fixture.nested, fixture.nested.list, fixture.nested.list[0]].every(
          (part) => Object.isFrozen(part),
        ),
        writable: descriptor?.writable,
        configurable: descriptor?.configurable,
      };
    });
    expect(state).toEqual({ frozen: true, writable: false, configurable: false });
  });

  test('returns at once from calls that return at once, and throws what they throw', async ({
    launched: { page },
  }) => {
    const result = await page.evaluate(() => {
      let thrown = '';
      try {
        window.fixture.fail();
      } catch (error) {
        thrown = (error as Error).message;
      }
      return { date: window.fixture.describe(new Date()), thrown };
    });
    expect(result).toEqual({ date: '[object Date]', thrown: 'the preload refuses' });
  });

  test("calls back into the page with the page's function", async ({ launched: { page } }) => {
    const words = await page.evaluate(() =>
      window.fixture.callTwice((word) => ({ upper: word.toUpperCase() })),
    );
    expect(words).toEqual([{ upper: 'FIRST' }, { upper: 'SECOND' }]);
  });

  test('can require Electron and nothing of Node', async ({ launched: { page } }) => {
    const [electron, fs, facts] = await page.evaluate(() => [
      window.fixture.require('electron'),
      window.fixture.require('fs'),
      window.fixture.process,
    ]);
    expect(electron).toBe('loaded');
    expect(fs).toContain('module not found: fs');
    expect(facts).toMatchObject({ type: 'renderer', sandboxed: true });
  });

  test('runs anew in every document', async ({ launched }) => {
    const { page } = launched;
    await launched.open('app://fixture/other.html');
    expect(await page.title()).toBe('Other');
    expect(await page.evaluate(() => window.fixture.invoke('echo', 2))).toEqual([2]);
  });
});
