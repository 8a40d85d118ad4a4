import { createPublicKey, createSecretKey, type KeyObject, randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { errors, jwtVerify, SignJWT } from 'jose';
import { CLOSE, type CloseCode } from '../../src/shared/close-codes.ts';
import {
  JOIN_TOKEN_AUDIENCE,
  JoinTokenClaims,
  PROTOO_SUBPROTOCOL,
  RESUME_SUBPROTOCOL_PREFIX,
  TOKEN_SUBPROTOCOL_PREFIX,
} from '../../src/shared/join-token.ts';
import { JoinToken } from '../../src/shared/meeting-link.ts';
import { describeIssues } from '../../src/shared/signaling.ts';
import { StartupError } from './startup-error.ts';

/**
 * Join tokens (JWT, RFC 7519): keys, checks and, for development servers, signing. Used by the
 * room server and by the Cloud Proxy.
 */

/** HMAC-SHA-256 keys shorter than the hash are weak (RFC 7518 §3.2). */
const MIN_SECRET_BYTES = 32;

/**
 * How far the clocks of issuer and server may differ, s. Servers keep time by NTP to well under a
 * second; the rest is room for an issuer that rounds.
 */
const CLOCK_TOLERANCE_SECONDS = 10;

/** Lifetime of a development token where the request names none, s. */
const DEV_TOKEN_LIFETIME_SECONDS = 3600;

type Algorithm = 'HS256' | 'EdDSA' | 'ES256';

/** A key with the one algorithm it may be used with, so that a token cannot choose another. */
export interface TokenKey {
  readonly algorithm: Algorithm;
  readonly key: KeyObject;
}

/** A token that opens nothing: the close code to refuse with, and a sentence for its sender. */
export class TokenRefused extends Error {
  override readonly name = 'TokenRefused';
  readonly closeCode: CloseCode;
  constructor(closeCode: CloseCode, sentence: string) {
    super(sentence);
    this.closeCode = closeCode;
  }
}

/** Where the key comes from. Exactly one of the three. */
export interface TokenKeySource {
  secret?: string | undefined;
  secretFile?: string | undefined;
  publicKeyFile?: string | undefined;
}

/**
 * Loads the key that join tokens are checked with.
 * @throws {StartupError} none or several sources, an unreadable file, a short secret, a wrong key.
 */
export async function loadTokenKey(source: TokenKeySource): Promise<TokenKey> {
  const { secret, secretFile, publicKeyFile } = source;
  const given = [secret, secretFile, publicKeyFile].filter((value) => value !== undefined);
  if (given.length > 1) {
    throw new StartupError(
      'More than one token key is set. Keep one of CAUSEWAY_TOKEN_SECRET, --token-secret-file and --token-public-key-file.',
    );
  }
  if (publicKeyFile !== undefined) {
    return publicTokenKey(await read(publicKeyFile, '--token-public-key-file'), publicKeyFile);
  }
  if (secretFile !== undefined) {
    const text = await read(secretFile, '--token-secret-file');
    return secretTokenKey(text.replace(/\r?\n$/, ''), `The secret in ${secretFile}`);
  }
  if (secret !== undefined) return secretTokenKey(secret, 'CAUSEWAY_TOKEN_SECRET');
  throw new StartupError(
    `No key to check join tokens with. Set CAUSEWAY_TOKEN_SECRET (${MIN_SECRET_BYTES} bytes or more), --token-secret-file or --token-public-key-file.`,
  );
}

/**
 * @param where How the secret is named in the error; never the secret itself.
 * @throws {StartupError} fewer than {@link MIN_SECRET_BYTES} bytes.
 */
export function secretTokenKey(secret: string, where: string): TokenKey {
  const bytes = Buffer.from(secret, 'utf8');
  if (bytes.length < MIN_SECRET_BYTES) {
    throw new StartupError(
      `${where} has ${bytes.length} bytes; it needs at least ${MIN_SECRET_BYTES}. Make one with: openssl rand -base64 48`,
    );
  }
  return { algorithm: 'HS256', key: createSecretKey(bytes) };
}

/** A secret that lives as long as the process. */
export function randomTokenKey(): TokenKey {
  return { algorithm: 'HS256', key: createSecretKey(randomBytes(MIN_SECRET_BYTES)) };
}

function publicTokenKey(pem: string, file: string): TokenKey {
  if (pem.includes('PRIVATE KEY')) {
    throw new StartupError(
      `${file} holds a private key. The server needs the public one only: openssl pkey -in FILE -pubout`,
    );
  }
  let key: KeyObject;
  try {
    key = createPublicKey(pem);
  } catch {
    throw new StartupError(`${file} is not a public key in PEM form (BEGIN PUBLIC KEY).`);
  }
  if (key.asymmetricKeyType === 'ed25519') return { algorithm: 'EdDSA', key };
  if (key.asymmetricKeyType === 'ec' && key.asymmetricKeyDetails?.namedCurve === 'prime256v1') {
    return { algorithm: 'ES256', key };
  }
  throw new StartupError(
    `${file} holds a key of type ${key.asymmetricKeyType ?? 'unknown'}. Allowed: Ed25519 (EdDSA) and EC P-256 (ES256).`,
  );
}

async function read(file: string, flag: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'unreadable';
    throw new StartupError(`${flag}: ${file} cannot be read (${code}).`);
  }
}

/**
 * Checks a join token: form, signature, audience, expiry, claims and, when given, the room.
 * @throws {TokenRefused}
 */
export async function verifyJoinToken(
  token: string,
  key: TokenKey,
  roomId?: string,
): Promise<JoinTokenClaims> {
  return await verify(token, key, roomId, 0);
}

/**
 * The same for a token that may have ended up to `graceSeconds` ago. For those only who were let in
 * with it while it was good: it admits nobody.
 * @throws {TokenRefused}
 */
export async function verifyEndedJoinToken(
  token: string,
  key: TokenKey,
  graceSeconds: number,
): Promise<JoinTokenClaims> {
  return await verify(token, key, undefined, graceSeconds);
}

async function verify(
  token: string,
  key: TokenKey,
  roomId: string | undefined,
  graceSeconds: number,
): Promise<JoinTokenClaims> {
  if (!JoinToken.safeParse(token).success) {
    throw new TokenRefused(CLOSE.TOKEN_INVALID, 'The join token is damaged: it is not a JWT.');
  }
  const payload = await verifySignature(token, key, graceSeconds);
  const claims = JoinTokenClaims.safeParse(payload);
  if (!claims.success) {
    throw new TokenRefused(
      CLOSE.TOKEN_INVALID,
      `The join token has a bad claim: ${describeIssues(claims.error)}`,
    );
  }
  if (roomId !== undefined && claims.data.room !== roomId) {
    throw new TokenRefused(CLOSE.TOKEN_WRONG_ROOM, 'The join token is for another meeting.');
  }
  return claims.data;
}

async function verifySignature(
  token: string,
  key: TokenKey,
  graceSeconds: number,
): Promise<unknown> {
  try {
    const { payload } = await jwtVerify(token, key.key, {
      algorithms: [key.algorithm],
      audience: JOIN_TOKEN_AUDIENCE,
      requiredClaims: ['exp'],
      clockTolerance: CLOCK_TOLERANCE_SECONDS,
    });
    return payload;
  } catch (error) {
    if (error instanceof errors.JWTExpired) {
      // Thrown after signature, audience and beginning have been found good.
      const endedFor = Date.now() / 1000 - (error.payload.exp ?? 0);
      if (endedFor <= graceSeconds) return error.payload;
      throw new TokenRefused(CLOSE.TOKEN_EXPIRED, 'The join token has expired.');
    }
    if (error instanceof errors.JWTClaimValidationFailed) {
      throw new TokenRefused(
        CLOSE.TOKEN_INVALID,
        `The join token is not valid here: claim “${error.claim}” ${error.reason === 'missing' ? 'is missing' : 'does not fit'}.`,
      );
    }
    if (error instanceof errors.JOSEAlgNotAllowed) {
      throw new TokenRefused(
        CLOSE.TOKEN_INVALID,
        `The join token is signed with another algorithm than ${key.algorithm}.`,
      );
    }
    if (error instanceof errors.JOSEError) {
      throw new TokenRefused(CLOSE.TOKEN_INVALID, 'The join token’s signature is not valid.');
    }
    throw error;
  }
}

/**
 * Signs a join token.
 * @param lifetimeSeconds Negative values make a token that has already expired.
 * @throws {TypeError} `key` is a public key.
 */
export async function signJoinToken(
  key: TokenKey,
  claims: {
    room: string;
    sub: string;
    name?: string;
    permissions?: Partial<JoinTokenClaims['permissions']>;
  },
  lifetimeSeconds: number = DEV_TOKEN_LIFETIME_SECONDS,
): Promise<string> {
  const { sub, ...rest } = claims;
  const now = Math.floor(Date.now() / 1000);
  return await new SignJWT(rest)
    .setProtectedHeader({ alg: key.algorithm, typ: 'JWT' })
    .setAudience(JOIN_TOKEN_AUDIENCE)
    .setSubject(sub)
    .setIssuedAt(now)
    .setExpirationTime(now + lifetimeSeconds)
    .sign(key.key);
}

/** What a WebSocket client offered in `Sec-WebSocket-Protocol`. */
export interface OfferedSubprotocols {
  protoo: boolean;
  token: string | undefined;
  /** As it came: any text. */
  resumeKey: string | undefined;
}

/** Reads the sub-protocols of an upgrade: `protoo, causeway.token.<JWT>, causeway.resume.<key>`. */
export function readSubprotocols(header: string | undefined): OfferedSubprotocols {
  const offered = (header ?? '').split(',').map((part) => part.trim());
  const after = (prefix: string): string | undefined =>
    offered.find((part) => part.startsWith(prefix))?.slice(prefix.length);
  return {
    protoo: offered.includes(PROTOO_SUBPROTOCOL),
    token: after(TOKEN_SUBPROTOCOL_PREFIX),
    resumeKey: after(RESUME_SUBPROTOCOL_PREFIX),
  };
}

/** Reads `Authorization: Bearer <JWT>` (RFC 6750 §2.1). */
export function readBearerToken(header: string | undefined): string | undefined {
  return /^Bearer +(\S+)$/i.exec(header ?? '')?.[1];
}
