import type { EndpointDiagnosis } from '../../shared/ipc.ts';
import type { Route } from '../../shared/protocol.ts';
import { RoomError, type RoomErrorCode } from '../../shared/room-error.ts';
import type { RoomPlatform } from './contract.ts';
import { DIAGNOSIS_BUDGET_MS } from './limits.ts';

const TLS_REASON: Record<Extract<EndpointDiagnosis, { kind: 'tls' }>['reason'], string> = {
  'untrusted-issuer': 'its issuer is not trusted on this computer: install the issuing CA',
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
      return new RoomError('TLS_UNTRUSTED', `${origin}: ${TLS_REASON[diagnosis.reason]}`);
    case 'http-proxy-auth':
      return new RoomError('HTTP_PROXY_AUTH', origin);
    case 'other':
      return new RoomError(unreachable, `${origin}: ${diagnosis.netError}`);
  }
}

async function diagnose(
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
