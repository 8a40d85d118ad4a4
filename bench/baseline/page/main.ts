import { sendTokenAsSubprotocol } from './token-socket.ts';
import type { types } from 'mediasoup-client';
import type { BaselineCall } from './client.ts';

/** What a benchmark calls in the page. */
export interface BaselinePage {
  /** Opens camera and microphone, so that a measured join does not wait for them. */
  warmUp(media: MediaStreamConstraints): Promise<void>;
  /** Joins, and resolves with the time from the start to the first decoded remote frame, ms. */
  join(options: JoinOptions): Promise<{ firstFrameMs: number }>;
  /** Joins to be seen and heard; resolves when all tracks are sent. */
  publish(options: JoinOptions): Promise<void>;
  /** `udp` or `tcp`: the protocol of the receiving transport's selected candidate pair. */
  selectedProtocol(): Promise<string | undefined>;
  /** The same of both transports, the sending one first; of a relayed pair the way to the relay. */
  selectedProtocols(): Promise<(string | undefined)[]>;
  leave(): void;
  /** Turns camera and microphone off. */
  coolDown(): void;
}

export interface JoinOptions {
  serverUrl: string;
  roomId: string;
  peerId: string;
  token?: string;
  /** Relays to go through, and by no other way. */
  iceServers?: RTCIceServer[];
}

declare global {
  interface Window {
    baseline: BaselinePage;
  }
}

let token: string | undefined;
sendTokenAsSubprotocol(() => token);
const { joinBaseline } = await import('./client.ts');

// Every call page shows one's own picture, which has to be drawn.
const preview = document.createElement('video');
preview.id = 'preview';
preview.muted = true;
preview.autoplay = true;
document.body.append(preview);
let media = new MediaStream();
let call: BaselineCall | undefined;

async function connect(
  options: JoinOptions,
  onTrack: (track: MediaStreamTrack) => void,
): Promise<void> {
  token = options.token;
  call = await joinBaseline({
    serverUrl: options.serverUrl,
    roomId: options.roomId,
    peerId: options.peerId,
    displayName: options.peerId,
    media,
    ...(options.iceServers && { iceServers: options.iceServers }),
    onTrack,
  });
}

function show(track: MediaStreamTrack): HTMLMediaElement {
  const element = document.createElement(track.kind === 'video' ? 'video' : 'audio');
  element.autoplay = true;
  element.srcObject = new MediaStream([track]);
  document.querySelector('#videos')?.append(element);
  return element;
}

async function protocolOf(transport: types.Transport | undefined): Promise<string | undefined> {
  const stats = await transport?.getStats();
  const all = [...(stats?.values() ?? [])] as Record<string, unknown>[];
  const pairIds = all.map((entry) => entry.selectedCandidatePairId);
  const pair = all.find((entry) => entry.type === 'candidate-pair' && pairIds.includes(entry.id));
  const local = all.find((entry) => entry.id === pair?.localCandidateId);
  return (local?.relayProtocol ?? local?.protocol) as string | undefined;
}

window.baseline = {
  warmUp: async (wanted) => {
    media = await navigator.mediaDevices.getUserMedia(wanted);
    preview.srcObject = new MediaStream(media.getVideoTracks());
  },
  coolDown: () => {
    for (const track of media.getTracks()) track.stop();
    preview.srcObject = null;
  },
  join: async (options) => {
    const start = performance.now();
    return await new Promise((resolve, reject) => {
      connect(options, (track) => {
        const element = show(track);
        if (!(element instanceof HTMLVideoElement)) return;
        element.requestVideoFrameCallback(() =>
          resolve({ firstFrameMs: performance.now() - start }),
        );
      }).catch(reject);
    });
  },
  publish: async (options) => await connect(options, show),
  selectedProtocol: async () => await protocolOf(call?.transports[1]),
  selectedProtocols: async () => await Promise.all((call?.transports ?? []).map(protocolOf)),
  leave: () => {
    call?.close();
    call = undefined;
    document.querySelector('#videos')?.replaceChildren();
  },
};
