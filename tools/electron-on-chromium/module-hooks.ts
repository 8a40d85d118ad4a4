import Module, { registerHooks } from 'node:module';

const NAMES = new Set(['electron', 'electron/main', 'electron/common', 'electron/utility']);
const URL_OF_MODULE = 'electron-on-chromium:electron';

type Load = (request: string, parent: unknown, isMain: boolean) => unknown;

/** Makes `require('electron')` and `import … from 'electron'` give this object, in every module. */
export function installModuleHooks(electron: Record<string, unknown>): void {
  const internals = Module as unknown as { _load: Load };
  const load = internals._load;
  internals._load = (request, parent, isMain) =>
    NAMES.has(request) ? electron : load(request, parent, isMain);

  const key = Symbol.for('electron-on-chromium.electron');
  Object.defineProperty(globalThis, key, { value: electron });
  const names = Object.keys(electron).filter((name) => name !== 'default');
  const source = [
    `const electron = globalThis[Symbol.for('electron-on-chromium.electron')];`,
    'export default electron;',
    ...names.map((name) => `export const ${name} = electron.${name};`),
  ].join('\n');
  registerHooks({
    resolve: (specifier, context, nextResolve) =>
      NAMES.has(specifier)
        ? { url: URL_OF_MODULE, format: 'module', shortCircuit: true }
        : nextResolve(specifier, context),
    load: (url, context, nextLoad) =>
      url === URL_OF_MODULE
        ? { format: 'module', source, shortCircuit: true }
        : nextLoad(url, context),
  });
}
