import type { X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';
import { OID, readExtensions, type X509Extensions } from './x509-extensions.ts';

/** Longest chain that is followed, the server's certificate and the authority included. */
const MAX_CHAIN = 8;
const MIN_RSA_BITS = 2048;
const SERVER_AUTHENTICATION = '1.3.6.1.5.5.7.3.1';
const ANY_EXTENDED_KEY_USAGE = '2.5.29.37.0';
const BROKEN_DIGESTS = /md5|sha-?1(?!\d)/i;

/** What is looked at below. A chain that is bound by anything else is refused, not misjudged. */
const UNDERSTOOD: ReadonlySet<string> = new Set([
  OID.keyUsage,
  OID.subjectAltName,
  OID.basicConstraints,
  OID.certificatePolicies,
  OID.extendedKeyUsage,
]);
/** Limits of an authority that are not looked at, critical or not. */
const LIMITS = [OID.nameConstraints, OID.policyConstraints];

export type ChainVerdict = { ok: true } | { ok: false; problem: string };

export interface ChainRequest {
  /** Host name or IP address that the connection goes to. */
  host: string;
  /** The server's certificate first, then whatever it sent along. */
  chain: readonly X509Certificate[];
  authorities: readonly X509Certificate[];
  now: Date;
}

/**
 * Whether a server's certificate goes back to one of `authorities` by the rules of RFC 5280 §6 and is
 * good for `host`: asked only for what Chromium does not trust by itself, and never to overlook an
 * error. Chains that are limited in ways not read here (name constraints, unknown critical
 * extensions) are refused.
 */
export function verifyChain({ host, chain, authorities, now }: ChainRequest): ChainVerdict {
  const [server, ...sent] = chain;
  if (!server) return refuse('the server sent no certificate');
  if (!coversHost(server, host)) return refuse(`the certificate is not for ${host}`);
  const ownProblem = serverProblem(server) ?? digestProblem(server) ?? commonProblem(server, now);
  if (ownProblem !== undefined) return refuse(ownProblem);
  return climb(server, { sent, authorities, now, above: 1 });
}

interface Climb {
  sent: readonly X509Certificate[];
  authorities: readonly X509Certificate[];
  now: Date;
  /** Certificates so far. */
  above: number;
}

/** Looks for whoever issued `certificate`: an authority, else one that the server sent. */
function climb(certificate: X509Certificate, climbing: Climb): ChainVerdict {
  const { sent, authorities, now, above } = climbing;
  if (above >= MAX_CHAIN) return refuse('the chain is too long');
  let problem: string | undefined;
  for (const issuer of [...authorities, ...sent]) {
    if (!isIssuedBy(certificate, issuer)) continue;
    const isAuthority = authorities.includes(issuer);
    // Nobody relies on the signature that an authority has put under itself.
    const issuerFault =
      issuerProblem(issuer, above - 1) ??
      (isAuthority ? undefined : digestProblem(issuer)) ??
      commonProblem(issuer, now);
    if (issuerFault !== undefined) {
      problem ??= issuerFault;
      continue;
    }
    if (isAuthority) return { ok: true };
    const others = sent.filter((other) => other !== issuer);
    const verdict = climb(issuer, { ...climbing, sent: others, above: above + 1 });
    if (verdict.ok) return verdict;
    problem ??= verdict.problem;
  }
  return refuse(problem ?? `nobody here vouches for ${nameOf(certificate.issuer)}`);
}

/** The name, the key identifier and the key usage (keyCertSign) fit, and so does the signature. */
function isIssuedBy(certificate: X509Certificate, issuer: X509Certificate): boolean {
  try {
    return certificate.checkIssued(issuer) && certificate.verify(issuer.publicKey);
  } catch {
    return false;
  }
}

function coversHost(certificate: X509Certificate, host: string): boolean {
  return isIP(host) === 0
    ? certificate.checkHost(host, { subject: 'never', partialWildcards: false }) !== undefined
    : certificate.checkIP(host) !== undefined;
}

/** @param below How many authorities stand between this one and the server. */
function issuerProblem(issuer: X509Certificate, below: number): string | undefined {
  const name = nameOf(issuer.subject);
  if (!issuer.ca) return `${name} is no authority`;
  const extensions = extensionsOf(issuer);
  if (!extensions) return `${name} cannot be read`;
  if (extensions.pathLength !== undefined && below > extensions.pathLength) {
    return `${name} may not vouch for other authorities`;
  }
  if (LIMITS.some((limit) => extensions.all.has(limit))) {
    return `${name} is limited to certain names; install it in the system’s certificate store instead`;
  }
  return usageProblem(issuer, name);
}

function serverProblem(certificate: X509Certificate): string | undefined {
  return certificate.ca
    ? 'the server uses the certificate of an authority as its own'
    : usageProblem(certificate, 'the certificate');
}

/** An extended key usage, where there is one, must allow TLS servers (RFC 5280 §4.2.1.12). */
function usageProblem(certificate: X509Certificate, name: string): string | undefined {
  // Undefined without the extension, whatever its type says.
  const usages = new Set<string>(
    [certificate.keyUsage as string[] | undefined].flat().filter(isText),
  );
  const allows =
    usages.size === 0 || usages.has(SERVER_AUTHENTICATION) || usages.has(ANY_EXTENDED_KEY_USAGE);
  return allows ? undefined : `${name} is not for TLS servers`;
}

function isText(value: string | undefined): value is string {
  return value !== undefined;
}

function commonProblem(certificate: X509Certificate, now: Date): string | undefined {
  const name = nameOf(certificate.subject);
  if (now < certificate.validFromDate) return `${name} is not valid yet`;
  if (now > certificate.validToDate) return `${name} has expired`;
  const { asymmetricKeyType, asymmetricKeyDetails } = certificate.publicKey;
  const bits = asymmetricKeyDetails?.modulusLength ?? 0;
  if (asymmetricKeyType?.startsWith('rsa') && bits < MIN_RSA_BITS) {
    return `the key of ${name} is too short`;
  }
  const extensions = extensionsOf(certificate);
  if (!extensions) return `${name} cannot be read`;
  const isUnderstood = [...extensions.critical].every((oid) => UNDERSTOOD.has(oid));
  return isUnderstood ? undefined : `${name} has a critical extension that is not known`;
}

function digestProblem(certificate: X509Certificate): string | undefined {
  return BROKEN_DIGESTS.test(certificate.signatureAlgorithm ?? '')
    ? `${nameOf(certificate.subject)} is signed with a broken algorithm`
    : undefined;
}

function extensionsOf(certificate: X509Certificate): X509Extensions | undefined {
  try {
    return readExtensions(certificate.raw);
  } catch {
    return undefined;
  }
}

/** The common name, else the organisation, of a distinguished name as Node prints it. */
function nameOf(distinguishedName: string): string {
  const parts = distinguishedName.split('\n');
  const part =
    parts.find((one) => one.startsWith('CN=')) ?? parts.find((one) => one.startsWith('O='));
  return part === undefined ? 'a certificate without a name' : part.slice(part.indexOf('=') + 1);
}

function refuse(problem: string): ChainVerdict {
  return { ok: false, problem };
}
