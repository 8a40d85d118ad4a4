import { callScreen, joinScreen } from '../fixtures/screens.ts';
import { listen, watchMotion } from '../fixtures/media-probe.ts';
import { expect, test } from './fixtures.ts';

test.describe('camera and microphone', () => {
  test('are shown before the call: a moving preview and a level', async ({ launch, link }) => {
    const { window } = await launch({ args: [`--join=${link}`] });
    const join = joinScreen(window);
    await watchMotion(join.preview);
    await expect
      .poll(async () => Number(await join.level.getAttribute('aria-valuenow')), {
        message: 'the level meter moves with the fake microphone’s beeps',
        // Shorter than a beep: a period like that of the beeps would miss every one of them.
        intervals: [50],
      })
      .toBeGreaterThan(0);
  });

  test('a missing camera is no reason not to join, to see and to hear', async ({
    launch,
    link,
  }) => {
    const [listener, speaker] = await Promise.all([
      launch({ media: 'no-camera', args: [`--join=${link}`, '--display-name=Ada'] }),
      launch({ args: [`--join=${link}`, '--display-name=Ben'] }),
    ]);
    const join = joinScreen(listener.window);
    await expect(join.problems).toContainText('No camera was found. You can join without it.');
    await join.join.click();
    await joinScreen(speaker.window).join.click();

    const call = callScreen(listener.window);
    await expect(call.badge).toHaveAttribute('data-phase', 'connected');
    await watchMotion(call.videoOf('Ben'));
    expect(await listen(call.sound)).toBeGreaterThan(0);
    const adaSeenByBen = callScreen(speaker.window).tileOf('Ada');
    await expect(adaSeenByBen).toHaveAttribute('data-video', 'false');
    await expect(adaSeenByBen).toHaveAttribute('data-muted', 'false');
  });

  test('a missing microphone is no reason not to join', async ({ launch, link }) => {
    const { window } = await launch({
      media: 'no-microphone',
      args: [`--join=${link}`, '--display-name=Ada'],
    });
    const join = joinScreen(window);
    await expect(join.problems).toContainText('No microphone was found. You can join and listen.');
    await join.join.click();
    await expect(callScreen(window).badge).toHaveAttribute('data-phase', 'connected');
    await expect(callScreen(window).ownTile).toHaveAttribute('data-muted', 'true');
  });

  test('that are refused are no reason not to join', async ({ launch, link }) => {
    const { window } = await launch({
      media: 'refused',
      args: [`--join=${link}`, '--display-name=Ada'],
    });
    const join = joinScreen(window);
    await expect(join.problems).toContainText('Causeway may not use the camera.');
    await expect(join.problems).toContainText('Causeway may not use the microphone.');
    await join.join.click();
    await expect(callScreen(window).badge).toHaveAttribute('data-phase', 'connected');
  });

  test('that another program holds are no reason not to join', async ({ launch, link }) => {
    const { window } = await launch({ args: [`--join=${link}`, '--display-name=Ada'] });
    await joinScreen(window).title.waitFor();
    // No fake device of Chromium's can be held by somebody else: only the page's own call is made
    // to fail as it then does (Media Capture and Streams §10.2).
    await window.addInitScript(() => {
      navigator.mediaDevices.getUserMedia = () =>
        Promise.reject(new DOMException('Could not start video source', 'NotReadableError'));
    });
    await window.reload();
    const join = joinScreen(window);
    await join.meeting.fill(link);
    await expect(join.problems).toContainText('Another program is using the camera.');
    await expect(join.problems).toContainText('Another program is using the microphone.');
    await join.join.click();
    await expect(callScreen(window).badge).toHaveAttribute('data-phase', 'connected');
  });
});
