import { z } from 'zod';
import { ServerUrl, SignalingBaseUrl } from './endpoint.ts';
import { DisplayName } from './meeting-link.ts';
import { DEFAULT_PREFERRED_PROTOCOL, PreferredProtocol } from './protocol.ts';

/** Version of the stored settings; a store with a higher one is set aside, never overwritten. */
export const SETTINGS_VERSION = 1;

const DeviceId = z.string().max(256);

/** Cloud Proxies that one client will try, in order. */
const MAX_PROXIES = 8;

/**
 * All settings. Addresses are stored normalised (an origin). The one place that names them: types,
 * the stored file, the IPC contract and the screen's checks all come from here.
 */
export const Settings = z.object({
  /** Origin of the room server for meeting names without a server of their own. */
  serverUrl: ServerUrl,
  /** Cloud Proxy hosts, tried in order; empty = direct. */
  signalingBaseUrl: z
    .array(SignalingBaseUrl)
    .max(MAX_PROXIES, `At most ${MAX_PROXIES} Cloud Proxies.`),
  preferredProtocol: PreferredProtocol,
  /** Empty until the employee has told it. */
  displayName: z.union([z.literal(''), DisplayName]),
  devices: z.object({
    cameraId: DeviceId.optional(),
    microphoneId: DeviceId.optional(),
    speakerId: DeviceId.optional(),
  }),
  appearance: z.enum(['system', 'light', 'dark']),
});
export type Settings = z.infer<typeof Settings>;
export type SettingKey = keyof Settings;
export const SETTING_KEYS = Object.keys(Settings.shape) as SettingKey[];

export const DEFAULT_SETTINGS: Settings = {
  serverUrl: 'http://127.0.0.1:4443',
  signalingBaseUrl: [],
  preferredProtocol: DEFAULT_PREFERRED_PROTOCOL,
  displayName: '',
  devices: {},
  appearance: 'system',
};

const { shape } = Settings;

/**
 * What may be changed at once. A key that is absent stays as it is; null forgets what the employee
 * has set, so that whatever stands behind it counts, now and later.
 */
export const SettingsPatch = z.strictObject({
  serverUrl: shape.serverUrl.nullish(),
  signalingBaseUrl: shape.signalingBaseUrl.nullish(),
  preferredProtocol: shape.preferredProtocol.nullish(),
  displayName: shape.displayName.nullish(),
  devices: shape.devices.nullish(),
  appearance: shape.appearance.nullish(),
} satisfies Record<SettingKey, z.ZodType>);
export type SettingsPatch = z.input<typeof SettingsPatch>;

/** Where an effective value comes from, strongest first. */
export const SettingSource = z.enum(['managed', 'command-line', 'user', 'default']);
export type SettingSource = z.infer<typeof SettingSource>;

const Provenance = z.object({ source: SettingSource, locked: z.boolean() });

export const EffectiveSettings = z.object({
  values: Settings,
  provenance: z.record(z.enum(SETTING_KEYS as [SettingKey, ...SettingKey[]]), Provenance),
});
export type EffectiveSettings = z.infer<typeof EffectiveSettings>;

/** One refused field of an update. */
export const SettingProblem = z.object({
  key: z.enum(SETTING_KEYS as [SettingKey, ...SettingKey[]]),
  problem: z.string(),
});
export type SettingProblem = z.infer<typeof SettingProblem>;
