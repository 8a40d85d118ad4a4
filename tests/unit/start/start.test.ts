import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { appArguments, appEnvironment } from '../../../tools/start/app.ts';
import { Children } from '../../../tools/start/children.ts';
import { hasDisplay } from '../../../tools/start/display.ts';
import { switchesForUser } from '../../../tools/runtime.ts';
import { createStory } from '../../../tools/start/story.ts';

describe('the story in the terminal', () => {
  it('is lines of time, who and what', () => {
    const out = new PassThrough({ encoding: 'utf8' });
    const story = createStory(out, () => new Date('2026-03-01T10:02:11'));
    story.tell('app', 'connected · UDP · direct · 127.0.0.1:44444 · 2 ms');
    expect(out.read()).toBe(
      '10:02:11  app     connected · UDP · direct · 127.0.0.1:44444 · 2 ms\n',
    );
  });
});

describe('a display', () => {
  it.each([
    ['linux', {}, false],
    ['linux', { DISPLAY: ':0' }, true],
    ['linux', { WAYLAND_DISPLAY: 'wayland-0' }, true],
    ['linux', { DISPLAY: '' }, false],
    ['darwin', {}, true],
    ['win32', {}, true],
  ] as const)('on %s with %o is there: %s', (platform, env, there) => {
    expect(hasDisplay(platform, env)).toBe(there);
  });
});

describe('Electron’s sandbox', () => {
  it.each([
    ['electron', 'linux', 0, ['--no-sandbox']],
    ['electron', 'linux', 1000, []],
    ['electron', 'darwin', 0, []],
    ['electron', 'win32', undefined, []],
    ['stand-in', 'linux', 0, []],
  ] as const)(
    'is off only where it must be: %s on %s as user %s',
    (kind, platform, user, words) => {
      expect(switchesForUser(kind, platform, user)).toEqual(words);
    },
  );
});

describe('what other users of the computer can read', () => {
  it('is not the link, which may carry a pass', () => {
    const link = 'causeway://join/demo?token=SECRET';
    const display = { name: ':1', isVirtual: true };
    const meeting = {
      roomId: 'demo',
      displayName: 'Ada',
      serverUrl: 'http://127.0.0.1:1',
      preferredProtocol: 'UDP_ONLY',
      signalingBaseUrl: [],
    };
    expect(appArguments(meeting, '/profile', display).join(' ')).not.toMatch(/SECRET|--join=/);
    expect(appEnvironment(link, display)).toMatchObject({ CAUSEWAY_JOIN: link, DISPLAY: ':1' });
  });
});

describe('the processes that were started', () => {
  it('end, youngest first, when the start script ends', async () => {
    const children = new Children();
    const order: string[] = [];
    for (const name of ['old', 'young']) {
      const child = spawn(
        process.execPath,
        ['-e', 'process.stdout.write("up"); setInterval(() => {}, 1e6)'],
        {
          stdio: ['ignore', 'pipe', 'ignore'],
        },
      );
      await once(child.stdout, 'data');
      child.once('exit', () => order.push(name));
      children.add(name, child);
    }
    await children.endAll();
    expect(order).toEqual(['young', 'old']);
  });

  it('end even when they do not listen', async () => {
    const children = new Children({ graceMs: 50 });
    const child = spawn(
      process.execPath,
      [
        '-e',
        'process.on("SIGTERM", () => {}); process.stdout.write("up"); setInterval(() => {}, 1e6)',
      ],
      { stdio: ['ignore', 'pipe', 'ignore'] },
    );
    await once(child.stdout, 'data');
    children.add('deaf', child);
    await children.endAll();
    expect(child.signalCode).toBe('SIGKILL');
  });
});
