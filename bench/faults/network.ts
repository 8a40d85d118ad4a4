import { EDGE, type EdgeNetwork } from '../../tests/network/edge-network.ts';

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
