import fs from 'node:fs';
import path from 'node:path';

/** A change to one line of the worker's source, needed to build it with a distribution's libraries. */
interface SourceEdit {
  file: string;
  find: string;
  replace: string;
}

const EDITS: readonly SourceEdit[] = [
  {
    // Debian 12 has meson 1.0.1. Nothing in the file needs more.
    file: 'meson.build',
    find: "meson_version: '>= 1.1.0'",
    replace: "meson_version: '>= 1.0.0'",
  },
  {
    // A distribution's OpenSSL has kernel TLS on and asks the BIO whether it is used, which comes as
    // "return" with the operation's bits. The bare comparison answers 1 to it: OpenSSL takes that for
    // yes, allocates no write buffer, and the worker crashes on the first DTLS ClientHello.
    file: 'src/RTC/DtlsTransport.cpp',
    find: '(operationType == BIO_CB_RETURN)',
    replace: '(operationType & BIO_CB_RETURN)',
  },
];

/**
 * Copies the worker's source to a build folder, and there makes it use the system's libraries.
 *
 * Each library that mediasoup would download gets a small stand-in project instead, which points to
 * the system's library.
 * @param source the `worker` folder of the mediasoup package; it is not changed
 * @param standIns the folder with one stand-in project per library
 * @param target is complete when it exists; must not exist yet
 * @throws Error when the source is not what the edits were written for
 */
export function makeSourceTree(source: string, standIns: string, target: string): void {
  const unfinished = `${target}.unfinished`;
  fs.rmSync(unfinished, { recursive: true, force: true });
  fs.cpSync(source, unfinished, { recursive: true });
  for (const edit of EDITS) applyEdit(unfinished, edit);
  const subprojects = path.join(unfinished, 'subprojects');
  for (const name of fs.readdirSync(standIns)) {
    const wrap = fs.readFileSync(path.join(subprojects, `${name}.wrap`), 'utf8');
    fs.cpSync(path.join(standIns, name), path.join(subprojects, wrapDirectory(wrap, name)), {
      recursive: true,
    });
  }
  fs.renameSync(unfinished, target);
}

/**
 * The folder in which meson looks for a subproject's source.
 * @param wrap the text of meson's wrap file
 * @throws Error when the wrap file names no folder
 */
export function wrapDirectory(wrap: string, name: string): string {
  const directory = /^directory\s*=\s*(\S+)\s*$/m.exec(wrap)?.[1];
  if (!directory) throw new Error(`${name}.wrap of mediasoup's worker names no directory`);
  return directory;
}

function applyEdit(tree: string, { file, find, replace }: SourceEdit): void {
  const place = path.join(tree, file);
  const before = fs.readFileSync(place, 'utf8');
  if (before.split(find).length !== 2) {
    throw new Error(
      `mediasoup's worker cannot be built here: its ${file} no longer has "${find}" once. ` +
        'tools/setup/mediasoup-worker was written for another version of mediasoup.',
    );
  }
  fs.writeFileSync(place, before.replace(find, replace));
}
