import { X509Certificate } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';

/** What the setting of extra CA certificates comes to. */
export interface Authorities {
  certificates: X509Certificate[];
  /** Entries that cannot be used, each as a sentence for IT. */
  problems: string[];
}

const PEM_BLOCK = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;
/** A bundle of every public authority has some 250 KB. */
const MAX_FILE_BYTES = 1024 * 1024;

/**
 * Reads the extra authorities: PEM text, or paths of files that hold it. An entry that cannot be
 * used is left out and told of: it makes calls fail, never pass.
 */
export function readAuthorities(
  entries: readonly string[],
  read: (path: string) => string = readText,
): Authorities {
  const certificates = new Map<string, X509Certificate>();
  const problems: string[] = [];
  for (const [index, entry] of entries.entries()) {
    const isInline = entry.trimStart().startsWith('-----BEGIN');
    const where = isInline ? `Entry ${index + 1}` : entry;
    try {
      const blocks = (isInline ? entry : read(entry)).match(PEM_BLOCK) ?? [];
      if (blocks.length === 0) problems.push(`${where}: holds no certificate in PEM form.`);
      for (const block of blocks) {
        const certificate = new X509Certificate(block);
        if (certificate.ca) certificates.set(certificate.fingerprint256, certificate);
        else problems.push(`${where}: holds a certificate that is not an authority’s.`);
      }
    } catch (error) {
      problems.push(`${where}: ${reasonOf(error)}`);
    }
  }
  return { certificates: [...certificates.values()], problems };
}

function readText(path: string): string {
  const status = statSync(path);
  // A device or a pipe might never end.
  if (!status.isFile()) throw new RangeError('This is not a file.');
  if (status.size > MAX_FILE_BYTES) throw new RangeError('The file is longer than 1 MB.');
  return readFileSync(path, 'utf8');
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return 'cannot be read.';
  if ('code' in error && typeof error.code === 'string') {
    return error.code === 'ENOENT' ? 'There is no such file.' : `cannot be read (${error.code}).`;
  }
  return error.message;
}
