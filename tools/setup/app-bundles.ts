import { bundleStep } from './bundle-step.ts';
import { inProject } from './project.ts';

/** What every bundle depends on beside its own sources. */
const COMMON_INPUTS = [
  'package.json',
  'package-lock.json',
  'tsconfig.base.json',
  'tsconfig.web.json',
  'tsconfig.node.json',
];

/** The app's three bundles (main, preload, renderer) in `out/`. */
export const appBundles = bundleStep({
  name: 'App bundles',
  doing: 'building main, preload and renderer',
  inputs: ['src', 'assets', 'electron.vite.config.ts', ...COMMON_INPUTS],
  folder: 'out',
  args: (outDir) => [
    inProject('node_modules', 'electron-vite', 'bin', 'electron-vite.js'),
    'build',
    '--outDir',
    outDir,
  ],
});

/** The page of `npm start`'s demo participant. */
export const demoBundle = bundleStep({
  name: 'Demo participant',
  doing: 'building its page',
  inputs: ['src/renderer/room', 'src/shared', 'tools/demo-participant', ...COMMON_INPUTS],
  folder: '.causeway/demo-participant',
  args: (outDir) => [
    inProject('node_modules', 'vite', 'bin', 'vite.js'),
    'build',
    '--config',
    inProject('tools', 'demo-participant', 'vite.config.ts'),
    '--outDir',
    outDir,
    '--emptyOutDir',
  ],
});
