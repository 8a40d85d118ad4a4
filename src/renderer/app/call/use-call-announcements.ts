import { useEffect } from 'react';
import type { Room } from '../../room/contract.ts';
import { useAnnounce } from '../session/announcer.tsx';
import { announcementOf } from './announcements.ts';
import { CALL_TEXT } from './text.ts';

/** Says joins, leaves and changes of the connection aloud. */
export function useCallAnnouncements(room: Room): void {
  const announce = useAnnounce();
  useEffect(() => {
    const ends = [
      room.on('connection', (state, previous) => {
        const text = announcementOf(state, previous);
        if (text !== undefined) announce(text);
      }),
      room.on('peerJoined', (peer) => announce(CALL_TEXT.joined(peer.displayName))),
      room.on('peerLeft', (peer) => announce(CALL_TEXT.left(peer.displayName))),
    ];
    return () => {
      for (const end of ends) end();
    };
  }, [room, announce]);
}
