/** What a test does in the page: WebRTC alone; the test itself speaks with the server. */
export interface CallerPage {
  /** Makes a device; answers its RTP capabilities. */
  load(peer: string, routerRtpCapabilities: unknown): Promise<unknown>;
  /** Takes what `createWebRtcTransport` answered. */
  addTransport(peer: string, direction: 'send' | 'receive', answer: unknown): void;
  /** Sends the fake camera, or a tone; answers the producer's id. */
  produce(transportId: string, kind: 'audio' | 'video', replaces?: string): Promise<string>;
  closeProducer(producerId: string): void;
  /** Takes what the server offered. */
  accept(offer: unknown): Promise<void>;
  /** What has come in on a transport so far. */
  received(transportId: string): Promise<Received>;
  /** Pictures that came in on a transport so far, and how many of them stand alone. */
  pictures(transportId: string): Promise<Pictures>;
}

export interface Received {
  /** RTP packets. */
  audio: number;
  video: number;
  framesDecoded: number;
}

export interface Pictures {
  decoded: number;
  keyFrames: number;
  /** Pixels, of the last one. */
  width: number;
}

/** The test's way to the server, given to the page. */
export type SignalFromPage = (peer: string, method: string, data: unknown) => Promise<unknown>;
