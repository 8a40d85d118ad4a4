/** What the stand-in was started with. */
export interface CommandLine {
  /** Everything after the executable, as the app sees it in `process.argv`. */
  argv: string[];
  /** Folder or file of the app; undefined when none was given. */
  app: string | undefined;
  switches: Map<string, string>;
  /** Modules to load before the app (`-r`). */
  preloads: string[];
}

/** Reads a command line as Electron does: the first argument that is no switch is the app. */
export function parseCommandLine(argv: string[]): CommandLine {
  const switches = new Map<string, string>();
  const preloads: string[] = [];
  let app: string | undefined;
  for (let index = 0; index < argv.length; index++) {
    const argument = argv[index] as string;
    if (argument === '--') break;
    if (app === undefined && (argument === '-r' || argument === '--require')) {
      const module = argv[++index];
      if (module !== undefined) preloads.push(module);
      continue;
    }
    const match = /^--?([^=]+)(?:=(.*))?$/s.exec(argument);
    if (match && argument.startsWith('-')) {
      switches.set((match[1] as string).toLowerCase(), match[2] ?? '');
      continue;
    }
    app ??= argument;
  }
  return { argv, app, switches, preloads };
}
