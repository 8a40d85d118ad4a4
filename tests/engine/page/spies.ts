/**
 * Watches what the engine makes of the browser: loaded before the engine, so that nothing is made
 * unseen.
 */

const timers = new Map<ReturnType<typeof setTimeout>, string>();
const nativeSetTimeout = globalThis.setTimeout.bind(globalThis);
const nativeClearTimeout = globalThis.clearTimeout.bind(globalThis);
const nativeSetInterval = globalThis.setInterval.bind(globalThis);

globalThis.setTimeout = ((run: () => void, ms?: number) => {
  const timer = nativeSetTimeout(() => {
    timers.delete(timer);
    run();
  }, ms);
  timers.set(timer, `timeout of ${ms} ms`);
  return timer;
}) as typeof setTimeout;
globalThis.setInterval = ((run: () => void, ms?: number) => {
  const timer = nativeSetInterval(run, ms);
  timers.set(timer, `interval of ${ms} ms`);
  return timer;
}) as typeof setInterval;
// Timeouts and intervals share one list of ids, and either function clears both.
const clear = (timer?: ReturnType<typeof setTimeout>): void => {
  if (timer !== undefined) timers.delete(timer);
  nativeClearTimeout(timer);
};
globalThis.clearTimeout = clear;
globalThis.clearInterval = clear;

export function pendingTimers(): string[] {
  return [...timers.values()];
}

const sockets: WebSocket[] = [];
globalThis.WebSocket = class extends WebSocket {
  constructor(url: string | URL, protocols?: string | string[]) {
    super(url, protocols);
    sockets.push(this);
  }
};

export function openSockets(): number {
  return sockets.filter((socket) => socket.readyState !== WebSocket.CLOSED).length;
}

export function madeSockets(): number {
  return sockets.length;
}

export interface SeenConnection {
  pc: RTCPeerConnection;
  configuration: RTCConfiguration;
  /** `candidate` lines of all remote descriptions. */
  remoteCandidateLines: Set<string>;
  /** `candidate` lines that this side gathered. */
  localCandidateLines: Set<string>;
  /** Code, URL and text of ICE errors. */
  candidateErrors: string[];
}

export const peerConnections: SeenConnection[] = [];
globalThis.RTCPeerConnection = class extends RTCPeerConnection {
  readonly #seen: SeenConnection;
  constructor(configuration: RTCConfiguration = {}) {
    super(configuration);
    this.#seen = {
      pc: this,
      configuration,
      remoteCandidateLines: new Set(),
      localCandidateLines: new Set(),
      candidateErrors: [],
    };
    this.addEventListener('icecandidate', ({ candidate }) => {
      if (candidate?.candidate) this.#seen.localCandidateLines.add(candidate.candidate);
    });
    this.addEventListener('icecandidateerror', ({ errorCode, url, errorText }) => {
      this.#seen.candidateErrors.push(`${errorCode} ${url} ${errorText}`);
    });
    peerConnections.push(this.#seen);
  }
  override async setRemoteDescription(description: RTCSessionDescriptionInit): Promise<void> {
    for (const line of description.sdp?.match(/^a=candidate:.*$/gm) ?? []) {
      this.#seen.remoteCandidateLines.add(line);
    }
    await super.setRemoteDescription(description);
  }
};
