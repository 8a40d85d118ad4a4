import type { AppNotice } from '../../../shared/ipc.ts';
import type { PolicyStatus } from '../../../shared/settings/policy-status.ts';
import type { Log } from '../../log/log.ts';
import type { Notices } from '../../notices.ts';
import { formatProblem } from './managed-policy.ts';

const NOTICE_ID = 'policy';

/** Says in the log, and where it matters to the employee in a notice, what became of the policy. */
export function tellPolicy(
  status: PolicyStatus,
  { notices, log }: { notices: Pick<Notices, 'add' | 'dismiss'>; log: Pick<Log, 'info' | 'warn'> },
): void {
  for (const problem of status.problems) log.warn(`policy: ${formatProblem(problem)}`);
  if (status.state !== 'none') {
    const hash = status.hash === undefined ? '' : ` (${status.hash.slice(0, 12)})`;
    log.info(`policy: ${status.state}, in force: ${status.inForce}${hash}`);
  }
  const text = noticeText(status);
  if (text) notices.add({ id: NOTICE_ID, ...text });
  else notices.dismiss(NOTICE_ID);
}

function noticeText(status: PolicyStatus): Omit<AppNotice, 'id'> | undefined {
  const first = status.problems.find(({ severity }) => severity === 'error');
  const detail = first ? ` Tell IT: “${formatProblem(first)}”` : '';
  if (status.callsRefused) {
    return {
      severity: 'error',
      title: 'Calls are not possible just now',
      text: `Your organization’s settings for Causeway cannot be used, and none that could are known.${detail}`,
    };
  }
  switch (status.state) {
    case 'none':
    case 'ok':
      return undefined;
    case 'gone':
      return {
        severity: 'warning',
        title: 'Your organization’s settings have vanished',
        text: 'Those that were known last stay in force. IT ends them with a file that holds {}.',
      };
    case 'refused':
    case 'broken':
      return {
        severity: 'warning',
        title: 'New settings of your organization cannot be used',
        text: `Those that were known last stay in force.${detail}`,
      };
  }
}
