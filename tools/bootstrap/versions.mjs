/**
 * Reads a version such as `24.9.0` or `v24.9.0-nightly`; what follows the three numbers is ignored.
 * @param {string} text
 * @returns {[number, number, number]} major, minor, patch
 * @throws {Error} when the text is no version
 */
export function parseVersion(text) {
  const match = /^v?(\d+)\.(\d+)\.(\d+)/.exec(text.trim());
  if (!match) throw new Error(`"${text}" is not a version such as 24.9.0`);
  return [Number(match[1]), Number(match[2]), Number(match[3])];
}

/**
 * Tells whether a version is new enough for a range of the form `>=x.y.z`.
 *
 * The bootstrap has to work before any dependency is installed, so it cannot ask the semver library;
 * any other form of range is refused rather than misread.
 * @param {string} version
 * @param {string} range
 * @returns {boolean}
 * @throws {Error} when the range is not of the form `>=x.y.z`
 */
export function satisfiesMinimum(version, range) {
  const minimum = /^>=\s*(\d+\.\d+\.\d+)$/.exec(range.trim());
  if (!minimum?.[1]) throw new Error(`The range "${range}" is not of the form >=x.y.z`);
  const have = parseVersion(version);
  const want = parseVersion(minimum[1]);
  for (let part = 0; part < 3; part += 1) {
    const difference = (have[part] ?? 0) - (want[part] ?? 0);
    if (difference !== 0) return difference > 0;
  }
  return true;
}
