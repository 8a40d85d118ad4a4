import react from '@vitejs/plugin-react';
import { defineConfig } from 'electron-vite';
import { resolve } from 'node:path';

const here = import.meta.dirname;

/** Three bundles: main (ESM), preload (CJS: a sandboxed preload cannot be ESM) and renderer. */
export default defineConfig({
  main: {
    resolve: {
      // Its CommonJS form asks for its parts in a way that no bundler sees.
      alias: { 'jsonc-parser': 'jsonc-parser/lib/esm/main.js' },
    },
    build: {
      // Everything but Electron is bundled: the packaged app ships no node_modules.
      externalizeDeps: false,
      rolldownOptions: {
        input: resolve(here, 'src/main/index.ts'),
        output: { format: 'es', entryFileNames: 'index.js' },
      },
    },
  },
  preload: {
    build: {
      externalizeDeps: false,
      rolldownOptions: {
        input: resolve(here, 'src/preload/index.ts'),
        output: { format: 'cjs', entryFileNames: 'index.cjs' },
      },
    },
  },
  renderer: {
    root: resolve(here, 'src/renderer'),
    plugins: [react()],
    build: { rolldownOptions: { input: resolve(here, 'src/renderer/index.html') } },
  },
});
