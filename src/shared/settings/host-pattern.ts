import { z } from 'zod';
import { checkHost, shorten, splitAuthority, type Endpoint } from '../endpoint.ts';

/**
 * Which hosts a company allows: `meet.example.com`, `*.example.com` (every host below it, not
 * itself), `*` (any); with `:8443` that port only, without a port any.
 */
export const HostPattern = z.string().transform((text, context) => {
  const pattern = text.trim().toLowerCase();
  const problem = problemOf(pattern);
  if (problem === undefined) return pattern;
  context.addIssue({ code: 'custom', message: problem });
  return z.NEVER;
});

function problemOf(pattern: string): string | undefined {
  const shown = `“${shorten(pattern)}”`;
  if (pattern === '') return 'A host pattern is empty. Use one such as *.example.com.';
  if (pattern.includes('://') || /[/?#@\s]/.test(pattern)) {
    return `${shown} must be a host only, such as *.example.com or meet.example.com:8443, without a scheme or path.`;
  }
  const parts = splitAuthority(pattern);
  if (!parts) return `${shown} is not a host pattern. Use one such as *.example.com.`;
  const { host, portText } = parts;
  if (portText !== undefined && !(Number(portText) >= 1 && Number(portText) <= 65_535)) {
    return `The port of ${shown} is not a number from 1 to 65535.`;
  }
  if (host === '*') return undefined;
  const rest = host.startsWith('*.') ? host.slice(2) : host;
  if (rest.includes('*')) {
    return `${shown} has a * where none can stand: it may only be the first part, as in *.example.com.`;
  }
  const hostProblem = checkHost(rest);
  return hostProblem === undefined ? undefined : `The host pattern ${hostProblem}`;
}

/** Whether one of the patterns, each as {@link HostPattern} gives it, allows this host and port. */
export function isHostAllowed(
  patterns: readonly string[],
  { host, port }: Pick<Endpoint, 'host' | 'port'>,
): boolean {
  const name = host.toLowerCase().replace(/\.$/, '');
  return patterns.some((pattern) => {
    const parts = splitAuthority(pattern);
    if (!parts) return false;
    if (parts.portText !== undefined && Number(parts.portText) !== port) return false;
    if (parts.host === '*') return true;
    const wanted = parts.host.replace(/\.$/, '');
    return wanted.startsWith('*.') ? name.endsWith(wanted.slice(1)) : name === wanted;
  });
}
