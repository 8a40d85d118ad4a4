import { test as base } from '@playwright/test';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { formatMeetingLink } from '../../src/shared/meeting-link.ts';
import { launchApp } from '../fixtures/app.ts';
import type { App, LaunchOptions } from '../fixtures/app.ts';
import { ManagedFile } from '../fixtures/managed-file.ts';
import { startRoomServer } from '../fixtures/room-server.ts';
import type { RoomServerProcess } from '../fixtures/room-server.ts';
import { testToken } from '../fixtures/tokens.ts';

export { expect } from '@playwright/test';

type Launch = (options?: Partial<LaunchOptions>) => Promise<App>;

interface TestFixtures {
  /** An empty folder for this test; removed after it. */
  folder: string;
  /** Starts the app with a profile of its own; closed after the test. */
  launch: Launch;
  /** The managed file of this test's apps: none to begin with. */
  managed: ManagedFile;
  /** A link with a valid pass to a room that only this test uses. */
  link: string;
}

interface WorkerFixtures {
  /** The real room server, on loopback. */
  server: RoomServerProcess;
}

export const test = base.extend<TestFixtures, WorkerFixtures>({
  server: [
    async ({}, use) => {
      const server = await startRoomServer({ flags: ['--port=0', '--media-port=0'] });
      await use(server);
      await server.stop();
    },
    { scope: 'worker' },
  ],
  folder: async ({}, use) => {
    const folder = await mkdtemp(join(tmpdir(), 'causeway-e2e-'));
    await use(folder);
    // A browser that has just ended may still be writing its last files.
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  },
  managed: async ({ folder }, use) => {
    await use(new ManagedFile(folder));
  },
  launch: async ({ folder, managed }, use, info) => {
    const apps: App[] = [];
    let launches = 0;
    await use(async (options = {}) => {
      launches += 1;
      const app = await launchApp({
        userData: join(folder, `app-${launches}`),
        managedFolder: managed.folder,
        ...options,
      });
      apps.push(app);
      return app;
    });
    for (const [index, app] of apps.entries()) {
      await app.close();
      await info.attach(`output of app ${index}`, { body: app.output.join('\n') });
    }
  },
  link: async ({ server }, use, info) => {
    const room = `room-${info.testId.slice(-20)}`;
    await use(await meetingLink(server.url, room));
  },
});

/** A link into `room` of a test server, with a pass. */
export async function meetingLink(serverUrl: string, room: string): Promise<string> {
  return formatMeetingLink({ roomId: room, serverUrl, token: await testToken({ room }) });
}
