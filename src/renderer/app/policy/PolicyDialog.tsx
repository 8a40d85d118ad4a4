import { CircleAlert, CircleCheck, Info, TriangleAlert } from 'lucide-react';
import { useId, type ReactNode } from 'react';
import { SETTING_KEYS, type SettingKey } from '../../../shared/settings.ts';
import type { PolicyOrigin, PolicyStatus } from '../../../shared/settings/policy-status.ts';
import { Dialog } from '../design/Dialog.tsx';
import { useServices } from '../session/services.tsx';
import { useObservable } from '../session/use-observable.ts';
import { CopyPolicyButton } from './CopyPolicyButton.tsx';
import { PolicySetting } from './PolicySetting.tsx';
import { ageText, ORIGIN_STATE_TEXT, POLICY_TEXT, statusText, timeText } from './text.ts';
import { useNow } from './use-now.ts';
import styles from './PolicyDialog.module.css';

/** How often ages are told anew, ms; they are told in minutes. */
const AGE_INTERVAL_MS = 15_000;

const TONE_ICON = {
  good: CircleCheck,
  plain: Info,
  warning: TriangleAlert,
  error: CircleAlert,
} as const;

/** What IT has set and what became of it, every setting and where it comes from. Changes as it does. */
export function PolicyDialog({ onClose }: { onClose: () => void }) {
  const { settings: source } = useServices();
  const { policy, values, provenance } = useObservable(source);
  const isManaged = (key: SettingKey): boolean => provenance[key].source === 'managed';
  const managed = SETTING_KEYS.filter(isManaged);
  const others = SETTING_KEYS.filter((key) => !isManaged(key));
  const list = (keys: readonly SettingKey[]): ReactNode => (
    <ul className={styles.settings}>
      {keys.map((key) => (
        <PolicySetting key={key} setting={key} value={values[key]} provenance={provenance[key]} />
      ))}
    </ul>
  );

  return (
    <Dialog
      title={POLICY_TEXT.title}
      closeLabel={POLICY_TEXT.close}
      onClose={onClose}
      isReading
      footer={
        <>
          <p className={styles.footnote}>{POLICY_TEXT.lead}</p>
          <CopyPolicyButton look="primary" />
        </>
      }
    >
      <div className={styles.page}>
        <Status policy={policy} />
        <Problems policy={policy} />
        <Files policy={policy} />
        <Section title={POLICY_TEXT.managed(managed.length)}>
          {managed.length === 0 ? (
            <p className={styles.none}>{POLICY_TEXT.noneManaged}</p>
          ) : (
            list(managed)
          )}
        </Section>
        <Section title={POLICY_TEXT.others}>{list(others)}</Section>
      </div>
    </Dialog>
  );
}

function Status({ policy }: { policy: PolicyStatus }) {
  const now = useNow(AGE_INTERVAL_MS);
  const { tone, title, text } = statusText(policy);
  const Icon = TONE_ICON[tone];
  const { since, hash, callsRefused } = policy;
  return (
    <div className={styles.status} data-tone={tone} data-testid="policy-status">
      <Icon size={22} aria-hidden="true" className={styles.toneIcon} />
      <div className={styles.statusText}>
        <div role="status">
          <h3 className={styles.statusTitle}>{title}</h3>
          <p>{text}</p>
        </div>
        {(since !== undefined || callsRefused) && (
          <dl className={styles.facts}>
            {callsRefused && <Fact name={POLICY_TEXT.forIt}>{callsRefused.forIt}</Fact>}
            {since !== undefined && (
              <Fact name={POLICY_TEXT.inForceSince}>
                {timeText(since)} ({ageText(since, now)})
              </Fact>
            )}
            {hash !== undefined && (
              <Fact name={POLICY_TEXT.hash}>
                <code>{hash}</code>
              </Fact>
            )}
          </dl>
        )}
      </div>
    </div>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </>
  );
}

function Section({ title, children }: { title: string; children: ReactNode }) {
  const id = useId();
  return (
    <section aria-labelledby={id} className={styles.section}>
      <h3 id={id} className={styles.heading}>
        {title}
      </h3>
      {children}
    </section>
  );
}

function Problems({ policy: { problems } }: { policy: PolicyStatus }) {
  if (problems.length === 0) return null;
  return (
    <Section title={POLICY_TEXT.problems(problems.length)}>
      <ul className={styles.problems} data-testid="policy-problems">
        {problems.map(({ severity, path, line, column, key, problem }) => {
          const Icon = severity === 'error' ? CircleAlert : TriangleAlert;
          const place = line === undefined ? path : `${path}:${line}:${column ?? 1}`;
          return (
            <li key={`${place} ${key} ${problem}`} data-severity={severity}>
              <Icon size={16} aria-hidden="true" className={styles.toneIcon} />
              <div className={styles.problemText}>
                <p>
                  {key !== undefined && <code>{key}: </code>}
                  {problem}
                </p>
                <p className={styles.place}>{place}</p>
              </div>
            </li>
          );
        })}
      </ul>
    </Section>
  );
}

function Files({ policy: { origins } }: { policy: PolicyStatus }) {
  const now = useNow(AGE_INTERVAL_MS);
  if (origins.length === 0) return null;
  return (
    <Section title={POLICY_TEXT.files}>
      <ul className={styles.files} data-testid="policy-files">
        {origins.map((origin) => (
          <li key={origin.path} data-state={origin.state}>
            <p className={styles.path}>{origin.path}</p>
            <p className={styles.fileFacts}>
              <span className={styles.fileState}>{ORIGIN_STATE_TEXT[origin.state]}</span>
              <FileFacts origin={origin} now={now} />
            </p>
          </li>
        ))}
      </ul>
    </Section>
  );
}

function FileFacts({ origin: { modifiedAt, hash }, now }: { origin: PolicyOrigin; now: number }) {
  return (
    <>
      {modifiedAt !== undefined && (
        <span title={timeText(modifiedAt)}>
          {POLICY_TEXT.changed} {ageText(modifiedAt, now)}
        </span>
      )}
      {hash !== undefined && (
        <span title={hash}>
          {POLICY_TEXT.hash} <code>{hash.slice(0, 12)}…</code>
        </span>
      )}
    </>
  );
}
