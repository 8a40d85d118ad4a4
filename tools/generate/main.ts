// npm run generate: what IT gets, made from the settings' schema.
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { inProject } from '../setup/project.ts';
import { outputs } from './outputs.ts';

for (const [path, text] of await outputs()) {
  mkdirSync(dirname(inProject(path)), { recursive: true });
  writeFileSync(inProject(path), text);
  process.stdout.write(`${path}\n`);
}
