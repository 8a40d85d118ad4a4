import { CircleAlert, CircleCheck, RadioTower } from 'lucide-react';
import { useState } from 'react';
import type { EndpointRole } from '../../../shared/ipc.ts';
import { Button } from '../design/Button.tsx';
import { useServices } from '../session/services.tsx';
import { CHECK_TEXT, checkSentence } from './text.ts';
import styles from './AddressCheck.module.css';

interface Props {
  wanted: EndpointRole;
  /** Of the field whose addresses are checked. */
  label: string;
  /** As typed, valid ones only. */
  addresses: readonly string[];
  /** Why there is nothing to ask, as a sentence that is said instead. */
  insteadOfAsking?: string | undefined;
}

interface Finding {
  address: string;
  isGood: boolean;
  text: string;
}

/** Looks what stands at the addresses of a field, and says it in a sentence each. */
export function AddressCheck({ wanted, label, addresses, insteadOfAsking }: Props) {
  const { bridge } = useServices();
  const [isChecking, setIsChecking] = useState(false);
  const [findings, setFindings] = useState<readonly Finding[]>([]);

  const find = async (address: string): Promise<Finding> => {
    if (insteadOfAsking !== undefined) return { address, isGood: false, text: insteadOfAsking };
    try {
      const result = await bridge.endpoint.check(wanted, address);
      return { address, ...checkSentence(address.replace(/^https?:\/\//, ''), wanted, result) };
    } catch (error) {
      reportError(error);
      return { address, isGood: false, text: CHECK_TEXT.notDone };
    }
  };
  const check = async (): Promise<void> => {
    setIsChecking(true);
    setFindings([]);
    setFindings(await Promise.all(addresses.map(find)));
    setIsChecking(false);
  };
  // What was found at an address says nothing of another one.
  const shown = findings.filter(({ address }) => addresses.includes(address));

  return (
    <div className={styles.check}>
      <Button
        icon={<RadioTower size={16} aria-hidden="true" />}
        aria-label={CHECK_TEXT.checkLong(label)}
        aria-disabled={isChecking || addresses.length === 0}
        onClick={() => {
          if (!isChecking && addresses.length > 0) void check();
        }}
      >
        {isChecking ? CHECK_TEXT.checking : CHECK_TEXT.check}
      </Button>
      <div role="status" className={styles.status} data-testid={`check-${wanted}`}>
        <ul className={styles.findings}>
          {shown.map(({ address, isGood, text }) => (
            <li key={address} className={styles.finding} data-good={isGood}>
              {isGood ? (
                <CircleCheck size={16} aria-hidden="true" />
              ) : (
                <CircleAlert size={16} aria-hidden="true" />
              )}
              <span>{text}</span>
            </li>
          ))}
        </ul>
      </div>
    </div>
  );
}
