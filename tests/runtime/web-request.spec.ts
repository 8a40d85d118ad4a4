import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { WebSocketServer } from 'ws';
import { expect, test, type Launched } from './runtime.ts';

interface Seen {
  url: string;
  resourceType: string;
}

/** A site with a WebSocket echo; counts who comes. */
class Site {
  readonly requests: { url: string; header: string | undefined }[] = [];
  upgrades = 0;
  readonly #server: Server;
  readonly #sockets: WebSocketServer;

  constructor() {
    this.#server = createServer((request, response) => {
      this.requests.push({
        url: request.url ?? '',
        header: request.headers['x-from-main'] as string | undefined,
      });
      response.setHeader('access-control-allow-origin', '*');
      response.setHeader('access-control-allow-headers', '*');
      response.end('reached');
    });
    this.#sockets = new WebSocketServer({ server: this.#server });
    this.#sockets.on('connection', (socket) => {
      this.upgrades++;
      socket.on('message', (data, isBinary) => socket.send(data, { binary: isBinary }));
    });
  }

  async open(): Promise<void> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
  }

  get host(): string {
    return `127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  close(): void {
    for (const socket of this.#sockets.clients) socket.terminate();
    this.#server.close();
    this.#server.closeAllConnections();
  }
}

/** Only the named hosts pass; what the listener saw is kept. The document is loaded anew. */
async function allowOnly(launched: Launched, hosts: string[]): Promise<void> {
  await launched.app.evaluate(({ session }, allowed) => {
    const seen: unknown[] = [];
    Object.assign(globalThis, { seen });
    session.defaultSession.webRequest.onBeforeRequest(({ url, resourceType }, callback) => {
      seen.push({ url, resourceType });
      const { protocol, host } = new URL(url);
      callback({ cancel: protocol !== 'app:' && !allowed.includes(host) });
    });
  }, hosts);
  await launched.open('app://fixture/index.html');
}

const seen = ({ app }: Launched) =>
  app.evaluate(() => (globalThis as unknown as { seen: Seen[] }).seen);

const socketStory = (launched: Launched, url: string) =>
  launched.page.evaluate(
    (target) =>
      new Promise<string[]>((resolve) => {
        const story: string[] = [];
        const socket = new WebSocket(target);
        story.push(`state ${socket.readyState}`);
        socket.onopen = () => {
          story.push('open');
          socket.send('hello');
        };
        socket.onmessage = (event) => {
          story.push(`message ${String(event.data)}`);
          socket.close(4000, 'done');
        };
        socket.onerror = () => story.push('error');
        socket.onclose = ({ code }) => {
          story.push(`close ${code}`, `state ${socket.readyState}`);
          resolve(story);
        };
      }),
    url,
  );

test.describe('webRequest', () => {
  const site = new Site();
  test.beforeAll(() => site.open());
  test.afterAll(() => site.close());

  test('cancels fetch, XMLHttpRequest and images before they reach the network', async ({
    launched,
  }) => {
    await allowOnly(launched, []);
    const outcome = await launched.page.evaluate(async (host) => {
      const byFetch = await fetch(`http://${host}/fetch`).then(
        () => 'reached',
        () => 'failed',
      );
      const byXhr = await new Promise((resolve) => {
        const request = new XMLHttpRequest();
        request.open('GET', `http://${host}/xhr`);
        request.onload = () => resolve('reached');
        request.onerror = () => resolve('failed');
        request.send();
      });
      const byImage = await new Promise((resolve) => {
        const image = new Image();
        image.onload = () => resolve('reached');
        image.onerror = () => resolve('failed');
        image.src = `http://${host}/image`;
      });
      return [byFetch, byXhr, byImage];
    }, site.host);
    expect(outcome).toEqual(['failed', 'failed', 'failed']);
    expect(site.requests).toEqual([]);
    const types = (await seen(launched))
      .filter(({ url }) => url.includes(site.host))
      .map(({ resourceType }) => resourceType);
    expect(types).toEqual(['xhr', 'xhr', 'image']);
  });

  test('lets through what the listener allows', async ({ launched }) => {
    await allowOnly(launched, [site.host]);
    const text = await launched.page.evaluate(
      (host) => fetch(`http://${host}/allowed`).then((response) => response.text()),
      site.host,
    );
    expect(text).toBe('reached');
    expect(site.requests.map(({ url }) => url)).toEqual(['/allowed']);
  });

  test('cancels a WebSocket before it reaches the network', async ({ launched }) => {
    await allowOnly(launched, []);
    const story = await socketStory(launched, `ws://${site.host}/socket`);
    expect(story).toEqual(['state 0', 'error', 'close 1006', 'state 3']);
    expect(site.upgrades).toBe(0);
    expect(await seen(launched)).toContainEqual({
      url: `ws://${site.host}/socket`,
      resourceType: 'webSocket',
    });
  });

  test('lets an allowed WebSocket work as ever', async ({ launched }) => {
    await allowOnly(launched, [site.host]);
    expect(await socketStory(launched, `ws://${site.host}/socket`)).toEqual([
      'state 0',
      'open',
      'message hello',
      'close 4000',
      'state 3',
    ]);
    const binary = await launched.page.evaluate(
      (host) =>
        new Promise((resolve) => {
          const socket = new WebSocket(`ws://${host}/socket`);
          socket.binaryType = 'arraybuffer';
          socket.addEventListener('open', () => socket.send(new Uint8Array([1, 2, 3])));
          socket.addEventListener('message', ({ data }) => {
            socket.close();
            resolve([...new Uint8Array(data as ArrayBuffer)].join());
          });
        }),
      site.host,
    );
    expect(binary).toBe('1,2,3');
  });

  test('asks about requests of a worker as well', async ({ launched }) => {
    await allowOnly(launched, []);
    const outcome = await launched.page.evaluate(
      (host) =>
        new Promise((resolve) => {
          const worker = new Worker('/worker.js');
          worker.onmessage = ({ data }) => resolve(data);
          worker.postMessage(`http://${host}/from-worker`);
        }),
      site.host,
    );
    expect(outcome).toBe('failed');
    expect(site.requests.some(({ url }) => url === '/from-worker')).toBe(false);
  });

  test('changes request headers', async ({ launched }) => {
    await launched.app.evaluate(({ session }) => {
      session.defaultSession.webRequest.onBeforeSendHeaders(({ requestHeaders }, callback) => {
        callback({ requestHeaders: { ...requestHeaders, 'X-From-Main': 'yes' } });
      });
    });
    await launched.page.evaluate((host) => fetch(`http://${host}/header`), site.host);
    await launched.app.evaluate(({ session }) => {
      session.defaultSession.webRequest.onBeforeSendHeaders(null);
    });
    expect(site.requests).toContainEqual({ url: '/header', header: 'yes' });
  });

  test('changes response headers', async ({ launched }) => {
    await launched.app.evaluate(({ session }) => {
      session.defaultSession.webRequest.onHeadersReceived(({ responseHeaders }, callback) => {
        callback({
          responseHeaders: {
            ...responseHeaders,
            'Access-Control-Expose-Headers': 'X-Added',
            'X-Added': 'by main',
          },
        });
      });
    });
    const added = await launched.page.evaluate(
      (host) => fetch(`http://${host}/expose`).then(({ headers }) => headers.get('X-Added')),
      site.host,
    );
    await launched.app.evaluate(({ session }) => {
      session.defaultSession.webRequest.onHeadersReceived(null);
    });
    expect(added).toBe('by main');
  });
});
