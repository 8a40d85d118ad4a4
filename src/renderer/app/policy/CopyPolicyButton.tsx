import { Check, Copy } from 'lucide-react';
import { Button } from '../design/Button.tsx';
import { useServices } from '../session/services.tsx';
import { useCopy } from '../session/use-copy.ts';
import { copiedPolicy } from './policy-report.ts';
import { POLICY_TEXT } from './text.ts';

/** Puts the whole policy on the clipboard, for a message to IT. */
export function CopyPolicyButton({ look = 'secondary' }: { look?: 'primary' | 'secondary' }) {
  const { settings, info } = useServices();
  const { copied, copy } = useCopy(POLICY_TEXT.copied);
  const Icon = copied ? Check : Copy;
  return (
    <Button
      look={look}
      icon={<Icon size={16} aria-hidden="true" />}
      onClick={() => copy(copiedPolicy(settings.get(), info.version))}
    >
      {copied ? POLICY_TEXT.copied : POLICY_TEXT.copy}
    </Button>
  );
}
