import fs from 'node:fs';

/** What kind of Linux this is, as far as installing packages goes. */
export type Distribution = 'debian' | 'ubuntu' | 'other';

/**
 * Reads the kind of distribution from the text of /etc/os-release (os-release(5)).
 *
 * A distribution that is made from one of the two counts as that one.
 */
export function distributionOf(osRelease: string): Distribution {
  const value = (key: string): string =>
    new RegExp(`^${key}=["']?([^"'\\n]*)`, 'm').exec(osRelease)?.[1] ?? '';
  const names = [value('ID'), ...value('ID_LIKE').split(' ')];
  if (names.includes('ubuntu')) return 'ubuntu';
  return names.includes('debian') ? 'debian' : 'other';
}

export function thisDistribution(): Distribution {
  try {
    return distributionOf(fs.readFileSync('/etc/os-release', 'utf8'));
  } catch {
    return 'other';
  }
}
