import type { Endpoint } from '../../shared/endpoint.ts';
import { RoomError } from '../../shared/room-error.ts';
import { ENTRY_BUDGET_MS, LAST_PROXY_START_MS, PROXY_HEAD_START_MS } from './limits.ts';
import { requestRelayGrant, type RelayGrant, type RelayGrantRequest } from './relay-grant.ts';

export interface ChosenProxy {
  readonly proxy: Endpoint;
  readonly grant: RelayGrant;
}

/**
 * The first Cloud Proxy that grants a relay, tried in the order of the list. Each gets a head
 * start: when that is over, or all before have failed, the next is asked beside them, and one that
 * is merely slow may still win. Only this question is asked of several at once: two signaling
 * connections of one peer would throw each other out.
 *
 * @param proxies At least one.
 * @throws {RoomError} when all failed: the error of the first, its detail naming the others.
 */
export async function chooseProxy(
  proxies: readonly Endpoint[],
  request: Omit<RelayGrantRequest, 'proxy' | 'budgetMs'>,
): Promise<ChosenProxy> {
  const headStartMs = Math.min(PROXY_HEAD_START_MS, LAST_PROXY_START_MS / (proxies.length - 1));
  const deadline = performance.now() + ENTRY_BUDGET_MS;
  const race = new AbortController();
  const signal = AbortSignal.any([race.signal, request.signal]);
  const running: Promise<ChosenProxy>[] = [];
  try {
    for (const [index, proxy] of proxies.entries()) {
      const budgetMs = deadline - performance.now();
      running.push(
        requestRelayGrant({ ...request, proxy, budgetMs, signal }).then((grant) => ({
          proxy,
          grant,
        })),
      );
      const isLast = index === proxies.length - 1;
      const won = await firstSuccess(running, isLast ? undefined : headStartMs);
      if (won) return won;
    }
    throw allFailed(await Promise.allSettled(running));
  } finally {
    race.abort();
  }
}

/** The first of `running` that succeeds; undefined once all have failed or the time is over. */
async function firstSuccess<T>(
  running: readonly Promise<T>[],
  withinMs: number | undefined,
): Promise<T | undefined> {
  const success = Promise.any(running).catch(() => undefined);
  if (withinMs === undefined) return await success;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), withinMs);
  });
  try {
    return await Promise.race([success, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** One error out of many. What is no RoomError is a fault of this program and goes on as it is. */
function allFailed(results: readonly PromiseSettledResult<ChosenProxy>[]): unknown {
  const reasons = results.flatMap((result) =>
    result.status === 'rejected' ? [result.reason as unknown] : [],
  );
  const [first] = reasons;
  const errors = reasons.filter((reason) => reason instanceof RoomError);
  if (!(first instanceof RoomError) || errors.length === 1) return first;
  const detail = errors.map((error) => `${error.code} ${error.detail ?? ''}`.trim()).join('; ');
  return new RoomError(first.code, detail, { cause: first });
}
