import {
  chmodSync,
  mkdirSync,
  realpathSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { readAuthorities } from '../../../../src/main/certificates/authorities.ts';
import {
  administratorTrust,
  type FileTrust,
} from '../../../../src/main/settings/managed/file-trust.ts';
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

/** Whoever runs the tests is the administrator, of this one folder. */
function trust(): FileTrust {
  return { administrators: [userInfo().uid], from: realpathSync(workshop.folder) };
}

test('reads PEM text and files, several certificates in one, each once', () => {
  const [a, b] = [workshop.make({ name: 'A' }), workshop.make({ name: 'B' })];
  const bundle = join(workshop.folder, 'bundle.pem');
  writeFileSync(bundle, `Subject: A\r\n${a.pem}\n\n${b.pem}`);
  const { certificates, problems } = readAuthorities([a.pem, bundle], trust());
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
  const { certificates, problems } = readAuthorities(
    [
      '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----',
      ...[server.pem, empty, huge, folder, missing, good.pem],
    ],
    trust(),
  );
  expect(certificates.map(({ subject }) => subject)).toEqual(['CN=Good']);
  expect(problems).toEqual([
    expect.stringMatching(/^Entry 1: /),
    'Entry 2: holds a certificate that is not an authority’s.',
    `${empty}: holds no certificate in PEM form.`,
    `${huge}: It has 100.0 MB; more than 1 MB is not read.`,
    `${folder}: It is a folder. A plain file belongs here.`,
    `${missing}: There is no such file.`,
  ]);
});

test('a file that others can write, or that lies where they can, is refused and told of', () => {
  const { pem } = workshop.make({ name: 'Company' });
  const open = join(workshop.folder, 'open.pem');
  writeFileSync(open, pem);
  chmodSync(open, 0o666);
  const anywhere = join(workshop.folder, 'anywhere');
  mkdirSync(anywhere);
  chmodSync(anywhere, 0o777);
  const inside = join(anywhere, 'company.pem');
  writeFileSync(inside, pem);
  const link = join(workshop.folder, 'link.pem');
  symlinkSync(inside, link);
  // What it leads to is well kept, but anybody may turn the link in between to something else.
  const kept = join(workshop.folder, 'kept.pem');
  writeFileSync(kept, pem);
  symlinkSync(kept, join(anywhere, 'between.pem'));
  const chained = join(workshop.folder, 'chained.pem');
  symlinkSync(join(anywhere, 'between.pem'), chained);
  const { certificates, problems } = readAuthorities([open, inside, link, chained], trust());
  expect(certificates).toEqual([]);
  expect(problems).toEqual([
    expect.stringContaining(`${open} can be written by every user of this computer (mode 0666)`),
    expect.stringContaining(`${anywhere} can be written by every user of this computer`),
    expect.stringContaining(`${anywhere} can be written by every user of this computer`),
    expect.stringContaining(`${anywhere} can be written by every user of this computer`),
  ]);
});

test('a link that only the administrator can change leads to its file', () => {
  const { pem } = workshop.make({ name: 'Company' });
  const file = join(workshop.folder, 'real.pem');
  writeFileSync(file, pem);
  const link = join(workshop.folder, 'to-real.pem');
  symlinkSync(file, link);
  expect(readAuthorities([link], trust()).problems).toEqual([]);
});

test('a device is not read', () => {
  const { certificates, problems } = readAuthorities(['/dev/zero'], administratorTrust());
  expect(certificates).toEqual([]);
  expect(problems).toEqual([expect.stringMatching(/^\/dev\/zero: /)]);
});
