import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';

const unavailable: string | undefined = 'this machine has no anvil';
let anvil: string | undefined;

test('needs nothing', () => {
  expect(anvil).toBeUndefined();
});

describe('a group that says why it is skipped', () => {
  beforeEach(({ skip }) => {
    skip(Boolean(unavailable), unavailable);
  });
  beforeAll(() => {
    if (unavailable) return;
    anvil = 'heavy';
  });
  afterAll(() => {
    if (unavailable) return;
    anvil = undefined;
  });

  test('hammers', () => {
    expect(anvil).toBe('heavy');
  });
  describe('and a group in it', () => {
    test('bends', () => {
      expect(anvil).toBe('heavy');
    });
  });
});

describe.skip('a group that does not say why', () => {
  test('is found out', () => {
    expect(anvil).toBe('heavy');
  });
});
