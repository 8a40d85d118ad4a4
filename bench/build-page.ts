import { build } from 'vite';
import { resolve } from 'node:path';

/** Pages that page-window.mjs shows. */
export type BenchPage = 'baseline' | 'peer';

/** Bundles a page of the benchmarks to where page-window.mjs looks for it. */
export async function buildPage(page: BenchPage): Promise<void> {
  await build({
    root: resolve(import.meta.dirname, page, 'page'),
    base: './',
    configFile: false,
    logLevel: 'warn',
    build: {
      outDir: resolve(import.meta.dirname, '../out', `${page}-page`),
      emptyOutDir: true,
      target: 'es2024',
      chunkSizeWarningLimit: 2000,
    },
  });
}
