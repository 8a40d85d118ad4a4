import { useEffect, useState } from 'react';
import { useAnnounce } from './announcer.tsx';
import { useServices } from './services.tsx';

/** How long "copied" stays: long enough to be read, short enough to copy again. */
const SHOWN_MS = 2_000;

/** Copies text to the clipboard and says so for a moment. */
export function useCopy(said: string): { copied: boolean; copy: (text: string) => void } {
  const { bridge } = useServices();
  const announce = useAnnounce();
  const [copies, setCopies] = useState(0);
  const [copied, setCopied] = useState(false);

  useEffect(() => {
    if (copies === 0) return;
    const timer = setTimeout(() => setCopied(false), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [copies]);

  const copy = (text: string): void => {
    void bridge.clipboard.write(text).then(() => {
      setCopied(true);
      setCopies((count) => count + 1);
      announce(said);
    }, reportError);
  };
  return { copied, copy };
}
