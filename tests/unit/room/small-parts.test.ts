import { describe, expect, test, vi } from 'vitest';
import { videoEncodings } from '../../../src/renderer/room/encodings.ts';
import { PROXY_MEMORY_MS } from '../../../src/renderer/room/limits.ts';
import { Emitter, Observable } from '../../../src/renderer/room/observable.ts';
import { PageStorage, ProxyMemory } from '../../../src/renderer/room/proxy-memory.ts';
import { requestFailure } from '../../../src/renderer/room/request-failure.ts';
import { Sampler } from '../../../src/renderer/room/sampler.ts';
import { ProtocolViolation } from '../../../src/renderer/room/signaling-channel.ts';
import { CLOSE } from '../../../src/shared/close-codes.ts';
import { parseSignalingBaseUrl, type Endpoint } from '../../../src/shared/endpoint.ts';
import { ProtooError } from '../../../src/shared/protoo.ts';
import { RoomError } from '../../../src/shared/room-error.ts';

describe('which proxy worked last', () => {
  const endpoint = (host: string): Endpoint => {
    const parsed = parseSignalingBaseUrl(host);
    if (!parsed.ok) throw new Error(parsed.problem);
    return parsed.endpoint;
  };
  const [A, B, C] = [endpoint('a.example'), endpoint('b.example'), endpoint('c.example')];

  test('comes first for a day', () => {
    const memory = new ProxyMemory(new PageStorage());
    expect(memory.order([A, B, C], 0)).toEqual([A, B, C]);
    memory.remember(B, 0);
    expect(memory.order([A, B, C], PROXY_MEMORY_MS - 1)).toEqual([B, A, C]);
    expect(memory.order([A, B, C], PROXY_MEMORY_MS)).toEqual([A, B, C]);
  });

  test('is forgotten when it is no longer in the list: it is never added to one', () => {
    const memory = new ProxyMemory(new PageStorage());
    memory.remember(B, 0);
    expect(memory.order([A, C], 1)).toEqual([A, C]);
  });

  test('does not matter when the storage is broken, full or forbidden', () => {
    const storage = new PageStorage();
    storage.setItem('causeway.proxy', '{"origin":1');
    expect(new ProxyMemory(storage).order([A], 0)).toEqual([A]);
    const forbidden = new ProxyMemory({
      getItem: () => {
        throw new Error('forbidden');
      },
      setItem: () => {
        throw new Error('full');
      },
    });
    forbidden.remember(A, 0);
    expect(forbidden.order([A, B], 0)).toEqual([A, B]);
  });
});

describe('the failure of a request', () => {
  const end = (code: number, reason = '') => ({ code, reason });
  test.each([
    ['a refusal by close code', new ProtooError(499, 'closed'), end(CLOSE.ROOM_FULL), 'ROOM_FULL'],
    ['a connection that broke', new ProtooError(499, 'closed'), end(1006), 'SERVER_UNREACHABLE'],
    ['no answer', new ProtooError(408, 'late'), undefined, 'SERVER_UNREACHABLE'],
    ['a refusal', new ProtooError(400, 'bad'), undefined, 'SERVER_INCOMPATIBLE'],
    ['a malformed answer', new ProtocolViolation('id'), undefined, 'SERVER_INCOMPATIBLE'],
    ['an error of its own', new RoomError('PROXY_INVALID'), undefined, 'PROXY_INVALID'],
    ['anything else', new TypeError('x'), undefined, 'SERVER_INCOMPATIBLE'],
  ])('%s', (_what, error, ended, code) => {
    expect(requestFailure(error, ended).code).toBe(code);
  });
});

test('small pictures are sent once, large ones in layers that double in size', () => {
  expect(
    [0, 320, 479, 480, 640, 959, 960, 1920].map((width) => videoEncodings(width).length),
  ).toEqual([1, 1, 1, 2, 2, 2, 3, 3]);
  for (const width of [640, 1280]) {
    const scales = videoEncodings(width).map(({ scaleResolutionDownBy }) => scaleResolutionDownBy);
    expect(scales).toEqual([4, 2, 1].slice(-scales.length));
  }
});

describe('observable state', () => {
  test('tells a change to those who listen, until they stop', () => {
    const value = new Observable(1);
    const listener = vi.fn();
    const stop = value.subscribe(listener);
    value.set(1);
    expect(listener).not.toHaveBeenCalled();
    value.set(2);
    expect(listener).toHaveBeenCalledTimes(1);
    stop();
    value.set(3);
    expect(listener).toHaveBeenCalledTimes(1);
  });

  test('a listener that throws is reported and stops neither the others nor the call', () => {
    const reported = vi.fn();
    vi.stubGlobal('reportError', reported);
    const emitter = new Emitter<{ hello: (name: string) => void }>();
    const heard: string[] = [];
    emitter.on('hello', () => {
      throw new Error('the app’s fault');
    });
    emitter.on('hello', (name) => heard.push(name));
    emitter.emit('hello', 'Ada');
    expect(heard).toEqual(['Ada']);
    expect(reported).toHaveBeenCalledOnce();
    vi.unstubAllGlobals();
  });
});

describe('the sampler', () => {
  test('looks one look at a time, again after its pause, and at once when asked', async () => {
    vi.useFakeTimers();
    let finish: () => void = () => undefined;
    const look = vi.fn(() => new Promise<void>((resolve) => (finish = resolve)));
    const sampler = new Sampler(look, () => 1000);
    sampler.start();
    sampler.now();
    expect(look).toHaveBeenCalledTimes(1);
    finish();
    await vi.advanceTimersByTimeAsync(0);
    expect(look, 'asked for while looking').toHaveBeenCalledTimes(2);
    finish();
    await vi.advanceTimersByTimeAsync(999);
    expect(look).toHaveBeenCalledTimes(2);
    await vi.advanceTimersByTimeAsync(1);
    expect(look).toHaveBeenCalledTimes(3);
    vi.useRealTimers();
  });

  test('leaves no timer behind when it stops, also in the middle of a look', async () => {
    vi.useFakeTimers();
    let finish: () => void = () => undefined;
    const sampler = new Sampler(
      () => new Promise<void>((resolve) => (finish = resolve)),
      () => 1000,
    );
    sampler.start();
    sampler.stop();
    finish();
    await vi.advanceTimersByTimeAsync(0);
    expect(vi.getTimerCount()).toBe(0);
    vi.useRealTimers();
  });
});
