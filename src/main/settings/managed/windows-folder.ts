import { win32 } from 'node:path';

const USUAL_FOLDER = 'C:\\Windows\\System32';

/**
 * Windows' own folder for programs (`C:\Windows\System32`): where the library that every program of
 * Windows has loaded lies. Not from the environment, which whoever starts a program chooses.
 * Where that cannot be told, the place that nearly every Windows has it in.
 */
export function windowsSystemFolder(loaded: () => readonly string[] = loadedLibraries): string {
  const library = loaded().find((path) => win32.basename(path).toLowerCase() === 'ntdll.dll');
  return library === undefined ? USUAL_FOLDER : win32.dirname(library);
}

function loadedLibraries(): readonly string[] {
  // Newer than the types.
  const report = process.report as NodeJS.ProcessReport & { excludeNetwork: boolean };
  const before = report.excludeNetwork;
  // Names of interfaces would be looked up in the network.
  report.excludeNetwork = true;
  try {
    const { sharedObjects } = report.getReport() as { sharedObjects?: string[] };
    return sharedObjects ?? [];
  } finally {
    report.excludeNetwork = before;
  }
}
