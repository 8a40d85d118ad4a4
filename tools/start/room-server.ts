import type { Story } from './story.ts';

export interface LocalServer {
  url: string;
  mediaPorts: number[];
  stop(): Promise<void>;
}

/**
 * Starts a room server in this process, for this computer only. Its own log stays silent: the
 * story tells what a newcomer wants to know.
 * @throws {StartupError} for example when a port is in use.
 */
export async function startLocalRoomServer(
  options: { port: number; mediaPort: number; tokenSecret: string },
  story: Story,
): Promise<LocalServer> {
  // Loaded late: before set-up has run there may be no mediasoup worker to load.
  const [{ startRoomServer }, { createLogger }] = await Promise.all([
    import('../../server/room/server.ts'),
    import('../../server/shared/logger.ts'),
  ]);
  const server = await startRoomServer(
    {
      host: '127.0.0.1',
      port: options.port,
      mediaPort: options.mediaPort,
      tokenSecret: options.tokenSecret,
      dev: true,
    },
    createLogger({ name: 'causeway-room', level: 'silent', format: 'json' }),
  );
  story.tell('server', `up · ${server.url} · media on UDP and TCP ${server.mediaPorts.join(', ')}`);
  return server;
}
