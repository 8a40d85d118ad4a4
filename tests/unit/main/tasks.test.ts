import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { inlineProblems } from '../../../src/main/settings/managed/inline-certificates.ts';
import { FileReader } from '../../../src/main/settings/managed/file-reader.ts';
import { checkPolicyFile } from '../../../src/main/tasks/check-policy-file.ts';
import { printPolicy } from '../../../src/main/tasks/print-policy.ts';
import type { PolicyReport } from '../../../src/shared/settings/policy-report.ts';
import { TestAuthority } from '../../fixtures/certificates.ts';
import { ManagedFolder } from './managed-folder.ts';

let at: ManagedFolder;
beforeEach(() => {
  at = new ManagedFolder();
});
afterEach(() => at.remove());

describe('causeway --check-policy', () => {
  const check = (text: string | Uint8Array) => {
    at.write(text);
    const { text: lines, exitCode } = checkPolicyFile(at.path());
    return { lines: lines.replaceAll(at.path(), 'FILE').trimEnd().split('\n'), exitCode };
  };

  it('says that a file is valid, and how many settings it has', () => {
    expect(check('{"appearance": "dark"}')).toEqual({
      lines: ['FILE: valid, 1 setting'],
      exitCode: 0,
    });
    expect(check('{}').lines).toEqual(['FILE: valid, 0 settings']);
  });

  it('has one line per problem, and an exit status that says whether the file would count', () => {
    expect(check('{"apearance": "dark",\n"updates": "on",\n"standbyPath": 1}')).toEqual({
      exitCode: 1,
      lines: [
        'FILE:1:15: warning: apearance: There is no such setting; it is ignored. Is “appearance” meant?',
        'FILE:2:12: error: updates: Must be one of automatic, ask, off, not “on”.',
        'FILE:3:16: error: standbyPath: Must be true or false, without quotes, not 1.',
      ],
    });
    expect(check('{"apearance": "dark"}')).toMatchObject({
      exitCode: 0,
      lines: [expect.stringContaining('warning'), 'FILE: valid, 0 settings'],
    });
  });

  it('tells a file that is not there or no file from one that is wrong', () => {
    expect(checkPolicyFile('nowhere.json')).toEqual({
      text: 'nowhere.json: error: There is no such file.\n',
      exitCode: 2,
    });
    expect(checkPolicyFile(at.folder)).toMatchObject({
      exitCode: 2,
      text: expect.stringContaining('It is a folder') as string,
    });
    at.write('{}');
    truncateSync(at.path(), 100 * 1024 * 1024);
    expect(checkPolicyFile(at.path())).toMatchObject({
      exitCode: 2,
      text: expect.stringContaining('100.0 MB') as string,
    });
  });

  it('follows a link, and asks for no owner: both count where the file is pushed to', () => {
    at.write('{}', 'real.json');
    symlinkSync(at.path('real.json'), at.path('link.json'));
    expect(checkPolicyFile(at.path('link.json')).exitCode).toBe(0);
    expect(checkPolicyFile(relative(process.cwd(), at.path('link.json'))).exitCode).toBe(0);
  });

  it('reads certificates that are in the file', async () => {
    const authority = await TestAuthority.create(join(at.base, 'authority'));
    const server = await authority.issue(['meet.example.com']);
    const pem = readFileSync(authority.certificatePath, 'utf8');
    const file = (...extraCaCertificates: string[]) => JSON.stringify({ extraCaCertificates });
    expect(check(file(pem, '/etc/ssl/company.pem')).exitCode).toBe(0);
    const damaged = pem.replace(/\n.{20}/, `\n${'A'.repeat(20)}`);
    expect(check(file(pem, damaged))).toMatchObject({
      exitCode: 1,
      lines: [expect.stringContaining('Entry 2: The PEM text holds no certificate')],
    });
    expect(check(file(readFileSync(server.certificate, 'utf8'))).lines[0]).toContain('no use here');
    const [problem] = inlineProblems([pem], Date.now() + 3 * 24 * 60 * 60 * 1000);
    expect(problem).toMatchObject({ severity: 'warning', entry: 0 });
    expect(problem?.problem).toMatch(/^The certificate ended on /);
  });

  it('needs nothing but Node from a checkout', () => {
    at.write('{"updates": "on"}');
    const main = join(import.meta.dirname, '../../../tools/causeway/main.ts');
    const run = (): string =>
      execFileSync(process.execPath, [main, '--check-policy', 'managed-settings.json'], {
        env: { INIT_CWD: at.folder },
        encoding: 'utf8',
        stdio: 'pipe',
      });
    expect(run).toThrow(expect.objectContaining({ status: 1 }));
    at.write('{}');
    expect(run()).toBe('managed-settings.json: valid, 0 settings\n');
  });
});

describe('causeway --print-policy', () => {
  const print = (json: boolean) =>
    printPolicy({
      json,
      version: '1.2.3',
      readers: [new FileReader(at.folder, at.trust)],
      userData: at.base,
      commandLine: { displayName: 'Grace' },
    });

  it('names every value, its source and what lost, for people', () => {
    at.write('{"allowedModes": ["TCP_ONLY"], "banana": 1}');
    writeFileSync(
      join(at.base, 'settings.json'),
      '{"version": 1, "displayName": "Ada", "preferredProtocol": "UDP_ONLY"}',
    );
    const before = readdirSync(at.base);
    const { text, exitCode } = print(false);
    expect(exitCode).toBe(0);
    expect(text).toContain('Causeway 1.2.3\n\nPolicy: ok, in force: current\n');
    expect(text).toMatch(
      /warning: .*managed-settings\.json:1:\d+: banana: There is no such setting/,
    );
    expect(text).toMatch(/^ {2}preferredProtocol +"TCP_ONLY" +· managed \(.*\), locked$/m);
    expect(text).toMatch(/^ +not "UDP_ONLY" +· user \(.*settings\.json\), not allowed: Your/m);
    expect(text).toMatch(/^ {2}displayName +"Grace" +· command line \(--display-name\), locked$/m);
    expect(text).toMatch(/^ +not "Ada" +· user/m);
    expect(readdirSync(at.base), 'nothing is written').toEqual(before);
  });

  it('says the same to programs', () => {
    at.write('{"allowedModes": ["TCP_ONLY"]}');
    const report = JSON.parse(print(true).text) as PolicyReport;
    expect(report).toMatchObject({
      causeway: '1.2.3',
      policy: { state: 'ok', inForce: 'current' },
      settings: {
        preferredProtocol: { value: 'TCP_ONLY', source: 'managed', locked: true },
        serverUrl: { source: 'default' },
      },
    });
  });

  it('has an exit status that says when no call would be possible', () => {
    at.write('{');
    const { text, exitCode } = print(false);
    expect(exitCode).toBe(1);
    expect(text).toContain('Calls are refused');
    expect(text).toContain('half-written');
  });

  it('survives whatever stands in the employee’s folder', () => {
    at.write('{}');
    writeFileSync(join(at.base, 'settings.json'), 'broken');
    writeFileSync(join(at.base, 'last-good-policy.json'), '[null');
    expect(print(false).exitCode).toBe(0);
  });
});
