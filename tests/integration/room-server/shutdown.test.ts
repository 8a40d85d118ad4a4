import { createServer } from 'node:net';
import { once } from 'node:events';
import { expect, it } from 'vitest';
import { testToken } from '../../fixtures/tokens.ts';
import { refusal } from './signaling-client.ts';
import { eventually, startTestServer } from './test-server.ts';

it('stopping tells everybody 4503 and frees the ports', async () => {
  const server = await startTestServer();
  const anna = await server.join();
  const ben = await server.join();
  const pids = server.workerPids();
  const stopped = server.stop();
  const goodbye = { code: 4503, reason: 'The server is shutting down. Join again.' };
  expect(await Promise.all([anna.closed, ben.closed])).toEqual([goodbye, goodbye]);
  await stopped;
  await expect(fetch(server.url)).rejects.toThrow();
  for (const pid of pids) await eventually(() => isRunning(pid)).toBe(false);
  const port = createServer().listen(Number(new URL(server.url).port), '127.0.0.1');
  await once(port, 'listening');
  port.close();
});

it('somebody who comes while the server stops is sent away with 4503', async () => {
  const server = await startTestServer();
  const lingering = await server.join();
  // It does not answer the close frame, so the server waits for it.
  lingering.socket.pause();
  const stopped = server.stop();
  const health = await fetch(`${server.url}/healthz`);
  expect(health.status).toBe(503);
  expect(await health.json()).toMatchObject({ status: 'stopping' });
  const token = await testToken({ room: 'room' });
  expect(await refusal(server.url, { token })).toEqual({
    code: 4503,
    reason: 'The server is shutting down.',
  });
  await stopped;
  lingering.socket.terminate();
});

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
