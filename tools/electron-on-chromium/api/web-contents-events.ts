import type { WebContents } from 'electron';
import type { Protocol } from 'devtools-protocol';
import { originMapping } from '../origin-mapping.ts';
import type { PageLink } from '../renderer-link/page-link.ts';
import { ApiEvent, apiEvent } from './api-object.ts';

type ConsoleCall = Protocol.Runtime.ConsoleAPICalledEvent;

const CONSOLE_LEVELS: Readonly<Record<string, 'info' | 'warning' | 'error' | 'debug'>> = {
  debug: 'debug',
  warning: 'warning',
  error: 'error',
  assert: 'error',
};

/** Frames and processes have no numbers of Electron's here. */
const FRAME_NUMBERS = [1, 1] as const;

function consoleText({ args }: ConsoleCall): string {
  return args
    .map(({ value, description, unserializableValue }) =>
      String(value ?? unserializableValue ?? description ?? ''),
    )
    .join(' ');
}

/** Tells a WebContents' listeners what happens in its page, in Electron's words and order. */
export function forwardPageEvents(
  webContents: WebContents,
  { session, navigation }: PageLink,
  onWindowOpen: (request: { url: string; frameName: string; features: string }) => void,
): void {
  const emit = (name: string, ...args: unknown[]) => webContents.emit(name, ...args);

  navigation.on('started', (url, isSameDocument) => {
    if (!isSameDocument) emit('did-start-loading');
    const details = {
      url: originMapping.toApp(url),
      isSameDocument,
      isMainFrame: true,
      frame: webContents.mainFrame,
    };
    emit('did-start-navigation', apiEvent(details), details.url, isSameDocument, true);
  });
  navigation.on('committed', (url, status, statusText) =>
    emit('did-navigate', new ApiEvent(), originMapping.toApp(url), status, statusText),
  );
  navigation.on('in-page', (url) =>
    emit('did-navigate-in-page', new ApiEvent(), originMapping.toApp(url), true, ...FRAME_NUMBERS),
  );
  navigation.on('dom-ready', () => emit('dom-ready', new ApiEvent()));
  navigation.on('finished', () => {
    emit('did-frame-finish-load', new ApiEvent(), true, ...FRAME_NUMBERS);
    emit('did-finish-load', new ApiEvent());
  });
  navigation.on('stopped', () => emit('did-stop-loading', new ApiEvent()));
  navigation.on('failed', ({ code, name }, url) =>
    emit(
      'did-fail-load',
      new ApiEvent(),
      code,
      name,
      originMapping.toApp(url),
      true,
      ...FRAME_NUMBERS,
    ),
  );
  // Links and forms with a target; window.open() itself asks before it gets here.
  session.on('Page.windowOpen', ({ url, windowName, windowFeatures }) =>
    onWindowOpen({ url, frameName: windowName, features: windowFeatures.join(',') }),
  );
  session.on('Inspector.targetCrashed', () =>
    emit('render-process-gone', new ApiEvent(), { reason: 'crashed', exitCode: 1 }),
  );
  session.on('Runtime.consoleAPICalled', (call) => {
    const frame = call.stackTrace?.callFrames[0];
    const level = CONSOLE_LEVELS[call.type] ?? 'info';
    const message = consoleText(call);
    const lineNumber = (frame?.lineNumber ?? -1) + 1;
    const sourceId = originMapping.toApp(frame?.url ?? '');
    const details = { level, message, lineNumber, sourceId, frame: webContents.mainFrame };
    emit('console-message', apiEvent(details));
  });
}
