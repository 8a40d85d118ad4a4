import { chromium } from '../chromium/chromium.ts';
import { ELECTRON_VERSION } from '../electron-version.ts';

/** The `process` of a sandboxed preload script. */
export function rendererProcessInfo(): Record<string, unknown> {
  return {
    type: 'renderer',
    sandboxed: true,
    contextIsolated: true,
    platform: process.platform,
    arch: process.arch,
    version: process.version,
    versions: {
      node: process.versions.node,
      electron: ELECTRON_VERSION,
      chrome: /\/([\d.]+)/.exec(chromium.version.product)?.[1] ?? '',
      v8: chromium.version.jsVersion,
    },
    argv: [],
    env: {},
  };
}
