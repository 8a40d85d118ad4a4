import { CLIENT, type EdgeNetwork } from './edge-network.ts';

const DEVICE = 'second';
export const SECOND_ADDRESS = '192.168.77.2';

/**
 * Puts the client into another network as well, to which no route leads: as a cable beside Wi-Fi, or a
 * phone. The answer reads how many packets have left with that network's address, by whatever device.
 */
export async function addSecondNetwork({
  namespaces,
}: EdgeNetwork): Promise<() => Promise<number>> {
  const far = `${DEVICE}-far`;
  await namespaces.exec(CLIENT, ['ip', 'link', 'add', DEVICE, 'type', 'veth', 'peer', 'name', far]);
  await namespaces.addAddress(CLIENT, `${SECOND_ADDRESS}/24`, DEVICE);
  for (const end of [DEVICE, far]) await namespaces.exec(CLIENT, ['ip', 'link', 'set', end, 'up']);
  await namespaces.nft(
    CLIENT,
    `table inet second {
       counter from_second {}
       chain output {
         type filter hook output priority -300; policy accept;
         ip saddr ${SECOND_ADDRESS} oifname != "lo" counter name from_second
       }
     }`,
  );
  return async () => (await namespaces.counters(CLIENT))['from_second']?.packets ?? NaN;
}

export async function removeSecondNetwork({ namespaces }: EdgeNetwork): Promise<void> {
  await namespaces.nft(CLIENT, 'delete table inet second');
  await namespaces.exec(CLIENT, ['ip', 'link', 'delete', DEVICE]);
}
