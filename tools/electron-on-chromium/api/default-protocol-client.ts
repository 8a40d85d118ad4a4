/**
 * Registrations of URL schemes. Kept for this process only: this runtime is not installed, so the
 * desktop is never told to open links with it.
 */
export class DefaultProtocolClients {
  readonly #commands = new Map<string, string>();

  set(protocol: string, path: string, args: readonly string[]): boolean {
    this.#commands.set(protocol, [path, ...args].join('\0'));
    return true;
  }

  remove(protocol: string): boolean {
    return this.#commands.delete(protocol);
  }

  is(protocol: string, path: string, args: readonly string[]): boolean {
    return this.#commands.get(protocol) === [path, ...args].join('\0');
  }
}
