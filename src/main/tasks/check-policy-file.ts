import { realpathSync } from 'node:fs';
import { resolve } from 'node:path';
import { checkPolicyText } from '../settings/managed/check-policy.ts';
import { readManagedFile } from '../settings/managed/managed-file.ts';
import { errorCode } from '../settings/stored-file.ts';

/** Exit status of a check. */
const VALID = 0;
const HAS_ERRORS = 1;
const NO_FILE = 2;

export interface TaskOutcome {
  text: string;
  exitCode: number;
}

/**
 * Checks a managed file before it is pushed: one line per problem,
 * `file:line:column: error: key: what was found and what is allowed`. Owner and mode are not looked
 * at: they count where the file is pushed to.
 *
 * @param file As it was given, which is how it is named in the lines.
 * @returns Exit status 0 when the file would count, 1 when it would not, 2 when there is none.
 */
export function checkPolicyFile(file: string): TaskOutcome {
  let path: string;
  try {
    path = realpathSync(resolve(file));
  } catch (error) {
    const code = errorCode(error);
    const problem = code === 'ENOENT' ? 'There is no such file.' : `It cannot be read (${code}).`;
    return { text: `${file}: error: ${problem}\n`, exitCode: NO_FILE };
  }
  const found = readManagedFile(path, { administrators: [], from: path });
  if (found.kind !== 'bytes') {
    const problem = found.kind === 'absent' ? 'There is no such file.' : found.problem;
    return { text: `${file}: error: ${problem}\n`, exitCode: NO_FILE };
  }
  const { values, problems } = checkPolicyText(found.bytes, file);
  const lines = problems.map(({ severity, problem, key, line, column }) => {
    const place = line === undefined ? '' : `:${line}:${column ?? 1}`;
    return `${file}${place}: ${severity}: ${key === undefined ? '' : `${key}: `}${problem}`;
  });
  const hasErrors = problems.some(({ severity }) => severity === 'error');
  if (!hasErrors) lines.push(`${file}: valid, ${settingsCount(Object.keys(values).length)}`);
  return { text: `${lines.join('\n')}\n`, exitCode: hasErrors ? HAS_ERRORS : VALID };
}

function settingsCount(count: number): string {
  return count === 1 ? '1 setting' : `${count} settings`;
}
