import { describe, expect, it } from 'vitest';
import { flagOf, meetingOf, parseCommandLine } from '../../../src/main/command-line.ts';
import { SETTING_KEYS, settingInfo } from '../../../src/shared/settings.ts';

function read(...args: string[]) {
  const result = parseCommandLine(args);
  if (!result.ok) throw new Error(result.problems.join('\n'));
  return result.commandLine;
}

describe('the command line', () => {
  it('reads every flag, checked and normalised', () => {
    expect(
      read(
        '--join=https://meet.example.com/join/weekly',
        '--auto-join',
        '--display-name= Ada ',
        '--server-url=wss://Meet.Example.com:443/',
        '--cloud-proxy=proxy.example.com, backup.example.com:8443',
        '--preferred-protocol=TCP_ONLY',
        '--appearance=dark',
      ),
    ).toEqual({
      join: { input: 'https://meet.example.com/join/weekly', autoJoin: true },
      link: undefined,
      settings: {
        displayName: 'Ada',
        serverUrl: 'https://meet.example.com',
        signalingBaseUrl: ['https://proxy.example.com', 'https://backup.example.com:8443'],
        preferredProtocol: 'TCP_ONLY',
        appearance: 'dark',
      },
    });
  });

  it.each([
    ['--http-proxy=none', { httpProxy: { mode: 'none' } }],
    ['--http-proxy=system', { httpProxy: { mode: 'system' } }],
    [
      '--http-proxy=proxy.example.com:3128',
      { httpProxy: { mode: 'manual', server: 'http://proxy.example.com:3128', bypass: [] } },
    ],
    [
      '--http-proxy=https://proxy.example.com:443',
      { httpProxy: { mode: 'manual', server: 'https://proxy.example.com:443', bypass: [] } },
    ],
    [
      '--http-proxy=http://wpad.example.com/proxy.pac',
      { httpProxy: { mode: 'pac', url: 'http://wpad.example.com/proxy.pac' } },
    ],
    ['--standby-path=off', { standbyPath: false }],
    ['--updates=ask', { updates: 'ask' }],
    ['--diagnostics=errors', { diagnostics: 'errors' }],
  ])('reads %s', (flag, settings) => {
    expect(read(flag).settings).toEqual(settings);
  });

  it.each([
    [['--print-policy'], { do: 'print-policy', json: false }],
    [['--print-policy', '--json'], { do: 'print-policy', json: true }],
    [['--check-policy', 'a.json'], { do: 'check-policy', file: 'a.json' }],
    [['--check-policy=a.json'], { do: 'check-policy', file: 'a.json' }],
  ])('finds the task of %j', (args, task) => {
    expect(read(...args).task).toEqual(task);
  });

  it('has no flag for what only IT can set', () => {
    for (const key of SETTING_KEYS) {
      if (settingInfo(key).setBy === 'it') expect(flagOf(key)).toBeUndefined();
    }
    const flags = ['--allowed-servers=*', '--disable-chat=false', '--extra-ca-certificates=/x'];
    expect(read(...flags).settings).toEqual({});
  });

  it('takes an empty list of proxies for the direct route', () => {
    expect(read('--cloud-proxy=').settings).toEqual({ signalingBaseUrl: [] });
  });

  it('leaves the switches of Chromium and Electron, and the path of the app, alone', () => {
    expect(
      read('--inspect=0', '--remote-debugging-port=0', '.', '--no-sandbox', '--user-data-dir=/x'),
    ).toEqual({ join: undefined, link: undefined, settings: {} });
  });

  it('finds the link that the operating system handed over', () => {
    const commandLine = read('--display-name=Ada', 'causeway://join/weekly');
    expect(commandLine.link).toBe('causeway://join/weekly');
    expect(commandLine.settings).toEqual({ displayName: 'Ada' });
  });

  it('reads no flag after a link, which anybody may have written', () => {
    const commandLine = read(
      'Causeway://join/x',
      '--server-url=https://evil.example',
      '--join=other',
      '--auto-join',
    );
    expect(commandLine).toEqual({ join: undefined, link: 'Causeway://join/x', settings: {} });
    expect(meetingOf(commandLine)).toEqual({ input: 'Causeway://join/x', autoJoin: false });
  });

  it('never joins a clicked link by itself, even beside --auto-join', () => {
    const commandLine = read('--join=mine', '--auto-join', 'causeway://join/theirs');
    expect(meetingOf(commandLine)).toEqual({ input: 'causeway://join/theirs', autoJoin: false });
  });

  it.each([
    [['--join'], '--join: needs a meeting link or name.'],
    [['--join=a b'], /^--join: A meeting name has letters/],
    [['--join=ftp://x/join/y'], /^--join: A link that starts with “ftp:”/],
    [['--auto-join'], /^--auto-join: needs a meeting to join/],
    [['--auto-join=yes', '--join=x'], '--auto-join takes no value.'],
    [
      ['--server-url=http://meet.example.com'],
      /^--server-url: “http:\/\/” is only allowed on this/,
    ],
    [['--cloud-proxy=ftp://proxy'], /^--cloud-proxy: “ftp:\/\/” is not allowed/],
    [['--cloud-proxy=good.example,bad host'], /^--cloud-proxy: Entry 2: .*space/],
    [
      ['--preferred-protocol=udp'],
      '--preferred-protocol: Must be one of UDP_OVER_TCP, UDP_ONLY, TCP_ONLY, not “udp”.',
    ],
    [['--standby-path=maybe'], '--standby-path: Must be on or off.'],
    [
      ['--http-proxy=proxy'],
      '--http-proxy: server: The HTTP proxy needs its port, as in http-proxy.example.com:3128.',
    ],
    [
      ['--check-policy'],
      '--check-policy: needs a file, as in --check-policy=managed-settings.json.',
    ],
    [['--json'], '--json: only together with --print-policy.'],
    [['--appearance=blue'], '--appearance: Must be one of system, light, dark, not “blue”.'],
    [
      [`--display-name=${'x'.repeat(61)}`],
      '--display-name: The name is longer than 60 characters.',
    ],
    [['--display-name'], '--display-name: needs a value, as in --display-name=VALUE.'],
  ] as [string[], string | RegExp][])('refuses %j and says why', (args, problem) => {
    const result = parseCommandLine(args);
    expect(result.ok).toBe(false);
    if (!result.ok) expect(result.problems.join('\n')).toMatch(problem);
  });

  it('takes the meeting from the environment, where other users cannot read its pass', () => {
    const result = parseCommandLine(['--auto-join'], 'causeway://join/weekly');
    expect(result.ok && result.commandLine.join).toEqual({
      input: 'causeway://join/weekly',
      autoJoin: true,
    });
    const both = parseCommandLine(['--join=mine'], 'causeway://join/weekly');
    expect(both.ok && both.commandLine.join?.input).toBe('mine');
    expect(parseCommandLine([], 'ftp://x/join/y')).toEqual({
      ok: false,
      problems: [expect.stringMatching(/^CAUSEWAY_JOIN: A link that starts with “ftp:”/)],
    });
  });

  it('names every bad flag at once', () => {
    const result = parseCommandLine(['--appearance=blue', '--server-url=', '--join=']);
    expect(!result.ok && result.problems.map((problem) => problem.split(':')[0])).toEqual([
      '--appearance',
      '--server-url',
      '--join',
    ]);
  });

  it('knows which flag sets a setting', () => {
    expect(flagOf('signalingBaseUrl')).toBe('--cloud-proxy');
    expect(flagOf('devices')).toBeUndefined();
  });
});
