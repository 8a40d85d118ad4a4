import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mergeSettings, type SettingsInput } from '../../../src/main/settings/merge.ts';
import type { SourceValues } from '../../../src/main/settings/source.ts';
import { tightenedKeys } from '../../../src/main/settings/tightened.ts';
import {
  DEFAULT_SETTINGS,
  EffectiveSettings,
  SETTING_KEYS,
  settingInfo,
  type SettingKey,
  type Settings,
} from '../../../src/shared/settings.ts';
import { NO_POLICY } from '../../../src/shared/settings/policy-status.ts';

const entries = (values: Partial<Settings>, locked: boolean, origin?: string): SourceValues =>
  Object.fromEntries(
    Object.entries(values).map(([key, value]) => [key, { value, origin, locked }]),
  );

const NOTHING: SettingsInput = { managed: {}, commandLine: {}, user: {}, addresses: [] };
const merge = (input: Partial<SettingsInput>) => mergeSettings({ ...NOTHING, ...input });
const managed = (values: Partial<Settings>) => entries(values, true, '/etc/managed.json');

describe('merging sources', () => {
  it('gives every setting from the strongest source, and names those that lost', () => {
    const merged = merge({
      user: entries(
        { displayName: 'Ada', preferredProtocol: 'UDP_ONLY', appearance: 'dark' },
        false,
        'settings.json',
      ),
      commandLine: entries({ displayName: 'Grace', preferredProtocol: 'TCP_ONLY' }, true, '--flag'),
      managed: managed({ preferredProtocol: 'UDP_OVER_TCP' }),
    });
    expect(EffectiveSettings.parse({ ...merged, policy: NO_POLICY })).toMatchObject(merged);
    expect(merged.values).toEqual({
      ...DEFAULT_SETTINGS,
      displayName: 'Grace',
      preferredProtocol: 'UDP_OVER_TCP',
      appearance: 'dark',
    });
    expect(merged.provenance).toMatchObject({
      serverUrl: { source: 'default', locked: false, losers: [] },
      preferredProtocol: {
        source: 'managed',
        origin: '/etc/managed.json',
        locked: true,
        losers: [
          { source: 'command-line', origin: '--flag', value: 'TCP_ONLY', why: 'locked' },
          { source: 'user', origin: 'settings.json', value: 'UDP_ONLY', why: 'locked' },
        ],
      },
      displayName: {
        source: 'command-line',
        locked: true,
        losers: [{ value: 'Ada', why: 'weaker' }],
      },
      appearance: { source: 'user', locked: false, losers: [] },
    });
  });

  it('takes an empty value for a value', () => {
    const merged = merge({
      user: entries({ signalingBaseUrl: ['https://proxy.example.com'], displayName: 'Ada' }, false),
      commandLine: entries({ signalingBaseUrl: [], displayName: '' }, true),
    });
    expect(merged.values).toMatchObject({ signalingBaseUrl: [], displayName: '' });
  });

  it('puts what IT suggests behind the employee and before the default', () => {
    const suggestion = entries({ appearance: 'dark' }, false);
    expect(merge({ managed: suggestion })).toMatchObject({
      values: { appearance: 'dark' },
      provenance: { appearance: { source: 'managed', locked: false } },
    });
    expect(
      merge({ managed: suggestion, user: entries({ appearance: 'light' }, false) }),
    ).toMatchObject({
      values: { appearance: 'light' },
      provenance: {
        appearance: { source: 'user', losers: [{ source: 'managed', why: 'weaker' }] },
      },
    });
  });
});

describe('what the policy limits', () => {
  it('does not count, wherever it comes from, and says why', () => {
    const { values, provenance } = merge({
      managed: managed({
        allowedServers: ['*.example.com'],
        allowedProxies: ['proxy.example.com'],
        allowedModes: ['TCP_ONLY', 'UDP_ONLY'],
      }),
      commandLine: entries(
        {
          signalingBaseUrl: [],
          serverUrl: 'https://evil.example',
          preferredProtocol: 'UDP_OVER_TCP',
        },
        true,
      ),
      user: entries(
        {
          signalingBaseUrl: ['https://proxy.example.com'],
          serverUrl: 'https://meet.example.com',
          preferredProtocol: 'UDP_ONLY',
        },
        false,
      ),
    });
    expect(values).toMatchObject({
      signalingBaseUrl: ['https://proxy.example.com'],
      serverUrl: 'https://meet.example.com',
      preferredProtocol: 'UDP_ONLY',
    });
    expect(provenance.signalingBaseUrl).toMatchObject({
      source: 'user',
      losers: [
        { source: 'command-line', value: [], why: 'not-allowed', problem: /Cloud Proxy only/ },
      ].map((loser) => ({ ...loser, problem: expect.stringMatching(loser.problem) as string })),
    });
    expect(provenance.serverUrl.losers[0]?.problem).toContain('evil.example');
    expect(provenance.preferredProtocol.losers[0]?.problem).toContain('UDP_OVER_TCP');
  });

  it('is the only allowed protocol, locked, where there is one', () => {
    expect(
      merge({
        managed: managed({ allowedModes: ['TCP_ONLY'] }),
        user: entries({ preferredProtocol: 'UDP_ONLY' }, false),
      }),
    ).toMatchObject({
      values: { preferredProtocol: 'TCP_ONLY' },
      provenance: { preferredProtocol: { source: 'managed', locked: true } },
    });
  });

  it('is the first allowed protocol where nobody chose one that is, and may be changed', () => {
    const limits = managed({ allowedModes: ['UDP_ONLY', 'TCP_ONLY'] });
    expect(merge({ managed: limits })).toMatchObject({
      values: { preferredProtocol: 'UDP_ONLY' },
      provenance: { preferredProtocol: { source: 'managed', locked: false } },
    });
    // The default is allowed here: nothing to put in its place.
    expect(
      merge({ managed: managed({ allowedModes: ['TCP_ONLY', 'UDP_OVER_TCP'] }) }).values
        .preferredProtocol,
    ).toBe('UDP_OVER_TCP');
  });

  it('turns updates off, locked', () => {
    expect(
      merge({
        managed: managed({ disableUpdates: true }),
        user: entries({ updates: 'automatic' }, false),
      }),
    ).toMatchObject({
      values: { updates: 'off' },
      provenance: { updates: { source: 'managed', locked: true } },
    });
  });

  it.each(['user', 'commandLine'] as const)('comes from IT only, never from the %s', (source) => {
    const doctored = entries(
      { allowedServers: ['*'], disableChat: false, extraCaCertificates: ['/tmp/evil.pem'] },
      false,
    );
    const limits = managed({ allowedServers: ['meet.example.com'], disableChat: true });
    expect(merge({ managed: limits, [source]: doctored }).values).toMatchObject({
      allowedServers: ['meet.example.com'],
      disableChat: true,
      extraCaCertificates: [],
    });
  });
});

describe('proxies by region', () => {
  const regions = managed({
    signalingBaseUrl: ['https://elsewhere.example.com'],
    proxiesByRegion: [
      { name: 'berlin', networks: ['10.20.30.0/24'], signalingBaseUrl: ['https://b.example.com'] },
      {
        name: 'emea',
        networks: ['10.20.0.0/16', '2001:db8::/32'],
        signalingBaseUrl: ['https://e.example.com'],
      },
      { name: 'lab', networks: ['10.99.0.0/16'], signalingBaseUrl: [] },
    ],
  });
  it.each([
    [['10.20.30.4'], ['https://b.example.com'], 'region “berlin” in /etc/managed.json'],
    [
      ['192.168.0.2', '10.20.31.4'],
      ['https://e.example.com'],
      'region “emea” in /etc/managed.json',
    ],
    [['2001:db8::7'], ['https://e.example.com'], 'region “emea” in /etc/managed.json'],
    [['10.99.1.1'], [], 'region “lab” in /etc/managed.json'],
    [['192.168.0.2'], ['https://elsewhere.example.com'], '/etc/managed.json'],
    [[], ['https://elsewhere.example.com'], '/etc/managed.json'],
  ])('with the addresses %j are %j', (addresses, proxies, origin) => {
    const { values, provenance } = merge({
      managed: regions,
      user: entries({ signalingBaseUrl: ['https://own.example.com'] }, false),
      addresses,
    });
    expect(values.signalingBaseUrl).toEqual(proxies);
    expect(provenance.signalingBaseUrl).toMatchObject({ source: 'managed', origin, locked: true });
  });
});

describe('a change that tightens', () => {
  const of = (values: Partial<Settings>) => merge({ managed: managed(values) });
  it.each<[Partial<Settings>, Partial<Settings>, SettingKey[]]>([
    [{}, { allowedServers: ['a.example'] }, ['allowedServers']],
    [{ allowedServers: ['a.example'] }, {}, ['allowedServers']],
    [{ allowedServers: ['a.example'] }, { allowedServers: ['a.example', 'b.example'] }, []],
    [{}, { allowedModes: ['TCP_ONLY'] }, ['preferredProtocol', 'allowedModes']],
    [{ allowedModes: ['TCP_ONLY'] }, {}, []],
    [{}, { disableChat: true }, ['disableChat']],
    [{ disableChat: true }, {}, []],
    [{}, { signalingBaseUrl: ['https://p.example'] }, ['signalingBaseUrl']],
    [{}, { httpProxy: { mode: 'none' } }, ['httpProxy']],
    [{}, { appearance: 'dark', diagnostics: 'errors' }, []],
  ])('from %j to %j: %j', (before, after, keys) => {
    expect(tightenedKeys(of(before), of(after)).toSorted()).toEqual(keys.toSorted());
  });

  it('is none where the employee may change the value back', () => {
    const suggested = merge({
      managed: entries({ signalingBaseUrl: ['https://p.example'] }, false),
    });
    expect(tightenedKeys(merge({}), suggested)).toEqual([]);
  });
});

/** Two different values of every setting that no limit of the other settings touches. */
const FREE: { [K in SettingKey]?: readonly [Settings[K], Settings[K], Settings[K]] } = {
  serverUrl: ['https://a.example', 'https://b.example', 'https://c.example'],
  signalingBaseUrl: [[], ['https://a.example'], ['https://b.example', 'https://c.example']],
  preferredProtocol: ['UDP_ONLY', 'TCP_ONLY', 'UDP_OVER_TCP'],
  standbyPath: [true, false, true],
  httpProxy: [{ mode: 'none' }, { mode: 'system' }, { mode: 'pac', url: 'http://a.example/p' }],
  displayName: ['Ada', 'Grace', ''],
  appearance: ['dark', 'light', 'system'],
  updates: ['ask', 'off', 'automatic'],
  diagnostics: ['errors', 'normal', 'detailed'],
  disableChat: [true, false, true],
  disableScreenSharing: [true, false, true],
  displayNameDomain: ['a.example', 'b.example', ''],
};

const source = (locks: fc.Arbitrary<boolean>): fc.Arbitrary<SourceValues> =>
  fc.record(
    Object.fromEntries(
      Object.entries(FREE).map(([key, values]) => [
        key,
        fc.record({
          value: fc.constantFrom<unknown>(...values),
          origin: fc.constant(undefined),
          locked: locks,
        }),
      ]),
    ),
    { requiredKeys: [] },
  );

const input: fc.Arbitrary<SettingsInput> = fc.record({
  managed: source(fc.boolean()),
  commandLine: source(fc.constant(true)),
  user: source(fc.constant(false)),
  addresses: fc.constant([]),
});

describe('for any sources', () => {
  it('a locked key never takes another’s value', () => {
    fc.assert(
      fc.property(input, (given) => {
        const { values, provenance } = mergeSettings(given);
        for (const key of SETTING_KEYS) {
          const byIt = given.managed[key];
          if (!byIt?.locked) continue;
          expect(values[key]).toEqual(byIt.value);
          expect(provenance[key]).toMatchObject({ source: 'managed', locked: true });
        }
      }),
      { numRuns: 1000 },
    );
  });

  it('no source but IT’s ever sets what only IT sets', () => {
    fc.assert(
      fc.property(input, (given) => {
        const { values } = mergeSettings({ ...given, managed: {} });
        for (const key of SETTING_KEYS.filter((each) => settingInfo(each).setBy === 'it')) {
          expect(values[key]).toEqual(DEFAULT_SETTINGS[key]);
        }
      }),
    );
  });

  it('every value is that of the source it is said to come from', () => {
    fc.assert(
      fc.property(input, (given) => {
        const { values, provenance } = mergeSettings(given);
        const bySource = {
          managed: given.managed,
          'command-line': given.commandLine,
          user: given.user,
        };
        for (const key of SETTING_KEYS) {
          const { source: name } = provenance[key];
          const expected = name === 'default' ? DEFAULT_SETTINGS[key] : bySource[name][key]?.value;
          expect(values[key]).toEqual(expected);
        }
      }),
      { numRuns: 1000 },
    );
  });

  it('without the winner, the first of the losers wins', () => {
    fc.assert(
      fc.property(input, fc.constantFrom(...SETTING_KEYS), (given, key) => {
        const before = mergeSettings(given).provenance[key];
        if (before.source === 'default') return;
        const field = { managed: 'managed', 'command-line': 'commandLine', user: 'user' } as const;
        const name = field[before.source];
        const others = { ...given[name] };
        Reflect.deleteProperty(others, key);
        const after = mergeSettings({ ...given, [name]: others });
        const [next] = before.losers;
        expect(after.provenance[key].source).toBe(next?.source ?? 'default');
        expect(after.values[key]).toEqual(next ? next.value : DEFAULT_SETTINGS[key]);
      }),
      { numRuns: 1000 },
    );
  });

  it('the limits hold for whatever is in force', () => {
    const limited = fc.record({
      allowedModes: fc.subarray(['UDP_OVER_TCP', 'UDP_ONLY', 'TCP_ONLY'] as const, {
        minLength: 1,
      }),
      allowedServers: fc.subarray(['a.example', 'b.example', 'z.example'], { minLength: 1 }),
    });
    fc.assert(
      fc.property(input, limited, (given, limits) => {
        const { values, provenance } = mergeSettings({
          ...given,
          managed: { ...given.managed, ...managed(limits) },
        });
        expect(limits.allowedModes).toContain(values.preferredProtocol);
        // With none allowed among the sources the default stays, and the call is refused.
        if (provenance.serverUrl.source === 'default') return;
        expect(limits.allowedServers).toContain(new URL(values.serverUrl).host);
      }),
      { numRuns: 1000 },
    );
  });
});
