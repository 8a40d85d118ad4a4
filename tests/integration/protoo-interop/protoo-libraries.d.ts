/** The parts of the protoo libraries (plain JavaScript) that the tests use. */

declare module 'protoo-client' {
  import type { EventEmitter } from 'node:events';

  export interface ProtooMessage {
    method: string;
    data: Record<string, unknown>;
  }
  export class WebSocketTransport {
    constructor(url: string);
    close(): void;
  }
  export class Peer extends EventEmitter {
    constructor(transport: WebSocketTransport);
    request(method: string, data?: unknown): Promise<Record<string, unknown>>;
    notify(method: string, data?: unknown): Promise<void>;
    close(): void;
  }
  const library: { Peer: typeof Peer; WebSocketTransport: typeof WebSocketTransport };
  export default library;
}

declare module 'protoo-server' {
  import type { EventEmitter } from 'node:events';
  import type { IncomingMessage, Server } from 'node:http';

  export interface Transport {
    readonly closed: boolean;
  }
  export class Peer extends EventEmitter {
    request(method: string, data?: unknown): Promise<Record<string, unknown>>;
    notify(method: string, data?: unknown): Promise<void>;
    close(): void;
  }
  export class Room {
    createPeer(peerId: string, transport: Transport): Peer;
    close(): void;
  }
  export class WebSocketServer extends EventEmitter {
    constructor(server: Server, options?: object);
    stop(): void;
    on(
      event: 'connectionrequest',
      listener: (
        info: { request: IncomingMessage; origin: string },
        accept: () => Transport,
        reject: (code: number, reason: string) => void,
      ) => void,
    ): this;
  }
  const library: { Room: typeof Room; WebSocketServer: typeof WebSocketServer };
  export default library;
}
