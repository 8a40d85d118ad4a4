import { expect, it } from 'vitest';
import { cacheFolderFor } from '../../../tools/bootstrap/cache-folder.mjs';

const mac = '/Users/ann';
const linux = '/home/ann';
const windows = 'C:\\Users\\ann';

it.each([
  ['linux', {}, linux, '/home/ann/.cache/causeway'],
  ['linux', { XDG_CACHE_HOME: '/var/xdg' }, linux, '/var/xdg/causeway'],
  ['linux', { XDG_CACHE_HOME: 'relative' }, linux, '/home/ann/.cache/causeway'],
  ['linux', { XDG_CACHE_HOME: '' }, linux, '/home/ann/.cache/causeway'],
  ['linux', { CAUSEWAY_CACHE: '/c', XDG_CACHE_HOME: '/var/xdg' }, linux, '/c'],
  ['darwin', {}, mac, '/Users/ann/Library/Caches/Causeway'],
  ['darwin', { XDG_CACHE_HOME: '/var/xdg' }, mac, '/Users/ann/Library/Caches/Causeway'],
  ['win32', { LOCALAPPDATA: 'D:\\Local' }, windows, 'D:\\Local\\Causeway\\Cache'],
  ['win32', {}, windows, 'C:\\Users\\ann\\AppData\\Local\\Causeway\\Cache'],
  ['win32', { CAUSEWAY_CACHE: 'E:\\cache' }, windows, 'E:\\cache'],
] as const)('on %s with %j in %s it is %s', (platform, env, home, folder) => {
  expect(cacheFolderFor({ platform, env, home })).toBe(folder);
});
