import { isAppUrl } from './app-origin.ts';

/** What is looked at of Electron's `IpcMainInvokeEvent`. */
export interface IpcSender {
  readonly sender: object;
  /** null when the frame is gone. */
  readonly senderFrame: { readonly url: string } | null;
}

/**
 * Whether a message comes from the main frame of `contents`, showing Causeway's own page: not from
 * another window, not from a frame inside the page, not from a page that was navigated away to, and
 * not from a frame that is gone.
 */
export function isFromOwnPage(
  { sender, senderFrame }: IpcSender,
  contents: { readonly mainFrame: object } | undefined,
): boolean {
  return (
    contents !== undefined &&
    sender === contents &&
    senderFrame !== null &&
    senderFrame === contents.mainFrame &&
    isAppUrl(senderFrame.url)
  );
}
