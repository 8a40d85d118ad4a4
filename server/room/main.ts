import { createLogger } from '../shared/logger.ts';
import { EXIT_CANNOT_START, StartupError } from '../shared/startup-error.ts';
import { readConfig } from './config.ts';
import { type RunningRoomServer, startRoomServer } from './server.ts';

/** The room server as a program: `node server/room/main.ts [flags]`. */

/** Longest time that an orderly shutdown may take, ms, before the process ends anyway. */
const SHUTDOWN_LIMIT_MS = 5_000;

async function main(): Promise<void> {
  const config = readConfig(process.argv.slice(2), process.env);
  const logger = createLogger({
    name: 'causeway-room',
    level: config.logLevel,
    format: config.logFormat,
  });
  const server = await startRoomServer(config, logger);
  process.on('SIGHUP', () => void server.reloadCertificate());
  stopOnSignals(server);
}

/** The first signal stops in order, the second at once. */
function stopOnSignals(server: RunningRoomServer): void {
  let isStopping = false;
  const onSignal = (signal: NodeJS.Signals): void => {
    if (isStopping) process.exit(signal === 'SIGINT' ? 130 : 143);
    isStopping = true;
    setTimeout(() => process.exit(0), SHUTDOWN_LIMIT_MS).unref();
    void server.stop().then(() => process.exit(0));
  };
  process.on('SIGTERM', onSignal);
  process.on('SIGINT', onSignal);
}

try {
  await main();
} catch (error) {
  if (!(error instanceof StartupError)) throw error;
  process.stderr.write(`The room server cannot start.\n${error.message}\n`);
  process.exit(EXIT_CANNOT_START);
}
