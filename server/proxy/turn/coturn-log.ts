/** What coturn's verbose log says about allocations, traffic and refusals. */

export type CoturnEvent =
  | { type: 'allocated'; session: string }
  | { type: 'ended'; session: string }
  /** Since the previous report of the same session; one comes every 2,048 packets and at the end. */
  | { type: 'traffic'; leg: 'client' | 'peer'; receivedBytes: number; sentBytes: number }
  /** A STUN error answer: 401, 403, 437, 486, … */
  | { type: 'refused'; code: number }
  | { type: 'peer-denied'; peer: string };

const SESSION = /session (\d+): /;
const USAGE = /: (peer )?usage: .* rb=(\d+), sp=\d+, sb=(\d+)$/;
const REFUSED = /incoming packet message processed, error (\d{3}):/;
const DENIED = /A peer IP (\S+) denied/;

/** One line of the log; undefined when it says nothing that is counted. */
export function readCoturnLine(line: string): CoturnEvent | undefined {
  const session = SESSION.exec(line)?.[1];
  if (session === undefined) {
    const peer = DENIED.exec(line)?.[1];
    return peer === undefined ? undefined : { type: 'peer-denied', peer };
  }
  if (line.includes(': new, realm=')) return { type: 'allocated', session };
  if (line.includes(': delete: realm=')) return { type: 'ended', session };
  const usage = USAGE.exec(line);
  if (usage) {
    return {
      type: 'traffic',
      leg: usage[1] ? 'peer' : 'client',
      receivedBytes: Number(usage[2]),
      sentBytes: Number(usage[3]),
    };
  }
  const refused = REFUSED.exec(line)?.[1];
  return refused === undefined ? undefined : { type: 'refused', code: Number(refused) };
}
