/** The part of protoo-client (which ships no types) that the baseline uses. */
declare module 'protoo-client' {
  export class WebSocketTransport {
    constructor(url: string, options?: { retry?: { retries: number } });
    close(): void;
  }

  export interface PeerRequest {
    method: string;
    data: unknown;
  }

  export class Peer {
    constructor(transport: WebSocketTransport);
    readonly closed: boolean;
    close(): void;
    request(method: string, data?: unknown): Promise<unknown>;
    on(event: 'open' | 'failed' | 'disconnected' | 'close', listener: () => void): this;
    on(
      event: 'request',
      listener: (
        request: PeerRequest,
        accept: (data?: unknown) => void,
        reject: (code: number, reason: string) => void,
      ) => void,
    ): this;
    on(event: 'notification', listener: (notification: PeerRequest) => void): this;
  }
}
