import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { Server as TlsServer } from 'node:tls';
import type { Logger } from './logger.ts';
import { StartupError } from './startup-error.ts';

/** The certificate chain and key of a server that ends TLS itself, and how they are renewed. */

export interface TlsFiles {
  certFile: string;
  keyFile: string;
}

export interface TlsMaterial {
  /** PEM: the server's certificate first, then intermediates. */
  cert: string;
  /** PEM, unencrypted. */
  key: string;
  /** When the certificate ends. */
  validTo: Date;
}

/** TLS 1.2 is the least that current clients speak and that RFC 9325 still recommends. */
export const TLS_MIN_VERSION = 'TLSv1.2';

/**
 * Reads and checks certificate and key.
 * @throws {StartupError} unreadable, not PEM, the key is not the certificate's, or it has ended.
 */
export async function loadTls(files: TlsFiles): Promise<TlsMaterial> {
  const cert = await readPem(files.certFile, '--tls-cert');
  const key = await readPem(files.keyFile, '--tls-key');
  let certificate: X509Certificate;
  try {
    certificate = new X509Certificate(cert);
  } catch {
    throw new StartupError(`--tls-cert: ${files.certFile} holds no certificate in PEM form.`);
  }
  let matches: boolean;
  try {
    matches = certificate.checkPrivateKey(createPrivateKey(key));
  } catch {
    throw new StartupError(
      `--tls-key: ${files.keyFile} holds no unencrypted private key in PEM form.`,
    );
  }
  if (!matches) {
    throw new StartupError(
      `--tls-key: ${files.keyFile} does not belong to the certificate in ${files.certFile}.`,
    );
  }
  const validTo = new Date(certificate.validTo);
  if (validTo.getTime() < Date.now()) {
    throw new StartupError(
      `--tls-cert: the certificate in ${files.certFile} ended on ${validTo.toISOString()}. Renew it.`,
    );
  }
  return { cert, key, validTo };
}

/**
 * Reads the files again and uses them for new connections; open ones go on. With bad files the
 * old certificate stays in use and the log says why.
 */
export async function reloadTls(server: TlsServer, files: TlsFiles, logger: Logger): Promise<void> {
  try {
    const { cert, key, validTo } = await loadTls(files);
    server.setSecureContext({ cert, key, minVersion: TLS_MIN_VERSION });
    logger.info({ validTo }, 'TLS certificate loaded again');
  } catch (error) {
    if (!(error instanceof StartupError)) throw error;
    logger.error(`TLS certificate not changed: ${error.message}`);
  }
}

async function readPem(file: string, flag: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'unreadable';
    throw new StartupError(`${flag}: ${file} cannot be read (${code}).`);
  }
}
