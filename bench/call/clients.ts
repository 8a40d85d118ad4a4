import type { Page } from '@playwright/test';
import { DISCOVERY_PATH } from '../../src/shared/discovery.ts';
import type { App } from '../../tests/fixtures/app.ts';
import { APP_TARGETS } from '../../tests/fixtures/continuity-probe.ts';
import type { ProbeTargets } from '../../tests/fixtures/continuity-probe.ts';
import { callScreen, endedScreen, joinScreen, readBadge } from '../../tests/fixtures/screens.ts';
import { readTimeline } from '../../tests/fixtures/timeline.ts';
import type { TimelineLine } from '../../tests/fixtures/timeline.ts';
import type { BaselinePage } from '../baseline/page/main.ts';
import { warmUpBaseline } from '../join/baseline-client.ts';
import { CLIENT_MEDIA, pageJoin, passFor, PROXIES } from '../site.ts';
import type { ProxyName } from '../site.ts';

type BaselineWindow = typeof globalThis & { baseline: BaselinePage };

/** Longest time that a join before a measurement may take, ms. */
const JOIN_LIMIT_MS = 20_000;

/** A client in a call that something is done to: the app, or the baseline. */
export interface CallClient {
  readonly who: 'app' | 'baseline';
  readonly page: Page;
  readonly targets: ProbeTargets;
  /** The launched program, for what is done to its processes. */
  readonly program: App;
  /** Joins, with camera and microphone; resolves when others are seen. */
  join(): Promise<void>;
  leave(): Promise<void>;
  /** What all media is on, by the client's own word: `udp`, `tcp` or `tls`; empty: not one of them. */
  protocol(): Promise<string>;
  /** The client's own story of the call so far; none: it tells none. */
  timeline(): Promise<TimelineLine[]>;
  /** How often it has moved its media, or begun to join anew, since the join. */
  moves(): { migrations: number; reconnections: number };
}

export class AppClient implements CallClient {
  readonly who = 'app';
  readonly program: App;
  readonly targets = APP_TARGETS;
  #joinedAtLine = 0;

  constructor(program: App) {
    this.program = program;
  }

  get page(): Page {
    return this.program.window;
  }

  async join(): Promise<void> {
    const { page } = this;
    const ended = endedScreen(page);
    if (await ended.back.isVisible()) await ended.back.click();
    await joinScreen(page).preview.waitFor();
    this.#joinedAtLine = this.program.output.length;
    await joinScreen(page).join.click();
    await page
      .locator('[data-testid="connection-badge"][data-phase="connected"]')
      .waitFor({ timeout: JOIN_LIMIT_MS });
    await page.locator(this.targets.video).first().waitFor({ timeout: JOIN_LIMIT_MS });
  }

  async leave(): Promise<void> {
    const { leave } = callScreen(this.page);
    const ended = endedScreen(this.page);
    // A call that did not survive has left its screen by itself.
    if (await leave.isVisible()) await leave.click();
    await ended.back.waitFor();
  }

  async protocol(): Promise<string> {
    const badge = callScreen(this.page).badge;
    if (!(await badge.isVisible())) return '';
    if ((await badge.getAttribute('data-phase')) !== 'connected') return '';
    const [protocol = ''] = await readBadge(this.page);
    return protocol.toLowerCase();
  }

  async timeline(): Promise<TimelineLine[]> {
    return await readTimeline(this.page);
  }

  /** As it tells its log. */
  moves(): { migrations: number; reconnections: number } {
    const lines = this.program.output.slice(this.#joinedAtLine);
    const count = (what: RegExp): number => lines.filter((line) => what.test(line)).length;
    return {
      migrations: count(/ moving from /),
      reconnections: count(/ reconnecting, attempt 1\b/),
    };
  }
}

export class BaselineClient implements CallClient {
  readonly who = 'baseline';
  readonly program: App;
  readonly targets = { video: '#videos video', audio: '#videos audio' };
  readonly #relay: ProxyName | undefined;
  #joins = 0;

  /** @param relay The Cloud Proxy whose relays it goes through; signaling goes straight. */
  constructor(program: App, relay: ProxyName | undefined) {
    this.program = program;
    this.#relay = relay;
  }

  get page(): Page {
    return this.program.window;
  }

  async join(): Promise<void> {
    this.#joins += 1;
    const { page } = this;
    await warmUpBaseline(page, CLIENT_MEDIA);
    const token = await passFor('baseline');
    const iceServers = this.#relay && (await relaysOf(page, this.#relay, token));
    await page.evaluate(
      async (options) => await (window as unknown as BaselineWindow).baseline.join(options),
      { ...pageJoin(`baseline-${this.#joins}`, token), ...(iceServers && { iceServers }) },
    );
  }

  async leave(): Promise<void> {
    await this.page.evaluate(() => {
      const { baseline } = window as unknown as BaselineWindow;
      baseline.leave();
      baseline.coolDown();
    });
  }

  async protocol(): Promise<string> {
    const protocols = await this.page.evaluate(
      async () => await (window as unknown as BaselineWindow).baseline.selectedProtocols(),
    );
    const [first] = protocols;
    return first !== undefined && protocols.every((protocol) => protocol === first) ? first : '';
  }

  timeline(): Promise<TimelineLine[]> {
    return Promise.resolve([]);
  }

  moves(): { migrations: number; reconnections: number } {
    return { migrations: 0, reconnections: 0 };
  }
}

/** The relays that a Cloud Proxy gives to a join token, as a page has them. */
async function relaysOf(page: Page, proxy: ProxyName, token: string): Promise<RTCIceServer[]> {
  return await page.evaluate(
    async ([url, bearer]) => {
      const answer = await fetch(url, { headers: { Authorization: `Bearer ${bearer}` } });
      const { iceServers } = (await answer.json()) as { iceServers?: RTCIceServer[] };
      if (!iceServers) throw new Error('the Cloud Proxy gives no relays');
      return iceServers;
    },
    [`https://${PROXIES[proxy].address}${DISCOVERY_PATH}`, token] as const,
  );
}
