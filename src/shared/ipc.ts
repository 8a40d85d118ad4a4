import { z } from 'zod';
import { ConnectionState } from './connection-state.ts';
import { JoinToken, RoomId } from './meeting-link.ts';
import { PreferredProtocol } from './protocol.ts';
import { EffectiveSettings, PolicyChange, SettingProblem, type SettingsPatch } from './settings.ts';
import { TimelineEntry } from './timeline.ts';

/**
 * The IPC contract between the renderer (through the preload bridge) and the main process. Every
 * payload is checked against it on arrival, in both directions; a channel that is not here does
 * not exist.
 */

/** All that `createRoom()` needs but the display name: one meeting under the policy in force. */
export const Meeting = z.object({
  roomId: RoomId,
  /** Absent: the server is asked for a development token, or the call goes without one. */
  token: JoinToken.optional(),
  /** Origin of the room server. */
  serverUrl: z.string(),
  preferredProtocol: PreferredProtocol,
  /** Origins of the Cloud Proxies, tried in order; empty = direct. */
  signalingBaseUrl: z.array(z.string()),
});
export type Meeting = z.infer<typeof Meeting>;

/** The policy of the company forbids the meeting: a sentence for the employee and one for IT. */
const MeetingRefused = z.object({
  status: z.literal('refused'),
  problem: z.string(),
  forIt: z.string(),
});

export const MeetingOpenResult = z.discriminatedUnion('status', [
  z.object({ status: z.literal('ready'), meeting: Meeting }),
  /**
   * The meeting's hosts are not in this document's content security policy: main loads a fresh
   * document that allows them and nothing else; it finds the meeting with `meeting:take-pending`.
   */
  z.object({ status: z.literal('reloading') }),
  z.object({ status: z.literal('invalid'), problem: z.string() }),
  MeetingRefused,
]);
export type MeetingOpenResult = z.infer<typeof MeetingOpenResult>;

/** A meeting that waits for the renderer: from a link, the command line, or a reload. */
export const PendingMeeting = z.discriminatedUnion('status', [
  z.object({ status: z.literal('none') }),
  z.object({
    status: z.literal('ready'),
    meeting: Meeting,
    /** Join at once, without the preview; only the command line can ask for it. */
    autoJoin: z.boolean(),
  }),
  z.object({ status: z.literal('invalid'), problem: z.string() }),
  MeetingRefused,
]);
export type PendingMeeting = z.infer<typeof PendingMeeting>;

/** What stands at an address, as Chromium's own network stack sees it. */
export const EndpointDiagnosis = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('answers'), httpStatus: z.number().int() }),
  z.object({ kind: z.literal('name-not-resolved') }),
  z.object({ kind: z.literal('refused') }),
  z.object({ kind: z.literal('unreachable') }),
  z.object({ kind: z.literal('timeout') }),
  z.object({
    kind: z.literal('tls'),
    reason: z.enum(['untrusted-issuer', 'expired', 'wrong-name', 'revoked', 'other']),
    /** Who issued the certificate, where that could be found out; anybody's text. */
    issuer: z.string().optional(),
  }),
  /** Of the HTTP proxy on the way; `proxy` is its `host:port`, where it is known. */
  z.object({
    kind: z.enum(['http-proxy-auth', 'http-proxy-unreachable', 'http-proxy-refused']),
    proxy: z.string().optional(),
  }),
  /** Its PAC file cannot be had or run. */
  z.object({ kind: z.literal('http-proxy-pac') }),
  z.object({ kind: z.literal('offline') }),
  z.object({ kind: z.literal('other'), netError: z.string() }),
]);
export type EndpointDiagnosis = z.infer<typeof EndpointDiagnosis>;

/** An HTTP proxy that wants a user name and password. */
export const HttpProxyLogin = z.object({
  /** `host:port`. */
  proxy: z.string(),
  /** How it names itself; anybody's text. */
  realm: z.string(),
  /** It refused those that were given. */
  refused: z.boolean(),
  /** The user name that was given; a typing mistake is more often in the password. */
  user: z.string().max(256).optional(),
  /** The platform can keep a password under its protection. */
  canRemember: z.boolean(),
});
export type HttpProxyLogin = z.infer<typeof HttpProxyLogin>;

/** What the employee enters; lives in main from here on. */
export const HttpProxySignIn = z.object({
  proxy: z.string().max(300),
  user: z.string().min(1).max(256),
  password: z.string().max(1024),
  remember: z.boolean(),
});
export type HttpProxySignIn = z.infer<typeof HttpProxySignIn>;

/** What an address of the settings is meant to be. */
export const EndpointRole = z.enum(['server', 'proxy']);
export type EndpointRole = z.infer<typeof EndpointRole>;

/** What a look at an address of the settings has shown. */
export const EndpointCheck = z.discriminatedUnion('kind', [
  /** Nothing was sent: the address is not valid, or not allowed. */
  z.object({ kind: z.literal('not-asked'), problem: z.string() }),
  /** It says that it is one of Causeway's own. */
  z.object({ kind: z.literal('stands'), role: EndpointRole }),
  /** It says nothing of itself; how the attempt went. */
  z.object({ kind: z.literal('silent'), diagnosis: EndpointDiagnosis }),
]);
export type EndpointCheck = z.infer<typeof EndpointCheck>;

/** Something the employee should know that no action of theirs caused. */
export const AppNotice = z.object({
  id: z.string(),
  severity: z.enum(['info', 'warning', 'error']),
  title: z.string(),
  text: z.string(),
});
export type AppNotice = z.infer<typeof AppNotice>;

export const AppInfo = z.object({
  version: z.string(),
  platform: z.enum(['linux', 'darwin', 'win32', 'other']),
});
export type AppInfo = z.infer<typeof AppInfo>;

export const SettingsUpdateResult = z.discriminatedUnion('status', [
  z.object({ status: z.literal('saved'), settings: EffectiveSettings }),
  /** Nothing of the update was stored. */
  z.object({ status: z.literal('refused'), problems: z.array(SettingProblem).min(1) }),
]);
export type SettingsUpdateResult = z.infer<typeof SettingsUpdateResult>;

/** An exception while the window was drawn: names of our own code, nothing that a person typed. */
const CodeName = z.string().regex(/^[\w$]{1,64}$/);
export const WindowFault = z.object({
  /** Of the exception, such as `TypeError`. */
  name: CodeName,
  /** React components it came from, the innermost first. */
  components: z.array(CodeName).max(16),
});
export type WindowFault = z.infer<typeof WindowFault>;

/** Renderer → main, answered. `settings:update` checks its patch itself, field by field. */
export const IpcRequests = {
  'app:info': { request: z.undefined(), response: AppInfo },
  'app:report-fault': { request: WindowFault, response: z.undefined() },
  'settings:get': { request: z.undefined(), response: EffectiveSettings },
  'settings:update': {
    request: z.record(z.string().max(64), z.unknown()),
    response: SettingsUpdateResult,
  },
  'meeting:open': {
    request: z.object({ input: z.string().max(8192) }),
    response: MeetingOpenResult,
  },
  'meeting:take-pending': { request: z.undefined(), response: PendingMeeting },
  'endpoint:diagnose': {
    request: z.object({ url: z.string().max(2048) }),
    response: EndpointDiagnosis,
  },
  /** Looks at an address before it is saved. */
  'endpoint:check': {
    request: z.object({ role: EndpointRole, address: z.string().max(2048) }),
    response: EndpointCheck,
  },
  'http-proxy:login-wanted': { request: z.undefined(), response: HttpProxyLogin.nullable() },
  'http-proxy:sign-in': { request: HttpProxySignIn, response: z.undefined() },
  /** The HTTP proxy, as `host:port`, that a TCP connection goes through; null: directly. */
  'http-proxy:resolve': {
    request: z.object({
      host: z.string().min(1).max(255),
      port: z.number().int().min(1).max(65_535),
    }),
    response: z.string().nullable(),
  },
  'notices:list': { request: z.undefined(), response: z.array(AppNotice) },
  'notices:dismiss': { request: z.object({ id: z.string() }), response: z.undefined() },
  'call:report-state': {
    request: z.object({ roomId: RoomId, state: ConnectionState }),
    response: z.undefined(),
  },
  'call:report-timeline': {
    request: z.object({ roomId: RoomId, entry: TimelineEntry }),
    response: z.undefined(),
  },
  'clipboard:write': {
    request: z.object({ text: z.string().max(65_536) }),
    response: z.undefined(),
  },
} as const;

export const MenuCommand = z.enum([
  'open-settings',
  'leave-call',
  'toggle-microphone',
  'toggle-camera',
  'copy-link',
  'toggle-chat',
]);
export type MenuCommand = z.infer<typeof MenuCommand>;

/** Main → renderer. */
export const IpcEvents = {
  'settings:changed': EffectiveSettings,
  /** IT changed the policy: after `settings:changed`, and only when a value in force changed. */
  'policy:changed': PolicyChange,
  /** A meeting waits: take it with `meeting:take-pending`. */
  'meeting:pending': z.undefined(),
  'notices:changed': z.array(AppNotice),
  'menu:command': MenuCommand,
} as const;

export type IpcChannel = keyof typeof IpcRequests;
export type IpcRequest<C extends IpcChannel> = z.input<(typeof IpcRequests)[C]['request']>;
export type IpcResponse<C extends IpcChannel> = z.output<(typeof IpcRequests)[C]['response']>;
export type IpcEvent = keyof typeof IpcEvents;
export type IpcEventPayload<E extends IpcEvent> = z.output<(typeof IpcEvents)[E]>;

/** `window.causeway`: what the preload script gives the page, and all that it gives. */
export interface CausewayBridge {
  readonly app: { info(): Promise<AppInfo>; reportFault(fault: WindowFault): Promise<void> };
  readonly settings: {
    get(): Promise<EffectiveSettings>;
    update(patch: SettingsPatch): Promise<SettingsUpdateResult>;
    onChanged(listener: (settings: EffectiveSettings) => void): () => void;
  };
  readonly policy: { onChanged(listener: (change: PolicyChange) => void): () => void };
  readonly meeting: {
    open(input: string): Promise<MeetingOpenResult>;
    takePending(): Promise<PendingMeeting>;
    onPending(listener: () => void): () => void;
  };
  readonly endpoint: {
    diagnose(url: string): Promise<EndpointDiagnosis>;
    check(role: EndpointRole, address: string): Promise<EndpointCheck>;
  };
  readonly httpProxy: {
    loginWanted(): Promise<HttpProxyLogin | null>;
    signIn(credentials: HttpProxySignIn): Promise<void>;
    resolve(host: string, port: number): Promise<string | null>;
  };
  readonly notices: {
    list(): Promise<AppNotice[]>;
    dismiss(id: string): Promise<void>;
    onChanged(listener: (notices: AppNotice[]) => void): () => void;
  };
  readonly call: {
    reportState(roomId: string, state: ConnectionState): Promise<void>;
    reportTimeline(roomId: string, entry: TimelineEntry): Promise<void>;
  };
  readonly clipboard: { write(text: string): Promise<void> };
  readonly menu: { onCommand(listener: (command: MenuCommand) => void): () => void };
}
