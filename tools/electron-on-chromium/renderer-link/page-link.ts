import type { Protocol } from 'devtools-protocol';
import type { CdpSession } from '../chromium/cdp-connection.ts';
import { chromium, type PageTarget } from '../chromium/chromium.ts';
import { Navigation } from './navigation.ts';
import type { PreloadChannel } from './preload-channel.ts';
import type { RequestInterception } from './request-interception.ts';

/** A page of Chromium with everything of ours in place, before it loads anything. */
export interface PageLink extends PageTarget {
  navigation: Navigation;
  windowId: number;
}

export interface PageLinkOptions {
  channel: PreloadChannel;
  interception: RequestInterception;
  /** Called before the page may run, for what belongs to the window. */
  prepare: (session: CdpSession) => Promise<void>;
}

/** Frames of other sites and workers are targets of their own: their requests are held as well. */
async function adoptChild(
  session: CdpSession,
  type: string,
  { channel, interception }: PageLinkOptions,
): Promise<void> {
  try {
    await interception.attach(session);
    if (type === 'iframe') {
      await session.send('Page.enable');
      await channel.attach(session);
    }
    await followChildren(session, { channel, interception, prepare: () => Promise.resolve() });
  } finally {
    session.post('Runtime.runIfWaitingForDebugger');
  }
}

async function followChildren(session: CdpSession, options: PageLinkOptions): Promise<void> {
  session.on('Target.attachedToTarget', ({ sessionId, targetInfo }) => {
    const child = chromium.connection.session(sessionId);
    adoptChild(child, targetInfo.type, options).catch(() => {
      // It is gone already: a frame or worker may end while it is being set up.
    });
  });
  session.on('Target.detachedFromTarget', ({ sessionId }) => chromium.connection.forget(sessionId));
  await session.send('Target.setAutoAttach', {
    autoAttach: true,
    waitForDebuggerOnStart: true,
    flatten: true,
  } satisfies Protocol.Target.SetAutoAttachRequest);
}

/** Sets a page up and lets it run. */
export async function linkPage(target: PageTarget, options: PageLinkOptions): Promise<PageLink> {
  const { session, targetId } = target;
  const navigation = new Navigation(session);
  navigation.mainFrameId = targetId;
  const [window] = await Promise.all([
    chromium.connection.browser.send('Browser.getWindowForTarget', { targetId }),
    navigation.attach(),
    session.send('Inspector.enable'),
    options.channel.attach(session),
    options.interception.attach(session),
    followChildren(session, options),
    options.prepare(session),
  ]);
  await session.send('Runtime.runIfWaitingForDebugger');
  return { ...target, navigation, windowId: window.windowId };
}
