import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import {
  makeSourceTree,
  wrapDirectory,
} from '../../../tools/setup/mediasoup-worker/source-tree.ts';
import { inProject } from '../../../tools/setup/project.ts';

const source = inProject('node_modules', 'mediasoup', 'worker');
const standIns = inProject('tools', 'setup', 'mediasoup-worker', 'subprojects');
let folder: string;
let target: string;

beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'causeway-worker-'));
  target = path.join(folder, 'worker');
});
afterEach(() => {
  fs.rmSync(folder, { recursive: true, force: true });
});

const read = (...parts: string[]): string => fs.readFileSync(path.join(...parts), 'utf8');

it('has a stand-in for every library that the worker of this version would download', () => {
  const optional = ['liburing', 'wingetopt'];
  const wraps = fs
    .readdirSync(path.join(source, 'subprojects'))
    .map((file) => path.basename(file, '.wrap'))
    .filter((name) => !optional.includes(name));
  expect(fs.readdirSync(standIns).sort()).toEqual(wraps.sort());
});

it('mends the copy and leaves the package as npm installed it', () => {
  const file = ['src', 'RTC', 'DtlsTransport.cpp'];
  const before = read(source, ...file);
  makeSourceTree(source, standIns, target);
  expect(read(target, ...file)).toContain('(operationType & BIO_CB_RETURN)');
  expect(read(target, ...file)).not.toContain('(operationType == BIO_CB_RETURN)');
  expect(read(source, ...file)).toBe(before);
  expect(fs.readdirSync(folder)).toEqual(['worker']);
});

it('puts each stand-in where meson looks for the library', () => {
  makeSourceTree(source, standIns, target);
  for (const name of fs.readdirSync(standIns)) {
    const directory = wrapDirectory(read(source, 'subprojects', `${name}.wrap`), name);
    expect(fs.existsSync(path.join(target, 'subprojects', directory, 'meson.build')), name).toBe(
      true,
    );
  }
});

it('says so when the source is not the one it was written for, and leaves no tree', () => {
  const other = path.join(folder, 'other');
  fs.cpSync(source, other, { recursive: true });
  fs.writeFileSync(path.join(other, 'src', 'RTC', 'DtlsTransport.cpp'), '// rewritten');
  expect(() => {
    makeSourceTree(other, standIns, target);
  }).toThrow(/DtlsTransport\.cpp no longer has .* written for another version of mediasoup/s);
  expect(fs.existsSync(target)).toBe(false);
});

it('does not take a wrap file without a directory', () => {
  expect(() => wrapDirectory('[wrap-file]\nsource_url = x\n', 'libuv')).toThrow(
    "libuv.wrap of mediasoup's worker names no directory",
  );
});
