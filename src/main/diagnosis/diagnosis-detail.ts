import type { EndpointDiagnosis } from '../../shared/ipc.ts';
import { certificateIssuer } from '../certificates/certificate-issuer.ts';
import type { CredentialStore } from '../http-proxy/credential-store.ts';
import type { SessionProxy } from '../http-proxy/http-proxy.ts';
import { formatProxy, type ResolvedProxy } from '../http-proxy/resolved-proxy.ts';
import { untilProxyIsSilent } from './silent-proxy.ts';

interface Network {
  proxy: SessionProxy;
  credentials: CredentialStore;
}

/**
 * A diagnosis with the HTTP proxy on the way taken into account: that it is silent, which one it is,
 * and who issued a certificate.
 */
export async function withHttpProxy(
  fetched: Promise<EndpointDiagnosis>,
  url: string,
  network: Network,
): Promise<EndpointDiagnosis> {
  const onTheWay = findProxy(url, network.proxy);
  const done = new AbortController();
  try {
    return await Promise.race([
      fetched.then((diagnosis) => addDetail(diagnosis, url, onTheWay, network)),
      onTheWay.then((proxy) => untilProxyIsSilent(proxy, done.signal)),
    ]);
  } finally {
    done.abort();
  }
}

/** Adds what Chromium's error does not say. */
async function addDetail(
  diagnosis: EndpointDiagnosis,
  url: string,
  onTheWay: Promise<ResolvedProxy | undefined>,
  { credentials }: Network,
): Promise<EndpointDiagnosis> {
  switch (diagnosis.kind) {
    case 'http-proxy-auth':
    case 'http-proxy-unreachable':
    case 'http-proxy-refused': {
      const proxy = await onTheWay;
      return proxy ? { ...diagnosis, proxy: formatProxy(proxy) } : diagnosis;
    }
    case 'tls': {
      const proxy = await onTheWay;
      const issuer = await certificateIssuer({
        ...placeOf(url),
        proxy,
        credentials: proxy && credentials.get(formatProxy(proxy)),
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
