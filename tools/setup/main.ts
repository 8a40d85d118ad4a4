// npm run setup: does the set-up that `npm start` and `npm test` would do, and nothing else.
import { parseArgs } from 'node:util';
import { electronExecutable } from '../runtime.ts';
import { retryElectron } from './electron-binary.ts';
import { NEEDS, parseNeeds, type Need } from './needs.ts';
import { prepare } from './prepare.ts';
import { SetupError } from './setup-error.ts';

const RUNTIME_NAMES = { electron: 'Electron', 'stand-in': 'the stand-in on Chromium' } as const;

const USAGE = `Usage: npm run setup -- [what…] [--retry-electron]

Does the set-up that is missing. "npm start" and "npm test" do it by themselves.

  what              any of: ${NEEDS.join(', ')} (default: all that can be used on this machine)
  --retry-electron  try to download Electron's binary even if that failed within the last day
  --help            show this
`;

try {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { 'retry-electron': { type: 'boolean' }, help: { type: 'boolean' } },
  });
  if (values.help) {
    process.stdout.write(USAGE);
  } else {
    if (values['retry-electron']) retryElectron();
    const needs = positionals.length > 0 ? parseNeeds(positionals) : defaultNeeds();
    await prepare(needs);
    const runtime = electronExecutable();
    process.stdout.write(
      `Set up: ${needs.join(', ')}.` +
        (needs.includes('app') ? ` The app runs on ${RUNTIME_NAMES[runtime.kind]}.\n` : '\n'),
    );
  }
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = error instanceof SetupError ? error.exitCode : 1;
}

function defaultNeeds(): Need[] {
  const canMakeFirewalls = process.platform === 'linux' && process.getuid?.() === 0;
  return NEEDS.filter((need) => need !== 'firewall' || canMakeFirewalls);
}
