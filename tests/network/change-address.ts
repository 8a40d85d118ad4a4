import { CLIENT, CLIENT_ADDRESS, CLIENT_GATEWAY, type EdgeNetwork } from './edge-network.ts';

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
