import { describe, expect, test } from 'vitest';
import { CaptureDevice } from '../../../src/renderer/app/media/capture-device.ts';
import { toDeviceList } from '../../../src/renderer/app/media/device-list.ts';
import { MEDIA_PROBLEMS, mediaProblemOf } from '../../../src/renderer/app/media/media-problem.ts';
import { levelOf, smoothLevel } from '../../../src/renderer/app/media/microphone-level.ts';
import { MEDIA_PROBLEM_TEXT } from '../../../src/renderer/app/media/text.ts';

test.each([
  ['NotAllowedError', 'refused'],
  ['SecurityError', 'refused'],
  ['NotReadableError', 'taken'],
  ['AbortError', 'taken'],
  ['NotFoundError', 'none'],
  ['OverconstrainedError', 'none'],
  ['TypeError', 'failed'],
])('%s means “%s”', (name, problem) => {
  expect(mediaProblemOf(new DOMException('', name))).toBe(problem);
});

test('every problem of every device is one plain sentence or two', () => {
  for (const kind of ['camera', 'microphone'] as const) {
    for (const problem of MEDIA_PROBLEMS) {
      expect(MEDIA_PROBLEM_TEXT[kind][problem]).toMatch(/^[A-Z].{10,140}\.$/);
    }
  }
});

describe('the list of devices', () => {
  const device = (kind: MediaDeviceKind, deviceId: string, label: string) => ({
    kind,
    deviceId,
    label,
    groupId: '',
  });

  test('holds real devices only, with clean or numbered names', () => {
    const list = toDeviceList([
      device('videoinput', 'c1', 'HD Webcam (046d:0825)'),
      device('videoinput', 'c2', ''),
      device('audioinput', 'default', 'Default - Headset'),
      device('audioinput', 'communications', 'Communications - Headset'),
      device('audioinput', 'm1', 'Headset'),
      device('audiooutput', 's1', ''),
    ]);
    expect(list).toEqual({
      cameras: [
        { id: 'c1', label: 'HD Webcam' },
        { id: 'c2', label: 'Camera 2' },
      ],
      microphones: [{ id: 'm1', label: 'Headset' }],
      speakers: [{ id: 's1', label: 'Speaker 1' }],
    });
  });

  test('is empty before a permission was given, when devices have no id', () => {
    expect(toDeviceList([device('videoinput', '', '')]).cameras).toEqual([]);
  });
});

describe('the level', () => {
  const tone = (amplitude: number): Float32Array =>
    Float32Array.from({ length: 2048 }, (_, index) => amplitude * Math.sin(index / 8));

  test('is 0 in silence, 1 at a shout, and rises with loudness', () => {
    expect(levelOf(new Float32Array(2048))).toBe(0);
    expect(levelOf(tone(1))).toBe(1);
    expect(levelOf(tone(0.05))).toBeGreaterThan(levelOf(tone(0.01)));
    expect(levelOf(tone(0.0005))).toBe(0);
  });

  test('rises at once and falls gently', () => {
    expect(smoothLevel(0.1, 0.9)).toBe(0.9);
    expect(smoothLevel(0.9, 0)).toBeCloseTo(0.78);
    expect(smoothLevel(0.05, 0)).toBe(0);
  });
});

/** A track as far as a capture device looks at it. */
class FakeTrack extends EventTarget {
  readonly deviceId: string;
  stopped = false;
  constructor(deviceId: string) {
    super();
    this.deviceId = deviceId;
  }
  getSettings(): MediaTrackSettings {
    return { deviceId: this.deviceId };
  }
  stop(): void {
    this.stopped = true;
  }
}

/** A browser whose answers the test gives, one after another. */
class FakeBrowser {
  readonly asked: (string | undefined)[] = [];
  readonly #answers: PromiseWithResolvers<MediaStream>[] = [];

  readonly getUserMedia = (constraints: MediaStreamConstraints): Promise<MediaStream> => {
    const video = constraints.video as MediaTrackConstraints;
    this.asked.push((video.deviceId as { exact: string } | undefined)?.exact);
    const answer = Promise.withResolvers<MediaStream>();
    this.#answers.push(answer);
    return answer.promise;
  };

  give(index: number, track: FakeTrack): void {
    this.#answers[index]?.resolve({ getTracks: () => [track] } as unknown as MediaStream);
  }

  refuse(index: number, name: string): void {
    this.#answers[index]?.reject(new DOMException('', name));
  }
}

/** Lets everything that is ready to run, run. */
const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('a camera', () => {
  test('is on with its track, and off means stopped', async () => {
    const browser = new FakeBrowser();
    const camera = new CaptureDevice('camera', browser.getUserMedia);
    const track = new FakeTrack('c1');
    const on = camera.turnOn(undefined);
    expect(camera.state.get().status).toBe('starting');
    browser.give(0, track);
    await on;
    expect(camera.state.get()).toMatchObject({ status: 'on', deviceId: 'c1', problem: undefined });
    camera.turnOff();
    expect(track.stopped).toBe(true);
    expect(camera.state.get().status).toBe('off');
  });

  test('that is turned off while it starts does not come on later', async () => {
    const browser = new FakeBrowser();
    const camera = new CaptureDevice('camera', browser.getUserMedia);
    const late = new FakeTrack('c1');
    const on = camera.turnOn(undefined);
    camera.turnOff();
    browser.give(0, late);
    await on;
    expect(late.stopped).toBe(true);
    expect(camera.state.get()).toMatchObject({ status: 'off', track: undefined });
  });

  test('that was remembered and is gone is replaced, and the person told', async () => {
    const browser = new FakeBrowser();
    const camera = new CaptureDevice('camera', browser.getUserMedia);
    const on = camera.turnOn('gone');
    browser.refuse(0, 'OverconstrainedError');
    await settle();
    browser.give(1, new FakeTrack('other'));
    await on;
    expect(browser.asked).toEqual(['gone', undefined]);
    expect(camera.state.get()).toMatchObject({
      status: 'on',
      deviceId: 'other',
      problem: 'replaced',
    });
  });

  test('that is gone with no other to take its place: there is none', async () => {
    const browser = new FakeBrowser();
    const camera = new CaptureDevice('camera', browser.getUserMedia);
    const on = camera.turnOn('gone');
    browser.refuse(0, 'NotFoundError');
    await settle();
    browser.refuse(1, 'NotFoundError');
    await on;
    expect(camera.state.get()).toMatchObject({ status: 'off', problem: 'none' });
  });

  test('that is taken does not take the working one away', async () => {
    const browser = new FakeBrowser();
    const camera = new CaptureDevice('camera', browser.getUserMedia);
    const first = new FakeTrack('c1');
    const on = camera.turnOn('c1');
    browser.give(0, first);
    await on;
    const change = camera.turnOn('c2');
    browser.refuse(1, 'NotReadableError');
    await change;
    expect(first.stopped).toBe(false);
    expect(camera.state.get()).toMatchObject({ status: 'on', deviceId: 'c1', problem: 'taken' });
  });

  test('changes without a gap: the old one ends when the new one is there', async () => {
    const browser = new FakeBrowser();
    const camera = new CaptureDevice('camera', browser.getUserMedia);
    const first = new FakeTrack('c1');
    const second = new FakeTrack('c2');
    const on = camera.turnOn('c1');
    browser.give(0, first);
    await on;
    const change = camera.turnOn('c2');
    expect(camera.state.get()).toMatchObject({ status: 'on', deviceId: 'c1' });
    browser.give(1, second);
    await change;
    expect(first.stopped).toBe(true);
    expect(second.stopped).toBe(false);
    expect(camera.state.get()).toMatchObject({ status: 'on', deviceId: 'c2' });
  });

  test('that is unplugged goes off and says so', async () => {
    const browser = new FakeBrowser();
    const camera = new CaptureDevice('camera', browser.getUserMedia);
    const track = new FakeTrack('c1');
    const on = camera.turnOn(undefined);
    browser.give(0, track);
    await on;
    track.dispatchEvent(new Event('ended'));
    expect(camera.state.get()).toMatchObject({ status: 'off', problem: 'unplugged' });
  });
});
