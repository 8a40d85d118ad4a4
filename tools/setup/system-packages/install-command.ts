import type { SystemPackage } from './catalogue.ts';
import type { Distribution } from './distribution.ts';

/** apt-get's arguments for installing packages, without their recommendations. */
export const APT_INSTALL = ['install', '-y', '--no-install-recommends'] as const;

/** The packages' names on a distribution. */
export function packageNames(
  packages: readonly SystemPackage[],
  distribution: Distribution,
): string[] {
  return packages.map((wanted) =>
    distribution === 'ubuntu' ? (wanted.ubuntuName ?? wanted.name) : wanted.name,
  );
}

/** What to tell a user whose rights or distribution do not let set-up install packages itself. */
export function askForPackages(
  packages: readonly SystemPackage[],
  distribution: Distribution,
): string {
  const names = packageNames(packages, distribution).join(' ');
  const reason = `Missing on this machine: ${names}.`;
  if (distribution === 'other') {
    return (
      `${reason} These are Debian's names: install what carries the same in your distribution, ` +
      'then start again.'
    );
  }
  return (
    `${reason} Installing them takes root. Run this once, then start again:\n\n` +
    `  sudo apt-get update && sudo apt-get ${APT_INSTALL.join(' ')} ${names}\n`
  );
}
