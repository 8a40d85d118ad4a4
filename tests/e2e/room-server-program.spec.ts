import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { TEST_TOKEN_SECRET } from '../fixtures/tokens.ts';
import { expect, test } from './fixtures.ts';

const PROGRAM = join(import.meta.dirname, '../../server/room/main.ts');

function run(...flags: string[]): { code: number | null; said: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [PROGRAM, ...flags], {
    encoding: 'utf8',
    env: { ...process.env, CAUSEWAY_TOKEN_SECRET: TEST_TOKEN_SECRET },
    timeout: 20_000,
  });
  return { code: status, said: stdout + stderr };
}

test.describe('the room server as a program', () => {
  test('says which port is in use and what to do', ({ server }) => {
    const { port } = new URL(server.url);
    const { code, said } = run(`--port=${port}`, '--media-port=0', '--workers=1');
    expect(code).toBe(2);
    expect(said).toContain(`TCP port ${port} on 127.0.0.1 is in use by another program`);
    expect(said).toContain('--port');
    expect(said).not.toMatch(/\n\s+at /);
  });

  test('says which media port is in use and what to do', ({ server }) => {
    const port = server.mediaPorts[0];
    const { code, said } = run('--port=0', `--media-port=${port}`, '--workers=1');
    expect(code).toBe(2);
    expect(said).toContain(String(port));
    expect(said).toContain('--media-port');
    expect(said).not.toMatch(/\n\s+at /);
  });

  test('names a bad value, and what would be a good one', () => {
    const { code, said } = run('--port=http', '--auth=maybe');
    expect(code).toBe(2);
    expect(said).toContain('--port: “http” is not allowed');
    expect(said).toContain('--auth: “maybe” is not allowed');
  });
});
