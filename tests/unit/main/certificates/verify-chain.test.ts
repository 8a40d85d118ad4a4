import type { X509Certificate } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { verifyChain } from '../../../../src/main/certificates/verify-chain.ts';
import {
  AUTHORITY,
  CertificateWorkshop,
  opensslUnavailable,
  SERVER,
  type Issued,
} from './chains.ts';

const unavailable = opensslUnavailable();
const DAY_MS = 86_400_000;

let workshop: CertificateWorkshop;
let root: Issued;

beforeEach(({ skip }) => skip(unavailable !== undefined, unavailable));
beforeAll(() => {
  if (unavailable !== undefined) return;
  workshop = new CertificateWorkshop();
  root = workshop.make({ name: 'Company inspection CA' });
});
afterAll(() => {
  if (unavailable === undefined) workshop.close();
});

function verify(
  chain: readonly Issued[],
  more: { host?: string; now?: Date; authorities?: readonly X509Certificate[] } = {},
): string {
  const verdict = verifyChain({
    host: 'proxy.example.com',
    chain: chain.map(({ certificate }) => certificate),
    authorities: [root.certificate],
    now: new Date(),
    ...more,
  });
  return verdict.ok ? 'trusted' : verdict.problem;
}

const server = (issuer: Issued, extensions: readonly string[] = SERVER) =>
  workshop.make({ name: 'proxy.example.com', issuer, extensions });

describe('a chain is trusted', () => {
  test('when an extra authority has issued it, for a name and for an address', () => {
    const own = server(root);
    expect(verify([own])).toBe('trusted');
    expect(verify([own], { host: '192.0.2.7' })).toBe('trusted');
    expect(verify([own], { host: 'PROXY.example.com' })).toBe('trusted');
  });

  test('through an authority in between that the server sent, whatever else it sent', () => {
    const between = workshop.make({ name: 'Between', issuer: root });
    const stranger = workshop.make({ name: 'Stranger' });
    expect(verify([server(between), stranger, between])).toBe('trusted');
    expect(verify([server(between), between, root])).toBe('trusted');
  });

  test('by an authority in between that IT has named itself', () => {
    const between = workshop.make({ name: 'Between', issuer: root });
    expect(verify([server(between)], { authorities: [between.certificate] })).toBe('trusted');
  });

  test('by an authority that signed itself with an old algorithm: nobody relies on that', () => {
    const old = workshop.make({ name: 'Old', digest: 'sha1' });
    expect(verify([server(old)], { authorities: [old.certificate] })).toBe('trusted');
  });
});

describe('a chain stays untrusted', () => {
  test.each<[string, () => string, RegExp]>([
    ['without any extra authority', () => verify([server(root)], { authorities: [] }), /vouches/],
    [
      'when somebody else with the same name has issued it',
      () => verify([server(workshop.make({ name: 'Company inspection CA' }))]),
      /vouches/,
    ],
    ['when it vouches for itself', () => verify([selfSigned()]), /vouches/],
    [
      'for another host',
      () => verify([server(root)], { host: 'evil.example.com' }),
      /not for evil/,
    ],
    ['for another address', () => verify([server(root)], { host: '192.0.2.8' }), /not for 192/],
    [
      'when only its common name fits',
      () => verify([server(root, ['basicConstraints=CA:FALSE'])]),
      /not for proxy/,
    ],
    ['after its end', () => verify([server(root)], { now: inDays(3) }), /has expired/],
    ['before its beginning', () => verify([server(root)], { now: inDays(-1) }), /not valid yet/],
    [
      'when it is for e-mail',
      () => verify([server(root, [...SERVER.slice(0, 2), 'extendedKeyUsage=emailProtection'])]),
      /not for TLS servers/,
    ],
    [
      'when it is an authority’s own',
      () => verify([server(root, [...AUTHORITY, SERVER[1] ?? ''])]),
      /as its own/,
    ],
    [
      'when a server’s certificate has issued it',
      () => {
        const between = server(root);
        return verify([server(between), between]);
      },
      /no authority|vouches/,
    ],
    [
      'when more authorities stand in between than the authority allows',
      () => {
        const strict = workshop.make({
          name: 'Strict',
          extensions: [
            'basicConstraints=critical,CA:TRUE,pathlen:0',
            'keyUsage=critical,keyCertSign',
          ],
        });
        const between = workshop.make({ name: 'Between', issuer: strict });
        return verify([server(between), between], { authorities: [strict.certificate] });
      },
      /may not vouch/,
    ],
    [
      'when an authority is limited to certain names',
      () => {
        const limited = workshop.make({
          name: 'Limited',
          extensions: [...AUTHORITY, 'nameConstraints=permitted;DNS:corp.example'],
        });
        return verify([server(limited)], { authorities: [limited.certificate] });
      },
      /limited to certain names/,
    ],
    [
      'when it has a critical extension that nobody knows',
      () => verify([server(root, [...SERVER, '1.2.3.4.5=critical,ASN1:UTF8String:x'])]),
      /critical extension/,
    ],
    [
      'when a broken algorithm signed it',
      () =>
        verify([workshop.make({ name: 'x', issuer: root, extensions: SERVER, digest: 'sha1' })]),
      /broken algorithm/,
    ],
    [
      'when its key is too short',
      () =>
        verify([workshop.make({ name: 'x', issuer: root, extensions: SERVER, key: 'rsa:1024' })]),
      /too short/,
    ],
    ['when there is none', () => verify([]), /no certificate/],
  ])('%s', (_when, outcome, problem) => {
    expect(outcome()).toMatch(problem);
  });

  test('when the server sends itself in a circle', () => {
    const own = server(root);
    expect(
      verify(
        Array.from({ length: 10 }, () => own),
        { authorities: [] },
      ),
    ).toMatch(/vouches/);
  });
});

function selfSigned(): Issued {
  return workshop.make({ name: 'proxy.example.com', extensions: SERVER });
}

function inDays(days: number): Date {
  return new Date(Date.now() + days * DAY_MS);
}
