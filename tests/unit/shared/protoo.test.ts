import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ProtooError, ProtooPeer, type ProtooPeerOptions } from '../../../src/shared/protoo.ts';

/** Two ends joined back to back: what one sends, the other receives in a later microtask. */
function pair(server: Partial<ProtooPeerOptions>, client: Partial<ProtooPeerOptions> = {}) {
  const problems: string[] = [];
  const base: Omit<ProtooPeerOptions, 'send'> = {
    onRequest: () => Promise.reject(new ProtooError(404, 'unknown method')),
    onNotification: () => undefined,
    onProtocolError: (problem) => problems.push(problem),
  };
  const ends: { client: ProtooPeer; server: ProtooPeer } = {
    client: new ProtooPeer({
      ...base,
      send: (text) => queueMicrotask(() => ends.server.receive(text)),
      ...client,
    }),
    server: new ProtooPeer({
      ...base,
      send: (text) => queueMicrotask(() => ends.client.receive(text)),
      ...server,
    }),
  };
  return { ...ends, problems };
}

describe('protoo', () => {
  it('brings a request to the other side and its answer back', async () => {
    const { client } = pair({
      onRequest: (method, data) => Promise.resolve({ method, data }),
    });
    await expect(client.request('sum', { a: 1 })).resolves.toEqual({
      method: 'sum',
      data: { a: 1 },
    });
  });

  it('answers requests in any order', async () => {
    const gates = new Map<string, () => void>();
    const { client } = pair({
      onRequest: (method) => new Promise((resolve) => gates.set(method, () => resolve(method))),
    });
    const first = client.request('first');
    const second = client.request('second');
    await Promise.resolve();
    gates.get('second')?.();
    await expect(second).resolves.toBe('second');
    gates.get('first')?.();
    await expect(first).resolves.toBe('first');
  });

  it('brings the other side’s refusal back with its code', async () => {
    const { client } = pair({ onRequest: () => Promise.reject(new ProtooError(403, 'not yours')) });
    await expect(client.request('x')).rejects.toMatchObject({ code: 403, message: 'not yours' });
  });

  it('tells the other side nothing about an unexpected failure, and the log everything', async () => {
    const logged: unknown[] = [];
    const { client } = pair({
      onRequest: () => Promise.reject(new Error('secret detail')),
      onInternalError: (_method, error) => logged.push(error),
    });
    await expect(client.request('x')).rejects.toMatchObject({
      code: 500,
      message: 'internal error',
    });
    expect(String(logged[0])).toContain('secret detail');
  });

  it('gives up after the time limit of the request', async () => {
    const { client } = pair({ onRequest: () => new Promise(() => undefined) });
    await expect(client.request('slow', {}, 20)).rejects.toMatchObject({ code: 408 });
  });

  it('fails every open request when closed, and every later one', async () => {
    const { client } = pair({ onRequest: () => new Promise(() => undefined) });
    const open = client.request('slow');
    client.close('gone');
    await expect(open).rejects.toMatchObject({ code: 499, message: 'gone' });
    await expect(client.request('later')).rejects.toMatchObject({ code: 499 });
  });

  it('fails at once when the frame cannot be sent', async () => {
    const { client } = pair(
      {},
      {
        send: () => {
          throw new Error('socket is closed');
        },
      },
    );
    await expect(client.request('x')).rejects.toMatchObject({ code: 499 });
  });

  it('drops an answer that comes after the time limit', async () => {
    let answer: (() => void) | undefined;
    const { client, problems } = pair({
      onRequest: () => new Promise((resolve) => (answer = () => resolve(1))),
    });
    await expect(client.request('slow', {}, 10)).rejects.toMatchObject({ code: 408 });
    answer?.();
    await Promise.resolve();
    expect(problems).toEqual([]);
  });

  it.each([
    ['not JSON', '{'],
    ['no object', '[]'],
    ['no kind', '{}'],
    ['a request without an id', '{"request":true,"method":"x"}'],
    ['a method that is no text', '{"request":true,"id":1,"method":7}'],
    ['an endless method', `{"request":true,"id":1,"method":"${'x'.repeat(65)}"}`],
  ])('reports %s to its owner', (_what, frame) => {
    const { client, problems } = pair({});
    client.receive(frame);
    expect(problems).toHaveLength(1);
  });

  it('lets at most 256 requests of the other side be open', async () => {
    const { client } = pair({ onRequest: () => new Promise(() => undefined) });
    const outcomes = Array.from({ length: 257 }, () =>
      client.request('slow', {}, 50).catch((e: unknown) => (e as ProtooError).code),
    );
    const codes = await Promise.all(outcomes);
    expect(codes.filter((code) => code === 429)).toHaveLength(1);
    expect(codes.filter((code) => code === 408)).toHaveLength(256);
  });

  it('never throws on a frame, whatever it holds', () => {
    const { client } = pair({});
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (frame) => {
        client.receive(frame);
      }),
      { numRuns: 2000 },
    );
  });
});
