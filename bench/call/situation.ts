import { NOTE_MS, TUNE } from '../../tests/fixtures/continuity-probe.ts';
import type { ProbeTargets } from '../../tests/fixtures/continuity-probe.ts';
import type { App } from '../../tests/fixtures/app.ts';
import { OPEN } from '../../tests/network/policies.ts';
import type { TimelineEntry } from '../../src/shared/timeline.ts';
import type { PeerPage } from '../peer/page/main.ts';
import { BenchSite, passFor, ROOM, SERVER_URL } from '../site.ts';
import type { AppOptions, ProxyName } from '../site.ts';
import { AppClient, BaselineClient } from './clients.ts';
import type { CallClient } from './clients.ts';

type PeerWindow = typeof globalThis & { peer: PeerPage };

/** How the other participant shows others. */
export const PEER_TARGETS: ProbeTargets = { video: '#others video' };

/**
 * A call that can be disturbed: a room server, Cloud Proxies, another participant on the open side,
 * and behind the firewall the app or the baseline, one at a time.
 */
export class CallSituation {
  readonly site: BenchSite;
  readonly peer: App;
  readonly #baseline: App;
  #app: { key: string; program: App } | undefined;

  private constructor(site: BenchSite, peer: App, baseline: App) {
    this.site = site;
    this.peer = peer;
    this.#baseline = baseline;
  }

  static async open(proxies: readonly ProxyName[]): Promise<CallSituation> {
    const site = await BenchSite.open(proxies, ['baseline', 'peer']);
    try {
      const peer = await site.openPage('peer', 'origin');
      await peer.window.waitForFunction(() => 'peer' in window);
      await peer.window.evaluate(
        async (options) => await (window as unknown as PeerWindow).peer.join(options),
        {
          ...{ serverUrl: SERVER_URL, roomId: ROOM, token: await passFor('peer') },
          notes: { frequencies: [...TUNE], noteMs: NOTE_MS },
        },
      );
      return new CallSituation(site, peer, await site.openPage('baseline', 'client'));
    } catch (error) {
      await site.close();
      throw error;
    }
  }

  /** The app with these options; it is started anew only when they change. */
  async app(options: AppOptions): Promise<CallClient> {
    const key = JSON.stringify(options);
    if (this.#app?.key !== key) {
      await this.#app?.program.close();
      this.#app = { key, program: await this.site.openApp(options) };
    }
    return new AppClient(this.#app.program);
  }

  baseline(relay: ProxyName | undefined): CallClient {
    return new BaselineClient(this.#baseline, relay);
  }

  async muteThePeer(muted: boolean): Promise<void> {
    await this.peer.window.evaluate(
      async (wanted) => await (window as unknown as PeerWindow).peer.setMuted(wanted),
      muted,
    );
  }

  /** Who came and went since the last call, as the other participant saw it. */
  async takeMovements(): Promise<string[]> {
    return await this.peer.window.evaluate(() =>
      (window as unknown as PeerWindow).peer.takeMovements(),
    );
  }

  /** Tracks that the other participant was offered since the last call: ms since the epoch. */
  async takeArrivals(): Promise<{ at: number; kind: string }[]> {
    return await this.peer.window.evaluate(() =>
      (window as unknown as PeerWindow).peer.takeArrivals(),
    );
  }

  /** The other participant's own story since then, ms since the epoch. */
  async peerTimeline(since: number): Promise<TimelineEntry[]> {
    const entries = await this.peer.window.evaluate(() =>
      (window as unknown as PeerWindow).peer.timeline(),
    );
    return entries.filter(({ wallTime }) => wallTime >= since);
  }

  async openFirewall(): Promise<void> {
    await this.site.network.setPolicy(OPEN);
  }

  async close(): Promise<void> {
    await this.site.close();
  }
}
