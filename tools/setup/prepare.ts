import path from 'node:path';
import { cacheFolder } from '../bootstrap/cache-folder.mjs';
import { appBundles, demoBundle } from './app-bundles.ts';
import { electronBinary } from './electron-binary.ts';
import { builtWorker } from './mediasoup-worker/build.ts';
import { workerExecutable, workerRuns } from './mediasoup-worker/location.ts';
import { prebuiltWorker } from './mediasoup-worker/prebuilt.ts';
import type { Need } from './needs.ts';
import { runSteps } from './run-steps.ts';
import type { SetupStep } from './step.ts';
import type { PackageGroup } from './system-packages/catalogue.ts';
import { systemPackages } from './system-packages/step.ts';

/**
 * Does all set-up that is missing for the given needs, and shows it; quick where none is.
 *
 * With the need `worker`, `MEDIASOUP_WORKER_BIN` is set for this process and the ones it starts. It
 * has to be called before `mediasoup` is loaded.
 * @throws SetupError when the user has to do something first
 */
export async function prepare(needs: readonly Need[]): Promise<void> {
  await runSteps(stepsFor(needs), path.join(cacheFolder(), 'setup.lock'));
  if (needs.includes('worker')) process.env['MEDIASOUP_WORKER_BIN'] = workerExecutable();
}

function stepsFor(needs: readonly Need[]): SetupStep[] {
  const wants = (...some: Need[]): boolean => some.some((need) => needs.includes(need));
  return [
    ...(wants('app') ? [electronBinary] : []),
    ...(wants('worker') ? [prebuiltWorker] : []),
    // After the downloads: what they did not bring, packages have to.
    systemPackages(() => packageGroups(needs)),
    ...(wants('worker') ? [builtWorker] : []),
    ...(wants('app', 'bundles') ? [appBundles] : []),
    ...(wants('demo') ? [demoBundle] : []),
  ];
}

function packageGroups(needs: readonly Need[]): PackageGroup[] {
  const hasDisplay = Boolean(process.env['DISPLAY'] ?? process.env['WAYLAND_DISPLAY']);
  return [
    ...needs,
    ...(needs.includes('app') && !hasDisplay ? (['display'] as const) : []),
    ...(needs.includes('worker') && !workerRuns(workerExecutable())
      ? (['worker-build'] as const)
      : []),
  ];
}
