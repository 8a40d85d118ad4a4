import { ArrowRight } from 'lucide-react';
import { useEffect, useRef, useState, type SubmitEvent } from 'react';
import { parseMeetingLink, type MeetingLinkResult } from '../../../shared/meeting-link.ts';
import { PREFERRED_PROTOCOL_TEXT } from '../../../shared/protocol.ts';
import { nameInCalls } from '../../../shared/settings/allowed.ts';
import { Button } from '../design/Button.tsx';
import { RouteLine, type RouteStop } from '../design/RouteLine.tsx';
import { TextField } from '../design/TextField.tsx';
import { hostOf, routePlanOf, type RoutePlan } from '../meeting/route-plan.ts';
import { PolicyNotice } from '../policy/PolicyNotice.tsx';
import { POLICY_TEXT } from '../policy/text.ts';
import type { JoinDraft } from '../session/app-controller.ts';
import { useServices } from '../session/services.tsx';
import { useObservable } from '../session/use-observable.ts';
import { JOIN_TEXT, routeSentence } from './text.ts';
import { useSettled } from './use-settled.ts';
import { meetingProblem, nameProblem, shownProblem } from './validation.ts';
import styles from './JoinForm.module.css';

interface Props {
  draft: JoinDraft;
  isOpening: boolean;
  onOpenSettings: () => void;
  onOpenPolicy: () => void;
}

export function JoinForm({ draft, isOpening, onOpenSettings, onOpenPolicy }: Props) {
  const { controller, settings: settingsSource } = useServices();
  const settings = useObservable(settingsSource);
  const form = useRef<HTMLFormElement>(null);
  const [input, setInput] = useState(draft.input);
  const [pending, setPending] = useState(draft.pending);
  const [name, setName] = useState(settings.values.displayName);
  const [toldAtFirst, setTold] = useState(draft.problem);
  const [tried, setTried] = useState(false);
  const settledInput = useSettled(input);
  const settledName = useSettled(name);
  const { locked: nameLocked, source: nameSource } = settings.provenance.displayName;
  const { callsRefused, hash } = settings.policy;
  // What a policy refused is no longer so under another one.
  const [refusedUnder] = useState(hash);
  const isOutdated = draft.forIt !== undefined && (callsRefused || hash !== refusedUnder);
  const told = isOutdated ? undefined : toldAtFirst;
  const nameReason = JOIN_TEXT.nameLocked[nameSource === 'command-line' ? nameSource : 'managed'];

  useEffect(() => {
    // The first field that still wants something; the button when none does.
    const fields = [...(form.current?.querySelectorAll('input') ?? [])];
    const wanting = draft.problem
      ? fields[0]
      : fields.find((field) => !field.readOnly && field.value === '');
    (wanting ?? form.current?.querySelector<HTMLElement>('button[type="submit"]'))?.focus();
  }, [draft.problem]);

  const { displayNameDomain } = settings.values;
  const nameHint = [
    nameLocked && nameReason,
    displayNameDomain !== '' &&
      name.trim() !== '' &&
      JOIN_TEXT.nameInCalls(nameInCalls(name.trim(), displayNameDomain)),
  ]
    .filter(Boolean)
    .join(' ');

  const link: MeetingLinkResult = pending
    ? { ok: true, link: { roomId: pending.roomId, serverUrl: pending.serverUrl } }
    : parseMeetingLink(input);
  const typingProblem = pending
    ? undefined
    : shownProblem(input, settledInput, tried, meetingProblem);
  const inputProblem = told ?? typingProblem;

  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    if (isOpening || callsRefused) return;
    setTried(true);
    if ((!pending && meetingProblem(input)) || nameProblem(name)) {
      const first = !pending && meetingProblem(input) ? 'meeting' : 'name';
      form.current?.querySelector<HTMLElement>(`input[name="${first}"]`)?.focus();
      return;
    }
    void controller.join(input, name.trim(), pending);
  };

  return (
    <form ref={form} className={styles.form} onSubmit={submit} noValidate>
      <div>
        <h1 className={styles.title}>{JOIN_TEXT.title}</h1>
        <p className={styles.lead}>{JOIN_TEXT.lead}</p>
      </div>
      {callsRefused ? (
        <PolicyNotice
          title={POLICY_TEXT.refusedTitle}
          message={callsRefused.message}
          forIt={callsRefused.forIt}
          onOpenPolicy={onOpenPolicy}
        />
      ) : (
        told !== undefined &&
        draft.forIt !== undefined && (
          <PolicyNotice
            title={POLICY_TEXT.forbiddenTitle}
            forIt={draft.forIt}
            onOpenPolicy={onOpenPolicy}
          />
        )
      )}
      <TextField
        name="meeting"
        label={JOIN_TEXT.meeting}
        placeholder={JOIN_TEXT.meetingPlaceholder}
        value={input}
        required
        problem={inputProblem}
        aside={
          pending && (
            <span className={styles.fromLink}>
              {JOIN_TEXT.fromLink} · {hostOf(pending.serverUrl)}
            </span>
          )
        }
        onChange={(event) => {
          setInput(event.target.value);
          setPending(undefined);
          setTold(undefined);
        }}
      />
      <TextField
        name="name"
        label={JOIN_TEXT.name}
        placeholder={JOIN_TEXT.namePlaceholder}
        value={name}
        required
        maxLength={120}
        readOnly={nameLocked}
        hint={nameHint || undefined}
        problem={shownProblem(name, settledName, tried, nameProblem)}
        onChange={(event) => setName(event.target.value)}
      />
      <RouteSummary plan={routePlanOf(settings.values, link)} onChange={onOpenSettings} />
      <div className={styles.actions}>
        <Button
          type="submit"
          look="primary"
          size="large"
          className={styles.join}
          aria-disabled={isOpening || callsRefused !== undefined}
        >
          {isOpening ? JOIN_TEXT.joining : JOIN_TEXT.join}
          {!isOpening && <ArrowRight size={18} aria-hidden="true" />}
        </Button>
      </div>
    </form>
  );
}

function RouteSummary({ plan, onChange }: { plan: RoutePlan; onChange: () => void }) {
  const mode = PREFERRED_PROTOCOL_TEXT[plan.mode].name;
  const stops: RouteStop[] = [{ kind: 'computer', name: JOIN_TEXT.you }];
  if (plan.proxy !== undefined) {
    stops.push({ kind: 'proxy', name: JOIN_TEXT.proxy, address: plan.proxy });
  }
  stops.push({ kind: 'server', name: JOIN_TEXT.server, address: plan.server });
  return (
    <section className={styles.route} data-testid="route-summary">
      <div className={styles.routeHead}>
        <h2 className={styles.routeTitle}>{JOIN_TEXT.route}</h2>
        <button type="button" className={styles.change} onClick={onChange}>
          {JOIN_TEXT.changeRoute}
        </button>
      </div>
      <RouteLine label={routeSentence(plan)} stops={stops} legs={[mode]} />
    </section>
  );
}
