import { useEffect, useState } from 'react';

/** A pause in typing this long means that the person is done for now. */
const TYPING_PAUSE_MS = 500;

/** `value`, once it has not changed for a moment: no problem is shown in the middle of a word. */
export function useSettled(value: string): string {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), TYPING_PAUSE_MS);
    return () => clearTimeout(timer);
  }, [value]);
  return settled;
}
