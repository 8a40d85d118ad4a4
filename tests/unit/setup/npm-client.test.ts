import { expect, it } from 'vitest';
import { npmClient } from '../../../tools/bootstrap/npm-client.mjs';

it('uses the npm that it was started from', () => {
  const env = { npm_execpath: '/opt/npm/bin/npm-cli.js' };
  expect(npmClient(env, 'linux', '/usr/bin/node')).toEqual({
    command: '/usr/bin/node',
    prefix: ['/opt/npm/bin/npm-cli.js'],
    shell: false,
  });
});

it.each([{}, { npm_execpath: '/opt/yarn/yarn.js' }])('else takes npm from the PATH (%j)', (env) => {
  expect(npmClient(env, 'linux', '/usr/bin/node')).toEqual({
    command: 'npm',
    prefix: [],
    shell: false,
  });
});

it('needs a shell on Windows, where npm is a script', () => {
  expect(npmClient({}, 'win32', 'C:\\node.exe').shell).toBe(true);
});
