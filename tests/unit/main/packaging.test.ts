import { existsSync, globSync, readFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { getConfig, validateConfiguration } from 'app-builder-lib/out/util/config/config.js';
import { DebugLogger } from 'builder-util';
import { beforeAll, describe, expect, it } from 'vitest';
import { LINK_SCHEME } from '../../../src/shared/meeting-link.ts';

const project = resolve(import.meta.dirname, '../../..');
let config: Awaited<ReturnType<typeof getConfig>>;

beforeAll(async () => {
  config = await getConfig(project, resolve(project, 'electron-builder.yml'), null);
});

/** electron-builder compiles its whole schema first: seconds on a busy machine, ms. */
const SCHEMA_TIMEOUT = 60_000;

/** Width and height, px, from a PNG's header (RFC 2083 §4.1.1). */
function pngSize(path: string): { width: number; height: number } {
  const bytes = readFileSync(path);
  expect(bytes.subarray(1, 4).toString('latin1')).toBe('PNG');
  return { width: bytes.readUInt32BE(16), height: bytes.readUInt32BE(20) };
}

describe('electron-builder.yml', () => {
  it(
    'is valid by electron-builder’s own schema',
    async () => {
      await expect(validateConfiguration(config, new DebugLogger(false))).resolves.toBeUndefined();
    },
    SCHEMA_TIMEOUT,
  );

  it(
    'is what the schema check would refuse if a key were misspelt',
    async () => {
      await expect(
        validateConfiguration({ ...config, asarr: true } as never, new DebugLogger(false)),
      ).rejects.toThrow(/asarr/);
    },
    SCHEMA_TIMEOUT,
  );

  it('registers the scheme that the app opens', () => {
    expect(config.protocols).toEqual([expect.objectContaining({ schemes: [LINK_SCHEME] })]);
  });

  it('packs the bundles and nothing else', () => {
    expect(config.files).toEqual([
      {
        filter: [
          'out/main/**',
          'out/preload/**',
          'out/renderer/**',
          'package.json',
          '!**/*.map',
          '!node_modules/**',
        ],
      },
    ]);
    expect(config.asar).toBe(true);
  });

  it('packs for Windows what reads the registry, unpacked, on every architecture', () => {
    const { files, asarUnpack, target } = config.win ?? {};
    expect([asarUnpack].flat()).toEqual(['**/*.node']);
    const arches = new Set((target as { arch: string[] }[]).flatMap(({ arch }) => arch));
    expect([...arches]).toEqual(['x64', 'arm64']);
    for (const arch of arches) {
      const packed = (files as { from: string; filter: string[] }[]).flatMap(({ from, filter }) =>
        globSync(
          filter.map((pattern) => join(project, from, pattern.replace('${arch}', arch))),
        ).map((path) => relative(project, path)),
      );
      expect(packed).toEqual(
        expect.arrayContaining([
          'node_modules/native-reg/lib/index.js',
          `node_modules/native-reg/prebuilds/win32-${arch}/node.napi.node`,
          'node_modules/node-gyp-build/node-gyp-build.js',
        ]),
      );
    }
  });

  it('turns off every way to run other code through the binary', () => {
    expect(config.electronFuses).toMatchObject({
      runAsNode: false,
      enableNodeOptionsEnvironmentVariable: false,
      enableNodeCliInspectArguments: false,
      enableEmbeddedAsarIntegrityValidation: true,
      onlyLoadAppFromAsar: true,
      grantFileProtocolExtraPrivileges: false,
    });
  });

  it('has the files it names, and an icon large enough for every platform', () => {
    for (const path of [config.mac?.entitlements, config.mac?.entitlementsInherit]) {
      expect(existsSync(resolve(project, path ?? ''))).toBe(true);
    }
    for (const icon of [config.mac?.icon, config.win?.icon, config.linux?.icon]) {
      expect(pngSize(resolve(project, 'assets', String(icon)))).toEqual({
        width: 1024,
        height: 1024,
      });
    }
  });

  it('tells macOS what camera and microphone are for', () => {
    expect(Object.keys((config.mac?.extendInfo ?? {}) as object)).toEqual(
      expect.arrayContaining(['NSCameraUsageDescription', 'NSMicrophoneUsageDescription']),
    );
  });
});
