import { beforeEach, describe, expect, test } from 'vitest';
import { CredentialStore } from '../../../../src/main/http-proxy/credential-store.ts';
import { ProxyLogin } from '../../../../src/main/http-proxy/proxy-login.ts';

const PROXY = 'http-proxy.example.com:3128';
const INFO = { isProxy: true, host: 'http-proxy.example.com', port: 3128, realm: 'Company' };
const ADA = { user: 'ada', password: 'right' };

/** Stands for the platform's key store: reversible, and not readable by eye. */
function protection(isAvailable: boolean) {
  return {
    isAvailable: () => Promise.resolve(isAvailable),
    protect: (text: string) => Promise.resolve(flip(Buffer.from(text))),
    reveal: (secret: Buffer) => Promise.resolve(flip(secret).toString()),
  };
}

function flip(bytes: Buffer): Buffer {
  return Buffer.from(bytes.map((byte) => byte ^ 0x55));
}

/** What another run would know. */
async function nextRun(isAvailable = true): Promise<CredentialStore> {
  const store = new CredentialStore(protection(isAvailable), file);
  await store.load();
  return store;
}

let file: { store: Record<string, unknown> };
beforeEach(() => {
  file = { store: {} };
});

describe('when an HTTP proxy asks', () => {
  test('nothing is answered that nobody has entered, and it is known which one asked', async () => {
    const login = new ProxyLogin(new CredentialStore(protection(true), file));
    expect(login.answer(INFO, true)).toBeUndefined();
    expect(await login.describe()).toEqual({
      proxy: PROXY,
      realm: 'Company',
      refused: false,
      canRemember: true,
    });
  });

  test('what was entered is answered, and forgotten when it is wrong', async () => {
    const login = new ProxyLogin(new CredentialStore(protection(true), file));
    login.answer(INFO, true);
    await login.signIn({ proxy: PROXY, user: 'ada', password: 'wrong', remember: true });
    expect(login.answer(INFO, true)).toEqual({ user: 'ada', password: 'wrong' });
    expect(login.answer(INFO, false)).toBeUndefined();
    expect(login.wanted).toMatchObject({ refused: true, user: 'ada' });
    expect(login.answer(INFO, true)).toBeUndefined();
    expect(login.wanted).toMatchObject({ refused: true, user: 'ada' });
    expect(file.store).toEqual({ secrets: {} });
    await login.signIn({ proxy: PROXY, ...ADA, remember: false });
    expect(login.wanted?.refused).toBe(false);
    expect(login.answer(INFO, true)).toEqual(ADA);
  });

  test('another proxy, another port and a server get nothing of it', async () => {
    const login = new ProxyLogin(new CredentialStore(protection(true), file));
    await login.signIn({ proxy: PROXY, ...ADA, remember: false });
    expect(login.answer({ ...INFO, host: 'other.example.com' }, true)).toBeUndefined();
    expect(login.answer({ ...INFO, port: 3129 }, true)).toBeUndefined();
    expect(login.answer({ ...INFO, isProxy: false }, true)).toBeUndefined();
  });

  test('its name for itself is cut short', () => {
    const login = new ProxyLogin(new CredentialStore(protection(true), file));
    login.answer({ ...INFO, realm: 'x'.repeat(10_000) }, true);
    expect(login.wanted?.realm).toHaveLength(100);
  });
});

describe('a password', () => {
  test('outlives the run where it is wanted and protected, and never in plain text', async () => {
    await new CredentialStore(protection(true), file).set(PROXY, ADA, true);
    expect(JSON.stringify(file.store)).not.toContain('right');
    expect(Buffer.from(JSON.stringify(file.store), 'base64').toString()).not.toContain('right');
    expect((await nextRun()).get(PROXY)).toEqual(ADA);
  });

  test.each([
    ['it is not wanted', true, false],
    ['the platform cannot protect it', false, true],
  ])('is kept for the run only when %s', async (_why, isAvailable, remember) => {
    const store = new CredentialStore(protection(isAvailable), file);
    expect(await store.set(PROXY, ADA, remember)).toBe(false);
    expect(store.get(PROXY)).toEqual(ADA);
    expect(file.store).toEqual({});
    expect((await nextRun(isAvailable)).get(PROXY)).toBeUndefined();
  });

  test('that was remembered is forgotten when another is entered for this run only', async () => {
    const store = new CredentialStore(protection(true), file);
    await store.set(PROXY, ADA, true);
    await store.set(PROXY, { user: 'ada', password: 'new' }, false);
    expect((await nextRun()).get(PROXY)).toBeUndefined();
  });

  test.each([
    ['damaged', { secrets: { [PROXY]: 'AAAA' } }],
    ['of another form', { secrets: [1, 2] }],
    ['no object', { secrets: null }],
  ])('file that is %s is asked anew', async (_how, stored) => {
    file.store = stored;
    const store = await nextRun();
    expect(store.get(PROXY)).toBeUndefined();
    await store.set(PROXY, ADA, true);
    expect((await nextRun()).get(PROXY)).toEqual(ADA);
  });
});
