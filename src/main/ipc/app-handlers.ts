import { app, clipboard } from 'electron';
import type { AppInfo } from '../../shared/ipc.ts';
import type { Log } from '../log/log.ts';
import type { Notices } from '../notices.ts';
import type { IpcHandlers } from './answer.ts';

type Channels =
  'app:info' | 'app:report-fault' | 'notices:list' | 'notices:dismiss' | 'clipboard:write';

export function appHandlers(notices: Notices, log: Log): Pick<IpcHandlers, Channels> {
  return {
    'app:info': () => ({ version: app.getVersion(), platform: platform() }),
    'app:report-fault': ({ name, components }) => {
      log.error(
        `the window could not be drawn: ${name} in ${components.join(' < ') || 'the page'}`,
      );
      return undefined;
    },
    'notices:list': () => notices.list(),
    'notices:dismiss': ({ id }) => {
      notices.dismiss(id);
      return undefined;
    },
    'clipboard:write': async ({ text }) => {
      await clipboard.writeText(text);
      return undefined;
    },
  };
}

function platform(): AppInfo['platform'] {
  const { platform } = process;
  return platform === 'linux' || platform === 'darwin' || platform === 'win32' ? platform : 'other';
}
