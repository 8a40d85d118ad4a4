import { spawn, spawnSync } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Namespaces, namespacesUnavailable, stop } from '../../network/namespaces.ts';

const unavailable = namespacesUnavailable();

describe('network namespaces', () => {
  let nets: Namespaces | undefined;
  beforeEach(({ skip }) => {
    skip(Boolean(unavailable), unavailable);
  });
  afterEach(async () => {
    await nets?.destroy();
  });

  async function pair(): Promise<Namespaces> {
    nets = new Namespaces();
    await nets.create('client');
    await nets.create('server');
    await nets.link('client', 'server', {
      a: ['10.77.0.1/24', 'fd77::1/64'],
      b: ['10.77.0.2/24', 'fd77::2/64'],
    });
    return nets;
  }

  const PORT = 7007;

  async function listen(net: Namespaces): Promise<ChildProcess> {
    const script = `require('net').createServer((s) => s.end()).listen(${PORT}, '::', () => console.log('up'))`;
    const child = net.spawn('server', [process.execPath, '-e', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    if (!child.stdout) throw new Error('no output to read');
    await once(child.stdout, 'data');
    return child;
  }

  /** 'connected', or the error code. */
  async function connect(net: Namespaces, host: string): Promise<string> {
    const script = `const s = require('net').connect(${PORT}, '${host}');
      const say = (word) => { console.log(word); s.destroy(); };
      s.on('connect', () => say('connected')).on('error', (e) => say(e.code));`;
    return (await net.exec('client', [process.execPath, '-e', script])).stdout.trim();
  }

  test('linked hosts reach each other by both families, and nothing else', async () => {
    const net = await pair();
    const server = await listen(net);
    expect(await connect(net, '10.77.0.2')).toBe('connected');
    expect(await connect(net, 'fd77::2')).toBe('connected');
    expect(await connect(net, '192.0.2.1')).toBe('ENETUNREACH');
    await stop(server);
    expect(await connect(net, '10.77.0.2')).toBe('ECONNREFUSED');
  });

  test('named counters count what passed and start again at 0', async () => {
    const net = await pair();
    await listen(net);
    await net.nft(
      'client',
      `table inet watch {
        counter syn {}
        chain out {
          type filter hook output priority 0;
          tcp flags & (syn | ack) == syn counter name syn
        }
      }`,
    );
    for (let i = 0; i < 3; i += 1) await connect(net, '10.77.0.2');
    expect((await net.counters('client')).syn).toEqual({ packets: 3, bytes: 3 * 60 });
    await net.resetCounters('client');
    expect((await net.counters('client')).syn?.packets).toBe(0);
  });

  test('a broken nft script is refused with what nft says', async () => {
    const net = await pair();
    await expect(net.nft('client', 'table inet x { chain }')).rejects.toThrow(/syntax error/);
  });

  test('destroy stops what runs inside and leaves no namespace', async () => {
    const net = await pair();
    const child = net.spawn('server', ['sleep', '600'], { stdio: 'ignore' });
    await once(child, 'spawn');
    const exited = once(child, 'exit');
    const name = net.systemName('server');
    await net.destroy();
    await exited;
    expect(spawnSync('ip', ['netns', 'list'], { encoding: 'utf8' }).stdout).not.toContain(name);
  });

  test('what a killed test process left behind is removed by the next one', async () => {
    const ended = spawn('true');
    await once(ended, 'exit');
    const leftover = `cw${ended.pid}x1-old`;
    spawnSync('ip', ['netns', 'add', leftover]);
    nets = new Namespaces();
    expect(spawnSync('ip', ['netns', 'list'], { encoding: 'utf8' }).stdout).not.toContain(leftover);
  });
});
