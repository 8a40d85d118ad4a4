import { describe, expect, it } from 'vitest';
import { checkPolicyText } from '../../../src/main/settings/managed/check-policy.ts';
import { formatProblem } from '../../../src/main/settings/managed/managed-policy.ts';

const check = (text: string | Uint8Array) =>
  checkPolicyText(typeof text === 'string' ? Buffer.from(text) : text, 'F');
const problems = (text: string | Uint8Array): string[] =>
  check(text).problems.map((problem) => formatProblem({ path: 'F', ...problem }));

describe('a managed file', () => {
  it('gives each key its value, locked unless it says otherwise', () => {
    const text = JSON.stringify({
      $schema: './managed-settings.schema.json',
      '// why': 'Only through the proxy.',
      signalingBaseUrl: ['Proxy.example.com'],
      appearance: { value: 'dark', locked: false },
      diagnostics: { value: 'errors', locked: true },
      updates: { value: 'off' },
      httpProxy: { mode: 'manual', server: 'proxy:3128' },
    });
    expect(check(text)).toEqual({
      problems: [],
      values: {
        signalingBaseUrl: { value: ['https://proxy.example.com'], origin: 'F', locked: true },
        appearance: { value: 'dark', origin: 'F', locked: false },
        diagnostics: { value: 'errors', origin: 'F', locked: true },
        updates: { value: 'off', origin: 'F', locked: true },
        httpProxy: {
          value: { mode: 'manual', server: 'http://proxy:3128', bypass: [] },
          origin: 'F',
          locked: true,
        },
      },
    });
  });

  it('may be empty of settings', () => {
    expect(check('{}')).toEqual({ values: {}, problems: [] });
  });

  it('warns of a key that does not exist, guesses which was meant, and uses the others', () => {
    const text = '{\n  "prefferedProtocol": "TCP_ONLY",\n  "banana": 1,\n  "appearance": "dark"\n}';
    expect(problems(text)).toEqual([
      'F:2:24: prefferedProtocol: There is no such setting; it is ignored. Is “preferredProtocol” meant?',
      'F:3:13: banana: There is no such setting; it is ignored.',
    ]);
    expect(check(text).values).toMatchObject({ appearance: { value: 'dark' } });
    expect(check(text).problems.every(({ severity }) => severity === 'warning')).toBe(true);
  });

  it('warns of a suggestion of what only IT can set, and locks it', () => {
    const text = '{"disableChat": {"value": true, "locked": false}}';
    expect(problems(text)[0]).toContain('so it cannot be a mere suggestion');
    expect(check(text).values.disableChat).toEqual({ value: true, origin: 'F', locked: true });
  });

  it.each([
    [{ allowedProxies: ['*.example.com'] }, /no Cloud Proxy is set/],
    [
      { allowedProxies: ['*.example.com'], signalingBaseUrl: ['proxy.evil.example'] },
      /proxy\.evil\.example is not among allowedProxies/,
    ],
    [
      { allowedModes: ['TCP_ONLY'], preferredProtocol: 'UDP_ONLY' },
      /UDP_ONLY is not among allowedModes/,
    ],
    [
      { allowedServers: ['a.example'], serverUrl: 'b.example' },
      /b\.example is not among allowedServers/,
    ],
  ])('warns where it contradicts itself: %j', (policy, sentence) => {
    const { problems: found } = check(JSON.stringify(policy));
    expect(found[0]?.problem).toMatch(sentence);
    expect(found[0]?.severity).toBe('warning');
  });

  it.each([
    [
      '{"preferredProtocol": "udp"}',
      'F:1:23: preferredProtocol: Must be one of UDP_OVER_TCP, UDP_ONLY, TCP_ONLY, not “udp”.',
    ],
    [
      '{"standbyPath": "yes"}',
      'F:1:17: standbyPath: Must be true or false, without quotes, not “yes”.',
    ],
    [
      '{"signalingBaseUrl": "p.example"}',
      'F:1:22: signalingBaseUrl: Must be a list in square brackets, not “p.example”.',
    ],
    [
      '{"signalingBaseUrl": [\n "p.example",\n "a b"]}',
      'F:3:2: signalingBaseUrl: Entry 2: The Cloud Proxy contains a space. Enter one host, such as proxy.example.com.',
    ],
    [
      '{"httpProxy": {"mode": "auto"}}',
      'F:1:24: httpProxy: mode: Must be one of system, none, manual, pac, not “auto”.',
    ],
    [
      '{"httpProxy": {"mode": "manual"}}',
      'F:1:15: httpProxy: server: Is missing: text in double quotes is needed.',
    ],
    [
      '{"httpProxy": {"mode": "none", "user": 1}}',
      'F:1:15: httpProxy: “user” has no meaning here.',
    ],
    [
      '{"proxiesByRegion": [{"name": "a", "networks": ["10.0.0.0"], "signalingBaseUrl": []}]}',
      'F:1:49: proxiesByRegion: Entry 1, networks 1: Must be a network such as 10.20.0.0/16 or 2001:db8::/32.',
    ],
    [
      '{"appearance": {"value": "blue", "locked": false}}',
      'F:1:26: appearance: Must be one of system, light, dark, not “blue”.',
    ],
    [
      '{"appearance": {"value": "dark", "locked": "no"}}',
      'F:1:44: appearance: locked: Must be true (the employee cannot change it) or false (a suggestion).',
    ],
    [
      '{"allowedServers": []}',
      'F:1:20: allowedServers: An empty list would allow no meeting server. Leave the key out to allow every one.',
    ],
    ['{"displayName": null}', 'F:1:17: displayName: Must be text in double quotes, not null.'],
  ])('names the key of %s, what was found and what is allowed', (text, sentence) => {
    expect(problems(text)).toEqual([sentence]);
    expect(check(text).values, 'half a policy is none').toEqual({});
  });

  it('never repeats a password that somebody put into it', () => {
    const text = JSON.stringify({
      httpProxy: { mode: 'manual', server: 'http://ada:hunter2@proxy:3128' },
      serverUrl: 'https://ada:hunter2@meet.example.com',
      updates: { password: 'hunter2' },
    });
    expect(problems(text)).toHaveLength(3);
    expect(problems(text).join('\n')).not.toContain('hunter2');
  });
});

describe('a managed file that is no JSON says where and what to do:', () => {
  const utf16 = (text: string, mark: string) => Buffer.from(mark + text, 'utf16le');
  it.each<[string, string | Uint8Array, string]>([
    ['empty', '', 'F: The file is empty. A policy without any setting is written as {}.'],
    [
      'only blanks',
      ' \n\t ',
      'F: The file is empty. A policy without any setting is written as {}.',
    ],
    ['a list', '[]', 'F:1:1: A policy is one object in curly braces, with a key for each setting.'],
    [
      'a number',
      '7',
      'F:1:1: A policy is one object in curly braces, with a key for each setting.',
    ],
    [
      'cut off',
      '{\n  "appearance": "dark",\n',
      'F:3:1: The file ends before the } that closes line 1: it may be half-written.',
    ],
    [
      'cut off in a list',
      '{"signalingBaseUrl": ["a"',
      'F:1:26: The file ends before the ] that closes line 1: it may be half-written.',
    ],
    [
      'cut off in a text',
      '{\n"appearance": "da',
      'F:2:18: The file ends before the } that closes line 1: it may be half-written.',
    ],
    [
      'a line comment',
      '{\n  // only here\n}',
      'F:2:3: JSON has no comments. Remove it, or write it as a key that begins with //, such as "// why": "…".',
    ],
    [
      'a block comment',
      '{ /* x */ }',
      'F:1:3: JSON has no comments. Remove it, or write it as a key that begins with //, such as "// why": "…".',
    ],
    [
      'a trailing comma',
      '{\n  "appearance": "dark",\n}',
      'F:2:23: The comma before the closing } is one too many. Remove it.',
    ],
    [
      'a trailing comma in a list',
      '{"signalingBaseUrl": ["a",]}',
      'F:1:26: The comma before the closing ] is one too many. Remove it.',
    ],
    [
      'single quotes',
      "{'appearance': 'dark'}",
      "F:1:2: “'appearance'” is not JSON here: text needs double quotes, and only true, false and null go without.",
    ],
    [
      'no comma',
      '{"appearance": "dark" "updates": "off"}',
      'F:1:23: “"updates"” stands where a comma should, between two entries.',
    ],
    [
      'a backslash of Windows',
      '{"extraCaCertificates": ["C:\\company.pem"]}',
      'F:1:26: “"C:\\company.pem"” has a \\ with a character after it that means nothing. Write \\\\ for a backslash.',
    ],
    [
      'two objects',
      '{}\n{}',
      'F:2:1: “{” stands after the end of the settings. One file holds one object.',
    ],
    [
      'a key that stands twice',
      '{"appearance": "dark",\n "appearance": "light"}',
      'F:2:2: “appearance” stands twice, first in line 1. Remove one: which of them counts must not be left to chance.',
    ],
    [
      'a key that stands twice further in',
      '{"httpProxy": {"mode": "none", "mode": "system"}}',
      'F:1:32: “mode” stands twice, first in line 1. Remove one: which of them counts must not be left to chance.',
    ],
    [
      'a key for the prototype',
      '{"__proto__": {"locked": false}}',
      'F:1:2: “__proto__” is no setting, and a name that is never allowed. Remove it.',
    ],
    [
      'a key for the prototype, further in',
      '{"devices": {"constructor": {"prototype": 1}}}',
      'F:1:14: “constructor” is no setting, and a name that is never allowed. Remove it.',
    ],
    ['UTF-16', utf16('{}', '\uFEFF'), 'F: The file is encoded as UTF-16. Save it as UTF-8.'],
    [
      'UTF-16, the other way round',
      utf16('{}', '\uFEFF').swap16(),
      'F: The file is encoded as UTF-16. Save it as UTF-8.',
    ],
    [
      'UTF-16 without a mark',
      utf16('{}', ''),
      'F: The file is encoded as UTF-16. Save it as UTF-8.',
    ],
    [
      'Latin-1',
      Buffer.from('{"displayName": "Zoë"}', 'latin1'),
      'F: The file is not valid UTF-8. Save it as UTF-8 (not as ANSI or Latin-1).',
    ],
    [
      'NUL bytes',
      '{"displayName": "A\u0000"}',
      'F: The file contains NUL bytes: it is damaged or no text.',
    ],
    [
      'nested too deep',
      `{"a": ${'['.repeat(100_000)}${']'.repeat(100_000)}}`,
      'F:1:38: More than 32 levels are nested here; settings need 4.',
    ],
  ])('%s', (_what, text, sentence) => {
    expect(problems(text)[0]).toBe(sentence);
    expect(check(text).problems[0]?.severity).toBe('error');
    expect(check(text).values).toEqual({});
    expect(({} as { locked?: unknown }).locked).toBeUndefined();
  });

  it('but a byte order mark is a warning only', () => {
    const text = '\uFEFF{"appearance": "dark"}';
    expect(problems(text)).toEqual([
      'F: The file begins with a byte order mark, which is ignored. Save it without one.',
    ]);
    expect(check(text).values).toMatchObject({ appearance: { value: 'dark' } });
  });
});
