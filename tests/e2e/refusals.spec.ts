import { createServer } from 'node:http';
import type { Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { readFile } from 'node:fs/promises';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { formatMeetingLink } from '../../src/shared/meeting-link.ts';
import { selfSigned } from '../fixtures/certificates.ts';
import { expectRefusal } from '../fixtures/refusal.ts';
import { callScreen, joinScreen } from '../fixtures/screens.ts';
import { readTimeline } from '../fixtures/timeline.ts';
import { testToken } from '../fixtures/tokens.ts';
import { expect, test } from './fixtures.ts';

async function listen(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

const NAME = '--display-name=Ada';

test.describe('a pass that', () => {
  test('has expired is refused, and the person asks for a new link', async ({ launch, server }) => {
    const token = await testToken({ room: 'passes', lifetimeSeconds: -60 });
    const link = formatMeetingLink({ roomId: 'passes', serverUrl: server.url, token });
    await expectRefusal(await launch({ args: [NAME, link] }), 'TOKEN_EXPIRED');
  });

  test('is about to end is told of in the call', async ({ launch, server }) => {
    const token = await testToken({ room: 'passes', lifetimeSeconds: 120 });
    const link = formatMeetingLink({ roomId: 'passes', serverUrl: server.url, token });
    const { window } = await launch({ args: [NAME, `--join=${link}`] });
    await joinScreen(window).join.click();
    await expect(callScreen(window).badge).toHaveAttribute('data-phase', 'connected');
    const notices = window.getByTestId('call-notices');
    await expect(notices).toContainText(/The link that you joined with ends at \d\d:\d\d/);
    const told = (await readTimeline(window)).map(({ text }) => text);
    expect(told.join('\n')).toContain('the join token ends in 2 min');
    await notices.getByRole('button', { name: 'Dismiss' }).click();
    await expect(notices).not.toContainText('The link that you joined with');
  });

  test('is for another meeting is refused', async ({ launch, server }) => {
    const token = await testToken({ room: 'another' });
    const link = formatMeetingLink({ roomId: 'passes', serverUrl: server.url, token });
    await expectRefusal(await launch({ args: [NAME, link] }), 'TOKEN_WRONG_ROOM');
  });

  test('is signed by somebody else is refused', async ({ launch, server }) => {
    const token = await testToken({
      room: 'passes',
      secret: 'the secret of somebody else entirely',
    });
    const link = formatMeetingLink({ roomId: 'passes', serverUrl: server.url, token });
    await expectRefusal(await launch({ args: [NAME, link] }), 'TOKEN_INVALID');
  });

  test('is missing is asked for', async ({ launch, server }) => {
    const link = formatMeetingLink({ roomId: 'passes', serverUrl: server.url });
    await expectRefusal(await launch({ args: [NAME, link] }), 'TOKEN_MISSING');
  });

  test('never shows on the screen or in the output', async ({ launch, server }) => {
    const token = await testToken({ room: 'passes', lifetimeSeconds: -60 });
    const link = formatMeetingLink({ roomId: 'passes', serverUrl: server.url, token });
    const app = await launch({ args: [NAME, link] });
    await expectRefusal(app, 'TOKEN_EXPIRED');
    expect(await app.window.locator('body').innerText()).not.toContain(token);
    expect(app.output.join('\n')).not.toContain(token);
    expect(app.output.join('\n')).toContain('TOKEN_EXPIRED');
  });
});

test.describe('a server that', () => {
  test('is not there is told apart', async ({ launch }) => {
    const nobody = createServer();
    const port = await listen(nobody);
    nobody.close();
    await once(nobody, 'close');
    const link = formatMeetingLink({ roomId: 'any', serverUrl: `http://127.0.0.1:${port}` });
    await expectRefusal(await launch({ args: [NAME, link] }), 'SERVER_UNREACHABLE');
  });

  test('takes connections and says nothing is given up on', async ({ launch }) => {
    const silent = createServer(() => undefined);
    silent.on('upgrade', () => undefined);
    const port = await listen(silent);
    const serverUrl = `http://127.0.0.1:${port}`;
    const token = await testToken({ room: 'any' });
    const link = formatMeetingLink({ roomId: 'any', serverUrl, token });
    await expectRefusal(await launch({ args: [NAME, link] }), 'SERVER_UNREACHABLE');
    silent.closeAllConnections();
    silent.close();
  });

  test('is a web server but no room server is told apart', async ({ launch }) => {
    const web = createServer((_request, response) => response.writeHead(404).end('Not here'));
    const port = await listen(web);
    const link = formatMeetingLink({ roomId: 'any', serverUrl: `http://127.0.0.1:${port}` });
    await expectRefusal(await launch({ args: [NAME, link] }), 'SERVER_INVALID');
    web.closeAllConnections();
    web.close();
  });

  test('has a certificate that nobody vouches for is not talked to', async ({ launch, folder }) => {
    const files = await selfSigned(join(folder, 'certificate'), ['127.0.0.1']);
    let requests = 0;
    const web = createTlsServer(
      { cert: await readFile(files.certificate), key: await readFile(files.key) },
      (_request, response) => {
        requests += 1;
        response.end();
      },
    );
    const port = await listen(web);
    const link = formatMeetingLink({ roomId: 'any', serverUrl: `https://127.0.0.1:${port}` });
    await expectRefusal(await launch({ args: [NAME, link] }), 'TLS_UNTRUSTED');
    expect(requests).toBe(0);
    web.close();
  });
});
