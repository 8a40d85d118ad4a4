import { describe, expect, test } from 'vitest';
import {
  draftOf,
  httpProxyProblem,
  patchOf,
  problemsOf,
  rebase,
  splitHosts,
  type SettingsDraft,
} from '../../../src/renderer/app/settings/settings-draft.ts';
import type { Settings } from '../../../src/shared/settings.ts';
import {
  DEFAULT_SETTINGS,
  SETTING_KEYS,
  type EffectiveSettings,
  type SettingKey,
} from '../../../src/shared/settings.ts';
import { NO_POLICY } from '../../../src/shared/settings/policy-status.ts';

const draft: SettingsDraft = draftOf(DEFAULT_SETTINGS);

function effective(values: Partial<Settings> = {}, locked: SettingKey[] = []): EffectiveSettings {
  const provenance = Object.fromEntries(
    SETTING_KEYS.map((key) => [
      key,
      {
        source: locked.includes(key) ? 'managed' : 'user',
        locked: locked.includes(key),
        losers: [],
      },
    ]),
  ) as unknown as EffectiveSettings['provenance'];
  return { values: { ...DEFAULT_SETTINGS, ...values }, provenance, policy: NO_POLICY };
}

test.each([
  { text: '', hosts: [] },
  { text: 'proxy.example.com', hosts: ['proxy.example.com'] },
  { text: ' a.example \n\n b.example:8443 ', hosts: ['a.example', 'b.example:8443'] },
  { text: 'a.example, b.example;c.example,', hosts: ['a.example', 'b.example', 'c.example'] },
])('proxies from “$text”', ({ text, hosts }) => {
  expect(splitHosts(text)).toEqual(hosts);
});

describe('problems', () => {
  test('none with the defaults', () => {
    expect(problemsOf(draft)).toEqual({});
  });

  test.each([
    { signalingBaseUrl: 'proxy one', says: /contains a space/ },
    { signalingBaseUrl: 'ftp://proxy.example.com', says: /“ftp:\/\/” is not allowed/ },
    { signalingBaseUrl: 'proxy.example.com/path', says: /host only, without “\/path”/ },
    { signalingBaseUrl: 'good.example\nbad.example:99999', says: /^Line 2: Port “99999”/ },
    {
      signalingBaseUrl: Array.from({ length: 9 }, (_, index) => `p${index}.example`).join('\n'),
      says: /At most 8/,
    },
  ])('of the proxy field: $says', ({ signalingBaseUrl, says }) => {
    expect(problemsOf({ ...draft, signalingBaseUrl }).signalingBaseUrl).toMatch(says);
  });

  test('of the server and the name', () => {
    const problems = problemsOf({
      ...draft,
      serverUrl: 'http://meet.example.com',
      displayName: 'x'.repeat(61),
    });
    expect(problems.serverUrl).toMatch(/only allowed on this computer/);
    expect(problems.displayName).toMatch(/longer than 60/);
  });

  test('no name is no problem: it is asked for at the join', () => {
    expect(problemsOf({ ...draft, displayName: '' }).displayName).toBeUndefined();
  });
});

test.each([
  { httpProxy: { mode: 'manual', server: '' }, part: 'server', says: /is empty/ },
  { httpProxy: { mode: 'manual', server: 'proxy.example.com' }, part: 'server', says: /its port/ },
  {
    httpProxy: { mode: 'manual', server: 'p.example:3128', bypass: 'a.example\nb example' },
    part: 'bypass',
    says: /^Line 2: /,
  },
  { httpProxy: { mode: 'pac', url: 'ftp://a.example' }, part: 'url', says: /not allowed/ },
] as const)(
  'a problem of the HTTP proxy stands at its field: $part',
  ({ httpProxy, part, says }) => {
    const problem = httpProxyProblem({ ...draft.httpProxy, ...httpProxy });
    expect(problem?.part).toBe(part);
    expect(problem?.problem).toMatch(says);
  },
);

test('what IT forbids is a problem at once', () => {
  const limits = {
    allowedServers: ['*.example.com'],
    allowedProxies: ['*.example.com'],
    allowedModes: ['TCP_ONLY' as const],
  };
  const problems = problemsOf({ ...draft, serverUrl: 'other.example' }, limits);
  expect(problems.serverUrl).toMatch(/does not allow meetings on other.example/);
  expect(problems.signalingBaseUrl).toMatch(/through its Cloud Proxy only/);
  expect(problems.preferredProtocol).toMatch(/does not allow the protocol/);
});

test('a change from elsewhere leaves what is being edited', () => {
  const now = draftOf({ ...DEFAULT_SETTINGS, serverUrl: 'https://a.example', standbyPath: false });
  const edited = { ...draft, displayName: 'Ada' };
  expect(rebase(edited, draft, now)).toEqual({ ...now, displayName: 'Ada' });
});

describe('what is stored', () => {
  test('of the HTTP proxy is what its mode needs, not what was typed for another', () => {
    const httpProxy = { mode: 'manual' as const, server: 'p.example:3128', bypass: '', url: 'x' };
    expect(patchOf({ ...draft, httpProxy }, effective())).toEqual({
      httpProxy: { mode: 'manual', server: 'p.example:3128', bypass: [] },
    });
    expect(patchOf({ ...draft, httpProxy: { ...httpProxy, mode: 'system' } }, effective())).toEqual(
      {},
    );
  });

  test('is nothing when nothing was changed', () => {
    const settings = effective({ signalingBaseUrl: ['https://proxy.example.com'] });
    expect(patchOf(draftOf(settings.values), settings)).toEqual({});
  });

  test('is only what was changed', () => {
    const changed = { ...draft, signalingBaseUrl: 'a.example\nb.example', displayName: ' Robin ' };
    expect(patchOf(changed, effective())).toEqual({
      signalingBaseUrl: ['a.example', 'b.example'],
      displayName: 'Robin',
    });
  });

  test('is null for what was reset: it is forgotten, not stored as it happens to be', () => {
    const settings = effective({ preferredProtocol: 'TCP_ONLY' });
    const reset = new Set(['preferredProtocol', 'appearance'] as const);
    // The appearance was set to what is the default today: reset forgets that as well.
    expect(patchOf(draft, settings, reset)).toEqual({ preferredProtocol: null, appearance: null });
  });

  test('is nothing for what was reset and is not the employee’s own', () => {
    const settings = effective();
    settings.provenance.serverUrl = { source: 'default', locked: false, losers: [] };
    settings.provenance.appearance = { source: 'managed', locked: true, losers: [] };
    const reset = new Set(['serverUrl', 'appearance'] as const);
    expect(patchOf(draft, settings, reset)).toEqual({});
  });

  test('is never a locked field', () => {
    const changed: SettingsDraft = { ...draft, preferredProtocol: 'TCP_ONLY', appearance: 'dark' };
    expect(patchOf(changed, effective({}, ['preferredProtocol']))).toEqual({ appearance: 'dark' });
  });
});

test('an https proxy is shown by its host, one on plain http as it is', () => {
  const { signalingBaseUrl } = draftOf({
    ...DEFAULT_SETTINGS,
    signalingBaseUrl: ['https://proxy.example.com', 'http://127.0.0.1:8080'],
  });
  expect(signalingBaseUrl).toBe('proxy.example.com\nhttp://127.0.0.1:8080');
});
