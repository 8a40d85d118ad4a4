import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import process from 'node:process';
import { parseArgs } from 'node:util';
import { app, BrowserWindow, protocol } from 'electron';

/**
 * Shows a page of the benchmarks (`--bench-page=NAME`, built by build-page.ts) on the same runtime as
 * the app, with the same switches, so that the two differ in nothing but the client.
 */

const SCHEME = 'bench';
const { values } = parseArgs({
  args: process.argv.slice(1),
  options: { 'bench-page': { type: 'string' } },
  strict: false,
  allowPositionals: true,
});
const ROOT = join(import.meta.dirname, '../out', `${basename(String(values['bench-page']))}-page`);

/** @param {Request} request */
async function serve({ url }) {
  const { pathname } = new URL(url);
  const isScript = pathname.startsWith('/assets/') && pathname.endsWith('.js');
  return new Response(
    await readFile(isScript ? join(ROOT, 'assets', basename(pathname)) : join(ROOT, 'index.html')),
    { headers: { 'Content-Type': isScript ? 'text/javascript' : 'text/html; charset=utf-8' } },
  );
}

protocol.registerSchemesAsPrivileged([
  { scheme: SCHEME, privileges: { standard: true, secure: true, supportFetchAPI: true } },
]);
app.on('window-all-closed', () => app.quit());
// Not awaited: Electron is not ready before this module has ended.
void app.whenReady().then(() => {
  protocol.handle(SCHEME, serve);
  const window = new BrowserWindow({
    width: 1280,
    height: 800,
    webPreferences: { sandbox: true, backgroundThrottling: false },
  });
  void window.loadURL(`${SCHEME}://page/`);
});
