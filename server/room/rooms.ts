import type { Logger } from '../shared/logger.ts';
import type { MediaWorkers } from './media-workers.ts';
import { Room } from './room.ts';

/** All rooms of the server. A room is made for its first visitor and closed after its last. */

/** The server holds its limit of rooms. */
export class TooManyRooms extends Error {
  override readonly name = 'TooManyRooms';
}

interface Entry {
  room: Promise<Room>;
  /** Visitors being admitted, who may or may not become peers. */
  visitors: number;
}

export class Rooms {
  readonly #entries = new Map<string, Entry>();
  readonly #open = new Set<Room>();
  readonly #mediaWorkers: MediaWorkers;
  readonly #maxRooms: number;
  readonly #logger: Logger;

  constructor(mediaWorkers: MediaWorkers, maxRooms: number, logger: Logger) {
    this.#mediaWorkers = mediaWorkers;
    this.#maxRooms = maxRooms;
    this.#logger = logger;
  }

  get open(): ReadonlySet<Room> {
    return this.#open;
  }

  /**
   * The room for a visitor, made if need be. The room stays open until `leave` is called and the
   * last peer is gone.
   * @throws {TooManyRooms}
   * @throws {NoMediaWorker}
   */
  async enter(roomId: string): Promise<{ room: Room; leave: () => void }> {
    const entry = this.#entries.get(roomId) ?? this.#create(roomId);
    entry.visitors += 1;
    try {
      const room = await entry.room;
      let left = false;
      return {
        room,
        leave: () => {
          if (left) return;
          left = true;
          entry.visitors -= 1;
          this.closeIfEmpty(room);
        },
      };
    } catch (error) {
      entry.visitors -= 1;
      if (this.#entries.get(roomId) === entry) this.#entries.delete(roomId);
      throw error;
    }
  }

  /** The open room of this name, if there is one. */
  find(roomId: string): Room | undefined {
    return [...this.#open].find(({ id }) => id === roomId);
  }

  /** Closes `room` when nobody is in it or about to be. */
  closeIfEmpty(room: Room): void {
    const entry = this.#entries.get(room.id);
    if (room.peers.size > 0 || (entry && entry.visitors > 0)) return;
    if (this.#open.has(room)) this.#forget(room);
    room.close();
  }

  #create(roomId: string): Entry {
    if (this.#entries.size >= this.#maxRooms) {
      throw new TooManyRooms(`The server has its limit of ${this.#maxRooms} meetings.`);
    }
    const entry: Entry = { room: this.#openRoom(roomId), visitors: 0 };
    this.#entries.set(roomId, entry);
    return entry;
  }

  async #openRoom(roomId: string): Promise<Room> {
    const logger = this.#logger.child({ roomId });
    const media = await this.#mediaWorkers.createRoomMedia();
    const room = await Room.create(roomId, media, logger, (dead) => this.#forget(dead));
    this.#open.add(room);
    logger.info('room opened');
    return room;
  }

  #forget(room: Room): void {
    if (!this.#open.delete(room)) return;
    this.#entries.delete(room.id);
    room.logger.info('room closed');
  }
}
