import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeValue, encodeValue } from '../../../tools/electron-on-chromium/page/clone-codec.ts';

/** As a value arrives: encoded, as JSON on the wire, decoded. */
const carried = (value: unknown): unknown =>
  decodeValue(JSON.parse(JSON.stringify(encodeValue(value))) as ReturnType<typeof encodeValue>);

describe('the clone codec', () => {
  it.each<[string, unknown]>([
    ['undefined', undefined],
    ['null', null],
    ['minus zero', -0],
    ['not a number', Number.NaN],
    ['infinity', -Infinity],
    ['a big integer', 2n ** 70n],
    ['a date', new Date(1_700_000_000_123)],
    ['an invalid date', new Date(Number.NaN)],
    ['a regular expression', /a+(b)/giu],
    ['a map of maps', new Map([[{ key: 1 }, new Map([[2, 'two']])]])],
    ['a set', new Set([undefined, 'x'])],
    ['bytes', new Uint8Array([0, 127, 255])],
    ['floats', new Float64Array([0.1, -0])],
    ['a buffer', new Uint8Array([1, 2]).buffer],
    ['a key named __proto__', JSON.parse('{"__proto__": {"polluted": true}}')],
    ['a list with undefined in it', [1, undefined, 3]],
  ])('keeps %s', (_name, value) => {
    expect(carried(value)).toStrictEqual(value);
  });

  it('keeps whatever else JavaScript can hold in plain values', () => {
    const anything = fc.anything({
      withBigInt: true,
      withDate: true,
      withMap: true,
      withSet: true,
      withTypedArray: true,
    });
    fc.assert(
      fc.property(anything, (value) => {
        expect(carried(value)).toEqual(value);
      }),
    );
  });

  it('keeps circles and shared parts', () => {
    const shared = { name: 'shared' };
    const value = { list: [shared, shared], self: {} };
    value.self = value;
    const result = carried(value) as typeof value;
    expect(result.self).toBe(result);
    expect(result.list[0]).toBe(result.list[1]);
  });

  it('keeps an error with its kind, message and cause', () => {
    const result = carried(new RangeError('far', { cause: new Error('near') })) as RangeError;
    expect(result).toBeInstanceOf(RangeError);
    expect(result.message).toBe('far');
    expect((result.cause as Error).message).toBe('near');
  });

  it.each<[string, unknown]>([
    ['a function', () => 0],
    ['a symbol', Symbol('s')],
    ['a promise', Promise.resolve()],
    ['a weak map', new WeakMap()],
    ['a method in an object', { deep: [{ method() {} }] }],
  ])('refuses %s', (_name, value) => {
    expect(() => encodeValue(value)).toThrow('An object could not be cloned.');
  });
});
