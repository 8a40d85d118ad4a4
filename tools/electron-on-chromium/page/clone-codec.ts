/**
 * Values as JSON and back, with what the structured clone algorithm keeps and JSON loses:
 * undefined, NaN, dates, maps, sets, bytes, errors, shared and circular references. Runs both in
 * Node and in the page's preload world.
 */

type Slot = string | number | boolean | null | [string, ...unknown[]];

/** A value in transit: `root` points into `nodes`. */
export interface EncodedValue {
  root: Slot;
  nodes: [string, ...unknown[]][];
}

const UNCLONEABLE = 'An object could not be cloned.';

const VIEWS = {
  Int8Array,
  Uint8Array,
  Uint8ClampedArray,
  Int16Array,
  Uint16Array,
  Int32Array,
  Uint32Array,
  Float32Array,
  Float64Array,
  BigInt64Array,
  BigUint64Array,
  DataView,
};
type ViewName = keyof typeof VIEWS;

const ERRORS = { Error, EvalError, RangeError, ReferenceError, SyntaxError, TypeError, URIError };
type ErrorName = keyof typeof ERRORS;

function toBase64(bytes: Uint8Array): string {
  let binary = '';
  // In pieces: a call takes a limited number of arguments.
  for (let start = 0; start < bytes.length; start += 0x8000)
    binary += String.fromCharCode(...bytes.subarray(start, start + 0x8000));
  return btoa(binary);
}

function fromBase64(text: string): ArrayBuffer {
  const binary = atob(text);
  const bytes = new Uint8Array(binary.length);
  for (let index = 0; index < binary.length; index++) bytes[index] = binary.charCodeAt(index);
  return bytes.buffer;
}

function viewName(view: ArrayBufferView): ViewName {
  const tag = Object.prototype.toString.call(view).slice(8, -1);
  return tag in VIEWS ? (tag as ViewName) : 'Uint8Array';
}

/** Throws Error('An object could not be cloned.') for functions, symbols, promises and the like. */
export function encodeValue(value: unknown): EncodedValue {
  const nodes: [string, ...unknown[]][] = [];
  const seen = new Map<object, number>();

  function slot(item: unknown): Slot {
    if (item === null || typeof item === 'string' || typeof item === 'boolean') return item;
    if (item === undefined) return ['u'];
    if (typeof item === 'bigint') return ['b', item.toString()];
    if (typeof item === 'number')
      return Number.isFinite(item) && !Object.is(item, -0)
        ? item
        : ['n', Object.is(item, -0) ? '-0' : String(item)];
    if (typeof item !== 'object') throw new Error(UNCLONEABLE);
    let index = seen.get(item);
    if (index === undefined) {
      index = nodes.length;
      seen.set(item, index);
      nodes.push(['o']);
      nodes[index] = node(item);
    }
    return ['@', index];
  }

  function node(item: object): [string, ...unknown[]] {
    if (Array.isArray(item)) return ['a', Array.from(item, slot)];
    if (item instanceof Date) return ['d', item.getTime()];
    if (item instanceof RegExp) return ['r', item.source, item.flags];
    if (item instanceof Map)
      return ['m', [...item].map(([key, entry]) => [slot(key), slot(entry)])];
    if (item instanceof Set) return ['s', [...item].map(slot)];
    if (item instanceof ArrayBuffer) return ['y', toBase64(new Uint8Array(item))];
    if (ArrayBuffer.isView(item)) {
      const bytes = new Uint8Array(item.buffer, item.byteOffset, item.byteLength);
      return ['v', viewName(item), toBase64(bytes)];
    }
    if (item instanceof Error)
      return [
        'e',
        item.name,
        item.message,
        item.stack ?? '',
        'cause' in item ? slot(item.cause) : ['-'],
      ];
    const tag = Object.prototype.toString.call(item);
    if (tag !== '[object Object]' && !(Symbol.toStringTag in item)) throw new Error(UNCLONEABLE);
    if (item instanceof Promise || item instanceof WeakMap || item instanceof WeakSet)
      throw new Error(UNCLONEABLE);
    return ['o', Object.entries(item).map(([key, entry]) => [key, slot(entry)])];
  }

  return { root: slot(value), nodes };
}

export function decodeValue(encoded: EncodedValue): unknown {
  const done = new Map<number, unknown>();

  function value(slot: Slot): unknown {
    if (!Array.isArray(slot)) return slot;
    const [tag, content] = slot;
    if (tag === 'u' || tag === '-') return undefined;
    if (tag === 'b') return BigInt(content as string);
    if (tag === 'n') return Number(content);
    const index = content as number;
    if (!done.has(index)) build(index);
    return done.get(index);
  }

  /** Containers are stored before they are filled, so that a circle finds them. */
  function build(index: number): void {
    const [tag, ...parts] = encoded.nodes[index] as [string, ...unknown[]];
    if (tag === 'a') {
      const list: unknown[] = [];
      done.set(index, list);
      for (const item of parts[0] as Slot[]) list.push(value(item));
    } else if (tag === 'o') {
      const object: Record<string, unknown> = {};
      done.set(index, object);
      for (const [key, item] of parts[0] as [string, Slot][])
        Object.defineProperty(object, key, {
          value: value(item),
          writable: true,
          enumerable: true,
          configurable: true,
        });
    } else if (tag === 'm') {
      const map = new Map<unknown, unknown>();
      done.set(index, map);
      for (const [key, item] of parts[0] as [Slot, Slot][]) map.set(value(key), value(item));
    } else if (tag === 's') {
      const set = new Set<unknown>();
      done.set(index, set);
      for (const item of parts[0] as Slot[]) set.add(value(item));
    } else done.set(index, leaf(tag, parts));
  }

  function leaf(tag: string, parts: unknown[]): unknown {
    // JSON has no NaN: an invalid date's time arrives as null.
    if (tag === 'd') return new Date((parts[0] as number | null) ?? Number.NaN);
    if (tag === 'r') return new RegExp(parts[0] as string, parts[1] as string);
    if (tag === 'y') return fromBase64(parts[0] as string);
    if (tag === 'v') {
      const View = VIEWS[parts[0] as ViewName] as new (buffer: ArrayBuffer) => ArrayBufferView;
      return new View(fromBase64(parts[1] as string));
    }
    const [name, message, stack, cause] = parts as [string, string, string, Slot];
    const Type = name in ERRORS ? ERRORS[name as ErrorName] : Error;
    const hasCause = !(Array.isArray(cause) && cause[0] === '-');
    const error = new Type(message, hasCause ? { cause: value(cause) } : undefined);
    Object.defineProperty(error, 'stack', { value: stack, writable: true, configurable: true });
    return error;
  }

  return value(encoded.root);
}
