import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { startProgress } from '../../../tools/bootstrap/progress.mjs';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

function fakeStream(terminal: boolean) {
  const written: string[] = [];
  return {
    written,
    stream: { isTTY: terminal, columns: 40, write: (text: string) => written.push(text) },
  };
}

describe('in a log', () => {
  it('prints a quick step as a beginning and an end, without a duration', () => {
    const { stream, written } = fakeStream(false);
    const progress = startProgress('Node', stream);
    progress.update('fetching');
    progress.done('fetched');
    expect(written).toEqual(['setup · Node: fetching\n', 'setup · Node: fetched\n']);
  });

  it('shows every 15 s that a slow step goes on, with its latest detail', () => {
    const { stream, written } = fakeStream(false);
    const progress = startProgress('Worker', stream);
    progress.update('1 of 200');
    for (let file = 2; file <= 60; file += 1) {
      vi.advanceTimersByTime(500);
      progress.update(`${file} of 200`);
    }
    progress.done('built');
    expect(written).toEqual([
      'setup · Worker: 1 of 200\n',
      'setup · Worker: 30 of 200 (15 s)\n',
      'setup · Worker: built (30 s)\n',
    ]);
  });
});

describe('on a terminal', () => {
  it('redraws one line, no wider than the terminal, and ends it with the result', () => {
    const { stream, written } = fakeStream(true);
    const progress = startProgress('Worker', stream);
    progress.update(`building ${'x'.repeat(80)}`);
    vi.advanceTimersByTime(3_000);
    progress.done('built');
    const drawn = written.filter((text) => text.startsWith('\r\x1b[2Ksetup'));
    expect(drawn).toHaveLength(4);
    for (const text of drawn) expect(text.replace('\r\x1b[2K', '').length).toBeLessThan(40);
    expect(written.at(-1)).toBe('setup · Worker: built (3 s)\n');
  });

  it('keeps a note above the line', () => {
    const { stream, written } = fakeStream(true);
    const progress = startProgress('Packages', stream);
    progress.update('installing');
    progress.note('coturn is stopped');
    progress.stop();
    expect(written).toContain('setup · Packages: coturn is stopped\n');
  });
});
