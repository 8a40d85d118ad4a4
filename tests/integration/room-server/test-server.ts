import { afterAll, expect } from 'vitest';
import type { RoomServerConfigInput } from '../../../server/room/config.ts';
import { type RunningRoomServer, startRoomServer } from '../../../server/room/server.ts';
import { createLogger } from '../../../server/shared/logger.ts';
import { TEST_TOKEN_SECRET, testToken } from '../../fixtures/tokens.ts';
import { type ConnectOptions, newPeerId, SignalingClient } from './signaling-client.ts';

/** A real room server in the test's process, and ways into it. */

export interface JoinOptions extends ConnectOptions {
  who?: string;
  rtpCapabilities?: unknown;
  /** Extensions that the client says it understands. */
  features?: string[];
}

export interface TestServer extends RunningRoomServer {
  /** Lines that the server has logged, JSON. */
  logLines: string[];
  /** Connects with a token for the room. */
  connect(options?: ConnectOptions & { who?: string }): Promise<SignalingClient>;
  /** The same, and joins. */
  join(options?: JoinOptions): Promise<SignalingClient>;
  /** Reads one metric's value; labels as Prometheus writes them. 0 when it is not there yet. */
  metric(name: string, labels?: string): Promise<number>;
}

/**
 * Starts a server on free ports with one worker and the secret of the tests. It is stopped after
 * the tests of the file.
 */
export async function startTestServer(config: RoomServerConfigInput = {}): Promise<TestServer> {
  const logLines: string[] = [];
  const logger = createLogger({
    name: 'test',
    level: 'debug',
    format: 'json',
    destination: { write: (line) => void logLines.push(line) },
  });
  const usesOwnAdmission = config.auth === 'none' || config.dev === true;
  const server = await startRoomServer(
    {
      port: 0,
      mediaPort: 0,
      workers: 1,
      ...(usesOwnAdmission || config.tokenPublicKeyFile !== undefined
        ? {}
        : { tokenSecret: TEST_TOKEN_SECRET }),
      ...config,
    },
    logger,
  );
  afterAll(async () => await server.stop());

  const connect: TestServer['connect'] = async (options = {}) => {
    const peer = options.peer ?? newPeerId();
    const token =
      options.token ??
      (await testToken({ room: options.room ?? 'room', who: options.who ?? peer }));
    return await SignalingClient.connect(server.url, { ...options, peer, token });
  };
  return {
    ...server,
    logLines,
    connect,
    join: async (options = {}) => {
      const client = await connect(options);
      const { resume } = await client.request<{ resume?: { key: string } }>('join', {
        displayName: `The ${client.peerId}`,
        device: { name: 'test', version: '1' },
        rtpCapabilities:
          options.rtpCapabilities ?? (await client.request('getRouterRtpCapabilities')),
        sctpCapabilities: { numStreams: { OS: 1024, MIS: 1024 } },
        ...(options.features === undefined ? {} : { features: options.features }),
      });
      client.resumeKey = resume?.key;
      return client;
    },
    metric: async (name, labels = '') => {
      const text = await (await fetch(`${server.url}/metrics`)).text();
      const line = text.split('\n').find((candidate) => candidate.startsWith(`${name}${labels} `));
      return line === undefined ? 0 : Number(line.split(' ').at(-1));
    },
  };
}

/** On a busy machine what takes milliseconds may take seconds. In ms. */
const EVENTUALLY_MS = 20_000;

/** Expects of a value that it becomes so, where nothing tells when. */
export function eventually<T>(look: () => T) {
  return expect.poll(look, { timeout: EVENTUALLY_MS, interval: 20 });
}
