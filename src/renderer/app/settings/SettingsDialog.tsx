import { Check, CircleAlert, FileLock2, Search, X } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { Button } from '../design/Button.tsx';
import { Dialog } from '../design/Dialog.tsx';
import fieldStyles from '../design/Field.module.css';
import { IconButton } from '../design/IconButton.tsx';
import { foundSections, SectionView } from './SettingsFields.tsx';
import { SETTINGS_TEXT } from './text.ts';
import { useSettingsForm, type SettingsForm } from './use-settings-form.ts';
import styles from './SettingsDialog.module.css';

interface Props {
  isInCall: boolean;
  onOpenPolicy: () => void;
  onClose: () => void;
}

/** All settings that an employee may see. Over a call, which goes on underneath. */
export function SettingsDialog({ isInCall, onOpenPolicy, onClose }: Props) {
  const [query, setQuery] = useState('');
  const [asksToDiscard, setAsksToDiscard] = useState(false);
  const form = useSettingsForm(() => setAsksToDiscard(false));
  const body = useRef<HTMLFormElement>(null);
  /** Where the focus was when the question came up. */
  const editing = useRef<Element>(null);

  // A field that is in the way of saving must not be hidden by a search.
  const [seenRefusals, setSeenRefusals] = useState(0);
  if (seenRefusals !== form.refusals) {
    setSeenRefusals(form.refusals);
    setQuery('');
  }
  useEffect(() => {
    if (form.refusals === 0) return;
    body.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus();
  }, [form.refusals]);

  const close = (): void => {
    if (!form.isDirty) {
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
            <OutcomeLine form={form} isInCall={isInCall} />
            <Button look="primary" type="submit" form="settings" aria-disabled={!form.isDirty}>
              {SETTINGS_TEXT.save}
            </Button>
          </>
        )
      }
    >
      <div className={styles.top}>
        <SearchBox query={query} onSearch={setQuery} />
        <Button
          look="quiet"
          icon={<FileLock2 size={16} aria-hidden="true" />}
          onClick={onOpenPolicy}
        >
          {SETTINGS_TEXT.policy}
        </Button>
      </div>
      <form
        id="settings"
        ref={body}
        noValidate
        className={styles.sections}
        onSubmit={(event) => {
          event.preventDefault();
          if (form.isDirty) void form.save();
        }}
      >
        <FoundSettings query={query.trim()} form={form} />
      </form>
    </Dialog>
  );
}

function SearchBox({ query, onSearch }: { query: string; onSearch: (query: string) => void }) {
  const input = useRef<HTMLInputElement>(null);
  return (
    <div className={styles.search}>
      <Search size={16} aria-hidden="true" />
      <input
        ref={input}
        className={fieldStyles.input}
        aria-label={SETTINGS_TEXT.search}
        placeholder={SETTINGS_TEXT.search}
        spellCheck={false}
        autoComplete="off"
        value={query}
        onChange={(event) => onSearch(event.target.value)}
        onKeyDown={(event) => {
          // The first Escape ends the search, the next one closes the dialog.
          if (event.key !== 'Escape' || query === '') return;
          event.preventDefault();
          onSearch('');
        }}
      />
      {query !== '' && (
        <IconButton
          label={SETTINGS_TEXT.clearSearch}
          icon={<X size={16} />}
          className={styles.clear}
          onClick={() => {
            onSearch('');
            input.current?.focus();
          }}
        />
      )}
    </div>
  );
}

function FoundSettings({ query, form }: { query: string; form: SettingsForm }) {
  const sections = foundSections(query, form.settings.provenance);
  const count = sections.reduce((sum, { settings }) => sum + settings.length, 0);
  return (
    <>
      <p className={count === 0 ? styles.nothing : 'visually-hidden'} role="status">
        {query !== '' &&
          (count === 0 ? SETTINGS_TEXT.nothingFound(query) : SETTINGS_TEXT.found(count))}
      </p>
      {sections.map((section) => (
        <SectionView key={section.id} section={section} form={form} />
      ))}
    </>
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

function OutcomeLine({ form, isInCall }: { form: SettingsForm; isInCall: boolean }) {
  const { outcome, isDirty, blocking } = form;
  const isBad = outcome === 'problems' || outcome === 'not-stored';
  const text =
    outcome === 'saved'
      ? isInCall
        ? SETTINGS_TEXT.savedInCall
        : SETTINGS_TEXT.saved
      : outcome === 'problems'
        ? SETTINGS_TEXT.problems(Math.max(1, blocking.length))
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
