// As electron-store does it: an ESM-only package that imports Electron for itself.
import electron, { app as namedApp } from 'electron';

export const dependencySeesElectron = () =>
  electron.app === namedApp && electron.app.getName() === 'Runtime Fixture';
