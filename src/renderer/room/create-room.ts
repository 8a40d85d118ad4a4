import type { Room, RoomOptions, RoomPlatform } from './contract.ts';
import { DiscoveryCache } from './discovery.ts';
import { warmUpDevice } from './media-device.ts';
import { PageStorage, ProxyMemory } from './proxy-memory.ts';
import { parseRoomOptions, type CallTarget } from './room-options.ts';
import { CausewayRoom } from './room.ts';
import { WaitingEntry } from './waiting-entry.ts';

const discovery = new DiscoveryCache();
const pageStorage = new PageStorage();
let waiting: WaitingEntry | undefined;
/** Counts the wishes; what an older one was about to open is not opened. */
let wish = 0;

/**
 * Makes a room object; nothing is sent before `join()`.
 * @throws {RoomError} INPUT_INVALID, with the option and what is wrong with it in `detail`.
 */
export function createRoom(options: RoomOptions, platform: RoomPlatform = {}): Room {
  const target = parseRoomOptions(options);
  warmUpDevice();
  const prepared = takeWaiting(target);
  return new CausewayRoom({
    target,
    ...contextOf(platform),
    peerId: prepared?.peerId ?? crypto.randomUUID(),
    waiting: prepared,
    seed: Math.floor(Math.random() * 2 ** 31),
  });
}

/**
 * Optional, while the employee still looks at the preview: finds out what this browser can do, and
 * opens the way in as far as it goes without joining, so that the `join()` of a room made with the
 * same options need not wait for it. Nobody in the room sees it; without a join it is over after
 * WAITING_ENTRY_MS. May be called as often as one likes. Nothing is sent where an HTTP proxy is in the
 * way, which might ask for a password, nor without a token.
 * @throws {RoomError} INPUT_INVALID, as {@link createRoom}.
 */
export async function prepareRoom(
  options: RoomOptions,
  platform: RoomPlatform = {},
): Promise<void> {
  const target = parseRoomOptions(options);
  warmUpDevice();
  if (waiting?.suits(target) && (waiting.isWaiting || waiting.hasFailed)) return;
  forgetPrepared();
  const mine = wish;
  if (target.token === '' || (await hasHttpProxy(target, platform)) || mine !== wish) return;
  waiting = new WaitingEntry({ target, ...contextOf(platform), peerId: crypto.randomUUID() });
}

/** Ends what was prepared: the way may not be allowed any more. */
export function forgetPrepared(): void {
  wish += 1;
  waiting?.discard();
  waiting = undefined;
}

function takeWaiting(target: CallTarget): WaitingEntry | undefined {
  const taken = waiting?.isWaiting && waiting.suits(target) ? waiting : undefined;
  if (taken) waiting = undefined;
  forgetPrepared();
  return taken;
}

async function hasHttpProxy(
  { server, proxies }: CallTarget,
  platform: RoomPlatform,
): Promise<boolean> {
  const entered = proxies.length > 0 ? proxies : [server];
  const answers = await Promise.all(
    entered.map(async ({ host, port }) => await platform.httpProxyFor?.(host, port)),
  );
  return answers.some((httpProxy) => httpProxy !== undefined);
}

function contextOf(platform: RoomPlatform): {
  platform: RoomPlatform;
  discovery: DiscoveryCache;
  proxyMemory: ProxyMemory;
} {
  const proxyMemory = new ProxyMemory(platform.storage ?? pageStorage);
  return { platform, discovery, proxyMemory };
}
