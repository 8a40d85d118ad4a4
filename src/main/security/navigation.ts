import { app, type WebContents } from 'electron';
import type { Log } from '../log/log.ts';
import { APP_URL } from './app-origin.ts';

/** Causeway is one document: it goes nowhere, opens nothing and embeds nothing. */
export function setupNavigationGuard(log: Log): void {
  app.on('web-contents-created', (_event, contents) => guard(contents, log));
}

function guard(contents: WebContents, log: Log): void {
  const refuse = (what: string) => (event: Electron.Event) => {
    event.preventDefault();
    log.warn(`refused ${what}`);
  };
  contents.setWindowOpenHandler(() => {
    log.warn('refused to open a window');
    return { action: 'deny' };
  });
  contents.on('will-attach-webview', refuse('a web view'));
  contents.on('will-redirect', refuse('a redirect'));
  contents.on('will-frame-navigate', (event) => {
    // Loading the same document again is the one navigation there is.
    if (event.isMainFrame && event.url === APP_URL) return;
    refuse('to leave the page')(event);
  });
}
