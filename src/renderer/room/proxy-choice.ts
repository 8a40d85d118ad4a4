import type { Endpoint } from '../../shared/endpoint.ts';
import { RoomError } from '../../shared/room-error.ts';
import { LAST_PROXY_START_SHARE, PROXY_HEAD_START_MS } from './limits.ts';
import { requestRelayGrant, type RelayGrant, type RelayGrantRequest } from './relay-grant.ts';

export interface ChosenProxy {
  readonly proxy: Endpoint;
  readonly grant: RelayGrant;
  /** The others, in the order to try them: those not asked yet, then those that were passed over. */
  readonly others: readonly Endpoint[];
}

export interface ProxyRequest extends Omit<RelayGrantRequest, 'proxy' | 'budgetMs'> {
  /** When the answer has to be there, ms on the monotonic clock. */
  deadline: number;
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
  { deadline, ...request }: ProxyRequest,
): Promise<ChosenProxy> {
  const startedAt = performance.now();
  const headStartMs = Math.min(
    PROXY_HEAD_START_MS,
    ((deadline - startedAt) * LAST_PROXY_START_SHARE) / (proxies.length - 1),
  );
  const race = new AbortController();
  const signal = AbortSignal.any([race.signal, request.signal]);
  const running: Promise<Omit<ChosenProxy, 'others'>>[] = [];
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
      if (won) {
        const passedOver = proxies.slice(0, index + 1).filter((other) => other !== won.proxy);
        return { ...won, others: [...proxies.slice(index + 1), ...passedOver] };
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
