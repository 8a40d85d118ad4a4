import { X509Certificate } from 'node:crypto';
import { isInlinePem } from '../../../shared/settings/ca-certificate.ts';

const PEM_BLOCK = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

export interface CertificateProblem {
  /** Index in the list. */
  entry: number;
  severity: 'error' | 'warning';
  problem: string;
}

/** What is wrong with certificates that a policy holds as text. Files are looked at where they are. */
export function inlineProblems(entries: readonly string[], now = Date.now()): CertificateProblem[] {
  return entries.flatMap((text, entry) => {
    if (!isInlinePem(text)) return [];
    return (text.match(PEM_BLOCK) ?? []).flatMap((block): CertificateProblem[] => {
      let certificate: X509Certificate;
      try {
        certificate = new X509Certificate(block);
      } catch {
        const problem = 'The PEM text holds no certificate that can be read: copy it again.';
        return [{ entry, severity: 'error', problem }];
      }
      if (!certificate.ca) {
        const problem =
          'This is the certificate of a server, not of an authority: it has no use here.';
        return [{ entry, severity: 'warning', problem }];
      }
      if (certificate.validToDate.getTime() < now) {
        const problem = `The certificate ended on ${certificate.validTo}.`;
        return [{ entry, severity: 'warning', problem }];
      }
      return [];
    });
  });
}
