import { readFileSync } from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';
import { join } from 'node:path';
import { Script } from 'node:vm';

/** Folder of the scripts that run inside pages. */
const PAGE_FOLDER = join(import.meta.dirname, '..', 'page');

/** In order of need: each may import from those before it. */
const PRELOAD_MODULES = ['clone-codec', 'world-bridge', 'preload-world'];
const PAGE_MODULES = ['world-bridge', 'permission-guards', 'websocket-guard', 'page-world'];

/** One page module as an expression whose value is its exports. */
function asExpression(name: string): string {
  const typed = readFileSync(join(PAGE_FOLDER, `${name}.ts`), 'utf8');
  const exports: string[] = [];
  const body = stripTypeScriptTypes(typed)
    .replace(
      /^import (\{[^}]*\}) from '\.\/([\w-]+)\.ts';/gm,
      (_, names: string, from: string) => `const ${names} = modules['${from}'];`,
    )
    .replace(/^export (function|const|class) (\w+)/gm, (_, keyword: string, exported: string) => {
      exports.push(exported);
      return `${keyword} ${exported}`;
    });
  return `(() => {\n${body}\nreturn { ${exports.join(', ')} };\n})()`;
}

function bundle(names: readonly string[]): string {
  return names.map((name) => `modules['${name}'] = ${asExpression(name)};`).join('\n');
}

const bundles = new Map<string, string>();

function cachedBundle(key: string, names: readonly string[]): string {
  let source = bundles.get(key);
  if (source === undefined) bundles.set(key, (source = bundle(names)));
  return source;
}

/** Prepares what every page needs, while Chromium starts. */
export function warmPageScripts(): void {
  cachedBundle('preload', PRELOAD_MODULES);
  cachedBundle('page', PAGE_MODULES);
}

export interface PreloadScriptOptions {
  binding: string;
  meeting: string;
  process: Record<string, unknown>;
  preload: { path: string; source: string } | undefined;
}

/** A preload script that does not parse; thrown with the engine's own words. */
export class PreloadSyntaxError extends Error {
  override readonly name = 'PreloadSyntaxError';
}

/** The script for the preload's own world. Throws PreloadSyntaxError. */
export function preloadWorldScript(options: PreloadScriptOptions): string {
  const { binding, meeting, process, preload } = options;
  // The preload is part of the text, not evaluated from a string: the page's CSP would forbid that.
  const wrapped = preload
    ? `function (require, module, exports, process) {\n${preload.source}\n}`
    : 'undefined';
  try {
    new Script(`(${wrapped})`, preload ? { filename: preload.path } : {});
  } catch (error) {
    throw new PreloadSyntaxError(error instanceof Error ? String(error.stack) : String(error));
  }
  const config = JSON.stringify({ binding, meeting, process });
  return `((start) => start(${wrapped}))((preload) => {
'use strict';
const modules = {};
${cachedBundle('preload', PRELOAD_MODULES)}
modules['preload-world'].startPreloadWorld(${config}, preload);
});
//# sourceURL=electron-on-chromium/preload-world.js`;
}

/** The script for the page's own world. */
export function pageWorldScript(options: { meeting: string; guardWebSockets: boolean }): string {
  return `(() => {
'use strict';
const modules = {};
${cachedBundle('page', PAGE_MODULES)}
modules['page-world'].startPageWorld(${JSON.stringify(options)});
})();
//# sourceURL=electron-on-chromium/page-world.js`;
}
