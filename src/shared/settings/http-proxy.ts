import { z } from 'zod';
import { checkHost, shorten, splitAuthority } from '../endpoint.ts';

/**
 * The company's HTTP proxy: what may carry the TCP legs of a call, whatever its route. Something
 * else than the Cloud Proxy.
 */

const EXAMPLE = 'http-proxy.example.com:3128';

type HttpProxyServerResult = { ok: true; origin: string } | { ok: false; problem: string };

/**
 * Reads the address of an HTTP proxy: `host:port`, or with `http://` or, for a proxy that is itself
 * reached by TLS, `https://`. The port is not guessed: 80, 3128 and 8080 are all usual.
 */
function parseHttpProxyServer(text: string): HttpProxyServerResult {
  const input = text.trim();
  const bad = (problem: string): HttpProxyServerResult => ({ ok: false, problem });
  if (input === '') return bad(`The HTTP proxy is empty. Enter one such as ${EXAMPLE}.`);
  if (/\s/.test(input)) return bad(`The HTTP proxy contains a space. Enter one, as ${EXAMPLE}.`);
  const scheme = /^([a-z][a-z0-9+.-]*):\/\//i.exec(input)?.[1]?.toLowerCase();
  if (scheme !== undefined && scheme !== 'http' && scheme !== 'https') {
    return bad(`“${scheme}://” is not allowed for the HTTP proxy. Use ${EXAMPLE} or https://.`);
  }
  const rest = (scheme === undefined ? input : input.slice(scheme.length + 3)).replace(/\/$/, '');
  if (rest.includes('@')) {
    return bad(
      'The HTTP proxy must not contain a user name or password: they are asked for when needed.',
    );
  }
  if (/[/?#]/.test(rest)) return bad('The HTTP proxy must be a host and a port, without a path.');
  const parts = splitAuthority(rest);
  if (!parts) return bad(`“${shorten(rest)}” is not a host and a port. Enter one as ${EXAMPLE}.`);
  const hostProblem = checkHost(parts.host);
  if (hostProblem) return bad(`The HTTP proxy ${hostProblem}`);
  const port = Number(parts.portText);
  if (parts.portText === undefined) return bad(`The HTTP proxy needs its port, as in ${EXAMPLE}.`);
  if (!/^\d{1,5}$/.test(parts.portText) || port < 1 || port > 65_535) {
    return bad(
      `Port “${shorten(parts.portText)}” of the HTTP proxy is not a number from 1 to 65535.`,
    );
  }
  const host = parts.host.toLowerCase();
  const shownHost = host.includes(':') ? `[${host}]` : host;
  return { ok: true, origin: `${scheme ?? 'http'}://${shownHost}:${port}` };
}

const HttpProxyServer = z
  .string()
  .transform((text, context) => {
    const result = parseHttpProxyServer(text);
    if (result.ok) return result.origin;
    context.addIssue({ code: 'custom', message: result.problem });
    return z.NEVER;
  })
  .meta({ examples: [EXAMPLE] });

/** A host that is reached without the HTTP proxy, as Chromium writes such rules. */
const BypassRule = z
  .string()
  .trim()
  .min(1, 'A bypass rule is empty.')
  .max(255, 'A bypass rule is longer than 255 characters.')
  .regex(
    /^[^\s,;]+$/,
    'A bypass rule is one host such as *.example.com, one network such as 10.0.0.0/8, or <local>.',
  );

const PacUrl = z
  .string()
  .trim()
  .max(2048, 'The PAC address is longer than 2048 characters.')
  .transform((text, context) => {
    const url = URL.parse(text);
    const problem =
      url === null
        ? `“${shorten(text)}” is not a URL. Enter one such as http://wpad.example.com/proxy.pac.`
        : url.protocol !== 'http:' && url.protocol !== 'https:'
          ? `“${url.protocol}” is not allowed for the PAC address. Use http:// or https://.`
          : url.username !== '' || url.password !== ''
            ? 'The PAC address must not contain a user name or password.'
            : undefined;
    if (url && problem === undefined) return url.href;
    context.addIssue({ code: 'custom', message: problem ?? '' });
    return z.NEVER;
  })
  .meta({ examples: ['http://wpad.example.com/proxy.pac'] });

/** Rules that one setting may hold. */
const MAX_BYPASS_RULES = 200;

export const HttpProxy = z.discriminatedUnion('mode', [
  /** As the operating system is set, its PAC file and WPAD included. */
  z.strictObject({ mode: z.literal('system') }),
  z.strictObject({ mode: z.literal('none') }),
  z.strictObject({
    mode: z.literal('manual'),
    /** Normalised: `http://host:port` or `https://host:port`. */
    server: HttpProxyServer,
    bypass: z
      .array(BypassRule)
      .max(MAX_BYPASS_RULES, `At most ${MAX_BYPASS_RULES} bypass rules.`)
      .default([]),
  }),
  z.strictObject({ mode: z.literal('pac'), url: PacUrl }),
]);
export type HttpProxy = z.infer<typeof HttpProxy>;
