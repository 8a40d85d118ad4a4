import { X509Certificate } from 'node:crypto';
import { realpathSync } from 'node:fs';
import { administratorTrust, type FileTrust, wayProblem } from '../settings/managed/file-trust.ts';
import { readManagedFile } from '../settings/managed/managed-file.ts';

/** What the setting of extra CA certificates comes to. */
export interface Authorities {
  certificates: X509Certificate[];
  /** Entries that cannot be used, each as a sentence for IT. */
  problems: string[];
}

const PEM_BLOCK = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;
/**
 * Reads the extra authorities: PEM text, or paths of files that hold it. An entry that cannot be
 * used is left out and told of: it makes calls fail, never pass. A file that others than the
 * administrator can write counts as little as a managed file of that kind would: whoever wrote into it
 * could read every call.
 */
export function readAuthorities(
  entries: readonly string[],
  trust: FileTrust = administratorTrust(),
): Authorities {
  const certificates = new Map<string, X509Certificate>();
  const problems: string[] = [];
  for (const [index, entry] of entries.entries()) {
    const isInline = entry.trimStart().startsWith('-----BEGIN');
    const where = isInline ? `Entry ${index + 1}` : entry;
    try {
      const blocks = (isInline ? entry : readTrusted(entry, trust)).match(PEM_BLOCK) ?? [];
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

/** A link may lead to it, as in a system's store of certificates, if none but IT can change that. */
function readTrusted(path: string, trust: FileTrust): string {
  const problem = wayProblem(path, trust);
  if (problem) throw new RangeError(problem);
  const file = readManagedFile(realpathSync(path), trust);
  switch (file.kind) {
    case 'bytes':
      return Buffer.from(file.bytes).toString('utf8');
    case 'absent':
      throw new RangeError('There is no such file.');
    case 'refused':
    case 'unreadable':
      throw new RangeError(file.problem);
  }
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return 'cannot be read.';
  if ('code' in error && typeof error.code === 'string') {
    return error.code === 'ENOENT' ? 'There is no such file.' : `cannot be read (${error.code}).`;
  }
  return error.message;
}
