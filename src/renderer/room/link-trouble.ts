import type { LinkView, Trouble } from './call-state.ts';
import { ICE_RESTART_BUDGET_MS, MEDIA_CONNECT_BUDGET_MS } from './limits.ts';

/** One link: fine, in trouble (since when, restarted when), or beyond help. */
export function judgeLink(
  link: LinkView,
  before: Trouble | undefined,
  now: number,
): 'fine' | 'dead' | Trouble {
  if (link.status === 'connected' || link.status === 'unused') return 'fine';
  if (link.status === 'failed') return 'dead';
  const trouble = before ?? { since: now };
  if (now >= troubleDeadline(trouble)) return 'dead';
  return link.status === 'disconnected' && trouble.restartedAt === undefined
    ? { ...trouble, restartedAt: now }
    : trouble;
}

/** When a link in trouble is given up. */
export function troubleDeadline(trouble: Trouble): number {
  return trouble.restartedAt === undefined
    ? trouble.since + MEDIA_CONNECT_BUDGET_MS
    : trouble.restartedAt + ICE_RESTART_BUDGET_MS;
}
