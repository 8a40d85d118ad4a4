import { net } from 'electron';
import { diagnoseEndpoint } from '../diagnosis/diagnose-endpoint.ts';
import type { Meetings } from '../meetings/meetings.ts';
import { allowsUrl } from '../security/network-policy.ts';
import { IpcError, type IpcHandlers } from './answer.ts';

type Channels = 'meeting:open' | 'meeting:take-pending' | 'endpoint:diagnose';

export function meetingHandlers(meetings: Meetings): Pick<IpcHandlers, Channels> {
  return {
    'meeting:open': ({ input }) => meetings.open(input),
    'meeting:take-pending': () => meetings.takePending(),
    'endpoint:diagnose': ({ url }) => {
      // The page must not reach through main what it may not reach by itself.
      if (!allowsUrl(meetings.policy, url)) {
        throw new IpcError('this address is not one of the hosts of the current meeting.');
      }
      return diagnoseEndpoint(url, (address, init) => net.fetch(address, init));
    },
  };
}
