import type {
  CausewayBridge,
  Meeting,
  MeetingOpenResult,
  PendingMeeting,
} from '../../../shared/ipc.ts';
import { formatMeetingLink } from '../../../shared/meeting-link.ts';
import { RoomError } from '../../../shared/room-error.ts';
import type { EffectiveSettings } from '../../../shared/settings.ts';
import { nameInCalls } from '../../../shared/settings/allowed.ts';
import type { TimelineEntry } from '../../../shared/timeline.ts';
import { JOIN_TEXT } from '../join/text.ts';
import type { KeyValueStorage, RoomOptions, RoomPlatform } from '../../room/contract.ts';
import type { LocalMedia } from '../media/local-media.ts';
import { joinTokenFor } from '../meeting/dev-token.ts';
import { rememberJoin, takeRememberedJoin } from '../meeting/resume-join.ts';
import {
  CallSession,
  roomOptionsOf,
  roomPlatformOf,
  type CallEnd,
  type CreateRoom,
} from './call-session.ts';
import { Observable, type Readable } from './observable.ts';

/** What the join form starts with, and what main or the person last said about it. */
export interface JoinDraft {
  /** Link or name as typed; never holds a token that came with a pending link. */
  input: string;
  /** A meeting from a link or the command line that waits for Join, until the input is changed. */
  pending: Meeting | undefined;
  problem: string | undefined;
  /** Where the policy forbids the meeting: what IT needs to know of it. */
  forIt?: string;
}

export interface EndedCall {
  meeting: Meeting;
  displayName: string;
  end: CallEnd;
  wasConnected: boolean;
  timeline: readonly TimelineEntry[];
}

export type AppScreen =
  | { name: 'starting' }
  | { name: 'join'; draft: JoinDraft }
  /** Main answers, or loads a fresh document; then the room object is made. */
  | { name: 'opening'; draft: JoinDraft }
  | { name: 'call'; call: CallSession; isInvited: boolean }
  | { name: 'ended'; call: EndedCall };

/** Somebody at the join screen is noticed this often, ms. */
const INTEREST_MS = 1_000;

const EMPTY_DRAFT: JoinDraft = { input: '', pending: undefined, problem: undefined };

interface Dependencies {
  bridge: CausewayBridge;
  media: LocalMedia;
  createRoom: CreateRoom;
  /** Gets what can be got before Join is pressed; may be refused. */
  prepareRoom: (options: RoomOptions, platform: RoomPlatform) => Promise<void>;
  /** Takes back all that was prepared. */
  forgetPrepared: () => void;
  settings: Readable<EffectiveSettings>;
  /** For the life of the window. */
  storage: Storage;
  /** Outlives the app. */
  lastingStorage: KeyValueStorage;
}

/** Which screen is shown, and every step from one to the next. */
export class AppController {
  readonly #screen = new Observable<AppScreen>({ name: 'starting' });
  readonly #bridge: CausewayBridge;
  readonly #media: LocalMedia;
  readonly #createRoom: CreateRoom;
  readonly #prepareRoom: Dependencies['prepareRoom'];
  readonly #forgetPrepared: Dependencies['forgetPrepared'];
  readonly #settings: Readable<EffectiveSettings>;
  readonly #storage: Storage;
  readonly #lastingStorage: KeyValueStorage;
  /** When it was last tried, ms, monotonic. */
  #preparedAt = 0;
  /** The meeting that may be prepared, under the settings that it was opened with. */
  #preparable: { meeting: Meeting; way: string } | undefined;

  constructor(dependencies: Dependencies) {
    const { bridge, media, createRoom, prepareRoom, settings, storage } = dependencies;
    this.#bridge = bridge;
    this.#media = media;
    this.#createRoom = createRoom;
    this.#prepareRoom = prepareRoom;
    this.#forgetPrepared = dependencies.forgetPrepared;
    this.#settings = settings;
    this.#storage = storage;
    this.#lastingStorage = dependencies.lastingStorage;
    bridge.meeting.onPending(() => void this.#takePending());
    settings.subscribe(() => {
      // Another way than the one that was prepared, which may not be allowed any more.
      if (this.#preparable?.way === wayIn(settings.get())) return;
      this.#preparable = undefined;
      this.#forgetPrepared();
    });
    bridge.policy.onChanged((change) => {
      const screen = this.#screen.get();
      if (screen.name === 'call') screen.call.policyChanged(this.#settings.get(), change);
    });
  }

  get screen(): Readable<AppScreen> {
    return this.#screen;
  }

  /** The first screen: a meeting that waits, or an empty form. */
  async start(): Promise<void> {
    const remembered = takeRememberedJoin(this.#storage, Date.now());
    const pending = await this.#bridge.meeting.takePending();
    if (pending.status === 'ready' && remembered) {
      const { cameraWanted: camera, microphoneMuted } = remembered;
      this.#media.want({ camera, microphoneMuted });
      await this.#startCall(pending.meeting, remembered.displayName);
      return;
    }
    await this.#showPending(pending);
  }

  /** From the form. A problem with the input ends up next to the field. */
  async join(input: string, displayName: string, pending: Meeting | undefined): Promise<void> {
    const draft: JoinDraft = { input, pending, problem: undefined };
    this.#screen.set({ name: 'opening', draft });
    if (displayName !== this.#settings.get().values.displayName) {
      // A managed name refuses the change; the call still uses the name that was typed.
      await this.#bridge.settings.update({ displayName });
    }
    await this.#open(pending ? linkOf(pending) : input, displayName, draft);
  }

  async leave(): Promise<void> {
    const screen = this.#screen.get();
    if (screen.name === 'call') await screen.call.leave();
  }

  /** From an ended call: the same meeting again, under the settings in force now. */
  async rejoin(): Promise<void> {
    const screen = this.#screen.get();
    if (screen.name !== 'ended') return;
    const { meeting, displayName } = screen.call;
    const draft: JoinDraft = { input: meeting.roomId, pending: meeting, problem: undefined };
    this.#screen.set({ name: 'opening', draft });
    await this.#open(linkOf(meeting), displayName, draft);
  }

  /** From an ended call back to the form, with its meeting filled in. */
  backToJoin(): void {
    const screen = this.#screen.get();
    if (screen.name !== 'ended') return;
    const { meeting } = screen.call;
    this.#showJoin({ input: meeting.roomId, pending: meeting, problem: undefined });
  }

  /** A link that was opened in mid-call: leave this call for it, or let it go. */
  async answerInvitation(accept: boolean): Promise<void> {
    const screen = this.#screen.get();
    if (screen.name !== 'call' || !screen.isInvited) return;
    this.#screen.set({ ...screen, isInvited: false });
    if (!accept) return;
    await screen.call.leave();
    await this.#takePending();
  }

  async #takePending(): Promise<void> {
    const screen = this.#screen.get();
    if (screen.name === 'call') {
      // Taking it may load a fresh document, and so end this call: the person decides.
      this.#screen.set({ ...screen, isInvited: true });
      return;
    }
    await this.#showPending(await this.#bridge.meeting.takePending());
  }

  async #showPending(pending: PendingMeeting): Promise<void> {
    const screen = this.#screen.get();
    if (pending.status === 'none') {
      if (screen.name === 'starting') this.#showJoin(EMPTY_DRAFT);
      return;
    }
    if (pending.status === 'invalid' || pending.status === 'refused') {
      this.#showJoin({ ...EMPTY_DRAFT, ...refusalOf(pending) });
      return;
    }
    if (pending.autoJoin) {
      const name = this.#settings.get().values.displayName || JOIN_TEXT.guest;
      await this.#startCall(pending.meeting, name);
      return;
    }
    this.#showJoin({ input: pending.meeting.roomId, pending: pending.meeting, problem: undefined });
  }

  /** A sign that somebody is at the join screen: what was prepared for the join may have ended. */
  interestShown(): void {
    const now = performance.now();
    if (this.#screen.get().name !== 'join' || now - this.#preparedAt < INTEREST_MS) return;
    this.#prepare();
  }

  #showJoin(draft: JoinDraft): void {
    this.#screen.set({ name: 'join', draft });
    void this.#media.start();
    const { pending } = draft;
    this.#preparable = pending && { meeting: pending, way: wayIn(this.#settings.get()) };
    this.#prepare();
  }

  /** Makes the join quicker; when it cannot, the join itself says why. */
  #prepare(): void {
    if (!this.#preparable || this.#settings.get().policy.callsRefused) return;
    this.#preparedAt = performance.now();
    const { meeting } = this.#preparable;
    const displayName = this.#settings.get().values.displayName || JOIN_TEXT.guest;
    const options = roomOptionsOf(meeting, meeting.token ?? '', displayName);
    const platform = roomPlatformOf(this.#bridge, this.#lastingStorage);
    this.#prepareRoom(options, platform).catch(() => undefined);
  }

  async #open(input: string, displayName: string, draft: JoinDraft): Promise<void> {
    const { cameraWanted, microphoneMuted } = this.#media.state.get();
    // Written before the question: main may replace the document as soon as it has answered.
    rememberJoin({ displayName, cameraWanted, microphoneMuted }, this.#storage, Date.now());
    let result: MeetingOpenResult;
    try {
      result = await this.#bridge.meeting.open(input);
    } catch (error) {
      reportError(error);
      result = { status: 'invalid', problem: JOIN_TEXT.notOpened };
    }
    if (result.status === 'reloading') return;
    takeRememberedJoin(this.#storage, Date.now());
    if (result.status === 'invalid' || result.status === 'refused') {
      this.#showJoin({ ...draft, ...refusalOf(result) });
      return;
    }
    await this.#startCall(result.meeting, displayName);
  }

  async #startCall(meeting: Meeting, name: string): Promise<void> {
    const displayName = nameInCalls(name, this.#settings.get().values.displayNameDomain);
    if (this.#screen.get().name !== 'opening') {
      const draft: JoinDraft = { input: meeting.roomId, pending: meeting, problem: undefined };
      this.#screen.set({ name: 'opening', draft });
    }
    // Side by side: devices take as long to open as the token to come.
    void this.#media.start();
    const token = await joinTokenFor(meeting, displayName);
    let call: CallSession;
    try {
      call = new CallSession(meeting, token, displayName, {
        createRoom: this.#createRoom,
        bridge: this.#bridge,
        media: this.#media,
        settings: this.#settings,
        storage: this.#lastingStorage,
        onEnd: (end) => this.#ended(call, end),
      });
    } catch (error) {
      if (!(error instanceof RoomError)) throw error;
      this.#media.stop();
      const end: CallEnd = { kind: 'failed', error: error.toData() };
      this.#screen.set({
        name: 'ended',
        call: { meeting, displayName, end, wasConnected: false, timeline: [] },
      });
      return;
    }
    const started = call.start();
    await call.worthShowing();
    if (!call.hasEnded()) this.#screen.set({ name: 'call', call, isInvited: false });
    await started;
  }

  #ended(call: CallSession, end: CallEnd): void {
    this.#media.stop();
    const { meeting, displayName, room, wasConnected } = call;
    const { timeline } = room.getSnapshot();
    this.#screen.set({
      name: 'ended',
      call: { meeting, displayName, end, wasConnected, timeline },
    });
  }
}

/** What the form says of a meeting that cannot be opened. */
function refusalOf(
  result: Extract<MeetingOpenResult, { status: 'invalid' | 'refused' }>,
): Pick<JoinDraft, 'problem' | 'forIt'> {
  const { problem } = result;
  return result.status === 'refused' ? { problem, forIt: result.forIt } : { problem };
}

/** The settings that decide which way a call goes. What a person calls themselves does not. */
function wayIn({ values, policy }: EffectiveSettings): string {
  const { callsRefused } = policy;
  return JSON.stringify({ ...values, displayName: '', devices: {}, callsRefused });
}

/** A meeting as the link that main reads again, so that the settings of now apply to it. */
function linkOf({ roomId, serverUrl, token }: Meeting): string {
  return formatMeetingLink({ roomId, serverUrl, ...(token !== undefined && { token }) });
}
