import { describe, expect, it } from 'vitest';
import { parseVersion, satisfiesMinimum } from '../../../tools/bootstrap/versions.mjs';

describe('reading a version', () => {
  it.each([
    ['24.9.0', [24, 9, 0]],
    ['v20.20.2\n', [20, 20, 2]],
    ['26.0.0-nightly20260101', [26, 0, 0]],
  ])('reads %j', (text, parts) => {
    expect(parseVersion(text)).toEqual(parts);
  });

  it.each(['', '24', '24.9', 'latest'])('refuses %j and says what a version looks like', (text) => {
    expect(() => parseVersion(text)).toThrow(`"${text}" is not a version such as 24.9.0`);
  });
});

describe('comparing with a minimum', () => {
  it.each([
    ['24.9.0', '>=24.9.0', true],
    ['24.10.0', '>=24.9.0', true],
    ['24.8.9', '>=24.9.0', false],
    ['24.9.0', '>=24.9.1', false],
    ['25.0.0', '>=24.9.9', true],
    ['9.99.99', '>=24.9.0', false],
    ['v24.9.0', '>= 24.9.0', true],
  ])('%s for %s: %s', (version, range, fits) => {
    expect(satisfiesMinimum(version, range)).toBe(fits);
  });

  it.each(['^24.9.0', '24.x', '>=24', '>=24.9.0 <26.0.0'])(
    'refuses the range %s rather than misread it',
    (range) => {
      expect(() => satisfiesMinimum('24.9.0', range)).toThrow('is not of the form >=x.y.z');
    },
  );
});
