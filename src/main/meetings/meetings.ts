import type { Meeting, MeetingOpenResult, PendingMeeting } from '../../shared/ipc.ts';
import type { Settings } from '../../shared/settings.ts';
import { isSamePolicy, networkPolicyFor, type NetworkPolicy } from '../security/network-policy.ts';
import { resolveMeeting } from './resolve-meeting.ts';

export interface MeetingsOptions {
  settings: () => Settings;
  /** Loads a fresh document, which comes with the policy then in force. */
  reloadDocument: () => void;
  /** Tells the page that a meeting waits. */
  announce: () => void;
}

/**
 * Which meeting is meant, and so which hosts the document may reach. The policy belongs to the
 * document: it changes only together with a fresh one, so that the header the document came with
 * and the request filter always say the same.
 */
export class Meetings {
  readonly #options: MeetingsOptions;
  #pending: { input: string; autoJoin: boolean } | undefined;
  #policy: NetworkPolicy;

  /** @param first A meeting that the program was started for: the first document is made for it. */
  constructor(options: MeetingsOptions, first?: { input: string; autoJoin: boolean }) {
    this.#options = options;
    this.#pending = first;
    const settings = options.settings();
    const resolved = first && resolveMeeting(first.input, settings);
    this.#policy = networkPolicyFor(resolved?.ok ? resolved.meeting : settings);
  }

  /** The hosts that the current document may reach. */
  get policy(): NetworkPolicy {
    return this.#policy;
  }

  /** A meeting from outside the page. The newest one counts. */
  offer(input: string, options: { autoJoin: boolean }): void {
    this.#pending = { input, ...options };
    this.#options.announce();
  }

  /** What the page asks for when somebody enters a link. */
  open(input: string): MeetingOpenResult {
    const resolved = resolveMeeting(input, this.#options.settings());
    if (!resolved.ok) return { status: 'invalid', problem: resolved.problem };
    if (this.#isAllowed(resolved.meeting)) return { status: 'ready', meeting: resolved.meeting };
    this.#pending = { input, autoJoin: false };
    this.#reloadFor(resolved.meeting);
    return { status: 'reloading' };
  }

  /**
   * Hands over the meeting that waits. When the document may not reach its hosts, a fresh one is
   * loaded, which then finds the meeting still waiting: taking it ends the call that this document
   * may have been in.
   */
  takePending(): PendingMeeting {
    const pending = this.#pending;
    if (!pending) return { status: 'none' };
    const resolved = resolveMeeting(pending.input, this.#options.settings());
    if (resolved.ok && !this.#isAllowed(resolved.meeting)) {
      this.#reloadFor(resolved.meeting);
      return { status: 'none' };
    }
    this.#pending = undefined;
    return resolved.ok
      ? { status: 'ready', meeting: resolved.meeting, autoJoin: pending.autoJoin }
      : { status: 'invalid', problem: resolved.problem };
  }

  #isAllowed(meeting: Meeting): boolean {
    return isSamePolicy(this.#policy, networkPolicyFor(meeting));
  }

  #reloadFor(meeting: Meeting): void {
    this.#policy = networkPolicyFor(meeting);
    this.#options.reloadDocument();
  }
}
