// Run by Windows' Node.js: puts policies into the registry of the user, under a key of its own, and
// writes what Causeway makes of each as a line of JSON. `node registry-program.ts KEY FILE`.
import { appendFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type * as NativeReg from 'native-reg';
import { LastGood } from '../../../src/main/settings/managed/last-good.ts';
import { ManagedPolicy } from '../../../src/main/settings/managed/managed-policy.ts';
import { RegistryReader } from '../../../src/main/settings/managed/registry-reader.ts';
import { SystemRegistry } from '../../../src/main/settings/managed/registry.ts';

const [key = '', file = ''] = process.argv.slice(2);
// What a user could set: it must have no effect.
process.env.NATIVE_REG_PREBUILD = 'C:\\nowhere';
const policy = new ManagedPolicy({
  readers: [new RegistryReader(new SystemRegistry(), key)],
  lastGood: new LastGood({ store: {} }),
  now: () => Date.now(),
  onNotKept: (error) => {
    throw error;
  },
});
const native = createRequire(import.meta.url)('native-reg') as typeof NativeReg;

const steps: [name: string, push: () => void][] = [
  ['pushed', push],
  ['changed in a list', () => write('signalingBaseUrl', '2', 'second.example.com')],
  ['broken', () => write('', 'preferredProtocol', 'QUIC')],
  ['withdrawn', () => native.deleteTree(native.HKCU, key)],
];

function push(): void {
  write('', 'preferredProtocol', 'TCP_ONLY');
  write('', 'displayName', 'Zoë, 受付');
  write('signalingBaseUrl', '1', 'first.example.com');
  write('Suggested', 'appearance', 'dark');
  const opened = native.createKey(native.HKCU, key, native.Access.ALL_ACCESS);
  native.setValueDWORD(opened, 'standbyPath', 0);
  native.setValueMULTI_SZ(opened, 'httpProxy', ['{"mode":', '"none"}']);
  native.closeKey(opened);
}

function write(below: string, name: string, text: string): void {
  const path = below === '' ? key : `${key}\\${below}`;
  const opened = native.createKey(native.HKCU, path, native.Access.ALL_ACCESS);
  native.setValueSZ(opened, name, text);
  native.closeKey(opened);
}

function tell(name: string, afterMs: number): void {
  const { state, problems } = policy.status();
  const values = Object.fromEntries(
    Object.entries(policy.values()).map(([name, { value }]) => [name, value]),
  );
  appendFileSync(file, `${JSON.stringify({ name, afterMs, state, values, problems })}\n`);
}

tell('empty', 0);
policy.watch();
for (const [name, change] of steps) {
  const seen = Promise.withResolvers<undefined>();
  policy.onChanged(() => seen.resolve(undefined));
  const from = Date.now();
  // The watch keeps no program alive.
  const alive = setTimeout(() => seen.reject(new Error(`"${name}" was not noticed`)), 10_000);
  change();
  await seen.promise;
  clearTimeout(alive);
  tell(name, Date.now() - from);
}
policy.stop();
