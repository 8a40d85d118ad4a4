import { expect } from '@playwright/test';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { TestAuthority } from '../fixtures/certificates.ts';
import { watchMotion } from '../fixtures/media-probe.ts';
import { callScreen } from '../fixtures/screens.ts';
import {
  expectRefusal,
  GATEWAY_PORT,
  HTTP_PROXY_SERVER,
  joinCall,
  MANUAL,
  test,
  VIA,
} from './http-proxy-fixtures.ts';
import { CLOSED_PROXY, PROXY } from './proxied-fixtures.ts';
import { expectMediaOn, expectNoLeak, reportTraffic } from './traffic.ts';

const CLOSED_GATEWAY = `${CLOSED_PROXY.dnsName}:${GATEWAY_PORT}`;

test.describe('an HTTP proxy that wants a password', () => {
  test('a wrong password is told, the right one lets the call in', async ({
    outside: { network },
    httpProxy,
    openManaged,
  }, info) => {
    await httpProxy({ login: { user: 'ada', password: 'correct horse' } });
    const { window, output, ...app } = await openManaged(
      { httpProxy: MANUAL },
      'TCP_ONLY',
      PROXY.dnsName,
    );
    await expectRefusal(window, 'HTTP_PROXY_AUTH', new RegExp(HTTP_PROXY_SERVER));
    const form = window.getByTestId('proxy-sign-in');
    await expect(form).toContainText(`${HTTP_PROXY_SERVER} (Company network)`);
    const signIn = async (password: string): Promise<void> => {
      await form.getByLabel('User name').fill('ada');
      await form.getByLabel('Password').fill(password);
      await form.getByRole('button', { name: 'Sign in and try again' }).click();
    };
    await signIn('battery staple');
    await expect(form).toContainText('did not accept this user name and password');
    await expect(form.getByLabel('User name')).toHaveValue('ada');
    await signIn('correct horse');
    const call = callScreen(window);
    await expect(call.badge).toContainText(VIA);
    await watchMotion(call.videoOf('Ben'));
    expectNoLeak(await reportTraffic(network, info));
    await expectMediaOn(network, 'http_proxy', 'proxy_udp', 'proxy_tcp');
    await app.close();
    expect(output.join('\n')).not.toMatch(/correct horse|battery staple/);
  });
});

test.describe('an HTTP proxy that lets CONNECT to one port only', () => {
  test('is named with the ports that it refuses where media has no other', async ({
    outside: { network },
    httpProxy,
    openManaged,
    ownRelayPorts: _,
  }, info) => {
    await httpProxy({ connectPorts: [GATEWAY_PORT] });
    const { window } = await openManaged({ httpProxy: MANUAL }, 'TCP_ONLY', CLOSED_GATEWAY);
    await expectRefusal(
      window,
      'HTTP_PROXY_REFUSED',
      new RegExp(
        `${HTTP_PROXY_SERVER} refuses to connect to the relay at ${CLOSED_PROXY.dnsName}:`,
      ),
    );
    expectNoLeak(await reportTraffic(network, info));
  });
});

test.describe('an HTTP proxy that inspects TLS', () => {
  test('is refused and named where its authority is not known, and trusted where IT says so', async ({
    outside: { network, folder, authority },
    httpProxy,
    openManaged,
    ownRelayPorts: _,
  }, info) => {
    const own = await TestAuthority.create(join(folder, 'inspection'), 'Company inspection CA');
    await httpProxy({
      inspection: { authority: own.files, trusted: authority.certificatePath },
    });
    const stranger = await openManaged({ httpProxy: MANUAL }, 'TCP_ONLY', CLOSED_GATEWAY);
    await expectRefusal(
      stranger.window,
      'TLS_UNTRUSTED',
      /issued by “Company inspection CA”.*extraCaCertificates/,
    );
    await stranger.close();
    const extraCaCertificates = [await readFile(own.certificatePath, 'utf8')];
    const app = await openManaged(
      { httpProxy: MANUAL, extraCaCertificates },
      'TCP_ONLY',
      CLOSED_GATEWAY,
    );
    await joinCall(app);
    await expect(callScreen(app.window).badge).toContainText(VIA);
    expectNoLeak(await reportTraffic(network, info));
    await expectMediaOn(network, 'http_proxy', 'proxy_udp', 'proxy_tcp');
  });
});
