import { describe, expect, it } from 'vitest';
import {
  listenInfos,
  listenProblem,
  withFurtherAddresses,
} from '../../../server/room/media-addresses.ts';

describe('listenProblem', () => {
  it.each([
    [['127.0.0.1'], [], undefined],
    [['0.0.0.0'], ['203.0.113.7'], undefined],
    [['0.0.0.0'], ['meet.example.com'], undefined],
    [['0.0.0.0', '::'], ['203.0.113.7', '2001:db8::7'], undefined],
    [['0.0.0.0'], [], /0\.0\.0\.0 means every address.*IPv4 address or name/],
    [['::'], ['203.0.113.7'], /:: means every address.*IPv6 address or name/],
    [['127.0.0.1'], ['2001:db8::7'], /2001:db8::7 fits no --listen-ip/],
    [['127.0.0.1', '127.0.0.1'], [], /127\.0\.0\.1 is given twice/],
  ])('%j announced as %j', (listen, announced, problem) => {
    const found = listenProblem(listen, announced);
    if (problem === undefined) expect(found).toBeUndefined();
    else expect(found).toMatch(problem);
  });
});

describe('listenInfos', () => {
  it('is UDP and TCP on one port for each address, with the announced address of its family', () => {
    expect(listenInfos(['10.0.0.5', 'fd00::5'], ['2001:db8::7', '203.0.113.7'], 44_444)).toEqual([
      { protocol: 'udp', ip: '10.0.0.5', port: 44_444, announcedAddress: '203.0.113.7' },
      { protocol: 'tcp', ip: '10.0.0.5', port: 44_444, announcedAddress: '203.0.113.7' },
      {
        protocol: 'udp',
        ip: 'fd00::5',
        port: 44_444,
        announcedAddress: '2001:db8::7',
        flags: { ipv6Only: true },
      },
      {
        protocol: 'tcp',
        ip: 'fd00::5',
        port: 44_444,
        announcedAddress: '2001:db8::7',
        flags: { ipv6Only: true },
      },
    ]);
  });
});

describe('withFurtherAddresses', () => {
  const udp = {
    foundation: 'udpcandidate',
    priority: 1000,
    ip: '203.0.113.7',
    address: '203.0.113.7',
    protocol: 'udp' as const,
    port: 44_444,
    type: 'host' as const,
  };
  const tcp = {
    ...udp,
    foundation: 'tcpcandidate',
    protocol: 'tcp' as const,
    priority: 900,
    tcpType: 'passive' as const,
  };

  it('leaves candidates alone when one address is announced', () => {
    expect(withFurtherAddresses([udp, tcp], ['0.0.0.0'], ['203.0.113.7'])).toEqual([udp, tcp]);
  });

  it('adds the second address after the first, for UDP and TCP', () => {
    const all = withFurtherAddresses([udp, tcp], ['0.0.0.0'], ['203.0.113.7', 'meet.example.com']);
    expect(all).toEqual([
      udp,
      tcp,
      {
        ...udp,
        ip: 'meet.example.com',
        address: 'meet.example.com',
        foundation: 'udpcandidate2',
        priority: 999,
      },
      {
        ...tcp,
        ip: 'meet.example.com',
        address: 'meet.example.com',
        foundation: 'tcpcandidate2',
        priority: 899,
      },
    ]);
  });

  it('names no address twice when it is announced for two families', () => {
    const v6 = { ...udp, ip: 'a.example', address: 'a.example' };
    const all = withFurtherAddresses([v6, v6], ['0.0.0.0', '::'], ['a.example', 'b.example']);
    expect(all.map(({ address }) => address)).toEqual(['a.example', 'b.example']);
  });
});
