import { rmSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { TurnSecrets } from './secrets.ts';

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
    this.#database.exec(
      `CREATE TABLE turn_secret (realm varchar(127) DEFAULT '', value varchar(256), PRIMARY KEY (realm, value))`,
    );
  }

  /** Makes the folder (mode 0700) below systemd's runtime directory, or the system's temporary one. */
  static async create(realm: string, secrets: TurnSecrets): Promise<TurnWorkingFolder> {
    const base = process.env['RUNTIME_DIRECTORY']?.split(':')[0] ?? tmpdir();
    const folder = new TurnWorkingFolder(await mkdtemp(join(base, 'causeway-turn-')), realm);
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
