import { beforeEach, describe, expect, it, vi } from 'vitest';
import { registerIpc } from '../../../src/main/ipc/register.ts';
import type { IpcHandlers } from '../../../src/main/ipc/answer.ts';
import { isFromOwnPage, type IpcSender } from '../../../src/main/security/ipc-sender.ts';
import { IpcRequests } from '../../../src/shared/ipc.ts';

type Listener = (event: IpcSender, payload: unknown) => unknown;
const registered = vi.hoisted(() => new Map<string, Listener>());
vi.mock('electron', () => ({
  ipcMain: { handle: (channel: string, listener: Listener) => registered.set(channel, listener) },
}));

const frameOf = (url: string) => ({ url });
const contentsWith = (mainFrame: object) => ({ mainFrame });

const page = frameOf('app://causeway/index.html');
const contents = contentsWith(page);

describe('who a message comes from', () => {
  it('is trusted when it is the page of the own window', () => {
    expect(isFromOwnPage({ sender: contents, senderFrame: page }, contents)).toBe(true);
  });

  it.each([
    ['another window', { sender: contentsWith(page), senderFrame: page }],
    [
      'a frame inside the page',
      { sender: contents, senderFrame: frameOf('app://causeway/index.html') },
    ],
    ['a frame that is gone', { sender: contents, senderFrame: null }],
  ])('is not when it is %s', (_what, message) => {
    expect(isFromOwnPage(message, contents)).toBe(false);
  });

  it.each([
    'https://evil.example/',
    'https://causeway/index.html',
    'app://causeway.evil.example/index.html',
    'app://elsewhere/index.html',
    'app:causeway',
    'file:///index.html',
    'about:blank',
    'data:text/html,app://causeway/',
    '',
  ])('is not when the page has come to %j', (url) => {
    const foreign = frameOf(url);
    const window = contentsWith(foreign);
    expect(isFromOwnPage({ sender: window, senderFrame: foreign }, window)).toBe(false);
  });

  it('is not when there is no window', () => {
    expect(isFromOwnPage({ sender: contents, senderFrame: page }, undefined)).toBe(false);
  });
});

describe('registered channels', () => {
  const log = { debug: vi.fn(), info: vi.fn(), warn: vi.fn(), error: vi.fn() };
  const handler = vi.fn(() => ({ version: '1', platform: 'linux' }) as never);
  const handlers = Object.fromEntries(
    Object.keys(IpcRequests).map((channel) => [channel, handler]),
  ) as unknown as IpcHandlers;

  beforeEach(() => {
    registered.clear();
    vi.clearAllMocks();
    registerIpc(handlers, { isTrusted: (event) => isFromOwnPage(event, contents), log });
  });

  const invoke = (channel: string, senderFrame: IpcSender['senderFrame']): unknown =>
    registered.get(channel)?.({ sender: contents, senderFrame }, undefined);

  it('are those of the contract, and no other', () => {
    expect([...registered.keys()].toSorted()).toEqual(Object.keys(IpcRequests).toSorted());
  });

  it.each(Object.keys(IpcRequests))('%s refuses a stranger before anything is done', (channel) => {
    for (const stranger of [null, frameOf('https://evil.example/')]) {
      expect(() => invoke(channel, stranger)).toThrow(
        `${channel}: refused, the sender is not Causeway's own page.`,
      );
    }
    expect(handler).not.toHaveBeenCalled();
    expect(log.warn).toHaveBeenCalledWith(
      `refused ${channel} from a page that is not Causeway's own`,
    );
  });

  it('reach the handler from the own page', async () => {
    handler.mockReturnValueOnce([] as never);
    expect(await invoke('notices:list', page)).toEqual([]);
    expect(handler).toHaveBeenCalledOnce();
    expect(log.warn).not.toHaveBeenCalled();
  });
});
