import type { App } from '../../tests/fixtures/app.ts';
import type { EdgeNetwork } from '../../tests/network/edge-network.ts';
import type { PreferredProtocol } from '../../src/shared/protocol.ts';
import type { JoinOptions } from '../baseline/page/main.ts';
import { BenchSite, pageJoin, passFor } from '../site.ts';
import type { ProxyName } from '../site.ts';
import { publishBaseline, warmUpBaseline } from './baseline-client.ts';

/** The other participant costs this machine as little as it can. */
const SENDER_MEDIA = { audio: true, video: { width: 320, height: 240, frameRate: 15 } };

/**
 * Everything that both clients are measured in: a site with a participant that sends moving
 * pictures, and behind the firewall the app and the baseline, with cameras on.
 */
export interface JoinSituation {
  network: EdgeNetwork;
  baseline: App;
  /** Each join of the baseline is a new participant. */
  baselineJoin(): JoinOptions;
  /** A fresh instance of the app, direct or through a proxy. */
  openApp(options: { mode: PreferredProtocol; proxy: ProxyName | undefined }): Promise<App>;
  close(): Promise<void>;
}

export async function openJoinSituation(proxies: readonly ProxyName[]): Promise<JoinSituation> {
  const site = await BenchSite.open(proxies, ['baseline']);
  try {
    const sender = await site.openPage('baseline', 'origin');
    await warmUpBaseline(sender.window, SENDER_MEDIA);
    await publishBaseline(sender.window, pageJoin('sender', await passFor('sender')));

    const baseline = await site.openPage('baseline', 'client');
    const baselinePass = await passFor('baseline');
    let joins = 0;
    return {
      network: site.network,
      baseline,
      baselineJoin: () => pageJoin(`baseline-${++joins}`, baselinePass),
      openApp: async ({ mode, proxy }) =>
        await site.openApp({ mode, proxies: proxy === undefined ? [] : [proxy] }),
      close: async () => await site.close(),
    };
  } catch (error) {
    await site.close();
    throw error;
  }
}
