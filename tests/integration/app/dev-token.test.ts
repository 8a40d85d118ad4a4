import { decodeJwt } from 'jose';
import { expect, test } from 'vitest';
import { joinTokenFor } from '../../../src/renderer/app/meeting/dev-token.ts';
import type { Meeting } from '../../../src/shared/ipc.ts';
import { startTestServer } from '../room-server/test-server.ts';

const forTrying = await startTestServer({ dev: true });
const inEarnest = await startTestServer();

function meetingAt(serverUrl: string): Meeting {
  return { roomId: 'demo', serverUrl, preferredProtocol: 'UDP_OVER_TCP', signalingBaseUrl: [] };
}

test('a development server gives a pass for the room, in the person’s name', async () => {
  const token = await joinTokenFor(meetingAt(forTrying.url), 'Robin Vale');
  expect(decodeJwt(token)).toMatchObject({ room: 'demo', name: 'Robin Vale' });
});

test('a server that gives none out is joined without one, and says what is missing', async () => {
  expect(await joinTokenFor(meetingAt(inEarnest.url), 'Robin Vale')).toBe('');
});

test('no server is no error here: joining brings the precise one', async () => {
  // Port 9 (discard) of this computer: nobody listens there.
  expect(await joinTokenFor(meetingAt('http://127.0.0.1:9'), 'Robin Vale')).toBe('');
});
