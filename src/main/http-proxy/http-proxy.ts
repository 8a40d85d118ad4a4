import { isDeepStrictEqual } from 'node:util';
import type { Session } from 'electron';
import type { HttpProxy } from '../../shared/settings/http-proxy.ts';
import type { PolicyStatus } from '../../shared/settings/policy-status.ts';
import { messageOf } from '../error-message.ts';
import type { Log } from '../log/log.ts';
import { toProxyConfig } from './proxy-config.ts';
import { firstProxy, type ResolvedProxy } from './resolved-proxy.ts';

export interface SessionProxyOptions {
  log: Pick<Log, 'info' | 'error'>;
  /** After every change: why no call may be made now; undefined when the proxy was set. */
  onOutcome: (refusal: PolicyStatus['callsRefused']) => void;
}

/** The HTTP proxy of one session: sets it, and says which one a connection goes through. */
export class SessionProxy {
  readonly #session: Pick<Session, 'setProxy' | 'resolveProxy'>;
  readonly #options: SessionProxyOptions;
  #current: HttpProxy | undefined;
  /** Changes are applied one after another. */
  #applied: Promise<void> = Promise.resolve();

  constructor(session: Pick<Session, 'setProxy' | 'resolveProxy'>, options: SessionProxyOptions) {
    this.#session = session;
    this.#options = options;
  }

  /** Resolves when the last change has been made, or has failed. What is sent before goes the old way. */
  get settled(): Promise<void> {
    return this.#applied;
  }

  /**
   * Holds for every connection made from now on. Those that stand go on as they are, so that a call
   * is not torn: it takes the new way with its next connection.
   */
  async apply(httpProxy: HttpProxy): Promise<void> {
    if (isDeepStrictEqual(httpProxy, this.#current)) return;
    this.#current = httpProxy;
    this.#applied = this.#applied.then(async () => {
      const { log, onOutcome } = this.#options;
      try {
        await this.#session.setProxy(toProxyConfig(httpProxy));
        log.info(`HTTP proxy: ${describe(httpProxy)}`);
        onOutcome(undefined);
      } catch (error) {
        log.error('the HTTP proxy could not be set', error);
        onOutcome({
          message:
            'Causeway could not set up the HTTP proxy of its settings, and no call may go past it. Start Causeway again. If that does not help, tell IT.',
          forIt: `httpProxy (${describe(httpProxy)}) could not be set: ${messageOf(error)}`,
        });
      }
    });
    await this.#applied;
  }

  /**
   * The HTTP proxy that a connection to `host:port` goes through; undefined: directly.
   * Chromium asks a PAC script about WebRTC's connections as if they were https.
   */
  async resolve(host: string, port: number): Promise<ResolvedProxy | undefined> {
    const shown = host.includes(':') ? `[${host}]` : host;
    return firstProxy(await this.#session.resolveProxy(`https://${shown}:${port}`));
  }
}

function describe(httpProxy: HttpProxy): string {
  switch (httpProxy.mode) {
    case 'system':
      return 'as the system is set';
    case 'none':
      return 'none';
    case 'manual':
      return httpProxy.server;
    case 'pac':
      // The path of a PAC address may hold a key.
      return `by a PAC file from ${new URL(httpProxy.url).host}`;
  }
}
