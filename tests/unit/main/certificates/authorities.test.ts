import { mkdirSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { readAuthorities } from '../../../../src/main/certificates/authorities.ts';
import { CertificateWorkshop, opensslUnavailable, SERVER } from './chains.ts';

const unavailable = opensslUnavailable();
let workshop: CertificateWorkshop;

beforeEach(({ skip }) => skip(unavailable !== undefined, unavailable));
beforeAll(() => {
  if (unavailable === undefined) workshop = new CertificateWorkshop();
});
afterAll(() => {
  if (unavailable === undefined) workshop.close();
});

test('reads PEM text and files, several certificates in one, each once', () => {
  const [a, b] = [workshop.make({ name: 'A' }), workshop.make({ name: 'B' })];
  const bundle = join(workshop.folder, 'bundle.pem');
  writeFileSync(bundle, `Subject: A\r\n${a.pem}\n\n${b.pem}`);
  const { certificates, problems } = readAuthorities([a.pem, bundle]);
  expect(certificates.map(({ subject }) => subject)).toEqual(['CN=A', 'CN=B']);
  expect(problems).toEqual([]);
});

test('leaves out what cannot be used, says why, and takes the rest', () => {
  const good = workshop.make({ name: 'Good' });
  const server = workshop.make({ name: 'server', issuer: good, extensions: SERVER });
  const empty = join(workshop.folder, 'empty.pem');
  const huge = join(workshop.folder, 'huge.pem');
  const folder = join(workshop.folder, 'folder.pem');
  writeFileSync(empty, '');
  writeFileSync(huge, '');
  truncateSync(huge, 100 * 1024 * 1024);
  mkdirSync(folder);
  const missing = join(workshop.folder, 'missing.pem');
  const { certificates, problems } = readAuthorities([
    '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----',
    ...[server.pem, empty, huge, folder, missing, '/dev/zero', good.pem],
  ]);
  expect(certificates.map(({ subject }) => subject)).toEqual(['CN=Good']);
  expect(problems).toEqual([
    expect.stringMatching(/^Entry 1: /),
    'Entry 2: holds a certificate that is not an authority’s.',
    `${empty}: holds no certificate in PEM form.`,
    `${huge}: The file is longer than 1 MB.`,
    `${folder}: This is not a file.`,
    `${missing}: There is no such file.`,
    '/dev/zero: This is not a file.',
  ]);
});
