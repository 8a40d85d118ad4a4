import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import type { Children } from './children.ts';

/** Xvfb is up within a second even on a busy machine; longer means that it will not come. */
const DISPLAY_TIMEOUT_MS = 10_000;

const SCREEN = '1600x1000x24';

export interface Display {
  /** Value for DISPLAY, or undefined where the platform needs none. */
  name: string | undefined;
  isVirtual: boolean;
}

/** Whether windows can be shown as things are. */
export function hasDisplay(platform: NodeJS.Platform, env: NodeJS.ProcessEnv): boolean {
  return platform !== 'linux' || Boolean(env['DISPLAY']) || Boolean(env['WAYLAND_DISPLAY']);
}

/**
 * Finds the display, or starts a virtual one that ends with its last window.
 * @throws {Error} when Xvfb does not start.
 */
export async function ensureDisplay(children: Children): Promise<Display> {
  if (hasDisplay(process.platform, process.env)) {
    return { name: process.env['DISPLAY'], isVirtual: false };
  }
  const child = spawn(
    'Xvfb',
    ['-displayfd', '3', '-screen', '0', SCREEN, '-nolisten', 'tcp', '-terminate'],
    {
      stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
    },
  );
  children.add('virtual display', child);
  const lines = createInterface({ input: child.stdio[3] as Readable });
  const timeout = AbortSignal.timeout(DISPLAY_TIMEOUT_MS);
  const failed = once(child, 'exit', { signal: timeout }).then(([code]) => {
    throw new Error(`the virtual display (Xvfb) ended with status ${String(code)}`);
  });
  const [number] = (await Promise.race([once(lines, 'line', { signal: timeout }), failed])) as [
    string,
  ];
  failed.catch(() => undefined);
  return { name: `:${number.trim()}`, isVirtual: true };
}
