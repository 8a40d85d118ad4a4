import { expect } from '@playwright/test';
import { listen, watchMotion } from '../fixtures/media-probe.ts';
import { engine, test } from './fixtures.ts';

const BOTH = { audio: true, video: true };

test('two participants see each other move and hear each other', async ({
  openEngine,
  roomOptions,
}) => {
  const [ada, bob] = [await openEngine(), await openEngine()];
  expect(await engine(ada).join(await roomOptions('Ada'), BOTH)).toMatchObject({
    status: 'joined',
  });
  expect(await engine(bob).join(await roomOptions('Bob'), BOTH)).toMatchObject({
    status: 'joined',
  });

  for (const [page, other] of [
    [ada, 'Bob'],
    [bob, 'Ada'],
  ] as const) {
    const picture = page.getByLabel(other);
    await watchMotion(picture);
    expect(await listen(picture)).toBeGreaterThan(0);
    const { connection, timeline } = await engine(page).view();
    expect(connection).toMatchObject({
      phase: 'connected',
      path: { route: 'direct', protocol: 'udp', host: '127.0.0.1' },
    });
    expect(timeline.map((entry) => entry.text)).toContainEqual(
      expect.stringMatching(/^connected · UDP · direct · 127\.0\.0\.1:\d+/),
    );
  }
});
