import { X509Certificate } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import type { Certificate, Session } from 'electron';
import type { Log } from '../log/log.ts';
import type { Notices } from '../notices.ts';
import { readAuthorities } from './authorities.ts';
import { verifyChain } from './verify-chain.ts';

/** Answers of a certificate verify proc (Electron: ses.setCertificateVerifyProc). */
const TRUSTED = 0;
const AS_CHROMIUM_SAYS = -3;
/** net::ERR_CERT_AUTHORITY_INVALID, the one error that an extra authority can mend. */
const AUTHORITY_INVALID = -202;
/** As long as Chromium itself would follow one. */
const MAX_SENT = 10;

interface Surroundings {
  notices: Notices;
  log: Log;
}

const NOTICE_ID = 'extra-ca-certificates';

/** Trusts the company's own authorities in one session, beside those of the system. */
export class ExtraAuthorities {
  readonly #session: Session;
  readonly #surroundings: Surroundings;
  /** What Node trusted before anything was added. */
  readonly #nodes = getCACertificates('default');
  #entries: readonly string[] = [];
  #certificates: readonly X509Certificate[] = [];

  constructor(session: Session, surroundings: Surroundings) {
    this.#session = session;
    this.#surroundings = surroundings;
  }

  /** @param entries PEM text, or absolute paths of files that hold it. */
  apply(entries: readonly string[]): void {
    if (isDeepStrictEqual(entries, this.#entries)) return;
    this.#entries = entries;
    const { certificates, problems } = readAuthorities(entries);
    const { notices, log } = this.#surroundings;
    for (const problem of problems) log.warn(`an extra CA certificate cannot be used: ${problem}`);
    if (problems.length > 0) {
      notices.add({
        id: NOTICE_ID,
        severity: 'warning',
        title: 'A certificate set by your organization cannot be used',
        text: `Tell IT: extraCaCertificates: ${problems.join(' ')}`,
      });
    } else {
      notices.dismiss(NOTICE_ID);
    }
    this.#certificates = certificates;
    // For what this process opens by itself.
    setDefaultCACertificates([...this.#nodes, ...certificates.map(String)]);
    // Asked by Chromium's network stack for all that it opens: pages, WebSockets and WebRTC's TLS.
    this.#session.setCertificateVerifyProc((request, callback) => {
      const { errorCode, hostname, certificate } = request;
      callback(
        errorCode === AUTHORITY_INVALID && this.#vouchesFor(hostname, certificate)
          ? TRUSTED
          : AS_CHROMIUM_SAYS,
      );
    });
  }

  #vouchesFor(host: string, certificate: Certificate): boolean {
    try {
      const chain = chainOf(certificate);
      const verdict = verifyChain({
        host: host.replace(/^\[(.*)\]$/, '$1'),
        chain,
        authorities: this.#certificates,
        now: new Date(),
      });
      if (!verdict.ok)
        this.#surroundings.log.warn(`the certificate of ${host}: ${verdict.problem}`);
      return verdict.ok;
    } catch {
      // What cannot be read is not trusted.
      return false;
    }
  }
}

function chainOf(certificate: Certificate): X509Certificate[] {
  const chain: X509Certificate[] = [];
  // Nothing is issued by the last, whatever its type says.
  let current: Partial<Pick<Certificate, 'issuerCert'>> & Pick<Certificate, 'data'> = certificate;
  for (;;) {
    chain.push(new X509Certificate(current.data));
    if (!current.issuerCert || chain.length === MAX_SENT) return chain;
    current = current.issuerCert;
  }
}
