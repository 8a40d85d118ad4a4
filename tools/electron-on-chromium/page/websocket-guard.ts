import type { Guards } from './page-world.ts';

/**
 * Puts the main process's request filter before every WebSocket: DevTools can hold back requests
 * but not these. The socket is opened when the filter has allowed it; a refused one fails as
 * Chromium fails a blocked one: `error`, then `close` with code 1006.
 */
export function installWebSocketGuard(guards: Guards): void {
  const Native = window.WebSocket;

  class GuardedWebSocket extends EventTarget {
    static readonly CONNECTING = 0;
    static readonly OPEN = 1;
    static readonly CLOSING = 2;
    static readonly CLOSED = 3;
    readonly CONNECTING = 0;
    readonly OPEN = 1;
    readonly CLOSING = 2;
    readonly CLOSED = 3;
    readonly url: string;
    #socket: WebSocket | undefined;
    #binaryType: BinaryType = 'blob';
    #stateBefore = 0;
    readonly #handlers = new Map<string, (event: Event) => void>();

    constructor(url: string | URL, protocols: string | string[] = []) {
      super();
      const target = new URL(url, document.baseURI);
      if (target.protocol === 'http:') target.protocol = 'ws:';
      if (target.protocol === 'https:') target.protocol = 'wss:';
      if (target.protocol !== 'ws:' && target.protocol !== 'wss:')
        throw new DOMException(
          `Failed to construct 'WebSocket': The URL's scheme must be either 'http', 'https', 'ws', or 'wss'. '${target.protocol.slice(0, -1)}' is not allowed.`,
          'SyntaxError',
        );
      this.url = target.href;
      guards.askWebSocket(target.href).then(
        (allowed) => (allowed ? this.#open(protocols) : this.#refuse()),
        () => this.#refuse(),
      );
    }

    get readyState(): number {
      return this.#socket?.readyState ?? this.#stateBefore;
    }
    get bufferedAmount(): number {
      return this.#socket?.bufferedAmount ?? 0;
    }
    get extensions(): string {
      return this.#socket?.extensions ?? '';
    }
    get protocol(): string {
      return this.#socket?.protocol ?? '';
    }
    get binaryType(): BinaryType {
      return this.#binaryType;
    }
    set binaryType(type: BinaryType) {
      this.#binaryType = type;
      if (this.#socket) this.#socket.binaryType = type;
    }

    send(data: string | Blob | BufferSource): void {
      if (this.#socket) this.#socket.send(data);
      else if (this.#stateBefore === 0)
        throw new DOMException(
          `Failed to execute 'send' on 'WebSocket': Still in CONNECTING state.`,
          'InvalidStateError',
        );
    }

    close(code?: number, reason?: string): void {
      if (this.#socket) this.#socket.close(code, reason);
      else this.#refuse();
    }

    #open(protocols: string | string[]): void {
      if (this.#stateBefore !== 0) return;
      const socket = new Native(this.url, protocols);
      socket.binaryType = this.#binaryType;
      this.#socket = socket;
      socket.addEventListener('open', () => this.dispatchEvent(new Event('open')));
      socket.addEventListener('error', () => this.dispatchEvent(new Event('error')));
      socket.addEventListener('message', ({ data, origin }) =>
        this.dispatchEvent(new MessageEvent('message', { data: data as unknown, origin })),
      );
      socket.addEventListener('close', ({ code, reason, wasClean }) =>
        this.dispatchEvent(new CloseEvent('close', { code, reason, wasClean })),
      );
    }

    #refuse(): void {
      if (this.#stateBefore !== 0) return;
      this.#stateBefore = 2;
      queueMicrotask(() => {
        this.#stateBefore = 3;
        this.dispatchEvent(new Event('error'));
        this.dispatchEvent(new CloseEvent('close', { code: 1006, wasClean: false }));
      });
    }

    handler(type: string): ((event: Event) => void) | null {
      return this.#handlers.get(type) ?? null;
    }

    setHandler(type: string, handler: unknown): void {
      if (!this.#handlers.has(type))
        this.addEventListener(type, (event) => this.#handlers.get(type)?.call(this, event));
      if (typeof handler === 'function')
        this.#handlers.set(type, handler as (event: Event) => void);
      else this.#handlers.set(type, () => {});
    }
  }

  for (const type of ['open', 'message', 'error', 'close'])
    Object.defineProperty(GuardedWebSocket.prototype, `on${type}`, {
      get(this: GuardedWebSocket) {
        return this.handler(type);
      },
      set(this: GuardedWebSocket, handler: unknown) {
        this.setHandler(type, handler);
      },
      enumerable: true,
      configurable: true,
    });

  Object.defineProperty(GuardedWebSocket, 'name', { value: 'WebSocket' });
  Object.defineProperty(window, 'WebSocket', {
    value: GuardedWebSocket,
    writable: true,
    enumerable: false,
    configurable: true,
  });
}
