import { Observable, type Readable } from '../session/observable.ts';
import {
  isDeviceMissing,
  mediaProblemOf,
  type CaptureKind,
  type MediaProblem,
} from './media-problem.ts';

export interface CaptureState {
  status: 'off' | 'starting' | 'on';
  track: MediaStreamTrack | undefined;
  /** The device in use; undefined while off. */
  deviceId: string | undefined;
  problem: MediaProblem | undefined;
}

const OFF: CaptureState = {
  status: 'off',
  track: undefined,
  deviceId: undefined,
  problem: undefined,
};

/** 720p at 30 frames: what a tile can show and a laptop can encode several layers of. */
const VIDEO: MediaTrackConstraints = {
  width: { ideal: 1280 },
  height: { ideal: 720 },
  frameRate: { ideal: 30 },
};
const AUDIO: MediaTrackConstraints = {
  echoCancellation: true,
  noiseSuppression: true,
  autoGainControl: true,
};

type GetUserMedia = (constraints: MediaStreamConstraints) => Promise<MediaStream>;

/**
 * One camera or one microphone: at most one live track, whatever the order in which people click.
 * Off means that the track is stopped, so that the device's light goes out.
 */
export class CaptureDevice {
  readonly kind: CaptureKind;
  readonly #state = new Observable<CaptureState>(OFF);
  readonly #getUserMedia: GetUserMedia;
  /** Counts the wishes; an answer to an older wish is thrown away. */
  #wish = 0;
  #opening: Promise<void> = Promise.resolve();

  constructor(kind: CaptureKind, getUserMedia: GetUserMedia) {
    this.kind = kind;
    this.#getUserMedia = getUserMedia;
  }

  get state(): Readable<CaptureState> {
    return this.#state;
  }

  /**
   * Turns the device on, or changes to another one without a gap. Never rejects: what went wrong
   * is in the state. A device that is missing is replaced by the system's default.
   */
  turnOn(deviceId: string | undefined): Promise<void> {
    this.#opening = this.#turnOn(deviceId);
    return this.#opening;
  }

  /** Resolves when the last wish is fulfilled or has failed. */
  settled(): Promise<void> {
    return this.#opening;
  }

  turnOff(): void {
    this.#wish += 1;
    const before = this.#state.get();
    this.#state.set(OFF);
    before.track?.stop();
  }

  /** Takes the sentence about a problem away; a device that is on stays on. */
  dismissProblem(): void {
    this.#state.set({ ...this.#state.get(), problem: undefined });
  }

  async #turnOn(deviceId: string | undefined): Promise<void> {
    const wish = ++this.#wish;
    const before = this.#state.get();
    if (before.status !== 'on') this.#state.set({ ...OFF, status: 'starting' });
    let problem: MediaProblem | undefined;
    let track: MediaStreamTrack | undefined;
    try {
      track = await this.#open(deviceId);
    } catch (error) {
      problem = mediaProblemOf(error);
      if (deviceId !== undefined && isDeviceMissing(error)) {
        try {
          track = await this.#open(undefined);
          problem = 'replaced';
        } catch (second) {
          problem = mediaProblemOf(second);
        }
      }
    }
    if (wish !== this.#wish) {
      track?.stop();
      return;
    }
    if (!track) {
      // A failed change keeps what works.
      const kept = this.#state.get();
      this.#state.set(kept.status === 'on' ? { ...kept, problem } : { ...OFF, problem });
      return;
    }
    const opened = track;
    opened.addEventListener('ended', () => this.#lost(opened), { once: true });
    this.#state.set({
      status: 'on',
      track: opened,
      deviceId: opened.getSettings().deviceId,
      problem,
    });
    before.track?.stop();
  }

  #lost(track: MediaStreamTrack): void {
    if (this.#state.get().track === track) this.#state.set({ ...OFF, problem: 'unplugged' });
  }

  async #open(deviceId: string | undefined): Promise<MediaStreamTrack> {
    const base = this.kind === 'camera' ? VIDEO : AUDIO;
    const wanted = deviceId === undefined ? base : { ...base, deviceId: { exact: deviceId } };
    const stream = await this.#getUserMedia(
      this.kind === 'camera' ? { video: wanted } : { audio: wanted },
    );
    const track = stream.getTracks()[0];
    if (!track) throw new DOMException('The stream has no track.', 'NotFoundError');
    return track;
  }
}
