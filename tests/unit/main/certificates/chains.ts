import { execFileSync } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** What a certificate of a test says; the rest is as it should be. */
export interface CertificateSpec {
  name: string;
  /** Undefined: it vouches for itself. */
  issuer?: Issued;
  extensions?: readonly string[];
  days?: number;
  digest?: 'sha256' | 'sha1';
  key?: 'ec' | 'rsa:1024';
}

export interface Issued {
  certificate: X509Certificate;
  pem: string;
  paths: { certificate: string; key: string };
}

export const AUTHORITY = ['basicConstraints=critical,CA:TRUE', 'keyUsage=critical,keyCertSign'];
export const SERVER = [
  'basicConstraints=CA:FALSE',
  'subjectAltName=DNS:proxy.example.com,IP:192.0.2.7',
  'extendedKeyUsage=serverAuth',
];

/** Why no certificate can be made here, or undefined. */
export function opensslUnavailable(): string | undefined {
  try {
    execFileSync('openssl', ['version'], { stdio: 'ignore' });
    return undefined;
  } catch {
    return 'openssl is not installed';
  }
}

/** Makes certificates for one test file. */
export class CertificateWorkshop {
  readonly folder = mkdtempSync(join(tmpdir(), 'causeway-certificates-'));
  #made = 0;

  make({ name, issuer, extensions = AUTHORITY, days = 2, digest, key }: CertificateSpec): Issued {
    this.#made += 1;
    const base = join(this.folder, String(this.#made));
    const paths = { certificate: `${base}.pem`, key: `${base}.key` };
    const newKey =
      key === 'rsa:1024'
        ? ['-newkey', key]
        : ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1'];
    this.#openssl(
      'req',
      ...newKey,
      '-noenc',
      '-subj',
      `/CN=${name}`,
      '-keyout',
      paths.key,
      '-out',
      `${base}.csr`,
    );
    writeFileSync(`${base}.ext`, extensions.join('\n'));
    const signing = issuer
      ? ['-CA', issuer.paths.certificate, '-CAkey', issuer.paths.key]
      : ['-signkey', paths.key];
    this.#openssl(
      ...['x509', '-req', '-in', `${base}.csr`, '-extfile', `${base}.ext`, ...signing],
      ...['-days', String(days), `-${digest ?? 'sha256'}`, '-out', paths.certificate],
    );
    const pem = readFileSync(paths.certificate, 'utf8');
    return { certificate: new X509Certificate(pem), pem, paths };
  }

  close(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  #openssl(...args: string[]): void {
    execFileSync('openssl', args, { stdio: ['ignore', 'ignore', 'pipe'] });
  }
}
