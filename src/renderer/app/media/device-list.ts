import { Observable, type Readable } from '../session/observable.ts';
import { DEVICE_TEXT } from './text.ts';

export interface DeviceChoice {
  id: string;
  label: string;
}

export interface DeviceList {
  cameras: readonly DeviceChoice[];
  microphones: readonly DeviceChoice[];
  speakers: readonly DeviceChoice[];
}

type RawDevice = Pick<MediaDeviceInfo, 'kind' | 'deviceId' | 'label' | 'groupId'>;

/**
 * Sorts what `enumerateDevices()` gives into choices. Entries without an id (before permission is
 * given) are no choice; Chromium's `default` and `communications` aliases are left out because
 * the system default is offered on its own. A device without a label is numbered.
 */
export function toDeviceList(devices: readonly RawDevice[]): DeviceList {
  const pick = (kind: MediaDeviceKind, name: string): DeviceChoice[] => {
    const real = devices.filter(
      (device) =>
        device.kind === kind &&
        device.deviceId !== '' &&
        device.deviceId !== 'default' &&
        device.deviceId !== 'communications',
    );
    return real.map((device, index) => ({
      id: device.deviceId,
      label: cleanLabel(device.label) || DEVICE_TEXT.unnamed(name, index + 1),
    }));
  };
  return {
    cameras: pick('videoinput', DEVICE_TEXT.camera),
    microphones: pick('audioinput', DEVICE_TEXT.microphone),
    speakers: pick('audiooutput', DEVICE_TEXT.speaker),
  };
}

/** Takes Chromium's USB ids off a label: `HD Webcam (046d:0825)` is `HD Webcam` to a person. */
function cleanLabel(label: string): string {
  return label.replace(/\s*\([0-9a-f]{4}:[0-9a-f]{4}\)$/i, '').trim();
}

/** The devices of this computer, kept up to date. */
export class DeviceWatch {
  readonly #list = new Observable<DeviceList>({ cameras: [], microphones: [], speakers: [] });
  readonly #media: MediaDevices;

  constructor(media: MediaDevices) {
    this.#media = media;
    media.addEventListener('devicechange', () => void this.refresh());
  }

  get list(): Readable<DeviceList> {
    return this.#list;
  }

  /** Labels and ids are complete only after a permission was given: call again then. */
  async refresh(): Promise<void> {
    try {
      this.#list.set(toDeviceList(await this.#media.enumerateDevices()));
    } catch {
      // Without a list there is nothing to choose from; the default devices still work.
    }
  }
}
