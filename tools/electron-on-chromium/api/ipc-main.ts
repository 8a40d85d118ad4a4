import type { IpcMain, IpcMainInvokeEvent } from 'electron';
import { ApiObject } from './api-object.ts';

type Handler = Parameters<IpcMain['handle']>[1];

/** Electron's ipcMain: named handlers for `invoke`, listeners for `send`. */
class IpcMainApi
  extends ApiObject
  implements
    Pick<IpcMain, 'handle' | 'handleOnce' | 'removeHandler' | 'on' | 'once' | 'removeListener'>
{
  readonly #handlers = new Map<string, Handler>();

  handle(channel: string, listener: Handler): void {
    if (this.#handlers.has(channel))
      throw new Error(`Attempted to register a second handler for '${channel}'`);
    if (typeof listener !== 'function')
      throw new TypeError(`Expected handler to be a function, but found type '${typeof listener}'`);
    this.#handlers.set(channel, listener);
  }

  handleOnce(channel: string, listener: Handler): void {
    this.handle(channel, (event, ...args: unknown[]): unknown => {
      this.removeHandler(channel);
      return listener(event, ...args);
    });
  }

  removeHandler(channel: string): void {
    this.#handlers.delete(channel);
  }

  /** Runs the handler of a channel. Throws what it throws, or that there is none. */
  answer(channel: string, event: IpcMainInvokeEvent, args: unknown[]): unknown {
    const handler = this.#handlers.get(channel);
    if (!handler) throw new Error(`No handler registered for '${channel}'`);
    return handler(event, ...args) as unknown;
  }
}

export const ipcMain = new IpcMainApi('ipcMain');
