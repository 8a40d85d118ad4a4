/**
 * Carries calls between two JavaScript worlds of one page, the preload's and the page's own, which
 * share the DOM and no object. Messages are events on one detached element that only these two
 * ends know; their `detail` crosses worlds by the browser's own structured clone. Dispatch is
 * synchronous, so a call can return a value, as Electron's contextBridge can.
 */

type Encoded =
  | ['value', unknown]
  | ['function' | 'promise' | 'same', number]
  | ['error', string, string]
  | ['array', number, Encoded[]]
  | ['object', number, [string, Encoded][]];

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
  // Taken before any script of the page runs, which may replace them later. Called by apply().
  /* eslint-disable @typescript-eslint/unbound-method */
  const { apply, ownKeys } = Reflect;
  const { toString, propertyIsEnumerable } = Object.prototype;
  const { create, defineProperty } = Object;
  const { isArray } = Array;
  const { then } = Promise.prototype;
  const { get, set } = Map.prototype;
  const { register } = FinalizationRegistry.prototype;
  const dispatch = EventTarget.prototype.dispatchEvent;
  const readDetail = Object.getOwnPropertyDescriptor(CustomEvent.prototype, 'detail')
    ?.get as () => unknown;
  /* eslint-enable @typescript-eslint/unbound-method */
  const own = { CustomEvent, Promise, Map, Error, TypeError, String };

  const outgoing = end === 'preload' ? 'to-page' : 'to-preload';
  const incoming = end === 'preload' ? 'to-preload' : 'to-page';

  const functions = create(null) as Record<number, AnyFunction | undefined>;
  const promises = create(null) as Record<
    number,
    { resolve: AnyFunction; reject: AnyFunction } | undefined
  >;
  const released = new FinalizationRegistry<number>((id) => post({ kind: 'release', id }));
  let lastId = 0;
  let answer: Answer | undefined;

  function post(message: BridgeMessage): void {
    apply(dispatch, link, [new own.CustomEvent(outgoing, { detail: message })]);
  }

  /** Posts what the other end answers at once. Throws when it could not be cloned on its way. */
  function ask(message: BridgeMessage): Answer {
    post(message);
    const result = answer;
    answer = undefined;
    // The other end has seen no message, or we no answer.
    if (!result) throw new own.Error(UNCLONEABLE);
    return result;
  }

  /** `seen` numbers the containers of one message, so that a circle closes on the other side. */
  function encode(value: unknown, seen = new own.Map<object, number>(), depth = 0): Encoded {
    if (depth > MAX_DEPTH)
      throw new own.TypeError('Electron contextBridge recursion depth exceeded.');
    if (typeof value === 'function') {
      const id = ++lastId;
      functions[id] = value as AnyFunction;
      return ['function', id];
    }
    if (typeof value === 'symbol') throw new own.TypeError(UNCLONEABLE);
    if (typeof value !== 'object' || value === null) return ['value', value];
    if (value instanceof own.Promise) return encodePromise(value);
    if (value instanceof own.Error) return ['error', value.message, value.stack ?? ''];
    const known = apply(get, seen, [value]) as number | undefined;
    if (known !== undefined) return ['same', known];
    const isList = isArray(value);
    if (!isList && apply(toString, value, []) !== '[object Object]') return ['value', value];
    const id = ++lastId;
    apply(set, seen, [value, id]);
    if (isList) {
      const items: Encoded[] = [];
      for (let index = 0; index < value.length; index++)
        items[index] = encode(value[index], seen, depth + 1);
      return ['array', id, items];
    }
    const entries: [string, Encoded][] = [];
    const keys = ownKeys(value);
    for (let index = 0; index < keys.length; index++) {
      const key = keys[index];
      if (typeof key !== 'string' || !apply(propertyIsEnumerable, value, [key])) continue;
      const item = (value as Record<string, unknown>)[key];
      entries[entries.length] = [key, encode(item, seen, depth + 1)];
    }
    return ['object', id, entries];
  }

  function encodePromise(promise: Promise<unknown>): Encoded {
    const id = ++lastId;
    const settle = (ok: boolean, result: unknown) => {
      try {
        ask({ kind: 'settle', id, ok, value: encode(result) });
      } catch (error) {
        post({ kind: 'settle', id, ok: false, value: encode(error) });
      }
    };
    void apply(then, promise, [
      (result: unknown) => settle(true, result),
      (error: unknown) => settle(false, error),
    ]);
    return ['promise', id];
  }

  function decode(encoded: Encoded, known = create(null) as Record<number, unknown>): unknown {
    switch (encoded[0]) {
      case 'value':
        return encoded[1];
      case 'same':
        return known[encoded[1]];
      case 'function':
        return proxyFunction(encoded[1]);
      case 'promise': {
        const id = encoded[1];
        return new own.Promise((resolve, reject) => {
          promises[id] = { resolve, reject };
        });
      }
      case 'error': {
        const error = new own.Error(encoded[1]);
        return defineProperty(error, 'stack', {
          value: encoded[2],
          writable: true,
          configurable: true,
        });
      }
      case 'array': {
        const list: unknown[] = (known[encoded[1]] = []);
        for (let index = 0; index < encoded[2].length; index++)
          list[index] = decode(encoded[2][index] as Encoded, known);
        return list;
      }
      case 'object': {
        const object: Record<string, unknown> = (known[encoded[1]] = {});
        for (let index = 0; index < encoded[2].length; index++) {
          const entry = encoded[2][index] as [string, Encoded];
          defineProperty(object, entry[0], {
            value: decode(entry[1], known),
            writable: true,
            enumerable: true,
            configurable: true,
          });
        }
        return object;
      }
    }
  }

  function proxyFunction(id: number): AnyFunction {
    const proxy = (...args: unknown[]): unknown => {
      const encodedArgs: Encoded[] = [];
      for (let index = 0; index < args.length; index++) encodedArgs[index] = encode(args[index]);
      const result = ask({ kind: 'call', id, args: encodedArgs });
      const value = decode(result.value);
      if (result.kind === 'throw') throw value;
      return value;
    };
    apply(register, released, [proxy, id]);
    return proxy;
  }

  function answerCall(id: number, args: Encoded[]): void {
    let reply: BridgeMessage;
    try {
      const target = functions[id];
      if (!target)
        throw new own.Error('This function of the preload script is no longer available.');
      const values: unknown[] = [];
      for (let index = 0; index < args.length; index++)
        values[index] = decode(args[index] as Encoded);
      reply = { kind: 'return', value: encode(apply(target, undefined, values)) };
    } catch (error) {
      reply = {
        kind: 'throw',
        value: encode(error instanceof own.Error ? error : own.String(error)),
      };
    }
    post(reply);
  }

  link.addEventListener(incoming, (event) => {
    const message = apply(readDetail, event, []) as BridgeMessage | null;
    if (!message) return;
    if (message.kind === 'return' || message.kind === 'throw') answer = message;
    else if (message.kind === 'call') answerCall(message.id, message.args);
    else if (message.kind === 'expose') onExpose(message.key, decode(message.value));
    else if (message.kind === 'release') functions[message.id] = undefined;
    else {
      const waiting = promises[message.id];
      promises[message.id] = undefined;
      post({ kind: 'return', value: ['value', undefined] });
      if (message.ok) waiting?.resolve(decode(message.value));
      else waiting?.reject(decode(message.value));
    }
  });

  return { expose: (key, value) => post({ kind: 'expose', key, value: encode(value) }) };
}
