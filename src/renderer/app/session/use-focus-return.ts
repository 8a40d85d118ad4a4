import { useLayoutEffect, type RefObject } from 'react';

/** When an element goes with the focus in it, the focus goes to `target` and is not lost. */
export function useFocusReturn(
  element: RefObject<HTMLElement | null>,
  target: RefObject<HTMLElement | null>,
): void {
  useLayoutEffect(() => {
    const going = element.current;
    const next = target.current;
    return () => {
      if (going?.contains(document.activeElement)) next?.focus();
    };
  }, [element, target]);
}
