import { Observable, type Readable } from '../session/observable.ts';
import { CaptureDevice, type CaptureState } from './capture-device.ts';
import { DeviceWatch, type DeviceList } from './device-list.ts';

export interface RememberedDevices {
  cameraId?: string | undefined;
  microphoneId?: string | undefined;
  speakerId?: string | undefined;
}

export interface LocalMediaState {
  camera: CaptureState;
  microphone: CaptureState;
  /** What the person asked for; a device may be wanted and not be there. */
  cameraWanted: boolean;
  microphoneMuted: boolean;
  devices: DeviceList;
  chosen: RememberedDevices;
}

/**
 * This computer's camera, microphone and speaker: what is chosen, what is on, what is wrong.
 * A muted microphone stays open (so that unmuting is instant) with its track disabled; a camera
 * that is off is closed.
 */
export class LocalMedia {
  readonly #camera: CaptureDevice;
  readonly #microphone: CaptureDevice;
  readonly #watch: DeviceWatch;
  readonly #state: Observable<LocalMediaState>;
  readonly #remember: (devices: RememberedDevices) => void;

  /** @param remember Called with the whole choice after the person has changed it. */
  constructor(media: MediaDevices, remember: (devices: RememberedDevices) => void) {
    const getUserMedia = (constraints: MediaStreamConstraints) => media.getUserMedia(constraints);
    this.#camera = new CaptureDevice('camera', getUserMedia);
    this.#microphone = new CaptureDevice('microphone', getUserMedia);
    this.#watch = new DeviceWatch(media);
    this.#remember = remember;
    this.#state = new Observable<LocalMediaState>({
      camera: this.#camera.state.get(),
      microphone: this.#microphone.state.get(),
      cameraWanted: true,
      microphoneMuted: false,
      devices: this.#watch.list.get(),
      chosen: {},
    });
    this.#camera.state.subscribe(() => this.#update({ camera: this.#camera.state.get() }));
    this.#microphone.state.subscribe(() => this.#microphoneChanged());
    this.#watch.list.subscribe(() => this.#update({ devices: this.#watch.list.get() }));
  }

  get state(): Readable<LocalMediaState> {
    return this.#state;
  }

  /** Takes over what was chosen last time, before the first start. */
  restore(chosen: RememberedDevices): void {
    this.#update({ chosen });
  }

  /** Sets what will be wanted at the next start, and opens nothing. */
  want(wanted: { camera: boolean; microphoneMuted: boolean }): void {
    this.#update({ cameraWanted: wanted.camera, microphoneMuted: wanted.microphoneMuted });
  }

  /** Opens what is wanted and not open yet. Resolves when each is on or has a problem. */
  async start(): Promise<void> {
    if (this.isReady) return;
    const { camera, microphone, cameraWanted, chosen } = this.#state.get();
    // What there is to choose from is nobody's wait, only what is open.
    void this.#watch.refresh();
    await Promise.all([
      microphone.status === 'off'
        ? this.#microphone.turnOn(chosen.microphoneId)
        : this.#microphone.settled(),
      cameraWanted && camera.status === 'off'
        ? this.#camera.turnOn(chosen.cameraId)
        : this.#camera.settled(),
    ]);
    void this.#watch.refresh();
  }

  /** Everything that is wanted is on: nothing is left to wait for. */
  get isReady(): boolean {
    const { camera, microphone, cameraWanted } = this.#state.get();
    return microphone.status === 'on' && (camera.status === 'on' || !cameraWanted);
  }

  /** Closes every device; what was wanted stays wanted for the next start. */
  stop(): void {
    this.#camera.turnOff();
    this.#microphone.turnOff();
  }

  async setCamera(wanted: boolean): Promise<void> {
    this.#update({ cameraWanted: wanted });
    if (!wanted) {
      this.#camera.turnOff();
      return;
    }
    await this.#camera.turnOn(this.#state.get().chosen.cameraId);
    await this.#watch.refresh();
  }

  async setMicrophoneMuted(muted: boolean): Promise<void> {
    this.#update({ microphoneMuted: muted });
    const { microphone, chosen } = this.#state.get();
    if (microphone.track) microphone.track.enabled = !muted;
    if (!muted && microphone.status === 'off') {
      await this.#microphone.turnOn(chosen.microphoneId);
      await this.#watch.refresh();
    }
  }

  /** @param id A device id, or undefined for the system's default. */
  async chooseCamera(id: string | undefined): Promise<void> {
    this.#choose({ cameraId: id });
    if (this.#state.get().cameraWanted) await this.#camera.turnOn(id);
  }

  async chooseMicrophone(id: string | undefined): Promise<void> {
    this.#choose({ microphoneId: id });
    await this.#microphone.turnOn(id);
  }

  chooseSpeaker(id: string | undefined): void {
    this.#choose({ speakerId: id });
  }

  dismissProblem(kind: 'camera' | 'microphone'): void {
    (kind === 'camera' ? this.#camera : this.#microphone).dismissProblem();
  }

  #choose(change: RememberedDevices): void {
    const chosen = { ...this.#state.get().chosen, ...change };
    this.#update({ chosen });
    this.#remember(chosen);
  }

  #microphoneChanged(): void {
    const microphone = this.#microphone.state.get();
    if (microphone.track) microphone.track.enabled = !this.#state.get().microphoneMuted;
    this.#update({ microphone });
  }

  #update(change: Partial<LocalMediaState>): void {
    this.#state.set({ ...this.#state.get(), ...change });
  }
}
