import { describe, expect, test } from 'vitest';
import {
  IDLE,
  type CallRules,
  type CallState,
  type Connecting,
  type LaneViews,
  type Observation,
} from '../../../src/renderer/room/call-state.ts';
import {
  FALLBACK_GRACE_MS,
  RELAY_FALLBACK_GRACE_MS,
  JOIN_BUDGET_MS,
  MEDIA_CONNECT_BUDGET_MS,
  MIN_MEDIA_CONNECT_MS,
  NEXT_PROXY_ANSWER_MS,
  NEXT_PROXY_MEDIA_MS,
  PROXY_JOIN_BUDGET_MS,
  SETUP_BUDGET_MS,
} from '../../../src/renderer/room/limits.ts';
import { CLOSE } from '../../../src/shared/close-codes.ts';
import { parseSignalingBaseUrl, type Endpoint } from '../../../src/shared/endpoint.ts';
import { RoomError } from '../../../src/shared/room-error.ts';
import type { Path } from '../../../src/shared/path.ts';
import {
  RULES,
  UDP,
  TCP,
  PLAN,
  NOW,
  connecting,
  reconnecting,
  connected,
  links,
  seenLinks,
  attemptFailed,
  closed,
  acts,
  ask,
  errorOf,
  deadlineOf,
} from './call-samples.ts';

describe('joining', () => {
  test('keeps the plan and the step, and starts the clock of media at its first step only', () => {
    const begun = ask(IDLE, { seen: 'join', plan: [{ ...UDP }] }).state;
    const planned = ask(begun, { seen: 'step', step: 'media', plan: PLAN }, NOW + 10).state;
    expect(planned).toMatchObject({ step: 'media', plan: PLAN, mediaSince: NOW + 10 });
    const again = ask(planned, { seen: 'step', step: 'media' }, NOW + 20).state;
    expect(again).toMatchObject({ mediaSince: NOW + 10 });
  });

  test.each([
    ['the sending link carries', links('connected'), 'connected'],
    ['both carry', links('connected', 'connected'), 'connected'],
    [
      'the sending link carries while the other one still tries',
      links('connected', 'connecting'),
      'connected',
    ],
    [
      'there is nothing to send and the receiving link carries',
      links('unused', 'connected'),
      'connected',
    ],
    [
      'only the receiving link carries though there is something to send',
      links('connecting', 'connected'),
      'connecting',
    ],
    [
      'a link is connected but its pair is not known yet',
      { ...links('unused'), send: { active: { status: 'connected' } } },
      'connecting',
    ],
    ['nothing carries yet', links('connecting'), 'connecting'],
  ] as [string, LaneViews, string][])('%s: %s', (_when, seen, phase) => {
    expect(ask(connecting, { seen: 'links', links: seen }).state.phase).toBe(phase);
  });

  test.each([
    ['UDP_OVER_TCP', 'NO_PATH'],
    ['UDP_ONLY', 'UDP_BLOCKED'],
    ['TCP_ONLY', 'TCP_BLOCKED'],
  ] as const)('%s without a path in time is %s and names each try', (preferredProtocol, code) => {
    const rules = { ...RULES, preferredProtocol };
    const deadline = deadlineOf(connecting) ?? NaN;
    const decision = ask(connecting, { seen: 'clock' }, deadline, rules);
    expect(errorOf(decision)).toBe(code);
    expect(decision.state).toMatchObject({
      error: {
        detail: expect.stringMatching(
          /^UDP · direct · 192\.0\.2\.1:44444: no connection in \d\.\d s; TCP · direct/,
        ) as string,
      },
    });
  });

  test('a server that offers nothing the mode allows is not waited for', () => {
    const decision = ask(connecting, { seen: 'step', step: 'media', plan: [] });
    expect(errorOf(decision)).toBe('NO_PATH');
    expect(decision.state).toMatchObject({
      error: { detail: 'the server offers no path that the mode allows' },
    });
  });

  test('a link that fails for good is not waited for', () => {
    expect(errorOf(ask(connecting, seenLinks('failed')))).toBe('NO_PATH');
  });

  test('the deadline lets UDP_ONLY fail within 6 s of join() when the steps before were quick', () => {
    const quick = { ...connecting, since: 0, mediaSince: 300 };
    expect(deadlineOf(quick)).toBe(300 + MEDIA_CONNECT_BUDGET_MS);
    const slow = { ...connecting, since: 0, mediaSince: 1500 };
    expect(deadlineOf(slow)).toBe(JOIN_BUDGET_MS);
    const slowest = { ...connecting, since: 0, mediaSince: 6000 };
    expect(deadlineOf(slowest)).toBe(6000 + MIN_MEDIA_CONNECT_MS);
  });

  test('steps before media that hang come to an end', () => {
    const before = { ...connecting };
    delete before.mediaSince;
    expect(deadlineOf(before)).toBe(before.since + SETUP_BUDGET_MS);
    const decision = ask(before, { seen: 'clock' }, before.since + SETUP_BUDGET_MS);
    expect(errorOf(decision)).toBe('SERVER_UNREACHABLE');
    const proxied = ask(before, { seen: 'clock' }, before.since + SETUP_BUDGET_MS, {
      ...RULES,
      route: 'proxy',
    });
    expect(errorOf(proxied)).toBe('PROXY_UNREACHABLE');
  });

  test('a refusal is told as the server told it', () => {
    expect(errorOf(ask(connecting, attemptFailed('ROOM_FULL')))).toBe('ROOM_FULL');
    expect(errorOf(ask(connecting, closed(CLOSE.TOKEN_EXPIRED)))).toBe('TOKEN_EXPIRED');
  });
});

describe('a relay that will not do', () => {
  const faulty = (relayFault: 'refused' | 'no-candidates', host = 'proxy.example.com') => ({
    state: {
      ...connecting,
      plan: [{ route: 'proxy', protocol: 'udp', host, port: 443 }],
    } as Connecting,
    seen: {
      seen: 'links',
      links: { ...links('connecting'), send: { active: { status: 'connecting', relayFault } } },
    } as Observation,
  });

  test.each([
    ['refused', 'UDP_OVER_TCP', 'PROXY_CREDENTIALS'],
    ['refused', 'UDP_ONLY', 'PROXY_CREDENTIALS'],
    ['no-candidates', 'UDP_OVER_TCP', 'PROXY_RELAY_DOWN'],
    ['no-candidates', 'UDP_ONLY', 'UDP_BLOCKED'],
    ['no-candidates', 'TCP_ONLY', 'TCP_BLOCKED'],
  ] as const)('%s in %s: %s, at once', (fault, preferredProtocol, code) => {
    const { state, seen } = faulty(fault);
    const rules: CallRules = { ...RULES, route: 'proxy', preferredProtocol };
    expect(errorOf(ask(state, seen, NOW, rules))).toBe(code);
  });

  test('a proxy known by name: a name that only this computer knows is told as the likely cause', () => {
    const rules: CallRules = { ...RULES, route: 'proxy' };
    const byName = faulty('no-candidates');
    expect(ask(byName.state, byName.seen, NOW, rules).state).toMatchObject({
      error: { detail: expect.stringContaining('hosts file') as string },
    });
    const byAddress = faulty('no-candidates', '192.0.2.9');
    expect(ask(byAddress.state, byAddress.seen, NOW, rules).state).toMatchObject({
      error: { detail: expect.not.stringContaining('hosts file') as string },
    });
  });
});

describe('one Cloud Proxy of several that carries no media', () => {
  const rules: CallRules = { ...RULES, route: 'proxy' };
  const [first, second] = ['first', 'second'].map((name): Endpoint => {
    const parsed = parseSignalingBaseUrl(`${name}.example.com`);
    if (!parsed.ok) throw new Error(parsed.problem);
    return parsed.endpoint;
  });
  if (!first || !second) throw new Error('two proxies');
  const planOf = ({ host }: Endpoint): Path[] => [
    { route: 'proxy', protocol: 'udp', host, port: 443 },
  ];
  /** Joining through the first, with the second left. */
  const atFirst = ask(
    { ...connecting, plan: planOf(first) },
    { seen: 'proxy-entered', otherProxies: [second], failures: [] },
    NOW,
    rules,
  ).state;
  const silent: Observation = {
    seen: 'links',
    links: {
      ...links('connecting'),
      send: { active: { status: 'connecting', relayFault: 'no-answer' } },
    },
  };
  const inUse = (state: CallState): Connecting => {
    if (state.phase !== 'connecting') throw new Error(state.phase);
    return state;
  };
  const mediaSince = inUse(atFirst).mediaSince ?? NaN;

  test('is given up for the next, at once where it is certain', () => {
    const { state, actions } = ask(atFirst, seenLinks('failed'), NOW, rules);
    expect(actions).toEqual([{ act: 'disconnect' }, { act: 'connect', through: [second] }]);
    expect(state).toMatchObject({ phase: 'connecting', step: 'discovery', since: NOW - 500 });
    expect(state).not.toHaveProperty('mediaSince');
    expect(state).not.toHaveProperty('otherProxies');
  });

  test('is given up soon when its relay does not answer, and later when it does', () => {
    expect(deadlineOf(atFirst, rules)).toBe(mediaSince + NEXT_PROXY_MEDIA_MS);
    const unanswered = ask(atFirst, silent, NOW, rules).state;
    expect(deadlineOf(unanswered, rules)).toBe(mediaSince + NEXT_PROXY_ANSWER_MS);
    const answered = ask(unanswered, seenLinks('connecting'), NOW, rules).state;
    expect(deadlineOf(answered, rules)).toBe(mediaSince + NEXT_PROXY_MEDIA_MS);
    const late = ask(unanswered, { seen: 'clock' }, mediaSince + NEXT_PROXY_ANSWER_MS, rules);
    expect(acts(late)).toEqual(['disconnect', 'connect']);
  });

  test('and the last one neither: the code of the first, and each of them by name', () => {
    let state = ask(atFirst, silent, NOW, rules).state;
    state = ask(state, { seen: 'clock' }, deadlineOf(state, rules), rules).state;
    const again = NOW + 2_100;
    const left: Observation = { seen: 'proxy-entered', otherProxies: [], failures: [] };
    state = ask(state, left, again, rules).state;
    state = ask(state, { seen: 'step', step: 'media', plan: planOf(second) }, again, rules).state;
    const end = deadlineOf(state, rules) ?? NaN;
    expect(end).toBe(again + MIN_MEDIA_CONNECT_MS);
    expect(end - (NOW - 500)).toBeLessThan(5_000);
    const decision = ask(state, { seen: 'clock' }, end, rules);
    expect(errorOf(decision)).toBe('PROXY_RELAY_DOWN');
    expect(decision.state).toMatchObject({
      error: {
        detail: expect.stringMatching(/first\.example\.com.*second\.example\.com/) as string,
      },
    });
  });

  test('after one that did not answer: the one that carried nothing was waited for in full', () => {
    const failures = [new RoomError('PROXY_UNREACHABLE', 'dead.example.com: no answer').toData()];
    const alone: Connecting = { ...connecting, plan: planOf(second) };
    const seen: Observation = { seen: 'proxy-entered', otherProxies: [], failures };
    const { state } = ask(alone, seen, NOW, rules);
    const end = deadlineOf(state, rules) ?? NaN;
    expect(end).toBe(NOW - 500 + PROXY_JOIN_BUDGET_MS);
    const decision = ask(state, { seen: 'clock' }, end, rules);
    expect(errorOf(decision)).toBe('PROXY_UNREACHABLE');
    expect(decision.state).toMatchObject({
      error: {
        detail: expect.stringMatching(/dead\.example\.com.*second\.example\.com/) as string,
      },
    });
  });

  test('and the next one out of reach: both are named', () => {
    const { state } = ask(atFirst, seenLinks('failed'), NOW, rules);
    const decision = ask(state, attemptFailed('PROXY_UNREACHABLE'), NOW + 900, rules);
    expect(errorOf(decision)).toBe('NO_PATH');
    expect(decision.state).toMatchObject({
      error: {
        detail: expect.stringMatching(/first\.example\.com.*PROXY_UNREACHABLE why$/) as string,
      },
    });
  });

  test('a meeting that is full is full, whichever proxy was tried before', () => {
    const { state } = ask(atFirst, seenLinks('failed'), NOW, rules);
    expect(errorOf(ask(state, attemptFailed('ROOM_FULL'), NOW + 900, rules))).toBe('ROOM_FULL');
  });

  test('in a reconnection, too, before any waiting', () => {
    const again = { ...inUse(atFirst), trip: reconnecting.trip };
    expect(acts(ask(again, seenLinks('failed'), NOW, rules))).toEqual(['disconnect', 'connect']);
    const last = { ...again, otherProxies: [] };
    expect(ask(last, seenLinks('failed'), NOW, rules).state.phase).toBe('waiting');
  });
});

test('a relay that has not answered by the deadline is what is wrong', () => {
  const rules: CallRules = { ...RULES, route: 'proxy' };
  const seen: Observation = {
    seen: 'links',
    links: {
      ...links('connecting'),
      send: { active: { status: 'connecting', relayFault: 'no-answer' } },
    },
  };
  const state = ask(connecting, seen, NOW, rules).state;
  expect(state.phase).toBe('connecting');
  const end = deadlineOf(state, rules) ?? NaN;
  expect(end).toBe(NOW - 500 + PROXY_JOIN_BUDGET_MS);
  expect(errorOf(ask(state, { seen: 'clock' }, end, rules))).toBe('PROXY_RELAY_DOWN');
});

describe('fallback', () => {
  const onTcp = ask(connecting, seenLinks('connected', 'connected', TCP)).state;

  test('is not told while UDP may still win', () => {
    expect(onTcp).toMatchObject({ phase: 'connected', path: TCP, lesserSince: NOW });
    expect(onTcp).not.toHaveProperty('fallback');
    expect(deadlineOf(onTcp)).toBe(NOW + FALLBACK_GRACE_MS);
  });

  test('is told when the grace is over: blocked at join', () => {
    const after = ask(onTcp, { seen: 'clock' }, NOW + FALLBACK_GRACE_MS).state;
    expect(after).toMatchObject({
      fallback: {
        wanted: 'udp',
        using: 'tcp',
        reason: 'blocked-at-join',
        since: NOW + FALLBACK_GRACE_MS,
      },
    });
    expect(deadlineOf(after)).toBeUndefined();
  });

  test('is never told when UDP wins within the grace', () => {
    const won = ask(onTcp, seenLinks('connected', 'connected', UDP), NOW + 300).state;
    expect(won).toMatchObject({ path: UDP });
    expect(ask(won, { seen: 'clock' }, NOW + 9000).state).not.toHaveProperty('fallback');
  });

  test('ends when UDP comes back, and is called lost in call the next time', () => {
    const told = ask(onTcp, { seen: 'clock' }, NOW + FALLBACK_GRACE_MS).state;
    const back = ask(told, seenLinks('connected', 'connected', UDP), NOW + 5000).state;
    expect(back).not.toHaveProperty('fallback');
    expect(back).not.toHaveProperty('lesserSince');
    const lost = ask(back, seenLinks('connected', 'connected', TCP), NOW + 9000).state;
    const again = ask(lost, { seen: 'clock' }, NOW + 9000 + FALLBACK_GRACE_MS).state;
    expect(again).toMatchObject({ fallback: { reason: 'lost-in-call' } });
  });

  test('UDP that was only touched while coming up was not lost in call', () => {
    const onUdp = ask(connecting, seenLinks('connected')).state;
    const onBoth = ask(onUdp, seenLinks('connected', 'connected', TCP), NOW + 50).state;
    const told = ask(onBoth, { seen: 'clock' }, NOW + 50 + FALLBACK_GRACE_MS).state;
    expect(told).toMatchObject({ fallback: { reason: 'blocked-at-join' } });
  });

  test('a call is on TCP when only one of its links is', () => {
    const seen: Observation = {
      seen: 'links',
      links: {
        send: { active: { status: 'connected', path: UDP } },
        receive: { active: { status: 'connected', path: TCP } },
      },
    };
    expect(ask(connected, seen).state).toMatchObject({ path: TCP });
  });

  test('TCP_ONLY on TCP is no fallback', () => {
    const tcpOnly = { ...connecting, plan: [TCP] };
    const decision = ask(tcpOnly, seenLinks('connected', 'connected', TCP));
    expect(decision.state).not.toHaveProperty('lesserSince');
    expect(deadlineOf(decision.state)).toBeUndefined();
  });
});

describe('a relayed link that came up on TCP though UDP was wanted', () => {
  const rules: CallRules = { ...RULES, route: 'proxy' };
  const [udp, tcp] = [UDP, TCP].map((path): Path => ({ ...path, route: 'proxy' }));
  if (!udp || !tcp) throw new Error('two paths');
  const proxied: Connecting = { ...connecting, plan: [udp, tcp] };
  const mixed: Observation = {
    seen: 'links',
    links: {
      send: { active: { status: 'connected', path: udp } },
      receive: { active: { status: 'connected', path: tcp } },
    },
  };

  test('is offered UDP alone, once, and no other link is', () => {
    const joined = ask(proxied, mixed, NOW, rules).state;
    const first = ask(joined, mixed, NOW + 10, rules);
    expect(first.actions).toEqual([{ act: 'offer-preferred', role: 'receive' }]);
    const second = ask(first.state, mixed, NOW + 20, rules);
    expect(second.actions).toEqual([]);
  });

  test('is called a fallback only when that, too, has brought nothing', () => {
    const joined = ask(proxied, mixed, NOW, rules).state;
    expect(deadlineOf(joined, rules)).toBe(NOW + RELAY_FALLBACK_GRACE_MS);
    const early = ask(joined, { seen: 'clock' }, NOW + RELAY_FALLBACK_GRACE_MS - 1, rules).state;
    expect(early).not.toHaveProperty('fallback');
    const late = ask(joined, { seen: 'clock' }, NOW + RELAY_FALLBACK_GRACE_MS, rules).state;
    expect(late).toMatchObject({ fallback: { using: 'tcp', reason: 'blocked-at-join' } });
  });

  test('is not interfered with on the direct route, where ICE goes on trying both', () => {
    const onTcp = ask(connecting, seenLinks('connected', 'connected', TCP)).state;
    expect(acts(ask(onTcp, seenLinks('connected', 'connected', TCP), NOW + 10))).toEqual([]);
  });
});
