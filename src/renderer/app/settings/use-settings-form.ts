import { useState } from 'react';
import type { EffectiveSettings, SettingKey } from '../../../shared/settings.ts';
import { useServices } from '../session/services.tsx';
import { useObservable } from '../session/use-observable.ts';
import type { FieldState } from './SettingField.tsx';
import {
  DEFAULT_DRAFT,
  draftOf,
  isSame,
  patchOf,
  problemsOf,
  rebase,
  type DraftKey,
  type DraftProblems,
  type SettingsDraft,
} from './settings-draft.ts';

export type Outcome = 'none' | 'saved' | 'problems' | 'not-stored';

/** The settings while they are edited, and all that can be done with them. */
export interface SettingsForm {
  settings: EffectiveSettings;
  draft: SettingsDraft;
  outcome: Outcome;
  /** There is something to save. */
  isDirty: boolean;
  /** Fields that keep the rest from being saved. */
  blocking: readonly SettingKey[];
  /** How often saving was refused for a field. */
  refusals: number;
  edit: <K extends DraftKey>(key: K, value: SettingsDraft[K]) => void;
  field: (key: DraftKey) => FieldState;
  save: () => Promise<void>;
}

/** @param onEdit Told of every change that the person makes. */
export function useSettingsForm(onEdit: () => void): SettingsForm {
  const { bridge, settings: source } = useServices();
  const settings = useObservable(source);
  const [draft, setDraft] = useState(() => draftOf(settings.values));
  /** Fields that were reset and not edited since. */
  const [reset, setReset] = useState<ReadonlySet<DraftKey>>(new Set());
  const [refused, setRefused] = useState<DraftProblems>({});
  const [outcome, setOutcome] = useState<Outcome>('none');
  const [refusals, setRefusals] = useState(0);

  // A change from elsewhere (IT, another window) shows at once in fields that are not being edited,
  // and in those that may not be edited any more.
  const [seen, setSeen] = useState(settings);
  if (seen !== settings) {
    setSeen(settings);
    const now = draftOf(settings.values);
    const locked = Object.entries(now).filter(
      ([key]) => settings.provenance[key as DraftKey].locked,
    );
    setDraft({ ...rebase(draft, draftOf(seen.values), now), ...Object.fromEntries(locked) });
  }

  const problems: DraftProblems = { ...problemsOf(draft, settings.values), ...refused };
  const patch = patchOf(draft, settings, reset);
  const blocking = (Object.keys(problems) as SettingKey[]).filter((key) => key in patch);

  const change = (key: DraftKey, value: unknown, isReset: boolean): void => {
    setDraft({ ...draft, [key]: value });
    setReset(new Set([...reset].filter((other) => other !== key).concat(isReset ? [key] : [])));
    setOutcome('none');
    setRefused(Object.fromEntries(Object.entries(refused).filter(([other]) => other !== key)));
    onEdit();
  };

  const showProblems = (): void => {
    setOutcome('problems');
    setRefusals((count) => count + 1);
  };

  const save = async (): Promise<void> => {
    if (blocking.length > 0) {
      showProblems();
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
        showProblems();
      }
    } catch (error) {
      reportError(error);
      setOutcome('not-stored');
    }
  };

  return {
    ...{ settings, draft, outcome, blocking, refusals, save },
    isDirty: Object.keys(patch).length > 0,
    edit: (key, value) => change(key, value, false),
    field: (key) => ({
      provenance: settings.provenance[key],
      problem: problems[key],
      canReset:
        !settings.provenance[key].locked &&
        (!isSame(key, draft, DEFAULT_DRAFT) ||
          (settings.provenance[key].source === 'user' && !reset.has(key))),
      onReset: () => change(key, DEFAULT_DRAFT[key], true),
    }),
  };
}
