import { describe, expect, test } from 'vitest';
import { AddressLimits, limitKey } from '../../../server/proxy/front/address-limits.ts';

describe('limits per client address', () => {
  test('an address has its burst, and another address its own', () => {
    const limits = new AddressLimits({ requestsPerSecond: 1, connections: 0 });
    const allowed = Array.from({ length: 12 }, () => limits.tryRequest('203.0.113.1'));
    expect(allowed.filter(Boolean)).toHaveLength(10);
    expect(limits.tryRequest('203.0.113.2')).toBe(true);
  });

  test('connections are given back', () => {
    const limits = new AddressLimits({ requestsPerSecond: 1, connections: 2 });
    const first = limits.takeConnection('203.0.113.1');
    limits.takeConnection('203.0.113.1');
    expect(limits.takeConnection('203.0.113.1')).toBeUndefined();
    first?.();
    expect(limits.takeConnection('203.0.113.1')).toBeDefined();
  });

  test('an IPv6 client is its /64, however the address is written', () => {
    expect(limitKey('2001:db8:1:2:aaaa::1')).toBe('2001:db8:1:2');
    expect(limitKey('2001:db8:1:2::1')).toBe('2001:db8:1:2');
    expect(limitKey('2001:0db8:0001:0002:0:0:0:9')).toBe('2001:db8:1:2');
    expect(limitKey('2001:db8::1')).toBe('2001:db8:0:0');
    expect(limitKey('::1')).toBe('0:0:0:0');
    expect(limitKey('203.0.113.1')).toBe('203.0.113.1');
  });
});
