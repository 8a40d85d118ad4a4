import { net } from 'electron';
import { withHttpProxy } from '../diagnosis/diagnosis-detail.ts';
import { diagnoseEndpoint } from '../diagnosis/diagnose-endpoint.ts';
import type { CredentialStore } from '../http-proxy/credential-store.ts';
import type { SessionProxy } from '../http-proxy/http-proxy.ts';
import type { Meetings } from '../meetings/meetings.ts';
import { allowsUrl, type NetworkPolicy } from '../security/network-policy.ts';
import { IpcError, type IpcHandlers } from './answer.ts';

type Channels = 'meeting:open' | 'meeting:take-pending' | 'endpoint:diagnose';

export function meetingHandlers(
  meetings: Meetings,
  network: { proxy: () => SessionProxy | undefined; credentials: CredentialStore },
): Pick<IpcHandlers, Channels> {
  return {
    'meeting:open': ({ input }) => meetings.open(input),
    'meeting:take-pending': () => meetings.takePending(),
    'endpoint:diagnose': async ({ url }) => {
      // The page must not reach through main what it may not reach by itself.
      if (!isOfMeeting(meetings.policy, url)) {
        throw new IpcError('this address is not one of the hosts of the current meeting.');
      }
      const proxy = network.proxy();
      const fetched = diagnoseEndpoint(url, (address, init) => net.fetch(address, init));
      return proxy ? await withHttpProxy(fetched, url, { ...network, proxy }) : await fetched;
    },
  };
}

/** A host of the meeting, on whichever port: the relay of a Cloud Proxy stands on others. */
function isOfMeeting(policy: NetworkPolicy, text: string): boolean {
  const url = URL.parse(text);
  if (allowsUrl(policy, text)) return true;
  return (
    url?.protocol === 'https:' &&
    policy.endpoints.some(({ httpOrigin }) => new URL(httpOrigin).hostname === url.hostname)
  );
}
