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
  const starting = startRoomServer(config, logger);
  // Before it is ready: who waits for that may send a signal at once.
  reloadOnHangUp(starting);
  stopOnSignals(starting);
  await starting;
}

function reloadOnHangUp(starting: Promise<RunningRoomServer>): void {
  process.on('SIGHUP', () => {
    // A start that fails ends the program with its own message.
    starting.then(
      async (server) => await server.reloadCertificate(),
      () => undefined,
    );
  });
}

/** The first signal stops in order, the second at once. */
function stopOnSignals(starting: Promise<RunningRoomServer>): void {
  let isStopping = false;
  const onSignal = (signal: NodeJS.Signals): void => {
    if (isStopping) process.exit(signal === 'SIGINT' ? 130 : 143);
    isStopping = true;
    setTimeout(() => process.exit(0), SHUTDOWN_LIMIT_MS).unref();
    starting.then(
      async (server) => {
        await server.stop();
        process.exit(0);
      },
      () => undefined,
    );
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
