import type { Protocol } from 'devtools-protocol';
import { chromium } from '../chromium/chromium.ts';
import { ELECTRON_VERSION } from '../electron-version.ts';

/** Electron's user agent: Chromium's, with the app and Electron in it. */
export function electronUserAgent(appName: string, appVersion: string): string {
  const app = `${appName.replaceAll(/[^\w.-]/g, '')}/${appVersion}`;
  return chromium.version.userAgent
    .replace('HeadlessChrome/', 'Chrome/')
    .replace(' Chrome/', ` ${app} Chrome/`)
    .replace(' Safari/', ` Electron/${ELECTRON_VERSION} Safari/`);
}

/** Client hints have to be told with it, or Chromium sends none at all. */
export function userAgentOverride(
  userAgent: string,
): Protocol.Emulation.SetUserAgentOverrideRequest {
  const version = /\/([\d.]+)/.exec(chromium.version.product)?.[1] ?? '0';
  const major = version.split('.')[0] ?? '0';
  const platforms: Record<string, string> = { linux: 'Linux', darwin: 'macOS', win32: 'Windows' };
  const brands = (each: string) => [
    { brand: 'Not;A=Brand', version: '99' },
    { brand: 'Chromium', version: each },
  ];
  return {
    userAgent,
    userAgentMetadata: {
      brands: brands(major),
      fullVersionList: brands(version),
      platform: platforms[process.platform] ?? 'Unknown',
      platformVersion: '',
      architecture: process.arch.startsWith('arm') ? 'arm' : 'x86',
      bitness: '64',
      model: '',
      mobile: false,
    },
  };
}
