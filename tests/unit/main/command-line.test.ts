import { describe, expect, it } from 'vitest';
import { flagOf, meetingOf, parseCommandLine } from '../../../src/main/command-line.ts';

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
