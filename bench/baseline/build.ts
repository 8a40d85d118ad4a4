import { build } from 'vite';
import { resolve } from 'node:path';

const ROOT = resolve(import.meta.dirname, 'page');
const OUT = resolve(import.meta.dirname, '../../out/baseline-page');

/** Bundles the baseline client's page; returns the folder with its index.html. */
export async function buildBaselinePage(): Promise<string> {
  await build({
    root: ROOT,
    base: './',
    configFile: false,
    logLevel: 'warn',
    build: { outDir: OUT, emptyOutDir: true, target: 'es2024', chunkSizeWarningLimit: 2000 },
  });
  return OUT;
}
