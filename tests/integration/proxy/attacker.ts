import { createHmac } from 'node:crypto';
import { z } from 'zod';
import { TurnClient, TurnError } from '../../turn-client/client.ts';

/**
 * Run inside the attacker's namespace: tries to be relayed to every address it is given, with
 * credentials that are good, and prints what the relay answered, as one line of JSON.
 *
 * `node attacker.ts '{"server":"10.80.1.2","port":3478,"secret":"…","peers":["127.0.0.1"]}'`
 */

const Task = z.object({
  server: z.string(),
  port: z.number(),
  secret: z.string(),
  peers: z.array(z.string()),
});

/** Per peer: `permitted`, or the STUN error codes of CreatePermission and ChannelBind. */
export const Verdicts = z.record(z.string(), z.string());
export type Verdicts = z.infer<typeof Verdicts>;

/** Port that watches on every address listen on. */
export const WATCHED_PORT = 7777;
const FIRST_CHANNEL = 0x4000;

async function attack(task: z.infer<typeof Task>): Promise<Verdicts> {
  const username = `${Math.floor(Date.now() / 1000) + 600}:attacker`;
  const credential = createHmac('sha1', task.secret).update(username).digest('base64');
  const verdicts: Verdicts = {};
  for (const family of [4, 6] as const) {
    const client = await TurnClient.open('udp', { host: task.server, port: task.port });
    await client.allocate({ username, credential }, { family });
    let channel = FIRST_CHANNEL;
    for (const address of task.peers.filter((peer) => peer.includes(':') === (family === 6))) {
      const peer = { address, port: WATCHED_PORT };
      // Also sent without asking: what does not care for the answer must not get through either.
      client.sendTo(peer, Buffer.from(`unasked to ${address}`));
      const permission = await codeOf(client.createPermission(peer));
      const bound = await codeOf(client.bindChannel((channel += 1), peer));
      client.sendTo(peer, Buffer.from(`permitted to ${address}`));
      client.sendOnChannel(channel, Buffer.from(`channel to ${address}`));
      verdicts[address] = permission === bound ? permission : `${permission}, ${bound}`;
    }
    client.close();
  }
  return verdicts;
}

async function codeOf(answer: Promise<void>): Promise<string> {
  try {
    await answer;
    return 'permitted';
  } catch (error) {
    if (error instanceof TurnError) return String(error.code);
    throw error;
  }
}

if (import.meta.main) {
  console.log(JSON.stringify(await attack(Task.parse(JSON.parse(process.argv[2] ?? '')))));
  process.exit(0);
}
