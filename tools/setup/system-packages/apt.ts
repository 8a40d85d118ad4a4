import fs from 'node:fs';
import path from 'node:path';
import type { Progress } from '../../bootstrap/progress.mjs';
import { cacheFolder } from '../../bootstrap/cache-folder.mjs';
import { runProgram } from '../run-program.ts';
import { APT_INSTALL } from './install-command.ts';

/** How long apt-get waits for another one that is at work. In s. */
const LOCK_WAIT_S = 300;
/** Packages that start a server of their own when installed; Causeway starts its own instead. */
const SERVICES: Readonly<Record<string, string>> = {
  coturn: 'coturn',
  nginx: 'nginx',
  'squid-openssl': 'squid',
};

/** Exists while packages are being installed: if set-up finds it, an installation was cut off. */
const underway = (): string => path.join(cacheFolder(), 'packages-being-installed');

export function installationWasCutOff(): boolean {
  return fs.existsSync(underway());
}

/**
 * Installs packages with apt-get, as root, without questions.
 * @throws Error with apt-get's last lines
 */
export async function aptInstall(names: readonly string[], progress: Progress): Promise<void> {
  const wasCutOff = installationWasCutOff();
  fs.mkdirSync(cacheFolder(), { recursive: true });
  fs.writeFileSync(underway(), names.join('\n'));
  if (wasCutOff) {
    progress.update('finishing an installation that was cut off');
    await apt('dpkg', ['--configure', '-a']);
    await aptGet(['-f', 'install', '-y', '--no-install-recommends']);
  }
  progress.update("updating the system's package lists");
  try {
    await aptGet(['update', '-q']);
  } catch {
    progress.note('the package lists could not be updated; going on with the present ones');
  }
  progress.note(`installing ${names.join(' ')}`);
  progress.update('installing');
  await aptGet([...APT_INSTALL, ...names]);
  for (const name of names) await stopService(name, progress);
  fs.rmSync(underway(), { force: true });
}

async function aptGet(args: readonly string[]): Promise<void> {
  await apt('apt-get', ['-o', `DPkg::Lock::Timeout=${LOCK_WAIT_S}`, ...args]);
}

async function apt(command: string, args: readonly string[]): Promise<void> {
  await runProgram({
    command,
    args,
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive', LC_ALL: 'C.UTF-8' },
  });
}

async function stopService(packageName: string, progress: Progress): Promise<void> {
  const service = SERVICES[packageName];
  if (service === undefined) return;
  if (fs.existsSync('/run/systemd/system')) {
    await runProgram({ command: 'systemctl', args: ['disable', '--now', service] });
    progress.note(`the ${service} service that the package set up is stopped and disabled`);
  } else if (fs.existsSync(`/etc/init.d/${service}`)) {
    await runProgram({ command: 'service', args: [service, 'stop'] });
  }
}
