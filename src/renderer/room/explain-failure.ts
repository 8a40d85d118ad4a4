import type { EndpointDiagnosis } from '../../shared/ipc.ts';
import type { Route } from '../../shared/protocol.ts';
import { RoomError, type RoomErrorCode } from '../../shared/room-error.ts';
import type { RoomPlatform } from './contract.ts';
import { DIAGNOSIS_BUDGET_MS } from './limits.ts';

const TLS_REASON: Record<Extract<EndpointDiagnosis, { kind: 'tls' }>['reason'], string> = {
  'untrusted-issuer': 'its issuer is not trusted on this computer',
  expired: 'it has expired: renew it on the server',
  'wrong-name': 'it was issued for another name: correct the certificate or the address',
  revoked: 'it was revoked: replace it on the server',
  other: 'it could not be verified',
};

/**
 * Says why nothing usable came from an origin: the browser itself tells a page nothing, so the
 * platform is asked.
 *
 * @param silence What was seen, for the case that the platform knows no more.
 * @param unusedMs What an early failure has left of its own budget: the diagnosis gets it on top of
 *   DIAGNOSIS_BUDGET_MS, so that a slow computer still hears the true reason.
 */
export async function explainFailure(
  platform: RoomPlatform,
  route: Route,
  origin: string,
  silence: string,
  unusedMs: number,
): Promise<RoomError> {
  const diagnosis = await diagnose(platform, origin, DIAGNOSIS_BUDGET_MS + Math.max(0, unusedMs));
  return errorFromDiagnosis(diagnosis, route, origin, silence);
}

/** The error that a diagnosis amounts to. */
export function errorFromDiagnosis(
  diagnosis: EndpointDiagnosis | undefined,
  route: Route,
  origin: string,
  silence: string,
): RoomError {
  const unreachable: RoomErrorCode = route === 'proxy' ? 'PROXY_UNREACHABLE' : 'SERVER_UNREACHABLE';
  switch (diagnosis?.kind) {
    case undefined:
      return new RoomError(unreachable, `${origin}: ${silence}`);
    case 'answers':
      // Too many requests: told before the page is allowed to read anything.
      if (diagnosis.httpStatus === 429) {
        return new RoomError('SERVER_BUSY', `${origin}: HTTP status 429`);
      }
      return new RoomError(
        route === 'proxy' ? 'PROXY_INVALID' : 'SERVER_INVALID',
        `${origin}: answers with HTTP status ${diagnosis.httpStatus}, but ${silence}`,
      );
    case 'name-not-resolved':
      return new RoomError(unreachable, `${origin}: the name does not resolve`);
    case 'refused':
      return new RoomError(unreachable, `${origin}: the connection was refused`);
    case 'unreachable':
      return new RoomError(unreachable, `${origin}: there is no route to the address`);
    case 'timeout':
      return new RoomError(unreachable, `${origin}: no answer in time`);
    case 'offline':
      return new RoomError(unreachable, `${origin}: this computer is offline`);
    case 'tls':
      return new RoomError('TLS_UNTRUSTED', describeCertificate(origin, diagnosis));
    case 'http-proxy-auth':
      return new RoomError('HTTP_PROXY_AUTH', `${onTheWay(diagnosis)}: on the way to ${origin}`);
    case 'http-proxy-unreachable':
      return new RoomError('HTTP_PROXY_UNREACHABLE', `${onTheWay(diagnosis)}: no connection`);
    case 'http-proxy-refused':
      return new RoomError(
        'HTTP_PROXY_REFUSED',
        `${onTheWay(diagnosis)} refuses to connect to ${hostPortOf(origin)}`,
      );
    case 'http-proxy-pac':
      return new RoomError('HTTP_PROXY_PAC', `asked for the way to ${origin}`);
    case 'other':
      return new RoomError(unreachable, `${origin}: ${diagnosis.netError}`);
  }
}

function onTheWay({ proxy }: { proxy?: string | undefined }): string {
  return proxy === undefined ? 'the HTTP proxy' : `the HTTP proxy ${proxy}`;
}

/** With the port, which is what an HTTP proxy's rules are about. */
function hostPortOf(origin: string): string {
  const url = URL.parse(origin);
  if (!url) return origin;
  const isSecure = url.protocol === 'https:' || url.protocol === 'wss:';
  return url.port === '' ? `${url.hostname}:${isSecure ? 443 : 80}` : url.host;
}

type TlsDiagnosis = Extract<EndpointDiagnosis, { kind: 'tls' }>;

function describeCertificate(origin: string, { reason, issuer }: TlsDiagnosis): string {
  const by = issuer === undefined ? '' : `issued by “${issuer}”, `;
  const mend =
    reason === 'untrusted-issuer'
      ? '; if that is your own TLS inspection, add its CA certificate to extraCaCertificates'
      : '';
  return `${origin}: the certificate, ${by}is refused: ${TLS_REASON[reason]}${mend}`;
}

/** The platform's word within `budgetMs`; undefined: none, or none in time. */
export async function diagnose(
  platform: RoomPlatform,
  origin: string,
  budgetMs: number,
): Promise<EndpointDiagnosis | undefined> {
  if (!platform.diagnose) return undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  try {
    const late = new Promise<undefined>((resolve) => {
      timer = setTimeout(() => resolve(undefined), budgetMs);
    });
    return await Promise.race([platform.diagnose(origin), late]);
  } catch {
    // A diagnosis that fails itself leaves the plainer error.
    return undefined;
  } finally {
    clearTimeout(timer);
  }
}
