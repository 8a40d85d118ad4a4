// Starts one of the project's programs, and first does whatever set-up that takes: a Node that is new
// enough, then the locked dependencies. Runs on Node 18 and later and needs nothing installed.
//
//   node tools/bootstrap.mjs <program> [arguments…]
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { ensureDependencies } from './bootstrap/dependencies.mjs';
import { handOver } from './bootstrap/hand-over.mjs';
import { ensureNode } from './bootstrap/node-runtime.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const [program, ...args] = process.argv.slice(2);

try {
  if (!program) throw new Error('Usage: node tools/bootstrap.mjs <program> [arguments…]');
  const manifest = /** @type {{ engines: { node: string } }} */ (
    JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'))
  );
  const node = await ensureNode(manifest.engines.node);
  // First on the PATH, so that npm and npx started from here on run under the same Node.
  const pathName = Object.keys(process.env).find((name) => name.toUpperCase() === 'PATH') ?? 'PATH';
  process.env[pathName] =
    `${path.dirname(node.executable)}${path.delimiter}${process.env[pathName] ?? ''}`;
  await ensureDependencies(root, node.version);
  await handOver(node.executable, [path.resolve(root, program), ...args], process.env);
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
