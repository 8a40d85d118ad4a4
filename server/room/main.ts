import { createLogger } from '../shared/logger.ts';
import { runProgram } from '../shared/program.ts';
import { readConfig } from './config.ts';
import { startRoomServer } from './server.ts';

/** The room server as a program: `node server/room/main.ts [flags]`. */

/** Longest time that an orderly shutdown may take, ms, before the process ends anyway. */
const SHUTDOWN_LIMIT_MS = 5_000;

await runProgram({
  title: 'The room server',
  stopLimitMs: SHUTDOWN_LIMIT_MS,
  async start() {
    const config = readConfig(process.argv.slice(2), process.env);
    const { logLevel: level, logFormat: format } = config;
    const server = await startRoomServer(
      config,
      createLogger({ name: 'causeway-room', level, format }),
    );
    return {
      reload: async () => await server.reloadCertificate(),
      stop: async () => await server.stop(),
    };
  },
});
