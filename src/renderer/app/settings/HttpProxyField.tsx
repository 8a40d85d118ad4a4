import { useId, type ReactNode } from 'react';
import { HttpProxy } from '../../../shared/settings/http-proxy.ts';
import fieldStyles from '../design/Field.module.css';
import { FieldProblem } from '../design/TextField.tsx';
import { ChoiceField } from './choices.tsx';
import { httpProxyProblem, type HttpProxyDraft } from './settings-draft.ts';
import { SETTINGS_TEXT } from './text.ts';
import type { SettingsForm } from './use-settings-form.ts';
import styles from './HttpProxyField.module.css';

const MODES = HttpProxy.options
  .map(({ shape }) => shape.mode.value)
  .map((value) => ({ value, ...SETTINGS_TEXT.httpProxyModes[value] }));

/** The company's HTTP proxy: which kind, and what that kind needs. */
export function HttpProxyField({ form }: { form: SettingsForm }) {
  const { httpProxy: draft } = form.draft;
  const { problem, ...state } = form.field('httpProxy');
  const { locked } = state.provenance;
  const edit = (change: Partial<HttpProxyDraft>): void =>
    form.edit('httpProxy', { ...draft, ...change });
  const own = httpProxyProblem(draft);
  /** A field that was not filled in yet is no mistake until somebody wants to save it. */
  const problemOf = (part: 'server' | 'bypass' | 'url'): string | undefined =>
    own?.part === part && (draft[part] !== '' || form.refusals > 0) ? own.problem : undefined;

  return (
    <div className={styles.field}>
      <ChoiceField
        setting="httpProxy"
        look="pairs"
        choices={MODES}
        value={draft.mode}
        onChange={(mode) => edit({ mode })}
        problem={own ? undefined : problem}
        {...state}
      />
      {draft.mode === 'manual' && (
        <div className={styles.parts}>
          <Part label={SETTINGS_TEXT.httpProxyServer} problem={problemOf('server')}>
            {(props) => (
              <input
                {...props}
                readOnly={locked}
                spellCheck={false}
                autoComplete="off"
                placeholder={SETTINGS_TEXT.httpProxyServerPlaceholder}
                value={draft.server}
                onChange={(event) => edit({ server: event.target.value })}
              />
            )}
          </Part>
          <Part
            label={SETTINGS_TEXT.httpProxyBypass}
            hint={SETTINGS_TEXT.httpProxyBypassHint}
            problem={problemOf('bypass')}
          >
            {(props) => (
              <textarea
                {...props}
                readOnly={locked}
                rows={2}
                spellCheck={false}
                autoComplete="off"
                value={draft.bypass}
                onChange={(event) => edit({ bypass: event.target.value })}
              />
            )}
          </Part>
        </div>
      )}
      {draft.mode === 'pac' && (
        <div className={styles.parts}>
          <Part label={SETTINGS_TEXT.pacUrl} problem={problemOf('url')}>
            {(props) => (
              <input
                {...props}
                readOnly={locked}
                spellCheck={false}
                autoComplete="off"
                placeholder={SETTINGS_TEXT.pacUrlPlaceholder}
                value={draft.url}
                onChange={(event) => edit({ url: event.target.value })}
              />
            )}
          </Part>
        </div>
      )}
    </div>
  );
}

interface PartProps {
  label: string;
  hint?: string;
  problem: string | undefined;
  children: (props: {
    id: string;
    className: string | undefined;
    'aria-invalid': true | undefined;
    'aria-describedby': string | undefined;
  }) => ReactNode;
}

/** One field of the several that the setting is made of. */
function Part({ label, hint, problem, children }: PartProps) {
  const id = useId();
  const described = [hint && `${id}-hint`, problem && `${id}-problem`].filter(Boolean).join(' ');
  return (
    <div className={fieldStyles.field}>
      <label htmlFor={id} className={fieldStyles.label}>
        {label}
      </label>
      {children({
        id,
        className: fieldStyles.input,
        'aria-invalid': problem === undefined ? undefined : true,
        'aria-describedby': described || undefined,
      })}
      <FieldProblem id={`${id}-problem`} problem={problem} />
      {hint !== undefined && (
        <p id={`${id}-hint`} className={fieldStyles.hint}>
          {hint}
        </p>
      )}
    </div>
  );
}
