import { expect, it } from 'vitest';
import { isAppUrl } from '../../../src/main/security/app-origin.ts';
import { isPermissionGranted } from '../../../src/main/security/permission-policy.ts';

const own = 'app://causeway/index.html';

it.each([
  ['media', own, true, true],
  ['media', 'app://causeway/', true, true],
  ['media', own, false, false],
  ['media', 'https://meet.example.com/', true, false],
  ['media', 'app://elsewhere/', true, false],
  ['media', '', true, false],
  ['speaker-selection', own, true, true],
  ['fullscreen', own, true, true],
  ['loopback-network', own, true, true],
  ['local-network', own, true, true],
  ['geolocation', own, true, false],
  ['notifications', own, true, false],
  ['clipboard-read', own, true, false],
  ['display-capture', own, true, false],
  ['openExternal', own, true, false],
  ['unknown', own, true, false],
] as const)('%s for %s (main frame: %s): %s', (permission, requestingUrl, isMainFrame, granted) => {
  expect(isPermissionGranted({ permission, requestingUrl, isMainFrame })).toBe(granted);
});

it.each([
  ['app://causeway', true],
  ['app://causeway/x?y#z', true],
  ['app://causeway.evil/', false],
  ['app://user@causeway/', true],
  ['app://causeway:1/', false],
  ['https://causeway/', false],
  ['about:blank', false],
  ['', false],
])('whether %s is the app’s own page: %s', (url, expected) => {
  expect(isAppUrl(url)).toBe(expected);
});
