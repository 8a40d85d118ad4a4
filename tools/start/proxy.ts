import type { Story } from './story.ts';
import { newSecret } from './secret.ts';

/**
 * Starts a Cloud Proxy (gateway and coturn) in front of the local room server, for this computer
 * only.
 * @throws {StartupError} for example when a port is in use or coturn is missing.
 */
export async function startLocalProxy(
  options: { origin: string; tokenSecret: string; turnPort: number },
  story: Story,
): Promise<{ url: string; stop(): Promise<void> }> {
  const [{ startProxy }, { createLogger }] = await Promise.all([
    import('../../server/proxy/start.ts'),
    import('../../server/shared/logger.ts'),
  ]);
  const proxy = await startProxy(
    {
      host: '127.0.0.1',
      port: 0,
      publicHost: ['127.0.0.1'],
      origin: [options.origin],
      tokenSecret: options.tokenSecret,
      turnSecret: newSecret(),
      turnPeer: ['127.0.0.1'],
      turnPort: options.turnPort,
      adminPort: 0,
      drainSeconds: 0,
    },
    createLogger({ name: 'causeway-proxy', level: 'silent', format: 'json' }),
  );
  story.tell(
    'proxy',
    `up · ${proxy.origin} · relay (TURN) on UDP and TCP ${proxy.turn?.port ?? options.turnPort}`,
  );
  return { url: proxy.origin, stop: () => proxy.close() };
}
