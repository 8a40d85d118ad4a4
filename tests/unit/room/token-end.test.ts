import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { TOKEN_END_WORD_MS } from '../../../src/renderer/room/limits.ts';
import { tokenEnd, watchTokenEnd } from '../../../src/renderer/room/token-end.ts';
import { testToken } from '../../fixtures/tokens.ts';

const HOUR_S = 3600;

beforeEach(() => void vi.useFakeTimers({ now: 1_800_000_000_000 }));
afterEach(() => void vi.useRealTimers());

describe('the end of a join token', () => {
  it('is what it says itself, in ms', async () => {
    const token = await testToken({ room: 'r', lifetimeSeconds: HOUR_S });
    expect(tokenEnd(token)).toBe(Date.now() + HOUR_S * 1000);
  });

  it.each(['', 'no JWT', 'a.b.c'])('is unknown of %j', (token) => {
    expect(tokenEnd(token)).toBeUndefined();
  });

  it('is told of ahead, once', async () => {
    const token = await testToken({ room: 'r', lifetimeSeconds: HOUR_S });
    const onNear = vi.fn();
    watchTokenEnd(token, onNear, new AbortController().signal);
    vi.advanceTimersByTime(HOUR_S * 1000 - TOKEN_END_WORD_MS - 1);
    expect(onNear).not.toHaveBeenCalled();
    vi.advanceTimersByTime(1);
    expect(onNear.mock.calls).toEqual([[Date.now() + TOKEN_END_WORD_MS]]);
    vi.advanceTimersByTime(2 * TOKEN_END_WORD_MS);
    expect(onNear).toHaveBeenCalledOnce();
  });

  it('is told of at once when it is near already', async () => {
    const onNear = vi.fn();
    const token = await testToken({ room: 'r', lifetimeSeconds: 60 });
    watchTokenEnd(token, onNear, new AbortController().signal);
    vi.advanceTimersByTime(0);
    expect(onNear).toHaveBeenCalledOnce();
  });

  it('is not told of after the call, nor where it is months away', async () => {
    const onNear = vi.fn();
    const over = new AbortController();
    watchTokenEnd(await testToken({ room: 'r', lifetimeSeconds: HOUR_S }), onNear, over.signal);
    over.abort();
    const far = await testToken({ room: 'r', lifetimeSeconds: 2000 * HOUR_S });
    watchTokenEnd(far, onNear, new AbortController().signal);
    expect(vi.getTimerCount()).toBe(0);
    vi.advanceTimersByTime(HOUR_S * 1000);
    expect(onNear).not.toHaveBeenCalled();
  });
});
