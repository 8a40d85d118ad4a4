import { isDeepStrictEqual } from 'node:util';
import type { Session } from 'electron';
import type { HttpProxy } from '../../shared/settings/http-proxy.ts';
import type { Log } from '../log/log.ts';
import { toProxyConfig } from './proxy-config.ts';
import { firstProxy, type ResolvedProxy } from './resolved-proxy.ts';

/** The HTTP proxy of one session: sets it, and says which one a connection goes through. */
export class SessionProxy {
  readonly #session: Session;
  readonly #log: Log;
  #current: HttpProxy | undefined;
  /** Changes are applied one after another. */
  #applied: Promise<void> = Promise.resolve();

  constructor(session: Session, log: Log) {
    this.#session = session;
    this.#log = log;
  }

  /**
   * Holds for every connection made from now on. Those that stand go on as they are, so that a call
   * is not torn: it takes the new way with its next connection.
   */
  async apply(httpProxy: HttpProxy): Promise<void> {
    if (isDeepStrictEqual(httpProxy, this.#current)) return;
    this.#current = httpProxy;
    this.#applied = this.#applied.then(async () => {
      try {
        await this.#session.setProxy(toProxyConfig(httpProxy));
        this.#log.info(`HTTP proxy: ${describe(httpProxy)}`);
      } catch (error) {
        this.#log.error('the HTTP proxy could not be set', error);
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
