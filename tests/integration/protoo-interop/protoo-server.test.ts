import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import protooServer, { type Peer } from 'protoo-server';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { ProtooPeer } from '../../../src/shared/protoo.ts';

/** Our end of protoo, as the app uses it, with the public protoo-server library at the other. */

const http = createServer();
const room = new protooServer.Room();
let webSockets: InstanceType<typeof protooServer.WebSocketServer>;
let theirs: Peer;
let ours: ProtooPeer;
let socket: WebSocket;
const requests: { method: string; data: unknown }[] = [];
const notifications: { method: string; data: unknown }[] = [];
let wakeNotified: (() => void) | undefined;

beforeAll(async () => {
  webSockets = new protooServer.WebSocketServer(http);
  const connected = new Promise<Peer>((resolve) => {
    webSockets.on('connectionrequest', (_info, accept) => {
      resolve(room.createPeer('ours', accept()));
    });
  });
  http.listen(0, '127.0.0.1');
  await once(http, 'listening');
  const { port } = http.address() as AddressInfo;
  socket = new WebSocket(`ws://127.0.0.1:${port}/?roomId=r&peerId=ours`, ['protoo']);
  ours = new ProtooPeer({
    send: (text) => socket.send(text),
    onRequest: async (method, data) => {
      requests.push({ method, data });
      if (method === 'refuse') throw new Error('not for the wire');
      return await Promise.resolve({ echo: data });
    },
    onNotification: (method, data) => {
      notifications.push({ method, data });
      wakeNotified?.();
    },
    onProtocolError: (problem) => {
      throw new Error(problem);
    },
  });
  socket.on('message', (data: Buffer) => ours.receive(data.toString('utf8')));
  await once(socket, 'open');
  theirs = await connected;
});

afterAll(() => {
  ours.close();
  room.close();
  webSockets.stop();
  http.close();
});

type Accept = (data?: unknown) => void;
type Reject = (code: number, reason: string) => void;

describe('our requests', () => {
  it('are answered by protoo-server', async () => {
    theirs.once('request', (request: { method: string; data: unknown }, accept: Accept) => {
      accept({ method: request.method, data: request.data });
    });
    expect(await ours.request('join', { displayName: 'Anna' })).toEqual({
      method: 'join',
      data: { displayName: 'Anna' },
    });
  });

  it('may have no data and an empty answer', async () => {
    theirs.once('request', (_request: unknown, accept: Accept) => accept());
    expect(await ours.request('ping')).toEqual({});
  });

  it('may be refused with code and reason', async () => {
    theirs.once('request', (_request: unknown, _accept: Accept, reject: Reject) => {
      reject(403, 'not allowed');
    });
    await expect(ours.request('produce')).rejects.toMatchObject({
      code: 403,
      message: 'not allowed',
    });
  });
});

describe('requests of protoo-server', () => {
  it('are answered by us', async () => {
    expect(await theirs.request('newConsumer', { id: 'c' })).toEqual({ echo: { id: 'c' } });
    expect(requests.at(-1)).toEqual({ method: 'newConsumer', data: { id: 'c' } });
  });

  it('are refused by us in a way it understands, without our inner failure', async () => {
    await expect(theirs.request('refuse')).rejects.toMatchObject({
      code: 500,
      message: 'internal error',
    });
  });
});

describe('notifications', () => {
  it('of ours arrive there', async () => {
    const arrived = once(theirs, 'notification');
    ours.notify('hello', { a: 1 });
    expect(await arrived).toEqual([expect.objectContaining({ method: 'hello', data: { a: 1 } })]);
  });

  it('of theirs arrive here', async () => {
    const arrived = new Promise<void>((resolve) => {
      wakeNotified = resolve;
    });
    await theirs.notify('peerClosed', { peerId: 'ben' });
    await arrived;
    expect(notifications.at(-1)).toEqual({ method: 'peerClosed', data: { peerId: 'ben' } });
  });
});
