/**
 * What Node, the browser and Electron all have, and nothing more: src/shared is checked against
 * this alone, so that it cannot come to lean on one of them.
 */
declare class URLSearchParams {
  constructor(init?: string | Record<string, string>);
  readonly size: number;
  get(name: string): string | null;
  set(name: string, value: string): void;
  keys(): IterableIterator<string>;
  toString(): string;
}
declare class URL {
  constructor(url: string, base?: string);
  static parse(url: string, base?: string): URL | null;
  href: string;
  hash: string;
  host: string;
  username: string;
  password: string;
  readonly protocol: string;
  readonly origin: string;
  readonly hostname: string;
  readonly pathname: string;
  readonly searchParams: URLSearchParams;
}
declare function setTimeout(run: () => void, ms: number): object;
declare function clearTimeout(timer: object | undefined): void;
