import { z } from 'zod';
import { LogFormat, LogLevel } from './logger.ts';
import { option, wholeNumber } from './options.ts';

/** Options, and kinds of values, that the room server and the Cloud Proxy have in common. */

export const Port = wholeNumber({ min: 0, max: 65_535 });
export const HostName = z
  .string()
  .regex(
    /^[A-Za-z0-9_]([A-Za-z0-9_.-]{0,251}[A-Za-z0-9_])?$/,
    'must be a host name, an IPv4 or an IPv6 address',
  );
export const IpAddress = z.union([z.ipv4(), z.ipv6()], {
  error: 'must be an IPv4 or IPv6 address',
});
export const AddressOrName = z.union([IpAddress, HostName.toLowerCase()], {
  error: 'must be a host name, an IPv4 or an IPv6 address',
});
export const FilePath = z.string().min(1, 'must be the path of a file');

/** One of `values`, with an error that lists them. */
export function oneOf<const Values extends readonly [string, ...string[]]>(values: Values) {
  return z.enum(values, { error: `must be one of: ${values.join(', ')}` });
}

/** How an option's variable begins. */
type Prefix = 'CAUSEWAY_ROOM' | 'CAUSEWAY_PROXY';

/** The key that join tokens are checked with: one of the three (see tokens.ts). */
export function tokenOptions(prefix: Prefix, group: string) {
  return {
    // One variable for both servers: they check the same tokens.
    tokenSecret: option(z.string().optional(), {
      env: 'CAUSEWAY_TOKEN_SECRET',
      description: 'secret of HS256 join tokens, 32 bytes or more',
      group,
    }),
    tokenSecretFile: option(FilePath.optional(), {
      flag: '--token-secret-file <file>',
      env: `${prefix}_TOKEN_SECRET_FILE`,
      description: 'file with the secret of HS256 join tokens; or set CAUSEWAY_TOKEN_SECRET',
      group,
    }),
    tokenPublicKeyFile: option(FilePath.optional(), {
      flag: '--token-public-key-file <file>',
      env: `${prefix}_TOKEN_PUBLIC_KEY_FILE`,
      description: 'public key (PEM) of EdDSA or ES256 join tokens',
      group,
    }),
  };
}

export function logOptions(prefix: Prefix, group: string) {
  return {
    logLevel: option(
      oneOf(LogLevel.options as ['silent', 'error', 'warn', 'info', 'debug', 'trace']).default(
        'info',
      ),
      {
        flag: '--log-level <level>',
        env: `${prefix}_LOG_LEVEL`,
        description: 'silent, error, warn, info, debug or trace',
        group,
      },
    ),
    logFormat: option(oneOf(LogFormat.options as ['json', 'pretty']).default('json'), {
      flag: '--log-format <format>',
      env: `${prefix}_LOG_FORMAT`,
      description: 'json, or pretty for plain lines',
      group,
    }),
  };
}
