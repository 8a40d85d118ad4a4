import { ipcMain, type IpcMainInvokeEvent } from 'electron';
import { IpcRequests, type IpcChannel } from '../../shared/ipc.ts';
import type { Log } from '../log/log.ts';
import { answer, IpcError, type IpcHandlers } from './answer.ts';

export interface IpcOptions {
  /** Whether a message comes from the main frame of Causeway's own window and page. */
  isTrusted: (event: IpcMainInvokeEvent) => boolean;
  log: Log;
}

export function registerIpc(handlers: IpcHandlers, options: IpcOptions): void {
  for (const channel of Object.keys(IpcRequests) as IpcChannel[]) {
    ipcMain.handle(channel, (event, payload: unknown) => {
      if (!options.isTrusted(event)) {
        options.log.warn(`refused ${channel} from a page that is not Causeway's own`);
        throw new IpcError(`${channel}: refused, the sender is not Causeway's own page.`);
      }
      return answer(channel, handlers[channel], payload, options.log);
    });
  }
}
