import { describe, expect, test, vi } from 'vitest';
import { HttpProxyLegs } from '../../../src/renderer/room/http-proxy-legs.ts';
import type { Path } from '../../../src/shared/path.ts';
import { RoomError } from '../../../src/shared/room-error.ts';

const TLS: Path = { route: 'proxy', protocol: 'tls', host: 'proxy.example.com', port: 443 };
const UDP: Path = { ...TLS, protocol: 'udp' };

test('a path over TCP gets its HTTP proxy, asked for once and ahead of time', async () => {
  const httpProxyFor = vi.fn(() => Promise.resolve('http-proxy:3128'));
  const legs = new HttpProxyLegs({ httpProxyFor });
  legs.learn([UDP, TLS, { ...TLS, protocol: 'tcp' }]);
  await Promise.resolve();
  expect(legs.fill(TLS)).toEqual({ ...TLS, httpProxy: 'http-proxy:3128' });
  expect(httpProxyFor.mock.calls).toEqual([['proxy.example.com', 443]]);
});

test('a path over UDP goes through none, and nobody is asked', () => {
  const httpProxyFor = vi.fn(() => Promise.resolve('http-proxy:3128'));
  expect(new HttpProxyLegs({ httpProxyFor }).fill(UDP)).toBe(UDP);
  expect(httpProxyFor).not.toHaveBeenCalled();
});

test('a path that goes directly, or of which nobody can tell, stays as it is', async () => {
  const direct = new HttpProxyLegs({ httpProxyFor: () => Promise.resolve(undefined) });
  const failing = new HttpProxyLegs({ httpProxyFor: () => Promise.reject(new Error('no')) });
  for (const legs of [direct, failing, new HttpProxyLegs({})]) {
    legs.learn([TLS]);
    await new Promise(setImmediate);
    expect(legs.fill(TLS)).toBe(TLS);
  }
});

describe('a call that found no way for its media', () => {
  const turn = 'turn:proxy.example.com:3478?transport=tcp';
  const httpProxyFor = () => Promise.resolve('squid:3128');
  const noPath = new RoomError('NO_PATH', 'TCP: no connection in 5 s').toData();

  test('says which ports the HTTP proxy refuses', async () => {
    const diagnose = vi.fn(() =>
      Promise.resolve({ kind: 'http-proxy-refused' as const, proxy: 'squid:3128' }),
    );
    const known = vi.fn();
    const legs = new HttpProxyLegs({ diagnose, httpProxyFor });
    legs.relayFailed(turn, known);
    legs.relayFailed(turn, known);
    legs.relayFailed('turn:proxy.example.com:443?transport=udp', known);
    expect(legs.isAsking).toBe(true);
    expect(legs.explain(noPath)).toBe(noPath);
    await new Promise(setImmediate);
    expect(legs.isAsking).toBe(false);
    expect(known).toHaveBeenCalledTimes(1);
    expect(diagnose.mock.calls).toEqual([['https://proxy.example.com:3478']]);
    expect(legs.explain(noPath)).toMatchObject({
      code: 'HTTP_PROXY_REFUSED',
      detail:
        'the HTTP proxy squid:3128 refuses to connect to the relay at proxy.example.com:3478; TCP: no connection in 5 s',
    });
  });

  test('says what it knew before where the HTTP proxy is not to blame', async () => {
    for (const diagnose of [
      () => Promise.resolve({ kind: 'tls' as const, reason: 'other' as const }),
      () => Promise.reject(new Error('no')),
    ]) {
      const legs = new HttpProxyLegs({ diagnose, httpProxyFor });
      legs.relayFailed(turn, vi.fn());
      await new Promise(setImmediate);
      expect(legs.explain(noPath)).toBe(noPath);
    }
  });

  test('asks nobody without an HTTP proxy on the way', async () => {
    const diagnose = vi.fn(() => Promise.resolve({ kind: 'refused' as const }));
    const legs = new HttpProxyLegs({ diagnose, httpProxyFor: () => Promise.resolve(undefined) });
    legs.relayFailed(turn, vi.fn());
    await new Promise(setImmediate);
    expect(diagnose).not.toHaveBeenCalled();
    expect(legs.isAsking).toBe(false);
  });

  test('keeps an error that is about something else', async () => {
    const legs = new HttpProxyLegs({
      httpProxyFor,
      diagnose: () => Promise.resolve({ kind: 'http-proxy-refused' as const }),
    });
    legs.relayFailed(turn, vi.fn());
    await new Promise(setImmediate);
    const full = new RoomError('ROOM_FULL').toData();
    expect(legs.explain(full)).toBe(full);
  });
});
