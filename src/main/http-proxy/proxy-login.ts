import type { AuthInfo } from 'electron';
import type { HttpProxyLogin } from '../../shared/ipc.ts';
import type { CredentialStore, ProxyCredentials } from './credential-store.ts';
import { formatProxy } from './resolved-proxy.ts';

type Wanted = Omit<HttpProxyLogin, 'canRemember'>;

/**
 * What is answered when an HTTP proxy asks for a user name and password. A request never waits for
 * a person: what is not known is refused at once, the call fails with HTTP_PROXY_AUTH, and its
 * screen asks. Chromium then knows them for the rest of the run, also for WebSockets and for
 * WebRTC's connections, for which nobody is asked.
 *
 * Negotiate and NTLM with the employee's own account are Chromium's matter and come here only when
 * they fail.
 */
export class ProxyLogin {
  readonly #store: CredentialStore;
  #wanted: Wanted | undefined;

  constructor(store: CredentialStore) {
    this.#store = store;
  }

  /** The HTTP proxy that wants a user name and password, or refused them: the last one. */
  get wanted(): Wanted | undefined {
    return this.#wanted;
  }

  /** The same, with what can be done about it. */
  async describe(): Promise<HttpProxyLogin | undefined> {
    const wanted = this.#wanted;
    return wanted && { ...wanted, canRemember: await this.#store.canRemember() };
  }

  /**
   * @param isFirst False: what was answered before to the same request was wrong.
   * @returns undefined: nobody can answer.
   */
  answer(
    info: Pick<AuthInfo, 'isProxy' | 'host' | 'port' | 'realm'>,
    isFirst: boolean,
  ): ProxyCredentials | undefined {
    // A server that asks for a password is no Causeway server: its 401 is its answer.
    if (!info.isProxy) return undefined;
    const proxy = formatProxy(info);
    const known = this.#store.get(proxy);
    if (known && isFirst) return known;
    if (known) this.#store.forget(proxy);
    const before = this.#wanted?.proxy === proxy ? this.#wanted : undefined;
    const user = known?.user ?? before?.user;
    this.#wanted = {
      proxy,
      realm: info.realm.slice(0, MAX_REALM),
      refused: known !== undefined || before?.refused === true,
      ...(user !== undefined && { user }),
    };
    return undefined;
  }

  /** What the employee has entered. Takes effect with the next request. */
  async signIn(
    credentials: ProxyCredentials & { proxy: string; remember: boolean },
  ): Promise<void> {
    const { proxy, user, password, remember } = credentials;
    await this.#store.set(proxy, { user, password }, remember);
    if (this.#wanted?.proxy === proxy) this.#wanted = { ...this.#wanted, refused: false };
  }
}

/** Of the text that a proxy names itself by: anybody's text, shown on the screen. */
const MAX_REALM = 100;
