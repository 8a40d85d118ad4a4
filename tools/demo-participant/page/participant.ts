import { z } from 'zod';
import { createRoom } from '../../../src/renderer/room/index.ts';
import { formatPath } from '../../../src/shared/path.ts';
import { PreferredProtocol } from '../../../src/shared/protocol.ts';
import { startPicture } from './picture.ts';
import { startSound } from './sound.ts';

/** What the start script asks for, in the page's fragment. */
const DemoMeeting = z.object({
  roomId: z.string(),
  token: z.string(),
  displayName: z.string(),
  serverUrl: z.string(),
  preferredProtocol: PreferredProtocol,
  signalingBaseUrl: z.array(z.string()),
});

/** Lines on the console are what the start script prints. */
function say(line: string): void {
  console.info(line);
}

async function main(): Promise<void> {
  const meeting = DemoMeeting.parse(JSON.parse(decodeURIComponent(location.hash.slice(1))));
  const canvas = document.querySelector<HTMLCanvasElement>('#picture');
  if (!canvas) throw new Error('the page has no canvas');
  const room = createRoom(meeting);
  room.on('connection', (state, previous) => {
    if (state.phase === previous.phase) return;
    if (state.phase === 'connected') say(`joined “${meeting.roomId}” · ${formatPath(state.path)}`);
    if (state.phase === 'reconnecting') say('lost the room, trying again');
    if (state.phase === 'failed') say(`failed: ${state.error.code} ${state.error.message}`);
  });
  await room.join({ video: startPicture(canvas), audio: startSound() });
}

main().catch((error: unknown) => {
  say(`failed: ${error instanceof Error ? error.message : String(error)}`);
});
