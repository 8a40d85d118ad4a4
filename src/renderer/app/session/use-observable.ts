import { useSyncExternalStore } from 'react';
import type { Room, RoomSnapshot } from '../../room/contract.ts';
import type { Readable } from './observable.ts';

/** The current value of an observable; the component renders again when it changes. */
export function useObservable<T>(source: Readable<T>): T {
  return useSyncExternalStore(source.subscribe, source.get);
}

/** The room's snapshot; the engine makes a new object at every change. */
export function useRoom(room: Room): RoomSnapshot {
  return useSyncExternalStore(
    (listener) => room.subscribe(listener),
    () => room.getSnapshot(),
  );
}
