import { describe, expect, it } from 'vitest';
import type { ProxyConfig } from 'electron';
import { SessionProxy } from '../../../../src/main/http-proxy/http-proxy.ts';
import type { HttpProxy } from '../../../../src/shared/settings/http-proxy.ts';
import type { PolicyStatus } from '../../../../src/shared/settings/policy-status.ts';

const MANUAL: HttpProxy = { mode: 'manual', server: 'proxy.example.com:3128', bypass: [] };

function open(setProxy: (config: ProxyConfig) => Promise<void>) {
  const outcomes: PolicyStatus['callsRefused'][] = [];
  const lines: string[] = [];
  const proxy = new SessionProxy(
    { setProxy, resolveProxy: () => Promise.resolve('DIRECT') },
    {
      log: { info: (text) => lines.push(text), error: (text) => lines.push(text) },
      onOutcome: (refusal) => outcomes.push(refusal),
    },
  );
  return { proxy, outcomes, lines };
}

describe('the HTTP proxy of the session', () => {
  it('refuses calls as long as it could not be set, and says which one', async () => {
    const { proxy, outcomes, lines } = open(({ mode }) =>
      mode === 'fixed_servers' ? Promise.reject(new Error('no such thing')) : Promise.resolve(),
    );
    await proxy.apply(MANUAL);
    expect(outcomes).toEqual([
      {
        message: expect.stringContaining('no call may go past it') as string,
        forIt: 'httpProxy (proxy.example.com:3128) could not be set: no such thing',
      },
    ]);
    expect(lines).toEqual(['the HTTP proxy could not be set']);
    await proxy.apply({ mode: 'none' });
    expect(outcomes[1]).toBeUndefined();
    expect(outcomes).toHaveLength(2);
  });

  it('is settled once the last of several changes is made', async () => {
    const gates: (() => void)[] = [];
    const { proxy, lines } = open(() => new Promise((resolve) => gates.push(resolve)));
    const settled: string[] = [];
    void proxy.apply(MANUAL);
    void proxy.settled.then(() => settled.push('first'));
    void proxy.apply({ mode: 'none' });
    const last = proxy.settled.then(() => settled.push('last'));
    await expect.poll(() => gates.length).toBe(1);
    expect(settled).toEqual([]);
    gates[0]?.();
    await expect.poll(() => gates.length).toBe(2);
    expect(settled).toEqual(['first']);
    gates[1]?.();
    await last;
    expect(lines).toEqual(['HTTP proxy: proxy.example.com:3128', 'HTTP proxy: none']);
  });
});
