import type { Meeting, MeetingOpenResult, PendingMeeting } from '../../shared/ipc.ts';
import type { EffectiveSettings } from '../../shared/settings.ts';
import {
  allowedPart,
  isSamePolicy,
  networkPolicyFor,
  NO_NETWORK,
  type NetworkPolicy,
} from '../security/network-policy.ts';
import { resolveMeeting } from './resolve-meeting.ts';

export interface MeetingsOptions {
  settings: () => Pick<EffectiveSettings, 'values' | 'policy'>;
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
  /** One that was refused, until another is meant: IT may allow it yet. */
  #refused: string | undefined;
  #policy: NetworkPolicy;

  /** @param first A meeting that the program was started for: the first document is made for it. */
  constructor(options: MeetingsOptions, first?: { input: string; autoJoin: boolean }) {
    this.#options = options;
    this.#pending = first;
    const settings = options.settings();
    const resolved = first && resolveMeeting(first.input, settings);
    this.#policy =
      resolved?.status === 'refused'
        ? NO_NETWORK
        : networkPolicyFor(resolved?.status === 'ready' ? resolved.meeting : settings.values);
    this.limitsChanged();
  }

  /**
   * The hosts that the current document may reach: those that it was made for, without any that IT
   * has forbidden since.
   */
  get policy(): NetworkPolicy {
    const { values, policy } = this.#options.settings();
    return policy.callsRefused ? NO_NETWORK : allowedPart(this.#policy, values);
  }

  /**
   * After a change of the settings: what is forbidden now stays out of reach of this document, whose
   * header may name it no more. What is allowed again comes with a fresh one; a meeting that was
   * refused and is allowed now waits for the person again.
   */
  limitsChanged(): void {
    this.#policy = this.policy;
    if (this.#refused === undefined) return;
    if (resolveMeeting(this.#refused, this.#options.settings()).status !== 'ready') return;
    this.offer(this.#refused, { autoJoin: false });
  }

  /** A meeting from outside the page. The newest one counts. */
  offer(input: string, options: { autoJoin: boolean }): void {
    this.#pending = { input, ...options };
    this.#refused = undefined;
    this.#options.announce();
  }

  /** What the page asks for when somebody enters a link. */
  open(input: string): MeetingOpenResult {
    this.#refused = undefined;
    const resolved = resolveMeeting(input, this.#options.settings());
    if (resolved.status !== 'ready') return resolved;
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
    if (resolved.status === 'ready' && !this.#isAllowed(resolved.meeting)) {
      this.#reloadFor(resolved.meeting);
      return { status: 'none' };
    }
    this.#pending = undefined;
    if (resolved.status === 'refused') this.#refused = pending.input;
    return resolved.status === 'ready' ? { ...resolved, autoJoin: pending.autoJoin } : resolved;
  }

  #isAllowed(meeting: Meeting): boolean {
    return isSamePolicy(this.#policy, networkPolicyFor(meeting));
  }

  #reloadFor(meeting: Meeting): void {
    this.#policy = networkPolicyFor(meeting);
    this.#options.reloadDocument();
  }
}
