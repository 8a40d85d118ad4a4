import type { EndpointDiagnosis } from '../../shared/ipc.ts';
import type { Path } from '../../shared/path.ts';
import { RoomError, type RoomErrorCode, type RoomErrorData } from '../../shared/room-error.ts';
import type { RoomPlatform } from './contract.ts';
import { diagnose } from './explain-failure.ts';
import { DIAGNOSIS_BUDGET_MS } from './limits.ts';
import { parseTurnUrl } from './turn-url.ts';

/**
 * What an HTTP proxy has to do with the TCP connections of media. WebRTC tells neither that one
 * carries them nor why one does not, so the platform is asked, once for each far end: a TCP
 * connection that stands does not change its way.
 */
export class HttpProxyLegs {
  readonly #platform: RoomPlatform;
  /** HTTP proxy by far end; null: directly, or not known yet. */
  readonly #known = new Map<string, string | null>();
  /** Relays that could not be reached over TCP, and why; undefined: not known yet, or not told. */
  readonly #refused = new Map<string, EndpointDiagnosis | undefined>();
  #asking = 0;

  constructor(platform: RoomPlatform) {
    this.#platform = platform;
  }

  /** Asks ahead, so that the answer is there when one of these paths is selected. */
  learn(paths: readonly Path[]): void {
    for (const path of paths) this.#ask(path);
  }

  /** The path with its HTTP proxy, as far as that is known by now. UDP goes through none. */
  fill(path: Path): Path {
    const known = this.#ask(path);
    return known === null ? path : { ...path, httpProxy: known };
  }

  /** The reason of some failure is still being asked for. */
  get isAsking(): boolean {
    return this.#asking > 0;
  }

  /**
   * No connection to a relay came about: asks why, while others are still being tried.
   * @param onKnown Called when the answer is there, or will not come.
   */
  relayFailed(url: string, onKnown: () => void): void {
    const turn = parseTurnUrl(url);
    if (!turn || turn.protocol === 'udp' || !this.#platform.httpProxyFor) return;
    const place = placeOf(turn);
    if (this.#refused.has(place)) return;
    this.#refused.set(place, undefined);
    this.#asking += 1;
    void this.#diagnose(turn.host, turn.port).then((diagnosis) => {
      this.#refused.set(place, diagnosis);
      this.#asking -= 1;
      onKnown();
    });
  }

  /** The error of a call that found no path for its media, with what is known of the reasons. */
  explain(error: RoomErrorData): RoomErrorData {
    if (!NO_MEDIA.has(error.code)) return error;
    const found = [...this.#refused].flatMap(
      ([place, diagnosis]) => reasonOf(place, diagnosis) ?? [],
    );
    const [first] = found;
    if (!first) return error;
    const detail = [...found.map(({ text }) => text), error.detail].filter(Boolean).join('; ');
    return new RoomError(first.code, detail).toData();
  }

  /** Only with an HTTP proxy on the way is there something that only the platform can tell. */
  async #diagnose(host: string, port: number): Promise<EndpointDiagnosis | undefined> {
    const httpProxy = await this.#platform.httpProxyFor?.(host, port).catch(() => undefined);
    if (httpProxy === undefined) return undefined;
    return await diagnose(
      this.#platform,
      `https://${placeOf({ host, port })}`,
      DIAGNOSIS_BUDGET_MS,
    );
  }

  #ask({ protocol, host, port }: Path): string | null {
    if (protocol === 'udp' || port === undefined || !this.#platform.httpProxyFor) return null;
    const place = placeOf({ host, port });
    const known = this.#known.get(place);
    if (known !== undefined) return known;
    this.#known.set(place, null);
    this.#platform.httpProxyFor(host, port).then(
      (httpProxy) => this.#known.set(place, httpProxy ?? null),
      // A platform that cannot say leaves the path without it.
      () => undefined,
    );
    return null;
  }
}

/** Errors that say no more than that media found no way. */
const NO_MEDIA: ReadonlySet<RoomErrorCode> = new Set([
  'NO_PATH',
  'TCP_BLOCKED',
  'PROXY_RELAY_DOWN',
]);

function placeOf({ host, port }: { host: string; port: number }): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}

function reasonOf(
  place: string,
  diagnosis: EndpointDiagnosis | undefined,
): { code: RoomErrorCode; text: string } | undefined {
  if (diagnosis?.kind !== 'http-proxy-refused') return undefined;
  const proxy = diagnosis.proxy === undefined ? '' : ` ${diagnosis.proxy}`;
  return {
    code: 'HTTP_PROXY_REFUSED',
    text: `the HTTP proxy${proxy} refuses to connect to the relay at ${place}`,
  };
}
