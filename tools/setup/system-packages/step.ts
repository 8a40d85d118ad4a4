import { SetupError } from '../setup-error.ts';
import type { SetupStep } from '../step.ts';
import { aptInstall, installationWasCutOff } from './apt.ts';
import type { PackageGroup } from './catalogue.ts';
import { thisDistribution } from './distribution.ts';
import { askForPackages, packageNames } from './install-command.ts';
import { missingPackages, thisMachine } from './missing.ts';

/**
 * The system's packages: installed as root on Debian and Ubuntu, asked for elsewhere.
 *
 * macOS and Windows need none.
 * @param groups asked anew each time, because earlier steps can change what is needed
 */
export function systemPackages(groups: () => readonly PackageGroup[]): SetupStep {
  const missing = () =>
    process.platform === 'linux' ? missingPackages(groups(), thisMachine) : [];
  const mayInstall = () => process.getuid?.() === 0 && thisMachine.hasProgram('apt-get');

  return {
    name: 'System packages',

    isDone: () => missing().length === 0 && !(mayInstall() && installationWasCutOff()),

    async run(progress) {
      const wanted = missing();
      const distribution = thisDistribution();
      if (!mayInstall() || distribution === 'other') {
        throw new SetupError(askForPackages(wanted, distribution));
      }
      const names = packageNames(wanted, distribution);
      await aptInstall(names, progress);
      const still = missing();
      if (still.length > 0) {
        throw new SetupError(
          `apt-get installed ${names.join(' ')}, but what Causeway needs of ` +
            `${packageNames(still, distribution).join(' ')} is still not there. ` +
            'Install it by other means, then start again.',
        );
      }
      return `installed ${names.join(' ')}`;
    },
  };
}
