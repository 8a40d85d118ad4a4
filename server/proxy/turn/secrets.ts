import { createHmac } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { StartupError } from '../../shared/startup-error.ts';

/** The shared secrets of relay credentials, and the credentials made with them. */

/** A secret shorter than this could be guessed from one set of credentials, bytes. */
const MIN_TURN_SECRET_BYTES = 32;
/** coturn's table holds 256 characters. */
const MAX_TURN_SECRET_BYTES = 256;
/** During a rotation there are two; more are a mistake. */
const MAX_SECRETS = 4;
const PRINTABLE = /^[\x21-\x7e]+$/;
/** Bytes of the identity in the user name: enough that two people never share a quota. */
const IDENTITY_BYTES = 16;

/** The first signs; with any of them credentials are good. */
export type TurnSecrets = readonly [string, ...string[]];

export interface TurnCredentials {
  username: string;
  credential: string;
  /** ms since the epoch. */
  expiresAt: number;
}

/**
 * @throws {StartupError} the file cannot be read, a secret is short, or there are too many.
 */
export async function loadTurnSecrets(source: {
  secret?: string | undefined;
  secretFile?: string | undefined;
}): Promise<TurnSecrets> {
  if (source.secretFile === undefined) {
    return checkSecrets([source.secret ?? ''], 'CAUSEWAY_PROXY_TURN_SECRET');
  }
  let text: string;
  try {
    text = await readFile(source.secretFile, 'utf8');
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'unreadable';
    throw new StartupError(`--turn-secret-file: ${source.secretFile} cannot be read (${code}).`);
  }
  const lines = text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'));
  return checkSecrets(lines, `--turn-secret-file: ${source.secretFile}`);
}

function checkSecrets(secrets: string[], where: string): TurnSecrets {
  const [first, ...others] = secrets;
  if (first === undefined) throw new StartupError(`${where} holds no secret.`);
  if (secrets.length > MAX_SECRETS) {
    throw new StartupError(
      `${where} holds ${secrets.length} secrets; at most ${MAX_SECRETS} are allowed.`,
    );
  }
  secrets.forEach((secret, index) => {
    const bytes = Buffer.byteLength(secret);
    const which = secrets.length > 1 ? `secret ${index + 1}` : 'the secret';
    if (bytes < MIN_TURN_SECRET_BYTES || bytes > MAX_TURN_SECRET_BYTES) {
      throw new StartupError(
        `${where}: ${which} has ${bytes} bytes; ${MIN_TURN_SECRET_BYTES} to ${MAX_TURN_SECRET_BYTES} are allowed. Make one with: openssl rand -base64 48`,
      );
    }
    if (!PRINTABLE.test(secret)) {
      throw new StartupError(
        `${where}: ${which} has a space or a character outside ASCII. Make one with: openssl rand -base64 48`,
      );
    }
  });
  return [first, ...others];
}

/**
 * Credentials by the TURN REST scheme (draft-uberti-behave-turn-rest-00): the user name is
 * `expiry:identity`, the password its HMAC-SHA1 in base64, which coturn works out for itself.
 * The identity tells people apart for quotas, and nobody who reads it can tell who they are.
 *
 * @param now ms since the epoch.
 */
export function signTurnCredentials(
  secrets: TurnSecrets,
  person: { sub: string; room: string },
  lifetimeSeconds: number,
  now: number = Date.now(),
): TurnCredentials {
  const expirySeconds = Math.floor(now / 1000) + lifetimeSeconds;
  const identity = createHmac('sha256', secrets[0])
    .update(`identity\0${person.sub}\0${person.room}`)
    .digest()
    .subarray(0, IDENTITY_BYTES)
    .toString('base64url');
  const username = `${expirySeconds}:${identity}`;
  const credential = createHmac('sha1', secrets[0]).update(username).digest('base64');
  return { username, credential, expiresAt: expirySeconds * 1000 };
}
