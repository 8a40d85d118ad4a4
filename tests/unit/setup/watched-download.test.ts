import { once } from 'node:events';
import fs from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { Progress } from '../../../tools/bootstrap/progress.mjs';
import { runWatchedDownload } from '../../../tools/setup/watched-download.ts';

/** Longer than a folder may stay as it is, ms. */
const TOO_LONG_MS = 16_000;
/** A slow line: each piece comes well within the limit, all of them take far longer. */
const PIECES = 5;
const PIECE_MS = 10_000;

let folder: string;
let server: Server;
const updates: string[] = [];
const progress = { update: (detail: string) => updates.push(detail) } as unknown as Progress;

beforeEach(async () => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'causeway-download-'));
  updates.length = 0;
  server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  // The clock that the download is watched by is the test's; the installer is a real program.
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'Date'] });
});
afterEach(() => {
  vi.useRealTimers();
  server.close();
  fs.rmSync(folder, { recursive: true, force: true });
});

/** An installer that says nothing and does nothing until its connection to the test tells it to. */
async function startInstaller(): Promise<{ run: Promise<void>; line: Socket }> {
  const { port } = server.address() as AddressInfo;
  const code = `require('node:net').connect(${port}, '127.0.0.1').on('data', () => process.exit(0))`;
  const connected = once(server, 'connection') as Promise<[Socket]>;
  const run = runWatchedDownload(
    { command: process.execPath, args: ['--eval', code] },
    folder,
    progress,
  );
  const [line] = await connected;
  return { run, line: line.on('error', () => undefined) };
}

it('ends an installer under which nothing arrives, and says so', async () => {
  const { run, line } = await startInstaller();
  const ended = once(line, 'close');
  const outcome = expect(run).rejects.toThrow('no data for 15 s');
  vi.advanceTimersByTime(TOO_LONG_MS);
  await outcome;
  await ended;
  expect(updates).toEqual([]);
});

it('waits for a slow download for as long as it grows', async () => {
  const { run, line } = await startInstaller();
  for (let piece = 1; piece <= PIECES; piece += 1) {
    fs.appendFileSync(path.join(folder, 'archive'), Buffer.alloc(1_000_000));
    vi.advanceTimersByTime(PIECE_MS);
  }
  line.write('done');
  await run;
  expect(updates).toEqual([1, 2, 3, 4, 5].map((size) => `downloading, ${size}.0 MB`));
});

it('ends an installer whose download has stopped half-way', async () => {
  const { run } = await startInstaller();
  const outcome = expect(run).rejects.toThrow('no data for 15 s');
  fs.writeFileSync(path.join(folder, 'archive'), Buffer.alloc(1_000_000));
  vi.advanceTimersByTime(PIECE_MS);
  vi.advanceTimersByTime(TOO_LONG_MS);
  await outcome;
});
