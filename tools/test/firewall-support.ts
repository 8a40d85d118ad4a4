import { spawnSync } from 'node:child_process';
import { thisMachine } from '../setup/system-packages/missing.ts';

/**
 * Why tests in network namespaces cannot run on this machine.
 * @returns null when they can, once set-up has installed what is missing
 */
export function whyNoFirewallTests(): string | null {
  if (process.platform !== 'linux') return 'network namespaces exist on Linux only';
  if (process.getuid?.() !== 0) return 'making network namespaces takes root';
  if (spawnSync('unshare', ['--net', 'true'], { stdio: 'ignore' }).status !== 0) {
    return 'this machine (a container without CAP_SYS_ADMIN?) lets nobody make network namespaces';
  }
  if (!thisMachine.hasProgram('nft') && !thisMachine.hasProgram('apt-get')) {
    return 'nft (nftables) is not installed';
  }
  return null;
}
