/** Who the app is: from its package.json, else Electron's own, as for an app without one. */
export interface AppIdentity {
  name: string;
  version: string;
  /** Folder of the app. */
  path: string;
}

export const appIdentity: AppIdentity = { name: 'Electron', version: '0.0.0', path: process.cwd() };
