import { execFileSync } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { getCACertificates } from 'node:tls';

/** Where Chromium looks in its home for certificates that the user trusts. */
const STORE = '.pki/nssdb';

let store: string | undefined;
const added = new Set<string>();

/**
 * A home for Chromium of its own, with a copy of the user's certificate store: authorities that the
 * app trusts go there, and no other program trusts them. Made anew at each start.
 * @returns The environment for Chromium.
 */
export function makeChromiumHome(folder: string, env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const home = env['HOME'] ?? homedir();
  const users = join(home, STORE);
  const own = join(folder, STORE);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(own, { recursive: true, mode: 0o700 });
  if (existsSync(join(users, 'cert9.db'))) cpSync(users, own, { recursive: true });
  store = own;
  added.clear();
  const authority = join(home, '.Xauthority');
  return {
    ...env,
    HOME: folder,
    // All else of the user's home stays what it is.
    XDG_CONFIG_HOME: env['XDG_CONFIG_HOME'] ?? join(home, '.config'),
    XDG_CACHE_HOME: env['XDG_CACHE_HOME'] ?? join(home, '.cache'),
    XDG_DATA_HOME: env['XDG_DATA_HOME'] ?? join(home, '.local/share'),
    ...(existsSync(authority) && { XAUTHORITY: env['XAUTHORITY'] ?? authority }),
  };
}

/**
 * Gives Chromium the authorities that were added to Node's default ones (`tls.setDefaultCACertificates`):
 * Chromium has no one to ask about a certificate while it verifies it, so this stands for a
 * certificate verify proc that trusts the same authorities. Throws without NSS's `certutil`.
 */
export function trustAddedAuthorities(): void {
  if (store === undefined) throw new Error('electron-on-chromium: used before the app is ready');
  const bundled = new Set(getCACertificates('bundled'));
  for (const pem of getCACertificates('default')) {
    if (bundled.has(pem)) continue;
    const { fingerprint256: name } = new X509Certificate(pem);
    if (added.has(name)) continue;
    if (!existsSync(join(store, 'cert9.db'))) certutil(store, ['-N', '--empty-password']);
    certutil(store, ['-A', '-t', 'C,,', '-n', name, '-a'], pem);
    added.add(name);
  }
}

function certutil(database: string, args: readonly string[], input?: string): void {
  execFileSync('certutil', ['-d', `sql:${database}`, ...args], {
    stdio: ['pipe', 'ignore', 'pipe'],
    ...(input !== undefined && { input }),
  });
}
