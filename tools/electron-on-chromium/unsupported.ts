/** Names that Node, V8, promises, test runners and inspectors probe for on any object. */
const PROBED = new Set([
  'then',
  'catch',
  'finally',
  'toJSON',
  'inspect',
  'constructor',
  'default',
  'domain',
  'length',
  'name',
  'nodeType',
  'nodeName',
  'tagName',
  'window',
  'self',
  'asymmetricMatch',
  'splice',
  'module.exports',
]);

/** A part of Electron's API that this runtime does not have. */
export class UnsupportedApiError extends Error {
  override readonly name = 'UnsupportedApiError';

  constructor(api: string) {
    super(
      `${api} is not part of electron-on-chromium. See docs/runtime-parity.md; run the app on Electron itself for this.`,
    );
  }
}

/**
 * The object, but reading a property it does not have throws and names it, so that a gap in this
 * runtime shows as what it is and never as `undefined`.
 */
export function strict<T extends object>(object: T, api: string): T {
  return new Proxy(object, {
    get(target, key, receiver) {
      const missing =
        typeof key === 'string' && !(key in target) && !key.startsWith('_') && !PROBED.has(key);
      if (missing) throw new UnsupportedApiError(`${api}.${key}`);
      return Reflect.get(target, key, receiver) as unknown;
    },
  });
}

/** Stands for a whole class or module of Electron's that is not here: any use of it throws. */
export function unsupported(api: string): object {
  const fail = () => {
    throw new UnsupportedApiError(api);
  };
  return new Proxy(function () {}, {
    get: (_, key) => {
      if (typeof key !== 'string' || PROBED.has(key)) return undefined;
      throw new UnsupportedApiError(`${api}.${key}`);
    },
    apply: fail,
    construct: fail,
  });
}
