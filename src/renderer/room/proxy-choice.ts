import type { Endpoint } from '../../shared/endpoint.ts';
import { RoomError } from '../../shared/room-error.ts';
import { LAST_PROXY_START_SHARE, LOST_PROXY_HEAD_START_MS, PROXY_HEAD_START_MS } from './limits.ts';
import { requestRelayGrant, type RelayGrant, type RelayGrantRequest } from './relay-grant.ts';

export interface ChosenProxy {
  readonly proxy: Endpoint;
  readonly grant: RelayGrant;
  /** Those not asked yet, in their order. */
  readonly untried: readonly Endpoint[];
  /** Those that were asked before it and have failed, or not answered yet; and what is known of it. */
  readonly passedOver: readonly PassedOver[];
}

export interface PassedOver {
  readonly proxy: Endpoint;
  readonly error: RoomError;
}

export interface ProxyRequest extends Omit<RelayGrantRequest, 'proxy' | 'budgetMs'> {
  /** When the answer has to be there, ms on the monotonic clock. */
  deadline: number;
  /** A call was just lost through the first one: it may be dead. */
  isAnew?: boolean | undefined;
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
  { deadline, isAnew = false, ...request }: ProxyRequest,
): Promise<ChosenProxy> {
  const startedAt = performance.now();
  const shareMs = ((deadline - startedAt) * LAST_PROXY_START_SHARE) / (proxies.length - 1);
  const race = new AbortController();
  const signal = AbortSignal.any([race.signal, request.signal]);
  const running: Promise<{ proxy: Endpoint; grant: RelayGrant }>[] = [];
  const failures = new Map<Endpoint, RoomError>();
  try {
    for (const [index, proxy] of proxies.entries()) {
      const budgetMs = deadline - performance.now();
      const asked = requestRelayGrant({ ...request, proxy, budgetMs, signal }).then((grant) => ({
        proxy,
        grant,
      }));
      asked.catch((error: unknown) => {
        if (error instanceof RoomError) failures.set(proxy, error);
      });
      running.push(asked);
      const isLast = index === proxies.length - 1;
      const headStartMs = isAnew && index === 0 ? LOST_PROXY_HEAD_START_MS : PROXY_HEAD_START_MS;
      const won = await firstSuccess(running, isLast ? undefined : Math.min(headStartMs, shareMs));
      if (won) {
        const passedOver = proxies
          .slice(0, index + 1)
          .filter((other) => other !== won.proxy)
          .map((other) => ({ proxy: other, error: failures.get(other) ?? tooSlow(other) }));
        return { ...won, untried: proxies.slice(index + 1), passedOver };
      }
    }
    throw oneOf(reasonsOf(await Promise.allSettled(running)));
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

function tooSlow({ httpOrigin }: Endpoint): RoomError {
  return new RoomError('PROXY_UNREACHABLE', `${httpOrigin}: no answer before another one's`);
}

function reasonsOf(results: readonly PromiseSettledResult<unknown>[]): unknown[] {
  return results.flatMap((result) =>
    result.status === 'rejected' ? [result.reason as unknown] : [],
  );
}

/**
 * One error out of those of several proxies, in the order of the tries: the first, its detail
 * naming the others. What is no RoomError is a fault of this program and goes on as it is.
 */
export function oneOf(reasons: readonly unknown[]): unknown {
  const [first] = reasons;
  const errors = reasons.filter((reason) => reason instanceof RoomError);
  if (!(first instanceof RoomError) || errors.length === 1) return first;
  const detail = errors.map((error) => `${error.code} ${error.detail ?? ''}`.trim()).join('; ');
  return new RoomError(first.code, detail, { cause: first });
}
