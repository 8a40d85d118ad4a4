/**
 * Chromium cannot be taught a scheme from outside. A document of `app://bundle/…` is therefore
 * loaded from `http://bundle.app.localhost/…`, a secure context of its own; its requests are held
 * by DevTools and answered by the app's protocol handler, so no server listens and nothing leaves
 * the process. The app sees only its own URLs.
 */

const SUFFIX = '.localhost';

export class OriginMapping {
  readonly #schemes = new Set<string>();

  /** Scheme without the colon, as given to protocol.registerSchemesAsPrivileged. */
  add(scheme: string): void {
    this.#schemes.add(scheme.toLowerCase());
  }

  get schemes(): readonly string[] {
    return [...this.#schemes];
  }

  has(url: string): boolean {
    const scheme = /^([a-z][a-z0-9+.-]*):/i.exec(url)?.[1];
    return scheme !== undefined && this.#schemes.has(scheme.toLowerCase());
  }

  /** `app://bundle/x?y#z` → `http://bundle.app.localhost/x?y#z`; other URLs as they are. */
  toChromium(url: string): string {
    const match = /^([a-z][a-z0-9+.-]*):\/\/([^/?#]*)(.*)$/is.exec(url);
    const [, scheme = '', host = '', rest = ''] = match ?? [];
    if (!match || !this.#schemes.has(scheme.toLowerCase())) return url;
    const prefix = host === '' ? '' : `${host.toLowerCase()}.`;
    return `http://${prefix}${scheme.toLowerCase()}${SUFFIX}${rest}`;
  }

  /** The way back: URLs and origins. One with a port is some server's on this machine, not the app's. */
  toApp(url: string): string {
    const match = /^http:\/\/([a-z0-9.-]+)(?::80)?(?=[/?#]|$)(.*)$/is.exec(url);
    const [, host = '', rest = ''] = match ?? [];
    if (!match || !host.endsWith(SUFFIX)) return url;
    const labels = host.slice(0, -SUFFIX.length).split('.');
    const scheme = labels.pop() ?? '';
    if (!this.#schemes.has(scheme)) return url;
    return `${scheme}://${labels.join('.')}${rest}`;
  }

  /** `app:` and `app://bundle` in a Content-Security-Policy, as sources Chromium matches. */
  policyToChromium(policy: string): string {
    return policy.replace(/[^\s;,]+/g, (token) => {
      const scheme = /^([a-z][a-z0-9+.-]*):$/i.exec(token)?.[1]?.toLowerCase();
      if (scheme && this.#schemes.has(scheme)) return `http://*.${scheme}${SUFFIX}`;
      return this.toChromium(token);
    });
  }
}

export const originMapping = new OriginMapping();
