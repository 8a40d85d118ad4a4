import type { EndpointDiagnosis } from '../../shared/ipc.ts';
import { certificateIssuer } from '../certificates/certificate-issuer.ts';
import type { CredentialStore } from '../http-proxy/credential-store.ts';
import type { SessionProxy } from '../http-proxy/http-proxy.ts';
import { formatProxy } from '../http-proxy/resolved-proxy.ts';

/** Adds what Chromium's error does not say: which HTTP proxy it was, who issued the certificate. */
export async function addDetail(
  diagnosis: EndpointDiagnosis,
  url: string,
  { proxy, credentials }: { proxy: SessionProxy; credentials: CredentialStore },
): Promise<EndpointDiagnosis> {
  switch (diagnosis.kind) {
    case 'http-proxy-auth':
    case 'http-proxy-unreachable':
    case 'http-proxy-refused': {
      const found = await findProxy(url, proxy);
      return found ? { ...diagnosis, proxy: formatProxy(found) } : diagnosis;
    }
    case 'tls': {
      const found = await findProxy(url, proxy);
      const issuer = await certificateIssuer({
        ...placeOf(url),
        proxy: found,
        credentials: found && credentials.get(formatProxy(found)),
      });
      return issuer === undefined ? diagnosis : { ...diagnosis, issuer };
    }
    default:
      return diagnosis;
  }
}

async function findProxy(url: string, proxy: SessionProxy) {
  const { host, port } = placeOf(url);
  // The diagnosis itself stands without it.
  return await proxy.resolve(host, port).catch(() => undefined);
}

function placeOf(text: string): { host: string; port: number } {
  const { hostname, port, protocol } = new URL(text);
  const isSecure = protocol === 'https:' || protocol === 'wss:';
  return {
    host: hostname.replace(/^\[(.*)\]$/, '$1'),
    port: port === '' ? (isSecure ? 443 : 80) : Number(port),
  };
}
