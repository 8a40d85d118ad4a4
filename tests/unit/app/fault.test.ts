import { expect, test } from 'vitest';
import { faultOf } from '../../../src/renderer/app/faults/fault.ts';

const STACK = `
    at TimelineList (app://bundle/assets/index.js:1:2)
    at div
    at app://bundle/assets/index.js:3:4
    at ConnectionDetails (app://bundle/assets/index.js:5:6)`;

test('a fault is told by name and component, innermost first, without the message', () => {
  const fault = faultOf(new TypeError('the pass aaa.bbb.ccc'), STACK);
  expect(fault).toEqual({
    name: 'TypeError',
    components: ['TimelineList', 'div', 'ConnectionDetails'],
  });
});

test.each([
  ['a thrown text', 'the pass aaa.bbb.ccc', { name: 'string', components: [] }],
  [
    'a name that is no name',
    Object.assign(new Error('x'), { name: 'the pass aaa.bbb.ccc' }),
    { name: 'Error', components: [] },
  ],
])('%s tells nothing of itself', (_what, thrown, fault) => {
  expect(faultOf(thrown, '')).toEqual(fault);
});
