import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { readFlags } from '../../../tools/start/flags.ts';

describe('the flags of npm start', () => {
  it('all have defaults', () => {
    expect(readFlags([])).toEqual({
      room: 'demo',
      mode: 'UDP_OVER_TCP',
      name: 'You',
      demo: true,
      proxy: false,
      server: undefined,
      port: 4443,
      mediaPort: 44_444,
      turnPort: 3480,
      screenshot: undefined,
    });
  });

  it('are read and normalised', () => {
    const flags = readFlags([
      '--room',
      'team',
      '--mode',
      'TCP_ONLY',
      '--no-demo',
      '--server',
      'Meet.Example.com',
      '--screenshot',
      'a.png',
    ]);
    expect(flags).toMatchObject({
      room: 'team',
      mode: 'TCP_ONLY',
      demo: false,
      server: 'https://meet.example.com',
      screenshot: 'a.png',
    });
  });

  it.each([
    [['--mode', 'QUIC'], "'--mode <mode>' argument 'QUIC' is invalid"],
    [['--room', 'a b'], "'--room <name>' argument 'a b' is invalid"],
    [['--port', '99999'], "'--port <port>' argument '99999' is invalid. It is above 65535."],
    [['--server', 'http://meet.example.com'], 'only allowed on this computer'],
    [['--proxy', '--server', 'meet.example.com'], '--proxy goes with the local room server'],
    [['--colour', 'red'], "unknown option '--colour'"],
  ])('%j are refused with a sentence', (argv, words) => {
    // In a process of its own: a bad flag ends the program.
    const program = `import { readFlags } from './tools/start/flags.ts'; readFlags(${JSON.stringify(argv)})`;
    const result = spawnSync(process.execPath, ['--input-type=module-typescript', '-e', program], {
      encoding: 'utf8',
    });
    expect(result.stderr).toContain(words);
    expect(result.stderr).toContain('--help');
    expect(result.status).not.toBe(0);
  });
});
