import { CallStory } from '../log/call-story.ts';
import type { Log } from '../log/log.ts';
import type { IpcHandlers } from './answer.ts';

type Channels = 'call:report-state' | 'call:report-timeline';

export function callHandlers(log: Log): Pick<IpcHandlers, Channels> {
  let current: { roomId: string; story: CallStory } | undefined;
  return {
    'call:report-state': ({ roomId, state }) => {
      if (current?.roomId !== roomId) current = { roomId, story: new CallStory() };
      for (const { level, text } of current.story.report(state)) {
        if (level === 'error') log.error(text);
        else log[level](text, { room: roomId });
      }
      return undefined;
    },
    'call:report-timeline': ({ roomId, entry }) => {
      const data = { room: roomId, timeline: entry };
      // People coming and going are part of the story; states are told already.
      if (entry.kind === 'peer') log.info(entry.text, data);
      else log.debug(entry.text, data);
      return undefined;
    },
  };
}
