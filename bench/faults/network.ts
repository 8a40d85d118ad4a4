import { CLIENT, CLIENT_ADDRESS, CLIENT_GATEWAY, EDGE } from '../../tests/network/edge-network.ts';
import type { EdgeNetwork } from '../../tests/network/edge-network.ts';

/** Faults of the network that no firewall rule makes. */

const OTHER_ADDRESS = CLIENT_ADDRESS.replace(/\d+$/, '77');

/** Takes the client's address away and gives it another one, as a change of network does. */
export async function changeAddress({ namespaces }: EdgeNetwork): Promise<void> {
  const { stdout } = await namespaces.exec(CLIENT, ['ip', '-o', '-4', 'address', 'show']);
  const [, device, old] = /^\d+: (\S+)\s+inet (10\.\S+)/m.exec(stdout) ?? [];
  if (device === undefined || old === undefined) throw new Error(`no address in: ${stdout}`);
  const next = old.startsWith(`${CLIENT_ADDRESS}/`) ? OTHER_ADDRESS : CLIENT_ADDRESS;
  await namespaces.exec(CLIENT, ['ip', 'address', 'del', old, 'dev', device]);
  await namespaces.exec(CLIENT, ['ip', 'address', 'add', `${next}/24`, 'dev', device]);
  await namespaces.route(CLIENT, 'default', CLIENT_GATEWAY);
}

/** Counts the bytes that cross the edge between the client and one TCP port, in both directions. */
export async function countTcp(
  { namespaces }: EdgeNetwork,
  host: string,
  port: number,
): Promise<() => Promise<number>> {
  await namespaces.nft(
    EDGE,
    `table inet bench {}
     delete table inet bench
     table inet bench {
       counter crossing {}
       chain forward {
         type filter hook forward priority -200; policy accept;
         ip daddr ${host} tcp dport ${port} counter name crossing
         ip saddr ${host} tcp sport ${port} counter name crossing
       }
     }`,
  );
  return async () => (await namespaces.counters(EDGE))['crossing']?.bytes ?? 0;
}
