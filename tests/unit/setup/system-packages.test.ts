import { describe, expect, it } from 'vitest';
import { PACKAGES } from '../../../tools/setup/system-packages/catalogue.ts';
import { distributionOf } from '../../../tools/setup/system-packages/distribution.ts';
import {
  askForPackages,
  packageNames,
} from '../../../tools/setup/system-packages/install-command.ts';
import {
  missingPackages,
  type MachineLookup,
} from '../../../tools/setup/system-packages/missing.ts';

function machine(has: {
  programs?: string[];
  files?: string[];
  below?: Record<string, string[]>;
}): MachineLookup {
  return {
    hasProgram: (name) => has.programs?.includes(name) ?? false,
    hasFile: (file) => has.files?.includes(file) ?? false,
    hasFileBelow: (folder, endings) =>
      (has.below?.[folder] ?? []).some((file) => endings.some((ending) => file.endsWith(ending))),
  };
}
const names = (packages: readonly { name: string }[]): string[] => packages.map(({ name }) => name);
const font = { '/usr/share/fonts': ['truetype/noto/Noto.ttf'] };

describe('which packages are missing', () => {
  it('is all of them on an empty machine', () => {
    expect(names(missingPackages(['app', 'display'], machine({})))).toEqual([
      'chromium',
      'fonts-liberation',
      'xvfb',
    ]);
  });

  it('counts any browser of the family and any font as there', () => {
    const found = machine({ programs: ['google-chrome'], below: font });
    expect(missingPackages(['app'], found)).toEqual([]);
  });

  it('names a package once, however many needs have it', () => {
    const missing = names(missingPackages(['proxy', 'firewall', 'e2e', 'display'], machine({})));
    expect(missing).toEqual([...new Set(missing)]);
    expect(missing).toContain('coturn');
  });

  it('looks for headers, not for package records, when the worker has to be built', () => {
    const files = ['/usr/include/uv.h', '/usr/local/include/srtp2/srtp.h'];
    const missing = names(missingPackages(['worker-build'], machine({ files })));
    expect(missing).not.toContain('libuv1-dev');
    expect(missing).not.toContain('libsrtp2-dev');
    expect(missing).toContain('libssl-dev');
  });

  it('asks for nothing where nothing is needed', () => {
    expect(missingPackages([], machine({}))).toEqual([]);
    expect(missingPackages(['worker', 'bundles'], machine({}))).toEqual([]);
  });
});

describe('the kind of distribution', () => {
  it.each([
    ['ID=debian\nVERSION_ID="12"', 'debian'],
    ['NAME="Ubuntu"\nID=ubuntu\nID_LIKE=debian', 'ubuntu'],
    ['ID=linuxmint\nID_LIKE="ubuntu debian"', 'ubuntu'],
    ['ID="raspbian"\nID_LIKE=debian', 'debian'],
    ['ID=fedora\nVERSION_ID=44', 'other'],
    ['', 'other'],
  ])('%j is %s', (text, kind) => {
    expect(distributionOf(text)).toBe(kind);
  });
});

describe('what a user without rights is told', () => {
  const wanted = [...PACKAGES.app, ...PACKAGES.proxy];

  it('is one command for Debian', () => {
    const text = askForPackages(wanted, 'debian');
    expect(text).toContain(
      '\n  sudo apt-get update && sudo apt-get install -y --no-install-recommends ' +
        'chromium fonts-liberation coturn\n',
    );
    expect(text).toContain('then start again');
  });

  it("has Ubuntu's names on Ubuntu", () => {
    expect(packageNames(wanted, 'ubuntu')).toEqual([
      'chromium-browser',
      'fonts-liberation',
      'coturn',
    ]);
  });

  it('is the list alone where the package manager is another', () => {
    const text = askForPackages(wanted, 'other');
    expect(text).toContain('chromium fonts-liberation coturn');
    expect(text).not.toContain('apt-get');
  });
});
