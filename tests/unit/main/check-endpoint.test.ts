import { describe, expect, test } from 'vitest';
import {
  EndpointChecks,
  type EndpointChecksOptions,
} from '../../../src/main/diagnosis/check-endpoint.ts';
import { DEFAULT_SETTINGS, type Settings } from '../../../src/shared/settings.ts';
import { NO_POLICY, type PolicyStatus } from '../../../src/shared/settings/policy-status.ts';

function setUp(
  answer: () => Response | Promise<Response>,
  values: Partial<Settings> = {},
  policy: PolicyStatus = NO_POLICY,
  detail: EndpointChecksOptions['detail'] = (attempt) => attempt,
): { checks: EndpointChecks; asked: string[] } {
  const asked: string[] = [];
  const checks: EndpointChecks = new EndpointChecks({
    fetch: async (url) => {
      expect(checks.isOwn(url), 'the request filter lets it through').toBe(true);
      asked.push(url);
      return answer();
    },
    detail,
    settings: () => ({ values: { ...DEFAULT_SETTINGS, ...values }, policy }),
  });
  return { checks, asked };
}

const document = (role: string): Response => Response.json({ version: 1, role, features: [] });

describe('a check', () => {
  test.each([
    { role: 'proxy', says: 'proxy' },
    { role: 'room', says: 'server' },
  ])('of what says that it is a $role', async ({ role, says }) => {
    const { checks, asked } = setUp(() => document(role));
    expect(await checks.check('proxy', 'Proxy.example.com')).toEqual({
      kind: 'stands',
      role: says,
    });
    expect(asked).toEqual(['https://proxy.example.com/.well-known/causeway.json']);
    expect(checks.isOwn(asked[0] ?? ''), 'only while it goes on').toBe(false);
  });

  test.each([
    { what: 'another page', answer: () => new Response('<html>') },
    { what: 'nothing', answer: () => new Response('', { status: 200 }) },
    { what: 'a long text', answer: () => new Response(' '.repeat(70_000) + '{}') },
  ])('of a host that answers with $what', async ({ answer }) => {
    const { checks } = setUp(answer);
    const diagnosis = { kind: 'answers', httpStatus: 200 };
    expect(await checks.check('proxy', 'a.example')).toEqual({ kind: 'silent', diagnosis });
  });

  test('of a host that does not answer', async () => {
    const { checks, asked } = setUp(() => Promise.reject(new Error('net::ERR_CONNECTION_REFUSED')));
    const diagnosis = { kind: 'refused' };
    expect(await checks.check('server', 'a.example')).toEqual({ kind: 'silent', diagnosis });
    expect(checks.isOwn(asked[0] ?? '')).toBe(false);
  });
});

test('what a check asks is its own no more once calls are refused', async () => {
  const settings: { values: Settings; policy: PolicyStatus } = {
    values: DEFAULT_SETTINGS,
    policy: NO_POLICY,
  };
  const isOwn: boolean[] = [];
  const checks: EndpointChecks = new EndpointChecks({
    fetch: (url) => {
      isOwn.push(checks.isOwn(url));
      settings.policy = { ...NO_POLICY, callsRefused: { message: 'no', forIt: 'no' } };
      isOwn.push(checks.isOwn(url));
      return Promise.resolve(document('proxy'));
    },
    detail: (attempt) => attempt,
    settings: () => settings,
  });
  await checks.check('proxy', 'a.example');
  expect(isOwn).toEqual([true, false]);
});

describe('a check through an HTTP proxy', () => {
  const diagnosis = { kind: 'http-proxy-unreachable', proxy: 'h.example:3128' } as const;

  test('that is silent ends as soon as that is found out', async () => {
    const { checks } = setUp(
      () => new Promise<Response>(() => undefined),
      {},
      NO_POLICY,
      () => Promise.resolve(diagnosis),
    );
    expect(await checks.check('proxy', 'a.example')).toEqual({ kind: 'silent', diagnosis });
  });

  test('says more than the attempt itself', async () => {
    const { checks } = setUp(
      () => Promise.reject(new Error('net::ERR_PROXY_CONNECTION_FAILED')),
      {},
      NO_POLICY,
      async (attempt) => {
        expect(await attempt).toEqual({ kind: 'http-proxy-unreachable' });
        return diagnosis;
      },
    );
    expect(await checks.check('proxy', 'a.example')).toEqual({ kind: 'silent', diagnosis });
  });
});

describe('a check asks nobody', () => {
  test.each<{
    what: string;
    role: 'server' | 'proxy';
    address: string;
    values?: Partial<Settings>;
    policy?: PolicyStatus;
    says: RegExp;
  }>([
    { what: 'no address', role: 'proxy', address: 'a b', says: /contains a space/ },
    {
      what: 'a proxy that the policy forbids',
      role: 'proxy',
      address: 'evil.example',
      values: { allowedProxies: ['*.example.com'] },
      says: /does not allow the Cloud Proxy evil.example/,
    },
    {
      what: 'a server that the policy forbids',
      role: 'server',
      address: 'evil.example',
      values: { allowedServers: ['*.example.com'] },
      says: /does not allow meetings on evil.example/,
    },
    {
      what: 'a server past the Cloud Proxy',
      role: 'server',
      address: 'meet.example.com',
      values: { signalingBaseUrl: ['https://proxy.example.com'] },
      says: /never connects to the meeting server itself/,
    },
    {
      what: 'a server where only proxies are allowed',
      role: 'server',
      address: 'meet.example.com',
      values: { allowedProxies: ['*.example.com'] },
      says: /through its Cloud Proxy only/,
    },
    {
      what: 'anything where calls are refused',
      role: 'proxy',
      address: 'proxy.example.com',
      policy: { ...NO_POLICY, callsRefused: { message: 'No calls.', forIt: 'Broken.' } },
      says: /No calls/,
    },
  ])('$what', async ({ role, address, values, policy, says }) => {
    const { checks, asked } = setUp(() => document('proxy'), values, policy);
    const result = await checks.check(role, address);
    expect(result).toEqual({ kind: 'not-asked', problem: expect.stringMatching(says) as string });
    expect(asked).toEqual([]);
  });
});
