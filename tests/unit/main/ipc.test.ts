import { expect, it, vi } from 'vitest';
import { answer, IpcError } from '../../../src/main/ipc/answer.ts';

const log = { debug: vi.fn(), info: vi.fn(), warn: vi.fn(), error: vi.fn() };

it('gives the handler a checked payload and the page a checked answer', async () => {
  const result = await answer(
    'meeting:open',
    ({ input }) => ({ status: 'invalid', problem: input, extra: 1 }) as never,
    { input: 'x', more: 2 },
    log,
  );
  expect(result).toEqual({ status: 'invalid', problem: 'x' });
});

it('refuses a payload that is not in the contract, and says where', async () => {
  const handler = vi.fn();
  await expect(answer('meeting:open', handler as never, { input: 7 }, log)).rejects.toThrow(
    /^meeting:open: the request is not valid: [\s\S]*expected string[\s\S]*input/,
  );
  await expect(
    answer('meeting:open', handler as never, { input: 'x'.repeat(8193) }, log),
  ).rejects.toThrow(IpcError);
  await expect(answer('app:info', handler as never, { surprise: true }, log)).rejects.toThrow(
    /^app:info: the request is not valid/,
  );
  expect(handler).not.toHaveBeenCalled();
});

it('tells the page a refusal as it is', async () => {
  await expect(
    answer(
      'endpoint:diagnose',
      () => {
        throw new IpcError('not this host.');
      },
      { url: 'x' },
      log,
    ),
  ).rejects.toThrow('endpoint:diagnose: not this host.');
});

it('keeps the inside of an unexpected error in the log', async () => {
  const secret = new Error('at /home/somebody/secret');
  await expect(
    answer('settings:get', () => Promise.reject(secret), undefined, log),
  ).rejects.toThrow(/^settings:get: failed\. The log has the details\.$/);
  expect(log.error).toHaveBeenCalledWith('settings:get failed', secret);
});

it('does not let a wrong answer out', async () => {
  await expect(answer('app:info', () => ({ version: 1 }) as never, undefined, log)).rejects.toThrow(
    'app:info: failed.',
  );
});
