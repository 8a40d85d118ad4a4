import { defineConfig, type Plugin } from 'vite';
import { resolve } from 'node:path';

const here = import.meta.dirname;

export default defineConfig({
  root: resolve(here, 'page'),
  // Relative: the page is loaded from a file.
  base: './',
  build: {
    // Module scripts with a cross-origin attribute do not load from files.
    modulePreload: false,
    rolldownOptions: { output: { format: 'iife' } },
  },
  plugins: [classicScript()],
});

/** A page loaded from a file may run classic scripts only: module scripts need an origin. */
function classicScript(): Plugin {
  return {
    name: 'classic-script',
    transformIndexHtml: {
      order: 'post',
      handler: (html) => html.replace(/<script type="module" crossorigin/g, '<script defer'),
    },
  };
}
