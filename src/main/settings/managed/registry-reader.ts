import { createHash } from 'node:crypto';
import type { PolicyOrigin } from '../../../shared/settings/policy-status.ts';
import { messageOf } from '../../error-message.ts';
import { checkPolicyValues } from './check-policy.ts';
import type { PolicyReader, PolicyReading } from './policy-reader.ts';
import { REGISTRY_KEY } from './registry-names.ts';
import { registryPolicy } from './registry-policy.ts';
import type { Registry, RegistryRoot, RegistryValue } from './registry.ts';

/** ms; a look is a few questions to the registry, in this process. */
const POLL_INTERVAL_MS = 500;

/** Demands for the computer go before demands for the user. */
const ROOTS = ['HKLM', 'HKCU'] as const;

/** Group Policy's values in the registry, where nobody but an administrator writes. */
export class RegistryReader implements PolicyReader {
  readonly name = 'native';
  readonly canBeWithdrawn = true;
  readonly pollIntervalMs = POLL_INTERVAL_MS;
  readonly #registry: Registry;
  readonly #key: string;

  constructor(registry: Registry, key = REGISTRY_KEY) {
    this.#registry = registry;
    this.#key = key;
  }

  fingerprint(): Promise<string> {
    const marks = ROOTS.map((root) => {
      try {
        return markOf(this.#registry.values(root, this.#key));
      } catch (error) {
        return messageOf(error);
      }
    });
    return Promise.resolve(marks.join('\n'));
  }

  read(): PolicyReading {
    const reading: PolicyReading = { values: {}, origins: [], problems: [], needed: [] };
    // The strongest last, so that its values stay.
    for (const root of [...ROOTS].reverse()) this.#readRoot(root, reading);
    return reading;
  }

  #readRoot(root: RegistryRoot, reading: PolicyReading): void {
    const path = `${root}\\${this.#key}`;
    const origin = (state: PolicyOrigin['state'], hash?: string): void => {
      reading.origins.unshift({ path, kind: 'native', state, ...(hash !== undefined && { hash }) });
    };
    let found: RegistryValue[] | undefined;
    try {
      found = this.#registry.values(root, this.#key);
    } catch (error) {
      origin('broken');
      const problem = `The registry cannot be read: ${messageOf(error)}`;
      reading.problems.push({ severity: 'error', path, problem });
      return;
    }
    if (found === undefined) {
      origin('absent');
      return;
    }
    const { policy, problems } = registryPolicy(found);
    const checked = checkPolicyValues(policy, path);
    const all = [
      ...problems.map((problem) => ({ severity: 'error' as const, ...problem })),
      ...checked.problems,
    ];
    const isBroken = all.some(({ severity }) => severity === 'error');
    origin(isBroken ? 'broken' : 'used', createHash('sha256').update(markOf(found)).digest('hex'));
    reading.problems.push(...all.map((problem) => ({ path, ...problem })));
    reading.values = { ...reading.values, ...checked.values };
  }
}

function markOf(values: readonly RegistryValue[] | undefined): string {
  return JSON.stringify(values?.map(({ data, ...value }) => ({ ...value, data: plain(data) })));
}

/** JSON has no such numbers. */
function plain(data: RegistryValue['data']): unknown {
  return typeof data === 'bigint' ? data.toString() : data;
}
