import { Device, type types } from 'mediasoup-client';
import { Chrome111 } from 'mediasoup-client/handlers/Chrome111';

/**
 * mediasoup-client's device over Chromium, the one engine that Causeway runs on. What this browser
 * can encode and decode is asked once for the life of the page, before a server has said anything:
 * it takes two peer connections to find out.
 */

const chromium = Chrome111.createFactory({});
const nativeCapabilities = new Map<string, Promise<types.RtpCapabilities>>();

const handlerFactory: types.HandlerFactory = {
  ...chromium,
  getNativeRtpCapabilities: ({ direction }) => {
    const known = nativeCapabilities.get(direction);
    if (known) return known;
    const asked = chromium.getNativeRtpCapabilities({ direction });
    nativeCapabilities.set(direction, asked);
    asked.catch(() => nativeCapabilities.delete(direction));
    return asked;
  },
};

/** Starts finding out what this browser can do, so that a join need not wait for it. */
export function warmUpDevice(): void {
  for (const direction of ['recvonly', 'sendonly'] as const) {
    // A failure shows up again, and is told, when the device is loaded.
    handlerFactory.getNativeRtpCapabilities({ direction }).catch(() => undefined);
  }
}

/** @throws {Error} the server's capabilities are malformed. */
export async function loadDevice(routerRtpCapabilities: types.RtpCapabilities): Promise<Device> {
  const device = new Device({ handlerFactory });
  await device.load({ routerRtpCapabilities });
  return device;
}
