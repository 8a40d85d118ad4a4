import { rmSync } from 'node:fs';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { TurnSecrets } from './secrets.ts';

/**
 * Every table that coturn 4.6 knows, of which only `turn_secret` is filled. One that is missing
 * makes the first query of a further authentication thread fail, and with it the allocation that
 * asked: a participant with good credentials is told 401.
 */
const TABLES = [
  `turn_secret (realm TEXT DEFAULT '', value TEXT, PRIMARY KEY (realm, value))`,
  `turnusers_lt (realm TEXT DEFAULT '', name TEXT, hmackey TEXT, PRIMARY KEY (realm, name))`,
  `allowed_peer_ip (realm TEXT DEFAULT '', ip_range TEXT, PRIMARY KEY (realm, ip_range))`,
  `denied_peer_ip (realm TEXT DEFAULT '', ip_range TEXT, PRIMARY KEY (realm, ip_range))`,
  `turn_origin_to_realm (origin TEXT PRIMARY KEY, realm TEXT)`,
  `turn_realm_option (realm TEXT DEFAULT '', opt TEXT, value TEXT, PRIMARY KEY (realm, opt))`,
  `oauth_key (kid TEXT PRIMARY KEY, ikm_key TEXT, timestamp INTEGER DEFAULT 0,
     lifetime INTEGER DEFAULT 0, as_rs_alg TEXT DEFAULT '', realm TEXT)`,
  `admin_user (name TEXT PRIMARY KEY, realm TEXT, password TEXT)`,
];

/**
 * coturn's private folder: its configuration, and the database from which it reads the secrets
 * anew for every allocation. So a secret can be replaced while calls go on, and none stands on a
 * command line or in a configuration file.
 */
export class TurnWorkingFolder {
  readonly path: string;
  readonly #realm: string;
  readonly #database: DatabaseSync;
  /** For a process that ends without `remove`: no secret is left behind. */
  readonly #removeAtExit = () => rmSync(this.path, { recursive: true, force: true });

  private constructor(path: string, realm: string) {
    this.path = path;
    process.once('exit', this.#removeAtExit);
    this.#realm = realm;
    this.#database = new DatabaseSync(join(path, 'turndb'));
    // coturn reads while we write: with a write-ahead log neither waits for the other.
    this.#database.exec('PRAGMA journal_mode = WAL');
    for (const table of TABLES) this.#database.exec(`CREATE TABLE ${table}`);
  }

  /** Makes the folder (mode 0700) below systemd's runtime directory, or the system's temporary one. */
  static async create(realm: string, secrets: TurnSecrets): Promise<TurnWorkingFolder> {
    const base = process.env['RUNTIME_DIRECTORY']?.split(':')[0] ?? tmpdir();
    await removeLeftovers(base);
    const path = await mkdtemp(join(base, `causeway-turn-${process.pid}-`));
    const folder = new TurnWorkingFolder(path, realm);
    folder.setSecrets(secrets);
    return folder;
  }

  get databaseFile(): string {
    return join(this.path, 'turndb');
  }

  /** Replaces all secrets at once. Allocations that exist go on. */
  setSecrets(secrets: TurnSecrets): void {
    const insert = this.#database.prepare('INSERT INTO turn_secret (realm, value) VALUES (?, ?)');
    this.#database.exec('BEGIN IMMEDIATE');
    this.#database.exec('DELETE FROM turn_secret');
    for (const secret of new Set(secrets)) insert.run(this.#realm, secret);
    this.#database.exec('COMMIT');
  }

  /** Writes a file that only this user can read; answers its path. */
  async write(name: string, text: string): Promise<string> {
    const file = join(this.path, name);
    await writeFile(file, text, { mode: 0o600 });
    return file;
  }

  async remove(): Promise<void> {
    process.off('exit', this.#removeAtExit);
    this.#database.close();
    await rm(this.path, { recursive: true, force: true });
  }
}

/** Removes the folders of gateways that were killed: there are secrets in them. */
async function removeLeftovers(base: string): Promise<void> {
  for (const name of await readdir(base)) {
    const pid = Number(/^causeway-turn-(\d+)-/.exec(name)?.[1] ?? Number.NaN);
    if (!Number.isInteger(pid) || isRunning(pid)) continue;
    // Another user's are not ours to remove, and the system will not let us.
    await rm(join(base, name), { recursive: true, force: true }).catch(() => undefined);
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
