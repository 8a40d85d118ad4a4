import { describe, expect, test } from 'vitest';
import { ageText, statusText, valueText } from '../../../src/renderer/app/policy/text.ts';
import { copiedPolicy } from '../../../src/renderer/app/policy/policy-report.ts';
import { matchesSearch } from '../../../src/renderer/app/settings/search.ts';
import { checkSentence, sourceText } from '../../../src/renderer/app/settings/text.ts';
import { IpcRequests } from '../../../src/shared/ipc.ts';
import {
  DEFAULT_SETTINGS,
  SETTING_KEYS,
  type EffectiveSettings,
} from '../../../src/shared/settings.ts';
import { NO_POLICY } from '../../../src/shared/settings/policy-status.ts';

const byDefault = { source: 'default', locked: false, losers: [] } as const;

test.each([
  { query: 'proxy', key: 'signalingBaseUrl', finds: true },
  { query: 'HTTP  proxy', key: 'httpProxy', finds: true },
  { query: 'signalingbase', key: 'signalingBaseUrl', finds: true },
  { query: 'default', key: 'appearance', finds: true },
  { query: 'proxy banana', key: 'httpProxy', finds: false },
] as const)('a search for “$query” and $key', ({ query, key, finds }) => {
  expect(matchesSearch(query, key, byDefault)).toBe(finds);
});

test('a source is told by who is behind it', () => {
  expect(sourceText({ source: 'managed', locked: true })).toBe('Managed by your organization');
  expect(sourceText({ source: 'managed', locked: false })).toBe('Suggested by your organization');
  expect(sourceText({ source: 'command-line', locked: true })).toBe('Set on the command line');
});

describe('what a check found', () => {
  test('is good only where the right kind of host stands', () => {
    const proxy = checkSentence('p.example', 'proxy', { kind: 'stands', role: 'proxy' });
    expect(proxy).toEqual({
      isGood: true,
      text: 'p.example answers: it is a Causeway Cloud Proxy.',
    });
    const wrong = checkSentence('s.example', 'proxy', { kind: 'stands', role: 'server' });
    expect(wrong).toEqual({
      isGood: false,
      text: 's.example answers, but it is a Causeway meeting server, not a Cloud Proxy.',
    });
  });

  test('says what stands in the way', () => {
    const diagnosis = { kind: 'tls', reason: 'expired' } as const;
    const { text } = checkSentence('s.example', 'server', { kind: 'silent', diagnosis });
    expect(text).toBe('s.example answers, but its certificate is not trusted. Tell IT.');
  });

  test.each([
    [
      { kind: 'http-proxy-unreachable', proxy: 'h.example:3128' },
      's.example cannot be reached: the HTTP proxy h.example:3128 on the way does not answer. Check its address, or ask IT.',
    ],
    [
      { kind: 'http-proxy-refused' },
      's.example cannot be reached: an HTTP proxy on the way refuses to connect to it. Ask IT to allow it.',
    ],
    [
      { kind: 'http-proxy-pac' },
      's.example cannot be reached: the PAC file that names the way to it cannot be fetched or run. Check its address, or ask IT.',
    ],
    [
      { kind: 'tls', reason: 'untrusted-issuer', issuer: 'Company CA' },
      's.example answers, but its certificate, issued by “Company CA”, is not trusted. Tell IT.',
    ],
  ] as const)('names what an HTTP proxy or a certificate does: $kind', (diagnosis, sentence) => {
    expect(checkSentence('s.example', 'server', { kind: 'silent', diagnosis }).text).toBe(sentence);
  });
});

describe('the policy page', () => {
  test.each([
    { value: 'TCP_ONLY', text: 'TCP only (TCP_ONLY)' },
    { value: ['a.example', 'direct'], text: 'a.example, direct' },
    { value: [], text: 'Empty' },
    { value: {}, text: 'Empty' },
    { value: '', text: 'Empty' },
    { value: true, text: 'Yes' },
    { value: { mode: 'system' }, text: 'mode: system' },
    {
      value: { mode: 'manual', server: 'http-proxy.example.com:3128', bypass: [] },
      text: 'mode: manual · server: http-proxy.example.com:3128',
    },
    { value: { mode: 'manual', bypass: ['a.example'] }, text: 'mode: manual · bypass: a.example' },
    { value: 'x'.repeat(500), text: `${'x'.repeat(240)}…` },
  ])('shows a value as $text', ({ value, text }) => {
    expect(valueText(value)).toBe(text);
  });

  test.each([
    { ms: 20_000, text: 'just now' },
    { ms: 61_000, text: '1 minute ago' },
    { ms: 7_300_000, text: '2 hours ago' },
    { ms: 50 * 3_600_000, text: '2 days ago' },
  ])('tells an age as “$text”', ({ ms, text }) => {
    expect(ageText(1_000_000, 1_000_000 + ms)).toBe(text);
  });

  test('says that calls are refused before anything else', () => {
    const callsRefused = { message: 'No calls.', forIt: 'Broken.' };
    expect(statusText({ ...NO_POLICY, state: 'broken', callsRefused })).toMatchObject({
      tone: 'error',
      text: 'No calls.',
    });
  });

  test('copies what the clipboard takes, whatever certificates are in it', () => {
    const pem = `-----BEGIN CERTIFICATE-----\n${'A'.repeat(60_000)}\n-----END CERTIFICATE-----`;
    const settings = {
      values: { ...DEFAULT_SETTINGS, extraCaCertificates: [pem, pem, pem] },
      provenance: Object.fromEntries(SETTING_KEYS.map((key) => [key, byDefault])),
      policy: NO_POLICY,
    } as unknown as EffectiveSettings;
    const text = copiedPolicy(settings, '1.2.3');
    expect(IpcRequests['clipboard:write'].request.safeParse({ text }).success).toBe(true);
    expect(text).toContain('displayNameDomain');
  });
});
