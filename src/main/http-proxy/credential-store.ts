import { z } from 'zod';

/** The user name and password of one HTTP proxy. Stays in main, never in a log or a report. */
export interface ProxyCredentials {
  user: string;
  password: string;
}

/** The platform's protection of secrets: Electron's `safeStorage`, or a test's. */
export interface SecretProtection {
  /** False where secrets would lie open: Linux without a key store. */
  isAvailable(): Promise<boolean>;
  protect(text: string): Promise<Buffer>;
  /** Rejects what was protected elsewhere, or is damaged. */
  reveal(secret: Buffer): Promise<string>;
}

/** The part of electron-store that is used, so that a test can do without Electron. */
export interface CredentialFile {
  store: Record<string, unknown>;
}

const Stored = z.object({ secrets: z.record(z.string(), z.string()) });
const Credentials = z.object({ user: z.string(), password: z.string() });

/**
 * User names and passwords of HTTP proxies, by `host:port`: in memory for this run, and, where the
 * employee wants it and the platform can protect them, in a file that only this user of this computer
 * can read.
 */
export class CredentialStore {
  readonly #protection: SecretProtection;
  readonly #file: CredentialFile | undefined;
  readonly #known = new Map<string, ProxyCredentials>();

  /** @param file Undefined: it cannot be opened, so nothing is kept beyond this run. */
  constructor(protection: SecretProtection, file: CredentialFile | undefined) {
    this.#protection = protection;
    this.#file = file;
  }

  /** Reads what is remembered. The platform is asked for its key only if there is something. */
  async load(): Promise<void> {
    for (const [proxy, secret] of Object.entries(this.#secrets())) {
      try {
        const text = await this.#protection.reveal(Buffer.from(secret, 'base64'));
        this.#known.set(proxy, Credentials.parse(JSON.parse(text)));
      } catch {
        // From another account or computer: it is of no use here, and is asked for again.
        this.#forgetSecret(proxy);
      }
    }
  }

  async canRemember(): Promise<boolean> {
    return this.#file !== undefined && (await this.#protection.isAvailable().catch(() => false));
  }

  get(proxy: string): ProxyCredentials | undefined {
    return this.#known.get(proxy);
  }

  /** @returns Whether they outlive this run. */
  async set(proxy: string, credentials: ProxyCredentials, remember: boolean): Promise<boolean> {
    this.forget(proxy);
    this.#known.set(proxy, credentials);
    if (!remember || !this.#file || !(await this.canRemember())) return false;
    try {
      const secret = await this.#protection.protect(JSON.stringify(credentials));
      this.#file.store = { secrets: { ...this.#secrets(), [proxy]: secret.toString('base64') } };
      return true;
    } catch {
      return false;
    }
  }

  forget(proxy: string): void {
    this.#known.delete(proxy);
    this.#forgetSecret(proxy);
  }

  #forgetSecret(proxy: string): void {
    const secrets = new Map(Object.entries(this.#secrets()));
    if (!this.#file || !secrets.delete(proxy)) return;
    this.#file.store = { secrets: Object.fromEntries(secrets) };
  }

  #secrets(): Record<string, string> {
    return Stored.safeParse(this.#file?.store).data?.secrets ?? {};
  }
}
