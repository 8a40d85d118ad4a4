import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SETTING_KEYS, Settings } from '../../../src/shared/settings.ts';
import { DEFINITIONS } from '../../../src/shared/settings/definitions.ts';
import { ManagedFolder, valuesOf } from './managed-folder.ts';

/** Managed files that are tried. */
const RUNS = 10_000;
/** Heap that may be in use more after all of them than after the first fifth, bytes. */
const MAX_GROWTH = 8 * 1024 * 1024;
const TIMEOUT = 300_000;

let at: ManagedFolder;
beforeAll(() => {
  at = new ManagedFolder();
});
afterAll(() => at.remove());

const GOOD = JSON.stringify(
  Object.fromEntries(SETTING_KEYS.map((key) => [key, DEFINITIONS[key].example])),
  undefined,
  2,
);

/** One edit of a text: what stood there is cut, copied elsewhere or written over. */
interface Edit {
  /** Where, as a part of the length. */
  from: number;
  length: number;
  insert: Uint8Array;
}

const SPLINTERS = [
  ...['{', '}', '[', ']', ',', ':', '"', '\\', '//', '/*', '\u0000', '\uFEFF', '\n', '1e999', '-'],
  ...[
    'true',
    'null',
    '"__proto__": {"locked": false},',
    '"constructor": 1,',
    '"value":',
    '"locked": false',
  ],
  ...[
    '"allowedServers": ["*"],',
    '"disableChat": false,',
    '['.repeat(5000),
    'x'.repeat(5000),
    '\ud800',
  ],
];

const edit: fc.Arbitrary<Edit> = fc.record({
  from: fc.double({ min: 0, max: 1, noNaN: true }),
  length: fc.nat(40),
  insert: fc.oneof(
    fc.constantFrom(...SPLINTERS).map((text) => Buffer.from(text)),
    fc.uint8Array({ maxLength: 8 }),
    fc.constant(new Uint8Array()),
  ),
});

const mutated = fc.array(edit, { minLength: 1, maxLength: 6 }).map((edits) => {
  let bytes: Buffer = Buffer.from(GOOD);
  for (const { from, length, insert } of edits) {
    const start = Math.floor(from * bytes.length);
    bytes = Buffer.concat([bytes.subarray(0, start), insert, bytes.subarray(start + length)]);
  }
  return bytes;
});

/** Values of the right and of the wrong kind under names that exist and names that do not. */
const wellFormed = fc
  .dictionary(
    fc.oneof(
      fc.constantFrom<string>(...SETTING_KEYS),
      fc.string({ maxLength: 12 }),
      fc.constantFrom('__proto__', 'toString', '$schema', '//'),
    ),
    fc.oneof(
      fc.jsonValue({ maxDepth: 3 }),
      fc.constantFrom(...SETTING_KEYS).map((key): unknown => DEFINITIONS[key].example),
      fc.record({ value: fc.jsonValue({ maxDepth: 2 }), locked: fc.jsonValue({ maxDepth: 1 }) }),
    ),
    { maxKeys: 8 },
  )
  .map((value) => Buffer.from(JSON.stringify(value)));

const file = fc.oneof(
  { weight: 5, arbitrary: mutated },
  { weight: 3, arbitrary: wellFormed },
  { weight: 1, arbitrary: fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)) },
  { weight: 1, arbitrary: fc.json().map((text) => Buffer.from(text)) },
);

/** Keys of a text that JSON itself reads, with values that the schema takes; undefined: not all. */
function readIndependently(bytes: Buffer): string[] | undefined {
  const json = JSON.parse(bytes.toString('utf8').replace(/^\uFEFF/, '')) as Record<string, unknown>;
  const keys = SETTING_KEYS.filter((key) => Object.hasOwn(json, key));
  const isValid = keys.every((key) => {
    const given = json[key] as { value?: unknown } | null;
    const isWrapped = typeof given === 'object' && given !== null && Object.hasOwn(given, 'value');
    return Settings.shape[key].safeParse(isWrapped ? given.value : given).success;
  });
  return isValid ? keys : undefined;
}

const collect = ((): (() => void) => {
  setFlagsFromString('--expose-gc');
  return runInNewContext('gc') as () => void;
})();

describe('10,000 random and mutated managed files', () => {
  it(
    'crash nothing, weaken nothing and keep no memory',
    () => {
      let good: Record<string, unknown> = {};
      let isGoodInForce = false;
      let runs = 0;
      let used = 0;
      let heap = 0;
      fc.assert(
        fc.property(file, (bytes) => {
          if (!isGoodInForce) {
            at.write(GOOD);
            good = valuesOf(at.open());
          }
          at.write(bytes);
          const policy = at.open();
          const { state, inForce, problems, callsRefused } = policy.status();
          expect(callsRefused).toBeUndefined();
          isGoodInForce = state !== 'ok';
          if (state === 'ok') {
            // What counts is all that the file says, and JSON itself agrees that it says so.
            used += 1;
            expect(Object.keys(policy.values())).toEqual(
              expect.arrayContaining(readIndependently(bytes) ?? ['the file is not valid']),
            );
          } else {
            expect({ state, inForce }).toEqual({ state: 'broken', inForce: 'last-good' });
            expect(valuesOf(policy)).toEqual(good);
            expect(problems.some(({ severity }) => severity === 'error')).toBe(true);
          }
          expect(({} as Record<string, unknown>)['locked']).toBeUndefined();
          runs += 1;
          if (runs === RUNS / 5) {
            collect();
            heap = process.memoryUsage().heapUsed;
          }
        }),
        { numRuns: RUNS },
      );
      collect();
      expect(process.memoryUsage().heapUsed - heap).toBeLessThan(MAX_GROWTH);
      // Neither all of them valid nor none: both sides were looked at.
      expect(used).toBeGreaterThan(RUNS / 100);
      expect(used).toBeLessThan(RUNS * 0.9);
    },
    TIMEOUT,
  );
});
