import { z } from 'zod';
import type { Endpoint } from '../../shared/endpoint.ts';
import type { KeyValueStorage } from './contract.ts';
import { PROXY_MEMORY_MS } from './limits.ts';

const STORAGE_KEY = 'causeway.proxy';
const Remembered = z.object({ origin: z.string(), until: z.number() });

/** Remembers for a day which Cloud Proxy of a list worked last. */
export class ProxyMemory {
  readonly #storage: KeyValueStorage;

  constructor(storage: KeyValueStorage) {
    this.#storage = storage;
  }

  /**
   * `proxies` with the one that worked last in front, if it is among them.
   * @param now Wall time, ms: the memory outlives the page.
   */
  order(proxies: readonly Endpoint[], now: number): Endpoint[] {
    const last = this.#read();
    const isLast = (proxy: Endpoint): boolean =>
      last !== undefined && last.until > now && last.origin === proxy.httpOrigin;
    return [...proxies.filter(isLast), ...proxies.filter((proxy) => !isLast(proxy))];
  }

  remember(proxy: Endpoint, now: number): void {
    const remembered = { origin: proxy.httpOrigin, until: now + PROXY_MEMORY_MS };
    try {
      this.#storage.setItem(STORAGE_KEY, JSON.stringify(remembered));
    } catch {
      // A full or forbidden storage costs a memory, not a call.
    }
  }

  #read(): z.infer<typeof Remembered> | undefined {
    try {
      const text = this.#storage.getItem(STORAGE_KEY);
      return text === null ? undefined : Remembered.safeParse(JSON.parse(text)).data;
    } catch {
      return undefined;
    }
  }
}

/** For the life of the page. */
export class PageStorage implements KeyValueStorage {
  readonly #items = new Map<string, string>();
  getItem(key: string): string | null {
    return this.#items.get(key) ?? null;
  }
  setItem(key: string, value: string): void {
    this.#items.set(key, value);
  }
}
