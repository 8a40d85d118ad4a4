import { get as httpGet } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { get as httpsGet } from 'node:https';
import { DISCOVERY_PATH, DiscoveryDocument } from '../../../src/shared/discovery.ts';
import type { Feature } from '../../../src/shared/discovery.ts';
import type { Logger } from '../../shared/logger.ts';
import {
  ORIGIN_FEATURES_INTERVAL_MS,
  ORIGIN_FEATURES_RETRY_MS,
  ORIGIN_FEATURES_TIMEOUT_MS,
} from '../limits.ts';
import type { OriginTls } from './origin-tls.ts';

/** Extensions that are a matter between client and room server, and that the relay carries. */
const CARRIED: readonly Feature[] = ['transport-migration', 'peer-resume', 'chat'];

/** A discovery document has some hundred characters; more is none. */
const MAX_DOCUMENT_LENGTH = 65_536;

/**
 * What the room servers behind the gateway can do. A client that may speak with the gateway alone
 * cannot ask them, so the gateway does, again and again, and tells.
 */
export class OriginFeatures {
  readonly #origins: readonly string[];
  readonly #tls: OriginTls;
  readonly #logger: Logger;
  /** By origin: what it answered last. One that never did is left out. */
  readonly #known = new Map<string, ReadonlySet<Feature>>();
  #next: NodeJS.Timeout | undefined;
  #stopped = false;

  private constructor(origins: readonly string[], tls: OriginTls, logger: Logger) {
    this.#origins = [...new Set(origins)];
    this.#tls = tls;
    this.#logger = logger;
  }

  /** Asks all of them, which takes {@link ORIGIN_FEATURES_TIMEOUT_MS} at most, and goes on asking. */
  static async start(
    origins: readonly string[],
    tls: OriginTls,
    logger: Logger,
  ): Promise<OriginFeatures> {
    const features = new OriginFeatures(origins, tls, logger);
    await features.#askAll();
    return features;
  }

  /** Those that every room server has, since a room may be on any. */
  get common(): Feature[] {
    const answers = [...this.#known.values()];
    if (answers.length === 0) return [];
    return CARRIED.filter((feature) => answers.every((features) => features.has(feature)));
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#next);
  }

  async #askAll(): Promise<void> {
    await Promise.all(
      this.#origins.map(async (origin) => {
        try {
          this.#known.set(origin, new Set(await this.#ask(origin)));
        } catch (error) {
          const problem = error instanceof Error ? error.message : String(error);
          this.#logger.debug({ origin, problem }, 'a room server does not say what it can');
        }
      }),
    );
    if (this.#stopped) return;
    const allKnown = this.#known.size === this.#origins.length;
    this.#next = setTimeout(
      () => void this.#askAll(),
      allKnown ? ORIGIN_FEATURES_INTERVAL_MS : ORIGIN_FEATURES_RETRY_MS,
    );
    this.#next.unref();
  }

  async #ask(origin: string): Promise<Feature[]> {
    const url = new URL(DISCOVERY_PATH, origin);
    const signal = AbortSignal.timeout(ORIGIN_FEATURES_TIMEOUT_MS);
    const response = await new Promise<IncomingMessage>((resolve, reject) => {
      const request =
        url.protocol === 'https:'
          ? httpsGet(url, { signal, createConnection: () => this.#tls.connect(url) }, resolve)
          : httpGet(url, { signal }, resolve);
      request.once('error', reject);
    });
    // A plain server of the base protocol: it has no extensions, which is an answer too.
    if (response.statusCode === 404) {
      response.resume();
      return [];
    }
    if (response.statusCode !== 200) {
      response.destroy();
      throw new Error(`HTTP status ${response.statusCode}`);
    }
    return DiscoveryDocument.parse(JSON.parse(await readAll(response))).features;
  }
}

/** @throws a longer body than any document has, or none within the time of the request. */
async function readAll(response: IncomingMessage): Promise<string> {
  let body = '';
  for await (const part of response.setEncoding('utf8')) {
    body += part as string;
    if (body.length > MAX_DOCUMENT_LENGTH) throw new Error('the answer is too long');
  }
  return body;
}
