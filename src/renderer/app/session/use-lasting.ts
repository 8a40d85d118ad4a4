import { useEffect, useState } from 'react';

/** Whether something has been so for `ms` without a break: what passes sooner is not shown. */
export function useLasting(isSo: boolean, ms: number): boolean {
  const [hasLasted, setHasLasted] = useState(false);
  // Adjusted while rendering: what is over is gone at once.
  if (!isSo && hasLasted) setHasLasted(false);
  useEffect(() => {
    if (!isSo) return;
    const timer = setTimeout(() => setHasLasted(true), ms);
    return () => clearTimeout(timer);
  }, [isSo, ms]);
  return isSo && hasLasted;
}
