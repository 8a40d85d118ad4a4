import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { createInterface } from 'node:readline';
import { join } from 'node:path';

/**
 * Runs `node debugger-bridge.ts NAMESPACE EXECUTABLE ARGUMENT…`: the executable in the namespace,
 * its two debugger endpoints (`ws://127.0.0.1:PORT/…`, announced on standard error) made reachable
 * from outside. Each connection is taken here and its socket handed to a process in the namespace,
 * which joins it to the endpoint there.
 */

const [namespace, executable, ...args] = process.argv.slice(2);
if (namespace === undefined || executable === undefined) {
  throw new TypeError('usage: debugger-bridge.ts NAMESPACE EXECUTABLE ARGUMENT…');
}

const ENDPOINT = /^((?:Debugger|DevTools) listening on ws:\/\/127\.0\.0\.1:)(\d+)(\/.*)$/;

const inside = spawn(
  'ip',
  [
    'netns',
    'exec',
    namespace,
    process.execPath,
    join(import.meta.dirname, 'debugger-bridge-inside.ts'),
  ],
  { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] },
);
const app = spawn('ip', ['netns', 'exec', namespace, executable, ...args], {
  stdio: ['inherit', 'pipe', 'pipe'],
});
app.stdout.pipe(process.stdout);
createInterface({ input: app.stderr }).on('line', (line) => void announce(line));

async function announce(line: string): Promise<void> {
  const [, before, port, after] = ENDPOINT.exec(line) ?? [];
  process.stderr.write(
    port === undefined ? `${line}\n` : `${before}${await bridge(Number(port))}${after}\n`,
  );
}

/** Listens outside for what is to reach `port` inside; returns the outer port. */
async function bridge(port: number): Promise<number> {
  // Paused, so that no byte is read on this side before the socket has changed hands.
  const server = createServer({ pauseOnConnect: true }, (socket) => {
    inside.send({ port }, socket);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => app.kill(signal));
}
app.on('exit', (code, signal) => {
  endQuietly(inside);
  process.exit(code ?? (signal === null ? 0 : 1));
});

function endQuietly(child: ChildProcess): void {
  if (child.exitCode === null) child.kill('SIGTERM');
}
