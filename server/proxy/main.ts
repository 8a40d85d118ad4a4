import { createLogger } from '../shared/logger.ts';
import { runProgram } from '../shared/program.ts';
import { readConfig } from './config.ts';
import { startCheckedProxy } from './start.ts';

/** The Cloud Proxy as a program: `node server/proxy/main.ts [flags]`. */

await runProgram({
  title: 'The Cloud Proxy',
  async start() {
    const config = readConfig(process.argv.slice(2), process.env);
    const { logLevel: level, logFormat: format } = config;
    const proxy = await startCheckedProxy(
      config,
      createLogger({ name: 'causeway-proxy', level, format }),
    );
    return {
      reload: async () => await proxy.reload(),
      // Calls may end first, for a while; a second signal does not wait for them.
      async stop() {
        await proxy.drain();
        await proxy.close();
      },
    };
  },
});
