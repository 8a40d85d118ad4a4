import { z } from 'zod';

/**
 * A join that main has answered with a fresh document: what was pressed before it is remembered
 * here, so that the person does not have to press Join twice.
 */
const KEY = 'causeway.resume-join';

/** A fresh document is up within a second or two; an older wish is no longer one. */
const MAX_AGE_MS = 30_000;

const ResumeJoin = z.object({
  displayName: z.string(),
  cameraWanted: z.boolean(),
  microphoneMuted: z.boolean(),
  at: z.number(),
});
export type ResumeJoin = z.infer<typeof ResumeJoin>;

type Store = Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>;

export function rememberJoin(join: Omit<ResumeJoin, 'at'>, store: Store, now: number): void {
  store.setItem(KEY, JSON.stringify({ ...join, at: now }));
}

/** The remembered join, once; undefined when there is none, or it is too old or damaged. */
export function takeRememberedJoin(store: Store, now: number): ResumeJoin | undefined {
  const text = store.getItem(KEY);
  if (text === null) return undefined;
  store.removeItem(KEY);
  try {
    const join = ResumeJoin.parse(JSON.parse(text));
    return Math.abs(now - join.at) <= MAX_AGE_MS ? join : undefined;
  } catch {
    return undefined;
  }
}
