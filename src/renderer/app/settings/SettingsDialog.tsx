import { Check, CircleAlert } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import type { SettingKey } from '../../../shared/settings.ts';
import { Button } from '../design/Button.tsx';
import { Dialog } from '../design/Dialog.tsx';
import { useServices } from '../session/services.tsx';
import { useObservable } from '../session/use-observable.ts';
import { AppearanceChoice, ProtocolChoice } from './choices.tsx';
import {
  DEFAULT_DRAFT,
  draftOf,
  patchOf,
  problemsOf,
  type DraftKey,
  type DraftProblems,
  type SettingsDraft,
} from './settings-draft.ts';
import { SettingField } from './SettingField.tsx';
import { SETTINGS_TEXT } from './text.ts';
import styles from './SettingsDialog.module.css';

interface Props {
  isInCall: boolean;
  onClose: () => void;
}

type Outcome = 'none' | 'saved' | 'problems' | 'not-stored';

/** All settings that an employee may see. Over a call, which goes on underneath. */
export function SettingsDialog({ isInCall, onClose }: Props) {
  const { bridge, settings: source } = useServices();
  const settings = useObservable(source);
  const [draft, setDraft] = useState(() => draftOf(settings.values));
  /** Fields that were reset and not edited since. */
  const [reset, setReset] = useState<ReadonlySet<DraftKey>>(new Set());
  const [refused, setRefused] = useState<DraftProblems>({});
  const [outcome, setOutcome] = useState<Outcome>('none');
  const [asksToDiscard, setAsksToDiscard] = useState(false);
  const body = useRef<HTMLFormElement>(null);
  /** Where the focus was when the question came up. */
  const editing = useRef<Element>(null);

  // A change from elsewhere (IT, another window) shows at once in fields that are not being edited.
  const [seen, setSeen] = useState(settings);
  if (seen !== settings) {
    setSeen(settings);
    setDraft(rebase(draft, draftOf(seen.values), draftOf(settings.values)));
  }

  const problems: DraftProblems = { ...problemsOf(draft), ...refused };
  const patch = patchOf(draft, settings, reset);
  const isDirty = Object.keys(patch).length > 0;
  const blocking = (Object.keys(problems) as SettingKey[]).filter((key) => key in patch);

  const edit = <K extends DraftKey>(key: K, value: SettingsDraft[K], isReset = false): void => {
    setDraft({ ...draft, [key]: value });
    setReset(new Set([...reset].filter((other) => other !== key).concat(isReset ? [key] : [])));
    setAsksToDiscard(false);
    setOutcome('none');
    setRefused(Object.fromEntries(Object.entries(refused).filter(([other]) => other !== key)));
  };

  const save = async (): Promise<void> => {
    if (blocking.length > 0) {
      setOutcome('problems');
      body.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus();
      return;
    }
    try {
      const result = await bridge.settings.update(patch);
      if (result.status === 'saved') {
        setDraft(draftOf(result.settings.values));
        setReset(new Set());
        setOutcome('saved');
      } else {
        setRefused(Object.fromEntries(result.problems.map(({ key, problem }) => [key, problem])));
        setOutcome('problems');
      }
    } catch (error) {
      reportError(error);
      setOutcome('not-stored');
    }
  };

  const close = (): void => {
    if (!isDirty) {
      onClose();
    } else if (asksToDiscard) {
      keepEditing();
    } else {
      editing.current = document.activeElement;
      setAsksToDiscard(true);
    }
  };

  const keepEditing = (): void => {
    setAsksToDiscard(false);
    if (editing.current instanceof HTMLElement) editing.current.focus();
  };

  const field = <K extends DraftKey>(key: K) => ({
    provenance: settings.provenance[key],
    problem: problems[key],
    canReset:
      draft[key] !== DEFAULT_DRAFT[key] ||
      (settings.provenance[key].source === 'user' && !reset.has(key)),
    onReset: () => edit(key, DEFAULT_DRAFT[key], true),
  });

  return (
    <Dialog
      title={SETTINGS_TEXT.title}
      closeLabel={SETTINGS_TEXT.close}
      onClose={close}
      footer={
        asksToDiscard ? (
          <DiscardQuestion onDiscard={onClose} onKeep={keepEditing} />
        ) : (
          <>
            <OutcomeLine
              outcome={outcome}
              isDirty={isDirty}
              count={blocking.length}
              isInCall={isInCall}
            />
            <Button look="primary" type="submit" form="settings" aria-disabled={!isDirty}>
              {SETTINGS_TEXT.save}
            </Button>
          </>
        )
      }
    >
      <form
        id="settings"
        ref={body}
        noValidate
        className={styles.sections}
        onSubmit={(event) => {
          event.preventDefault();
          if (isDirty) void save();
        }}
      >
        <section className={styles.section} aria-labelledby="settings-connection">
          <div>
            <h3 id="settings-connection" className={styles.heading}>
              {SETTINGS_TEXT.connection}
            </h3>
            <p className={styles.lead}>{SETTINGS_TEXT.connectionLead}</p>
          </div>
          <SettingField
            label={SETTINGS_TEXT.proxy}
            hint={SETTINGS_TEXT.proxyHint}
            {...field('signalingBaseUrl')}
          >
            {(props) => (
              <textarea
                {...props}
                rows={2}
                spellCheck={false}
                autoComplete="off"
                placeholder={SETTINGS_TEXT.proxyPlaceholder}
                value={draft.signalingBaseUrl}
                onChange={(event) => edit('signalingBaseUrl', event.target.value)}
              />
            )}
          </SettingField>
          <ProtocolChoice
            value={draft.preferredProtocol}
            onChange={(value) => edit('preferredProtocol', value)}
            {...field('preferredProtocol')}
          />
          <SettingField
            label={SETTINGS_TEXT.server}
            hint={SETTINGS_TEXT.serverHint}
            {...field('serverUrl')}
          >
            {(props) => (
              <input
                {...props}
                spellCheck={false}
                autoComplete="off"
                placeholder={SETTINGS_TEXT.serverPlaceholder}
                value={draft.serverUrl}
                onChange={(event) => edit('serverUrl', event.target.value)}
              />
            )}
          </SettingField>
        </section>
        <section className={styles.section} aria-labelledby="settings-you">
          <h3 id="settings-you" className={styles.heading}>
            {SETTINGS_TEXT.you}
          </h3>
          <SettingField label={SETTINGS_TEXT.name} {...field('displayName')}>
            {(props) => (
              <input
                {...props}
                autoComplete="off"
                placeholder={SETTINGS_TEXT.namePlaceholder}
                value={draft.displayName}
                onChange={(event) => edit('displayName', event.target.value)}
              />
            )}
          </SettingField>
          <AppearanceChoice
            value={draft.appearance}
            onChange={(value) => edit('appearance', value)}
            {...field('appearance')}
          />
        </section>
      </form>
    </Dialog>
  );
}

/** In place of Save, when the dialog is closed over something that is not saved. */
function DiscardQuestion({ onDiscard, onKeep }: { onDiscard: () => void; onKeep: () => void }) {
  const keep = useRef<HTMLButtonElement>(null);
  useEffect(() => keep.current?.focus(), []);
  return (
    <>
      <p className={styles.outcome} role="alert">
        {SETTINGS_TEXT.discardTitle}
      </p>
      <Button ref={keep} onClick={onKeep}>
        {SETTINGS_TEXT.keepEditing}
      </Button>
      <Button look="danger" onClick={onDiscard}>
        {SETTINGS_TEXT.discard}
      </Button>
    </>
  );
}

/** Fields that were not edited follow the new values; edited ones stay as typed. */
function rebase(draft: SettingsDraft, before: SettingsDraft, now: SettingsDraft): SettingsDraft {
  const keys = Object.keys(draft) as DraftKey[];
  return Object.fromEntries(
    keys.map((key) => [key, draft[key] === before[key] ? now[key] : draft[key]]),
  ) as unknown as SettingsDraft;
}

interface OutcomeLineProps {
  outcome: Outcome;
  isDirty: boolean;
  count: number;
  isInCall: boolean;
}

function OutcomeLine({ outcome, isDirty, count, isInCall }: OutcomeLineProps) {
  const isBad = outcome === 'problems' || outcome === 'not-stored';
  const text =
    outcome === 'saved'
      ? isInCall
        ? SETTINGS_TEXT.savedInCall
        : SETTINGS_TEXT.saved
      : outcome === 'problems'
        ? SETTINGS_TEXT.problems(Math.max(1, count))
        : outcome === 'not-stored'
          ? SETTINGS_TEXT.notStored
          : isDirty
            ? SETTINGS_TEXT.unsaved
            : '';
  return (
    <p
      className={styles.outcome}
      role="status"
      data-outcome={outcome}
      data-testid="settings-outcome"
    >
      {outcome === 'saved' && <Check size={16} aria-hidden="true" />}
      {isBad && <CircleAlert size={16} aria-hidden="true" />}
      {text}
    </p>
  );
}
