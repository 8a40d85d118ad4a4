import type { EndpointDiagnosis } from '../../shared/ipc.ts';

type TlsReason = Extract<EndpointDiagnosis, { kind: 'tls' }>['reason'];

/**
 * Status reported for an answer that leads elsewhere: it is not followed (the other host is not in
 * the policy), and Electron does not say which of the 3xx it was.
 */
const REDIRECT_STATUS = 302;
const PROXY_AUTHENTICATION_REQUIRED = 407;

const TLS_REASONS: Readonly<Record<string, TlsReason>> = {
  ERR_CERT_AUTHORITY_INVALID: 'untrusted-issuer',
  ERR_CERT_DATE_INVALID: 'expired',
  ERR_CERT_COMMON_NAME_INVALID: 'wrong-name',
  ERR_CERT_REVOKED: 'revoked',
};

/** Kinds that need nothing else to be said. */
type PlainKind = Exclude<EndpointDiagnosis['kind'], 'answers' | 'tls' | 'other'>;

const KINDS: Readonly<Record<string, PlainKind>> = {
  ERR_NAME_NOT_RESOLVED: 'name-not-resolved',
  ERR_NAME_RESOLUTION_FAILED: 'name-not-resolved',
  ERR_ICANN_NAME_COLLISION: 'name-not-resolved',
  ERR_CONNECTION_REFUSED: 'refused',
  ERR_ADDRESS_UNREACHABLE: 'unreachable',
  ERR_ADDRESS_INVALID: 'unreachable',
  ERR_CONNECTION_FAILED: 'unreachable',
  ERR_NETWORK_ACCESS_DENIED: 'unreachable',
  ERR_CONNECTION_TIMED_OUT: 'timeout',
  ERR_TIMED_OUT: 'timeout',
  ERR_DNS_TIMED_OUT: 'timeout',
  ERR_INTERNET_DISCONNECTED: 'offline',
  ERR_PROXY_CONNECTION_FAILED: 'http-proxy-unreachable',
  // Chromium's name for every answer to CONNECT but 200 and 407.
  ERR_TUNNEL_CONNECTION_FAILED: 'http-proxy-refused',
  // A PAC file that must be asked, and cannot be had or run.
  ERR_MANDATORY_PROXY_CONFIGURATION_FAILED: 'http-proxy-pac',
  ERR_PAC_SCRIPT_FAILED: 'http-proxy-pac',
  ERR_PROXY_AUTH_REQUESTED: 'http-proxy-auth',
  ERR_PROXY_AUTH_REQUESTED_WITH_NO_CONNECTION: 'http-proxy-auth',
  ERR_PROXY_AUTH_UNSUPPORTED: 'http-proxy-auth',
};

export function diagnoseAnswer(httpStatus: number): EndpointDiagnosis {
  return httpStatus === PROXY_AUTHENTICATION_REQUIRED
    ? { kind: 'http-proxy-auth' }
    : { kind: 'answers', httpStatus };
}

/**
 * What an error of Chromium's network stack says about the far end. The names are those of
 * net/base/net_error_list.h.
 * @param error What `net.fetch` threw: its message holds `net::ERR_…`, or it is an abort.
 */
export function diagnoseError(error: unknown): EndpointDiagnosis {
  const { name, message } = error instanceof Error ? error : new Error(String(error));
  if (name === 'TimeoutError' || name === 'AbortError') return { kind: 'timeout' };
  if (/redirect was cancelled/i.test(message)) {
    return { kind: 'answers', httpStatus: REDIRECT_STATUS };
  }
  const netError = /\bERR_[A-Z0-9_]+/.exec(message)?.[0];
  if (netError === undefined) return { kind: 'other', netError: 'UNKNOWN' };
  const reason = TLS_REASONS[netError];
  if (reason) return { kind: 'tls', reason };
  if (/^ERR_(CERT|SSL|BAD_SSL|TLS)/.test(netError)) return { kind: 'tls', reason: 'other' };
  const kind = KINDS[netError];
  return kind === undefined ? { kind: 'other', netError } : { kind };
}
