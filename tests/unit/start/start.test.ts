import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { Children } from '../../../tools/start/children.ts';
import { hasDisplay } from '../../../tools/start/display.ts';
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
