import { vi } from 'vitest';
import { LocalMedia } from '../../../src/renderer/app/media/local-media.ts';
import { AppController } from '../../../src/renderer/app/session/app-controller.ts';
import { Observable } from '../../../src/renderer/app/session/observable.ts';
import type {
  Room,
  RoomEvents,
  RoomOptions,
  RoomSnapshot,
} from '../../../src/renderer/room/contract.ts';
import type { ConnectionState } from '../../../src/shared/connection-state.ts';
import type { PreferredProtocol } from '../../../src/shared/protocol.ts';
import type {
  CausewayBridge,
  Meeting,
  MeetingOpenResult,
  PendingMeeting,
} from '../../../src/shared/ipc.ts';
import type { RoomError } from '../../../src/shared/room-error.ts';
import {
  DEFAULT_SETTINGS,
  SETTING_KEYS,
  type EffectiveSettings,
  type PolicyChange,
  type SettingKey,
} from '../../../src/shared/settings.ts';
import { NO_POLICY } from '../../../src/shared/settings/policy-status.ts';

// A page has it, Node does not. Whatever is reported here fails the test.
vi.stubGlobal('reportError', (error: unknown) => {
  throw error;
});

export const MEETING: Meeting = {
  roomId: 'team-weekly',
  token: 'a.b.c',
  serverUrl: 'https://meet.example.com',
  preferredProtocol: 'UDP_OVER_TCP',
  signalingBaseUrl: [],
};

const CONNECTED: ConnectionState = {
  phase: 'connected',
  path: { route: 'direct', protocol: 'udp', host: '192.0.2.7', port: 44_444 },
  quality: { level: 'good' },
};

/** A computer without devices: what the controller does must not depend on them. */
class NoDevices extends EventTarget {
  getUserMedia(): Promise<MediaStream> {
    return Promise.reject(new DOMException('', 'NotFoundError'));
  }
  enumerateDevices(): Promise<MediaDeviceInfo[]> {
    return Promise.resolve([]);
  }
}

/** A room whose connection the test moves. */
class FakeRoom implements Room {
  readonly #listeners = new Map<string, Set<(...args: never[]) => void>>();
  readonly muted: boolean[] = [];
  readonly restricted: PreferredProtocol[] = [];
  readonly forbidden: RoomError[] = [];
  isChatForbidden = false;
  isLeft = false;
  #snapshot: RoomSnapshot = {
    connection: { phase: 'idle' },
    selfId: 'self',
    displayName: '',
    local: { audio: undefined, video: undefined },
    peers: [],
    activeSpeakerId: undefined,
    tokenEndsAt: undefined,
    timeline: [],
    chat: { available: false, live: false, messages: [] },
  };

  getSnapshot(): RoomSnapshot {
    return this.#snapshot;
  }
  subscribe(): () => void {
    return () => undefined;
  }
  on<E extends keyof RoomEvents>(event: E, listener: RoomEvents[E]): () => void {
    const listeners = this.#listeners.get(event) ?? new Set();
    this.#listeners.set(event, listeners.add(listener));
    return () => listeners.delete(listener);
  }
  to(connection: ConnectionState): void {
    const previous = this.#snapshot.connection;
    this.#snapshot = { ...this.#snapshot, connection };
    for (const listener of this.#listeners.get('connection') ?? []) {
      (listener as RoomEvents['connection'])(connection, previous);
    }
  }
  join(): Promise<void> {
    this.to(CONNECTED);
    return Promise.resolve();
  }
  leave(): Promise<void> {
    this.isLeft = true;
    this.to({ phase: 'left', by: 'user' });
    return Promise.resolve();
  }
  setTrack(): Promise<void> {
    return Promise.resolve();
  }
  setMuted(_kind: string, muted: boolean): Promise<void> {
    this.muted.push(muted);
    return Promise.resolve();
  }
  restrict(preferredProtocol: PreferredProtocol): void {
    this.restricted.push(preferredProtocol);
  }
  forbidChat(): void {
    this.isChatForbidden = true;
  }
  forbid(error: RoomError): void {
    this.forbidden.push(error);
  }
  sendChat(): string {
    throw new Error('this room has no chat');
  }
  resendChat(): void {}
  discardChat(): void {}
  retryNow(): void {
    this.to(CONNECTED);
  }
}

export class MemoryStorage {
  readonly items = new Map<string, string>();
  getItem(key: string): string | null {
    return this.items.get(key) ?? null;
  }
  setItem(key: string, value: string): void {
    this.items.set(key, value);
  }
  removeItem(key: string): void {
    this.items.delete(key);
  }
}

export function setUp(options: { pending?: PendingMeeting; storage?: MemoryStorage } = {}) {
  const answers = {
    pending: options.pending ?? { status: 'none' },
    open: { status: 'ready', meeting: MEETING },
  } as { pending: PendingMeeting; open: MeetingOpenResult };
  const reported: ConnectionState[] = [];
  let onPending = (): void => undefined;
  let onPolicy = (_change: PolicyChange): void => undefined;
  const takePending = vi.fn(() => Promise.resolve(answers.pending));
  const open = vi.fn((_input: string) => Promise.resolve(answers.open));
  const update = vi.fn(() => Promise.resolve({ status: 'saved', settings }));
  const bridge = {
    meeting: {
      open,
      takePending,
      onPending: (listener: () => void) => {
        onPending = listener;
        return () => undefined;
      },
    },
    settings: { update },
    policy: {
      onChanged: (listener: (change: PolicyChange) => void) => {
        onPolicy = listener;
        return () => undefined;
      },
    },
    call: {
      reportState: (_room: string, state: ConnectionState) => {
        reported.push(state);
        return Promise.resolve();
      },
      reportTimeline: () => Promise.resolve(),
    },
  } as unknown as CausewayBridge;
  const provenance = Object.fromEntries(
    SETTING_KEYS.map((key) => [key, { source: 'default', locked: false, losers: [] }]),
  ) as unknown as EffectiveSettings['provenance'];
  const settings: EffectiveSettings = {
    values: { ...DEFAULT_SETTINGS, displayName: 'Robin' },
    provenance,
    policy: NO_POLICY,
  };
  const observed = new Observable(settings);
  const rooms: FakeRoom[] = [];
  const storage = options.storage ?? new MemoryStorage();
  const media = new LocalMedia(new NoDevices() as unknown as MediaDevices, () => undefined);
  const prepareRoom = vi.fn((_options: RoomOptions) => Promise.resolve());
  const forgetPrepared = vi.fn();
  const controller = new AppController({
    bridge,
    media,
    createRoom: () => {
      const room = new FakeRoom();
      rooms.push(room);
      return room;
    },
    prepareRoom,
    forgetPrepared,
    settings: observed,
    storage: storage as unknown as Storage,
    lastingStorage: new MemoryStorage(),
  });
  return {
    controller,
    media,
    rooms,
    reported,
    answers,
    open,
    takePending,
    update,
    prepareRoom,
    forgetPrepared,
    settingsBecome: (values: Partial<EffectiveSettings['values']>) =>
      observed.set({ ...settings, values: { ...settings.values, ...values } }),
    policyRefusesCalls: () =>
      observed.set({
        ...settings,
        policy: { ...NO_POLICY, callsRefused: { message: 'No calls.', forIt: 'Broken.' } },
      }),
    storage,
    aLinkIsOpened: () => onPending(),
    policyBecomes: (values: Partial<EffectiveSettings['values']>, tightened: SettingKey[]) => {
      observed.set({ ...settings, values: { ...settings.values, ...values } });
      onPolicy({ changed: tightened, tightened });
    },
  };
}
