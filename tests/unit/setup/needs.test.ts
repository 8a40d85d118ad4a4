import { expect, it } from 'vitest';
import { NEEDS, parseNeeds } from '../../../tools/setup/needs.ts';

it('reads needs from a command line', () => {
  expect(parseNeeds(['worker', 'app'])).toEqual(['worker', 'app']);
});

it('names the word that is no need, and what may stand there', () => {
  expect(() => parseNeeds(['worker', 'wroker'])).toThrow(
    `"wroker" cannot be set up. It must be one of: ${NEEDS.join(', ')}.`,
  );
});
