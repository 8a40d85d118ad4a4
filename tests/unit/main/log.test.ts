import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openLog } from '../../../src/main/log/log.ts';

const JWT = 'eyJhbGciOiJIUzI1NiJ9.eyJyb29tIjoieCJ9.c2lnbmF0dXJl';

let folder: string;
let lines: string[];
const terminal = { write: (text: string) => lines.push(text) };

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'causeway-log-'));
  lines = [];
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const written = () =>
  readFileSync(join(folder, 'causeway.log'), 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);

it('tells the story in plain lines on the terminal and everything in the file', async () => {
  const log = openLog({ folder, terminal });
  log.info('connected · UDP', { room: 'demo' });
  log.debug('a detail');
  log.warn('careful');
  await log.close();
  expect(lines.map((line) => line.replace(/^\d\d:\d\d:\d\d/, 'TIME'))).toEqual([
    'TIME  connected · UDP\n',
    'TIME  ! careful\n',
  ]);
  expect(written().map(({ msg, level, room }) => ({ msg, level, room }))).toEqual([
    { msg: 'connected · UDP', level: 30, room: 'demo' },
    { msg: 'a detail', level: 20, room: undefined },
    { msg: 'careful', level: 40, room: undefined },
  ]);
});

it('keeps to the file as much as is set, and the story to the terminal', async () => {
  const log = openLog({ folder, terminal });
  for (const detail of ['errors', 'normal', 'detailed'] as const) {
    log.setDetail(detail);
    log.debug(`${detail}: a detail`);
    log.info(`${detail}: news`);
    log.warn(`${detail}: a warning`);
  }
  await log.close();
  expect(written().map(({ msg }) => msg)).toEqual([
    'errors: a warning',
    'normal: news',
    'normal: a warning',
    'detailed: a detail',
    'detailed: news',
    'detailed: a warning',
  ]);
  expect(lines).toHaveLength(6);
});

it('writes no token and no credential, wherever it stands', async () => {
  const log = openLog({ folder, terminal });
  log.info(`opened with ${JWT}`, { token: 'short-secret', relay: { credential: 'turn-secret' } });
  log.error('failed', new Error(`refused ${JWT}`));
  await log.close();
  const all = readFileSync(join(folder, 'causeway.log'), 'utf8') + lines.join('');
  expect(all).not.toContain(JWT);
  expect(all).not.toContain('short-secret');
  expect(all).not.toContain('turn-secret');
  expect(all).toContain('[redacted]');
});

it('goes on without a file when there cannot be one, and says so', async () => {
  const blocked = join(folder, 'a-file');
  writeFileSync(blocked, '');
  const log = openLog({ folder: join(blocked, 'logs'), terminal });
  log.info('still here');
  await log.close();
  expect(lines[0]).toContain('cannot be written');
  expect(lines[1]).toContain('still here');
});
