import { createRoom } from '../../../src/renderer/room/index.ts';
import type { RemotePeer, Room } from '../../../src/renderer/room/index.ts';
import { showTrack } from '../../../src/renderer/app/media/show-track.ts';
import type { TimelineEntry } from '../../../src/shared/timeline.ts';
import { startNotes } from './notes.ts';

/**
 * The other participant of a measured call, on the app's own room engine: sends a moving picture
 * and a tune whose notes follow each other quickly, and shows the others as the app's tiles do.
 */
export interface PeerPage {
  join(options: PeerJoinOptions): Promise<void>;
  /** Mutes and pauses everything that is sent, or undoes it. */
  setMuted(muted: boolean): Promise<void>;
  /** Who came and went, as seen by this participant, since the last call of this. */
  takeMovements(): string[];
  /** The room's own story. */
  timeline(): TimelineEntry[];
  /** Tracks that WebRTC was told of, since the last call of this: ms since the epoch. */
  takeArrivals(): { at: number; kind: string }[];
}

export interface PeerJoinOptions {
  serverUrl: string;
  roomId: string;
  token: string;
  notes: { frequencies: readonly number[]; noteMs: number };
}

declare global {
  interface Window {
    peer: PeerPage;
  }
}

/** Large enough to be a picture, small enough to leave the processor to the measured client. */
const CAMERA = { width: 320, height: 240, frameRate: 30 };

let arrivals: { at: number; kind: string }[] = [];
const Connection = globalThis.RTCPeerConnection;
globalThis.RTCPeerConnection = class extends Connection {
  constructor(configuration?: RTCConfiguration) {
    super(configuration);
    this.addEventListener('track', ({ track }) => {
      arrivals.push({ at: performance.timeOrigin + performance.now(), kind: track.kind });
    });
  }
};

let room: Room | undefined;
let movements: string[] = [];
const shown = new Map<string, HTMLVideoElement>();

function theRoom(): Room {
  if (!room) throw new Error('not joined');
  return room;
}

/** One video element for each other person who sends a picture, which follows its track. */
function show(peers: readonly RemotePeer[]): void {
  const sending = new Map(
    peers.flatMap((peer) => (peer.video && !peer.video.paused ? [[peer.id, peer.video]] : [])),
  );
  for (const [id, video] of shown) {
    if (sending.has(id)) continue;
    video.remove();
    shown.delete(id);
  }
  for (const [id, { track }] of sending) {
    showTrack(shown.get(id) ?? addVideo(id), track);
  }
}

function addVideo(id: string): HTMLVideoElement {
  const video = document.createElement('video');
  video.autoplay = true;
  video.muted = true;
  video.width = 640;
  document.querySelector('#others')?.append(video);
  shown.set(id, video);
  return video;
}

window.peer = {
  join: async ({ serverUrl, roomId, token, notes }) => {
    const made = createRoom({ serverUrl, roomId, token, displayName: 'Peer' });
    room = made;
    made.on('peerJoined', ({ displayName }) => movements.push(`${displayName} joined`));
    made.on('peerLeft', ({ displayName }) => movements.push(`${displayName} left`));
    made.subscribe(() => show(made.getSnapshot().peers));
    const camera = await navigator.mediaDevices.getUserMedia({ video: CAMERA });
    await made.join({
      video: camera.getVideoTracks()[0],
      audio: startNotes(notes.frequencies, notes.noteMs),
    });
  },
  setMuted: async (muted) => {
    await theRoom().setMuted('audio', muted);
    await theRoom().setMuted('video', muted);
  },
  takeMovements: () => {
    const seen = movements;
    movements = [];
    return seen;
  },
  timeline: () => [...theRoom().getSnapshot().timeline],
  takeArrivals: () => {
    const seen = arrivals;
    arrivals = [];
    return seen;
  },
};
