import { resolve } from 'node:path';
import { expect, it } from 'vitest';
import { mediaTypeOf, resolveAppFile } from '../../../src/main/app-files/app-files.ts';

const root = resolve('/srv/renderer');

it.each([
  ['app://causeway/', 'index.html'],
  ['app://causeway', 'index.html'],
  ['app://causeway/index.html?x=1#y', 'index.html'],
  ['app://causeway/assets/a%20b.js', 'assets/a b.js'],
  ['app://causeway/assets//a.js', 'assets/a.js'],
  // The URL parser itself ends these at the root.
  ['app://causeway/../../etc/passwd.json', 'etc/passwd.json'],
  ['app://causeway/%2e%2e/secret.json', 'secret.json'],
])('%s is %s inside the root', (url, file) => {
  expect(resolveAppFile(root, url)).toBe(resolve(root, file));
});

it.each([
  'app://causeway/..%2fsecret.json',
  'app://causeway/assets/..%2f..%2fsecret.json',
  'app://causeway/..%5csecret.json',
  'app://causeway/a%00.html',
  'app://causeway/%zz',
  'not a url',
])('%s leads nowhere', (url) => {
  expect(resolveAppFile(root, url)).toBeUndefined();
});

it.each([
  ['index.html', 'text/html; charset=utf-8'],
  ['a.JS', 'text/javascript; charset=utf-8'],
  ['a.css', 'text/css; charset=utf-8'],
  ['a.woff2', 'font/woff2'],
  ['a.exe', undefined],
  ['a', undefined],
])('%s is served as %s', (path, type) => {
  expect(mediaTypeOf(path)).toBe(type);
});
