import { createLogger } from '../shared/logger.ts';
import { EXIT_CANNOT_START, StartupError } from '../shared/startup-error.ts';
import { readConfig } from './config.ts';
import { startCheckedProxy } from './start.ts';
import type { RunningProxy } from './start.ts';

/** The Cloud Proxy as a program: `node server/proxy/main.ts [flags]`. */

async function main(): Promise<void> {
  const config = readConfig(process.argv.slice(2), process.env);
  const logger = createLogger({
    name: 'causeway-proxy',
    level: config.logLevel,
    format: config.logFormat,
  });
  const proxy = await startCheckedProxy(config, logger);
  process.on('SIGHUP', () => void proxy.reload());
  stopOnSignals(proxy);
}

/** The first signal lets calls end (for a while), the second ends at once. */
function stopOnSignals(proxy: RunningProxy): void {
  let isStopping = false;
  const onSignal = (signal: NodeJS.Signals): void => {
    if (isStopping) process.exit(signal === 'SIGINT' ? 130 : 143);
    isStopping = true;
    void proxy
      .drain()
      .then(() => proxy.close())
      .then(() => process.exit(0));
  };
  process.on('SIGTERM', onSignal);
  process.on('SIGINT', onSignal);
}

try {
  await main();
} catch (error) {
  if (!(error instanceof StartupError)) throw error;
  process.stderr.write(`The Cloud Proxy cannot start.\n${error.message}\n`);
  process.exit(EXIT_CANNOT_START);
}
