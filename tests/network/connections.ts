import { CLIENT } from './edge-network.ts';
import type { EdgeNetwork } from './edge-network.ts';

/** Local ports of the client's established TCP connections to one port of one host. */
export async function connectionsTo(
  { namespaces }: EdgeNetwork,
  host: string,
  port: number,
): Promise<string[]> {
  const { stdout } = await namespaces.exec(CLIENT, [
    ...['ss', '-Htn', 'state', 'established', ...peer(host, port)],
  ]);
  // Recv-Q Send-Q Local:Port Peer:Port
  return stdout.split('\n').flatMap((line) => /^\s*\d+\s+\d+\s+\S+:(\d+)\s/.exec(line)?.[1] ?? []);
}

/**
 * Breaks those connections, both ends at once, and nothing else.
 * @throws when there is none, or this kernel does not let a connection be broken.
 */
export async function breakConnections(
  network: EdgeNetwork,
  host: string,
  port: number,
): Promise<void> {
  const before = await connectionsTo(network, host, port);
  if (before.length === 0) throw new Error(`there is no connection to ${host}:${port}`);
  await network.namespaces.exec(CLIENT, ['ss', '-4', '-t', '-K', ...peer(host, port)]);
  const left = (await connectionsTo(network, host, port)).filter((own) => before.includes(own));
  if (left.length > 0) throw new Error('this kernel does not let a connection be broken (ss -K)');
}

function peer(host: string, port: number): string[] {
  return ['dst', host, 'dport', '=', String(port)];
}
