import { z } from 'zod';
import { ServerUrl, SignalingBaseUrl } from '../endpoint.ts';
import { DisplayName } from '../meeting-link.ts';
import { DEFAULT_PREFERRED_PROTOCOL, PreferredProtocol } from '../protocol.ts';
import { CaCertificate } from './ca-certificate.ts';
import { HostPattern } from './host-pattern.ts';
import { HttpProxy } from './http-proxy.ts';

/** What is told of a setting beside its values, wherever it is shown or documented. */
interface SettingInfo {
  title: string;
  /** What it does, in a sentence or two for the employee, or for IT when only IT can set it. */
  hint: string;
  /** `it`: from a managed source only; the employee sees it and cannot change it. */
  setBy: 'everyone' | 'it';
  /**
   * When a change counts that comes during a call. One that tightens a policy always counts at once.
   */
  applies: 'at-once' | 'after-call';
  section: 'connection' | 'network' | 'you' | 'devices' | 'app' | 'policy';
}

interface Definition<S extends z.ZodType> extends SettingInfo {
  schema: S;
  default: z.output<S>;
  /** As IT writes it, for the documentation. */
  example: z.input<S>;
}

function setting<S extends z.ZodType>(definition: Definition<S>): Definition<S> {
  return definition;
}

/** Cloud Proxies that one client will try, in order. */
const MAX_PROXIES = 8;
const MAX_PATTERNS = 200;
const MAX_REGIONS = 100;
const MAX_NETWORKS_PER_REGION = 200;
const MAX_CA_CERTIFICATES = 32;

const DeviceId = z.string().max(256);
const ProxyList = z
  .array(SignalingBaseUrl)
  .max(MAX_PROXIES, `At most ${MAX_PROXIES} Cloud Proxies.`);

/** The word among the allowed proxies that allows calls without one. */
export const DIRECT = 'direct';

function patterns<S extends z.ZodType>(entry: S, what: string): z.ZodArray<S> {
  return z
    .array(entry)
    .min(1, `An empty list would allow no ${what}. Leave the key out to allow every one.`)
    .max(MAX_PATTERNS, `At most ${MAX_PATTERNS} patterns.`);
}

/** Networks of this computer's own addresses, and what is used when it has one of them. */
const Region = z.strictObject({
  name: z.string().trim().min(1, 'The region has no name.').max(60),
  networks: z
    .array(
      z.union([z.cidrv4(), z.cidrv6()], {
        error: 'Must be a network such as 10.20.0.0/16 or 2001:db8::/32.',
      }),
    )
    .min(1, 'A region without networks is never used.')
    .max(MAX_NETWORKS_PER_REGION),
  /** Cloud Proxies there, tried in order; empty = direct. */
  signalingBaseUrl: ProxyList,
});
export type ProxyRegion = z.infer<typeof Region>;

/**
 * Every setting there is: its values, its default and its words, in one place. From here come the
 * types, the stored file, the managed file's checks, the IPC contract, the settings screen's hints
 * and, by `npm run generate`, what IT gets: JSON Schema, the reference, ADMX and the macOS profile.
 *
 * No setting is a secret: every one may be read by whoever may read the screen, a report or a policy
 * file. Passwords (of an HTTP proxy) are kept apart, in main only, under the platform's protection.
 */
export const DEFINITIONS = {
  serverUrl: setting({
    schema: ServerUrl,
    default: 'http://127.0.0.1:4443',
    example: 'https://meet.example.com',
    title: 'Meeting server',
    hint: 'For meeting names without a server of their own.',
    setBy: 'everyone',
    applies: 'after-call',
    section: 'connection',
  }),
  signalingBaseUrl: setting({
    schema: ProxyList,
    default: [],
    example: ['proxy.example.com', 'proxy2.example.com:8443'],
    title: 'Cloud Proxy',
    hint: 'Hosts, tried in order. With a proxy, calls go through it and nowhere else; empty means direct.',
    setBy: 'everyone',
    applies: 'after-call',
    section: 'connection',
  }),
  preferredProtocol: setting({
    schema: PreferredProtocol,
    default: DEFAULT_PREFERRED_PROTOCOL,
    example: 'TCP_ONLY',
    title: 'Protocol for sound and picture',
    hint: 'Whether calls may use UDP, TCP, or both.',
    setBy: 'everyone',
    applies: 'after-call',
    section: 'connection',
  }),
  standbyPath: setting({
    schema: z.boolean(),
    default: true,
    example: true,
    title: 'Keep a second path ready',
    hint: 'In a call, a second connection waits without carrying anything, so that the call goes on at once when the first is cut.',
    setBy: 'everyone',
    applies: 'after-call',
    section: 'connection',
  }),
  httpProxy: setting({
    schema: HttpProxy,
    default: { mode: 'system' },
    example: {
      mode: 'manual',
      server: 'http-proxy.example.com:3128',
      bypass: ['*.internal.example.com'],
    },
    title: 'HTTP proxy',
    hint: 'The proxy of your organization’s network, for connections over TCP: as the system is set, none, one by hand, or by a PAC file.',
    setBy: 'everyone',
    applies: 'after-call',
    section: 'network',
  }),
  extraCaCertificates: setting({
    schema: z
      .array(CaCertificate)
      .max(MAX_CA_CERTIFICATES, `At most ${MAX_CA_CERTIFICATES} certificates.`),
    default: [],
    example: ['/etc/causeway/company-ca.pem'],
    title: 'Extra CA certificates',
    hint: 'Authorities to trust beside those of the system, for companies that inspect TLS: PEM text, or the absolute path of a PEM file.',
    setBy: 'it',
    applies: 'after-call',
    section: 'network',
  }),
  displayName: setting({
    /** Empty until the employee has told it. */
    schema: z.union([z.literal(''), DisplayName]),
    default: '',
    example: 'Front desk',
    title: 'Your name',
    hint: 'The name that others in a meeting see.',
    setBy: 'everyone',
    applies: 'after-call',
    section: 'you',
  }),
  devices: setting({
    schema: z.object({
      cameraId: DeviceId.optional(),
      microphoneId: DeviceId.optional(),
      speakerId: DeviceId.optional(),
    }),
    default: {},
    example: {},
    title: 'Devices',
    hint: 'Camera, microphone and speaker that were used last.',
    setBy: 'everyone',
    applies: 'at-once',
    section: 'devices',
  }),
  appearance: setting({
    schema: z.enum(['system', 'light', 'dark']),
    default: 'system',
    example: 'dark',
    title: 'Appearance',
    hint: 'Light, dark, or as the system is set.',
    setBy: 'everyone',
    applies: 'at-once',
    section: 'you',
  }),
  updates: setting({
    schema: z.enum(['automatic', 'ask', 'off']),
    default: 'automatic',
    example: 'off',
    title: 'Updates',
    hint: 'Whether newer versions are installed by themselves, after a question, or not at all. This version looks for none yet.',
    setBy: 'everyone',
    applies: 'at-once',
    section: 'app',
  }),
  diagnostics: setting({
    schema: z.enum(['errors', 'normal', 'detailed']),
    default: 'detailed',
    example: 'normal',
    title: 'Diagnostics',
    hint: 'How much the log on this computer tells. It never holds passwords, passes or what was said.',
    setBy: 'everyone',
    applies: 'at-once',
    section: 'app',
  }),
  allowedServers: setting({
    schema: patterns(HostPattern, 'meeting server'),
    default: ['*'],
    example: ['*.example.com'],
    title: 'Allowed meeting servers',
    hint: 'Patterns such as *.example.com. Meetings on any other server are not opened, wherever their link comes from.',
    setBy: 'it',
    applies: 'after-call',
    section: 'policy',
  }),
  allowedProxies: setting({
    schema: patterns(z.union([z.literal(DIRECT), HostPattern]), 'call at all'),
    default: ['*', DIRECT],
    example: ['*.example.com'],
    title: 'Allowed Cloud Proxies',
    hint: 'Patterns such as *.example.com; the word “direct” allows calls without a Cloud Proxy.',
    setBy: 'it',
    applies: 'after-call',
    section: 'policy',
  }),
  allowedModes: setting({
    schema: z
      .array(PreferredProtocol)
      .min(1, 'An empty list would allow no call. Leave the key out to allow every mode.')
      .max(PreferredProtocol.options.length, 'A mode is named twice.'),
    default: [...PreferredProtocol.options],
    example: ['TCP_ONLY', 'UDP_OVER_TCP'],
    title: 'Allowed protocols',
    hint: 'The values that “Protocol for sound and picture” may have; the first is used where another was wanted.',
    setBy: 'it',
    applies: 'after-call',
    section: 'policy',
  }),
  proxiesByRegion: setting({
    schema: z.array(Region).max(MAX_REGIONS, `At most ${MAX_REGIONS} regions.`),
    default: [],
    example: [
      {
        name: 'Berlin',
        networks: ['10.20.0.0/16', '2001:db8:20::/48'],
        signalingBaseUrl: ['proxy-berlin.example.com', 'proxy.example.com'],
      },
    ],
    title: 'Cloud Proxies by network',
    hint: 'The first region that has a network in which this computer has an address names the Cloud Proxies; with none, “Cloud Proxy” counts.',
    setBy: 'it',
    applies: 'after-call',
    section: 'policy',
  }),
  disableScreenSharing: setting({
    schema: z.boolean(),
    default: false,
    example: true,
    title: 'No screen sharing',
    hint: 'Nobody can share their screen from this computer. This version has no screen sharing yet.',
    setBy: 'it',
    applies: 'after-call',
    section: 'policy',
  }),
  disableChat: setting({
    schema: z.boolean(),
    default: false,
    example: true,
    title: 'No chat',
    hint: 'Chat is neither shown nor sent from this computer.',
    setBy: 'it',
    applies: 'after-call',
    section: 'policy',
  }),
  disableUpdates: setting({
    schema: z.boolean(),
    default: false,
    example: true,
    title: 'No updates',
    hint: 'Causeway never looks for newer versions: IT hands them out. This version looks for none yet.',
    setBy: 'it',
    applies: 'at-once',
    section: 'policy',
  }),
  displayNameDomain: setting({
    schema: z.union([
      z.literal(''),
      z
        .string()
        .trim()
        .toLowerCase()
        .max(40, 'The domain is longer than 40 characters.')
        .regex(
          /^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$/,
          'Must be a domain such as example.com.',
        ),
    ]),
    default: '',
    example: 'example.com',
    title: 'Domain in names',
    hint: 'Shown after every name that is used in a call, as in “Ada Lovelace (example.com)”.',
    setBy: 'it',
    applies: 'after-call',
    section: 'policy',
  }),
} as const;

export type SettingKey = keyof typeof DEFINITIONS;
export const SETTING_KEYS = Object.keys(DEFINITIONS) as SettingKey[];

/** What an employee can set, and so what their own file may hold. */
export const USER_SETTING_KEYS = SETTING_KEYS.filter(
  (key) => DEFINITIONS[key].setBy === 'everyone',
);

type Schemas = { [K in SettingKey]: (typeof DEFINITIONS)[K]['schema'] };

/** Title, hint and manners of one setting. */
export function settingInfo(key: SettingKey): SettingInfo {
  return DEFINITIONS[key];
}

/** How IT writes a value of a setting: an example for the documentation. */
export function exampleOf(key: SettingKey): unknown {
  return DEFINITIONS[key].example;
}

/** All settings. Addresses are stored normalised (an origin). */
export const Settings = z.object(
  Object.fromEntries(
    SETTING_KEYS.map((key) => {
      const { schema, title, hint } = DEFINITIONS[key];
      return [key, schema.meta({ title, description: hint })];
    }),
  ) as Schemas,
);
export type Settings = z.infer<typeof Settings>;

export const DEFAULT_SETTINGS = Object.fromEntries(
  SETTING_KEYS.map((key) => [key, DEFINITIONS[key].default]),
) as Settings;
