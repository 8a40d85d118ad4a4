/** A copy of `value` without some of its optional parts. */
export function without<T extends object, K extends keyof T>(
  value: T,
  ...keys: readonly (undefined extends T[K] ? K : never)[]
): Omit<T, K> {
  return Object.fromEntries(
    Object.entries(value).filter(([key]) => !(keys as readonly PropertyKey[]).includes(key)),
  ) as Omit<T, K>;
}
