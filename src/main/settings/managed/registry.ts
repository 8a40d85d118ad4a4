import { createRequire } from 'node:module';
import type * as NativeReg from 'native-reg';

/** Of the computer, and of the user who is signed in. */
export type RegistryRoot = 'HKLM' | 'HKCU';

export interface RegistryValue {
  /** The keys between the one that was read and this value's; empty for the key itself. */
  subkeys: readonly string[];
  name: string;
  /** `REG_SZ` as text, `REG_MULTI_SZ` as lines, `REG_DWORD` and `REG_QWORD` as numbers, else bytes. */
  data: NativeReg.ParsedValue;
}

/** Reads Windows' registry. */
export interface Registry {
  /**
   * Every value in a key and the keys below it, in the order of the registry.
   * @returns Nothing where there is no such key.
   * @throws {Error} Where it may not be read, or the registry cannot be asked.
   */
  values(root: RegistryRoot, key: string): RegistryValue[] | undefined;
}

/** Deeper than `Suggested\LIST` nothing of a policy stands. */
const MAX_DEPTH = 2;

/** The registry itself, in this process: some microseconds for a key. */
export class SystemRegistry implements Registry {
  #native: typeof NativeReg | undefined;

  values(root: RegistryRoot, key: string): RegistryValue[] | undefined {
    const native = (this.#native ??= load());
    return valuesBelow(native, native[root], key, []);
  }
}

function valuesBelow(
  native: typeof NativeReg,
  parent: NativeReg.HKEY,
  name: string,
  subkeys: readonly string[],
): RegistryValue[] | undefined {
  // Group Policy writes to the 64-bit view, whatever program reads it.
  const access: NativeReg.Access = native.Access.READ | native.Access.WOW64_64KEY;
  const key = native.openKey(parent, name, access);
  if (key === null) return undefined;
  try {
    const own = native.enumValueNames(key).flatMap((valueName) => {
      const data = native.queryValue(key, valueName);
      return data === null ? [] : [{ subkeys, name: valueName, data }];
    });
    if (subkeys.length === MAX_DEPTH) return own;
    const below = native
      .enumKeyNames(key)
      .flatMap((child) => valuesBelow(native, key, child, [...subkeys, child]) ?? []);
    return [...own, ...below];
  } finally {
    native.closeKey(key);
  }
}

/** Where there is no registry the library cannot be loaded, and is not packed (electron-builder.yml). */
function load(): typeof NativeReg {
  // It would load another library from where this names one, and the environment is the user's.
  delete process.env.NATIVE_REG_PREBUILD;
  return createRequire(import.meta.url)('native-reg') as typeof NativeReg;
}
