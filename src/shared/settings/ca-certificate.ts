import { z } from 'zod';
import { shorten } from '../endpoint.ts';

/** A company's chain has a handful of certificates of some 2 KB each. */
const MAX_PEM_CHARACTERS = 65_536;
const PEM = /^(\s*-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\s]+-----END CERTIFICATE-----)+\s*$/;
const ABSOLUTE_PATH = /^(\/|[A-Za-z]:[\\/]|\\\\)/;

/** Whether an entry of the extra CA certificates is the certificate itself, not where it is. */
export function isInlinePem(entry: string): boolean {
  return entry.trimStart().startsWith('-----BEGIN');
}

/** PEM text with one certificate or several, or the absolute path of a file that has it. */
export const CaCertificate = z
  .string()
  .trim()
  .max(MAX_PEM_CHARACTERS, 'The PEM text is longer than 64 KB.')
  .superRefine((entry, context) => {
    if (isInlinePem(entry) ? PEM.test(entry) : ABSOLUTE_PATH.test(entry)) return;
    const message = entry.includes('PRIVATE KEY')
      ? 'This is a private key. Put in the certificate only (-----BEGIN CERTIFICATE-----), and keep the key where it is safe.'
      : isInlinePem(entry)
        ? 'The PEM text is damaged: it must go from -----BEGIN CERTIFICATE----- to -----END CERTIFICATE-----, with Base64 between.'
        : `“${shorten(entry)}” is neither PEM text nor an absolute path.`;
    context.addIssue({ code: 'custom', message });
  });
