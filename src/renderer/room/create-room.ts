import type { Room, RoomOptions, RoomPlatform } from './contract.ts';
import { DiscoveryCache } from './discovery.ts';
import { DISCOVERY_BUDGET_MS } from './limits.ts';
import { warmUpDevice } from './media-device.ts';
import { PageStorage, ProxyMemory } from './proxy-memory.ts';
import { parseRoomOptions } from './room-options.ts';
import { CausewayRoom } from './room.ts';

const discovery = new DiscoveryCache();
const pageStorage = new PageStorage();

/**
 * Makes a room object; nothing is sent before `join()`.
 * @throws {RoomError} INPUT_INVALID, with the option and what is wrong with it in `detail`.
 */
export function createRoom(options: RoomOptions, platform: RoomPlatform = {}): Room {
  const target = parseRoomOptions(options);
  warmUpDevice();
  return new CausewayRoom({
    target,
    platform,
    peerId: crypto.randomUUID(),
    discovery,
    proxyMemory: new ProxyMemory(platform.storage ?? pageStorage),
    seed: Math.floor(Math.random() * 2 ** 31),
  });
}

/**
 * Optional, while the employee still looks at the preview: finds out what this browser can do and,
 * on the direct route, what the server can do, so that `join()` need not wait for either. On the
 * proxy route nothing is sent.
 * @throws {RoomError} INPUT_INVALID, as {@link createRoom}.
 */
export async function prepareRoom(options: RoomOptions): Promise<void> {
  const { route, server, token } = parseRoomOptions(options);
  warmUpDevice();
  if (route === 'proxy' || token === '') return;
  await discovery.discover(
    server.httpOrigin,
    DISCOVERY_BUDGET_MS,
    AbortSignal.timeout(DISCOVERY_BUDGET_MS),
  );
}
