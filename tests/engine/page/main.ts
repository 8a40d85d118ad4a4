import {
  madeSockets,
  openSockets,
  peerConnections,
  pendingTimers,
  type SeenConnection,
} from './spies.ts';
import {
  createRoom,
  forgetPrepared,
  prepareRoom,
  type RemotePeer,
  type Room,
  type RoomOptions,
} from '../../../src/renderer/room/index.ts';
import type { ConnectionState } from '../../../src/shared/connection-state.ts';
import { RoomError } from '../../../src/shared/room-error.ts';
import type { MediaKind } from '../../../src/shared/signaling.ts';
import type { EnginePage, JoinOutcome, PeerConnectionView, TrackView } from './engine-page.ts';

let room: Room | undefined;
let history: ConnectionState[] = [];

function theRoom(): Room {
  if (!room) throw new Error('no room was made in this page');
  return room;
}

async function capture(kinds: { audio: boolean; video: boolean }): Promise<MediaStream> {
  if (!kinds.audio && !kinds.video) return new MediaStream();
  return await navigator.mediaDevices.getUserMedia(kinds);
}

/** Shows each peer as a `<video>` with its name, sound included. */
function show(peers: readonly RemotePeer[]): void {
  for (const peer of peers) {
    let video = document.querySelector<HTMLVideoElement>(`video[aria-label="${peer.displayName}"]`);
    if (!video) {
      video = document.createElement('video');
      video.ariaLabel = peer.displayName;
      video.autoplay = true;
      video.srcObject = new MediaStream();
      document.body.append(video);
    }
    const stream = video.srcObject as MediaStream;
    const wanted = [peer.audio?.track, peer.video?.track].filter((track) => track !== undefined);
    for (const track of wanted) stream.addTrack(track);
    for (const track of stream.getTracks()) if (!wanted.includes(track)) stream.removeTrack(track);
  }
}

async function join(
  options: RoomOptions,
  media: Parameters<EnginePage['join']>[1],
): Promise<JoinOutcome> {
  const startedAt = performance.now();
  history = [];
  try {
    const made = createRoom(options);
    room = made;
    history.push(made.getSnapshot().connection);
    made.on('connection', (state) => history.push(state));
    made.subscribe(() => show(made.getSnapshot().peers));
    const stream = await capture(media);
    await made.join({
      audio: stream.getAudioTracks()[0],
      video: stream.getVideoTracks()[0],
      audioMuted: media.audioMuted ?? false,
      videoMuted: media.videoMuted ?? false,
    });
    return { status: 'joined', tookMs: performance.now() - startedAt };
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') return { status: 'left' };
    if (!(error instanceof RoomError)) throw error;
    return { status: 'failed', error: error.toData(), tookMs: performance.now() - startedAt };
  }
}

function viewTrack(track: RemotePeer['audio']): TrackView | null {
  return track ? { id: track.consumerId, paused: track.paused } : null;
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}

async function viewPeerConnection(seen: SeenConnection): Promise<PeerConnectionView> {
  const records = new Map<string, Record<string, unknown>>(
    await seen.pc.getStats().then((report) => [...report]),
  );
  const transport = [...records.values()].find((record) => record['type'] === 'transport');
  const pair = records.get(String(transport?.['selectedCandidatePairId']));
  const local = records.get(String(pair?.['localCandidateId']));
  return {
    configuration: {
      iceTransportPolicy: seen.configuration.iceTransportPolicy ?? 'all',
      iceServerUrls: (seen.configuration.iceServers ?? []).flatMap((server) => server.urls),
    },
    state: seen.pc.connectionState,
    remoteCandidates: [...seen.remoteCandidateLines].map((line) => {
      const [, , protocol = '', , address = '', port = ''] = line.split(' ');
      return { protocol: protocol.toLowerCase(), address, port: Number(port) };
    }),
    localCandidateTypes: [...seen.localCandidateLines].map(
      (line) => / typ (\w+)/.exec(line)?.[1] ?? line,
    ),
    candidateErrors: seen.candidateErrors,
    selectedProtocol: textOf(local?.['protocol']),
    selectedRelayAddress:
      local?.['candidateType'] === 'relay'
        ? `${textOf(local['address'])}:${Number(local['port'])}`
        : null,
    selectedRelayProtocol: textOf(local?.['relayProtocol']),
  };
}

globalThis.enginePage = {
  join: (options, media) => join(options as RoomOptions, media),
  prepare: (options) => prepareRoom(options as RoomOptions),
  forgetPrepared,
  makeAndLeave: (options) => createRoom(options as RoomOptions).leave(),
  leave: () => theRoom().leave(),
  setMuted: (kind, muted) => theRoom().setMuted(kind, muted),
  setTrack: async (kind: MediaKind, choice) => {
    const stream =
      choice === 'fresh'
        ? await capture({ audio: kind === 'audio', video: kind === 'video' })
        : undefined;
    await theRoom().setTrack(kind, stream?.getTracks()[0]);
  },
  retryNow: () => theRoom().retryNow(),
  sendChat: (text) => theRoom().sendChat(text),
  view: () => {
    const { connection, peers, local, activeSpeakerId, timeline, chat } = theRoom().getSnapshot();
    return {
      connection,
      history,
      peers: peers.map((peer) => ({
        displayName: peer.displayName,
        audio: viewTrack(peer.audio),
        video: viewTrack(peer.video),
      })),
      localMuted: { audio: local.audio?.muted ?? null, video: local.video?.muted ?? null },
      activeSpeakerId: activeSpeakerId ?? null,
      timeline: [...timeline],
      chat,
    };
  },
  peerConnections: () => Promise.all(peerConnections.map(viewPeerConnection)),
  pendingTimers,
  openSockets,
  madeSockets,
};
