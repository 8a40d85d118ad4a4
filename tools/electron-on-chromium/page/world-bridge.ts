/**
 * Carries calls between two JavaScript worlds of one page, the preload's and the page's own, which
 * share the DOM and no object. Messages are events on one detached element that only these two
 * ends know; their `detail` crosses worlds by the browser's own structured clone. Dispatch is
 * synchronous, so a call can return a value, as Electron's contextBridge can.
 */

type Encoded =
  | ['value', unknown]
  | ['function' | 'promise', number]
  | ['error', string, string]
  | ['array', Encoded[]]
  | ['object', [string, Encoded][]];

type BridgeMessage =
  | { kind: 'expose'; key: string; value: Encoded }
  | { kind: 'call'; id: number; args: Encoded[] }
  | Answer
  | { kind: 'settle'; id: number; ok: boolean; value: Encoded }
  | { kind: 'release'; id: number };

type Answer = { kind: 'return'; value: Encoded } | { kind: 'throw'; value: Encoded };
type AnyFunction = (...args: unknown[]) => unknown;

export interface WorldBridge {
  /** Hands a value to the other world under a name. */
  expose(key: string, value: unknown): void;
}

/** The name under which the preload's world hands the page's world its guards; no app uses it. */
export const GUARDS_KEY = 'electron-on-chromium:guards';

/** As deep as Electron's contextBridge goes. */
const MAX_DEPTH = 1000;
const UNCLONEABLE = 'An object could not be cloned.';

export function createWorldBridge(
  link: EventTarget,
  end: 'preload' | 'page',
  onExpose: (key: string, value: unknown) => void,
): WorldBridge {
  // Taken before any script of the page runs, which may replace them later.
  const { apply, ownKeys } = Reflect;
  const { toString } = Object.prototype;
  const { isArray } = Array;
  const dispatch = EventTarget.prototype.dispatchEvent;
  const PrivateEvent = CustomEvent;
  const readDetail = Object.getOwnPropertyDescriptor(CustomEvent.prototype, 'detail')
    ?.get as () => unknown;
  const isEnumerable = Object.prototype.propertyIsEnumerable;
  const { defineProperty } = Object;

  const outgoing = end === 'preload' ? 'to-page' : 'to-preload';
  const incoming = end === 'preload' ? 'to-preload' : 'to-page';

  const functions = new Map<number, AnyFunction>();
  const promises = new Map<number, { resolve: AnyFunction; reject: AnyFunction }>();
  const released = new FinalizationRegistry<number>((id) => post({ kind: 'release', id }));
  let lastId = 0;
  let answer: Answer | undefined;

  function post(message: BridgeMessage): void {
    apply(dispatch, link, [new PrivateEvent(outgoing, { detail: message })]);
  }

  function encode(value: unknown, depth = 0): Encoded {
    if (depth > MAX_DEPTH) throw new TypeError('Electron contextBridge recursion depth exceeded.');
    if (typeof value === 'function') {
      const id = ++lastId;
      functions.set(id, value as AnyFunction);
      return ['function', id];
    }
    if (typeof value === 'symbol') throw new TypeError(UNCLONEABLE);
    if (typeof value !== 'object' || value === null) return ['value', value];
    if (value instanceof Promise) return encodePromise(value);
    if (value instanceof Error) return ['error', value.message, value.stack ?? ''];
    if (isArray(value)) {
      const items: Encoded[] = [];
      for (let index = 0; index < value.length; index++)
        items[index] = encode(value[index], depth + 1);
      return ['array', items];
    }
    if (apply(toString, value, []) !== '[object Object]') return ['value', value];
    const entries: [string, Encoded][] = [];
    for (const key of ownKeys(value)) {
      if (typeof key !== 'string' || !apply(isEnumerable, value, [key])) continue;
      entries[entries.length] = [key, encode((value as Record<string, unknown>)[key], depth + 1)];
    }
    return ['object', entries];
  }

  function encodePromise(promise: Promise<unknown>): Encoded {
    const id = ++lastId;
    const settle = (ok: boolean, result: unknown) => {
      let value: Encoded;
      try {
        value = encode(result);
      } catch (error) {
        ok = false;
        value = encode(error);
      }
      post({ kind: 'settle', id, ok, value });
    };
    promise.then(
      (result) => settle(true, result),
      (error: unknown) => settle(false, error),
    );
    return ['promise', id];
  }

  function decode(encoded: Encoded): unknown {
    switch (encoded[0]) {
      case 'value':
        return encoded[1];
      case 'function':
        return proxyFunction(encoded[1]);
      case 'promise': {
        const id = encoded[1];
        return new Promise((resolve, reject) => promises.set(id, { resolve, reject }));
      }
      case 'error': {
        const error = new Error(encoded[1]);
        defineProperty(error, 'stack', {
          value: encoded[2],
          writable: true,
          configurable: true,
        });
        return error;
      }
      case 'array': {
        const list: unknown[] = [];
        for (let index = 0; index < encoded[1].length; index++)
          list[index] = decode(encoded[1][index] as Encoded);
        return list;
      }
      case 'object': {
        const object: Record<string, unknown> = {};
        for (const [key, item] of encoded[1])
          defineProperty(object, key, {
            value: decode(item),
            writable: true,
            enumerable: true,
            configurable: true,
          });
        return object;
      }
    }
  }

  function proxyFunction(id: number): AnyFunction {
    const proxy = (...args: unknown[]): unknown => {
      const encodedArgs: Encoded[] = [];
      for (let index = 0; index < args.length; index++) encodedArgs[index] = encode(args[index]);
      post({ kind: 'call', id, args: encodedArgs });
      const result = answer;
      answer = undefined;
      // The other end never saw a message that could not be cloned.
      if (!result) throw new Error(UNCLONEABLE);
      const value = decode(result.value);
      if (result.kind === 'throw') throw value;
      return value;
    };
    released.register(proxy, id);
    return proxy;
  }

  function answerCall(id: number, args: Encoded[]): void {
    let reply: BridgeMessage;
    try {
      const target = functions.get(id);
      if (!target) throw new Error('This function of the preload script is no longer available.');
      const values: unknown[] = [];
      for (let index = 0; index < args.length; index++)
        values[index] = decode(args[index] as Encoded);
      reply = { kind: 'return', value: encode(apply(target, undefined, values)) };
    } catch (error) {
      reply = { kind: 'throw', value: encode(error instanceof Error ? error : String(error)) };
    }
    post(reply);
  }

  link.addEventListener(incoming, (event) => {
    const message = apply(readDetail, event, []) as BridgeMessage | null;
    if (!message) return;
    if (message.kind === 'return' || message.kind === 'throw') answer = message;
    else if (message.kind === 'call') answerCall(message.id, message.args);
    else if (message.kind === 'expose') onExpose(message.key, decode(message.value));
    else if (message.kind === 'release') functions.delete(message.id);
    else {
      const waiting = promises.get(message.id);
      promises.delete(message.id);
      if (message.ok) waiting?.resolve(decode(message.value));
      else waiting?.reject(decode(message.value));
    }
  });

  return { expose: (key, value) => post({ kind: 'expose', key, value: encode(value) }) };
}
