// @ts-check
/**
 * The demo participant as a program of its own: a window nobody sees, with a page that joins a
 * room through the same room engine as the app. Run by the start script:
 *   CAUSEWAY_DEMO_MEETING=JSON electron tools/demo-participant/main.mjs --page=FILE
 * The meeting stands in the environment because it carries a join token, and a command line can
 * be read by every user of the computer.
 */
import { app, BrowserWindow } from 'electron';
import { parseArgs } from 'node:util';
import process from 'node:process';

const { values } = parseArgs({
  args: process.argv.slice(1),
  options: { page: { type: 'string' } },
  strict: false,
  allowPositionals: true,
});
const { page } = values;
const meeting = process.env['CAUSEWAY_DEMO_MEETING'];
if (typeof page !== 'string' || !meeting) {
  process.stderr.write('demo participant: --page=FILE and CAUSEWAY_DEMO_MEETING are needed\n');
  process.exit(2);
}

app.commandLine.appendSwitch('autoplay-policy', 'no-user-gesture-required');
app.commandLine.appendSwitch('mute-audio');
app.on('window-all-closed', () => app.quit());
// Not awaited here: Electron is ready only after its entry module has been evaluated.
void app.whenReady().then(() => openWindow(page, meeting));

/**
 * @param {string} file
 * @param {string} hash
 */
async function openWindow(file, hash) {
  const window = new BrowserWindow({
    show: false,
    width: 640,
    height: 360,
    // A hidden page would otherwise be slowed down until its picture stands still.
    webPreferences: { sandbox: true, contextIsolation: true, backgroundThrottling: false },
  });
  window.webContents.on('console-message', (event) => {
    process.stdout.write(`${event.message}\n`);
  });
  // In the fragment, which is sent to nobody: the meeting carries a join token.
  await window.loadFile(file, { hash: encodeURIComponent(hash) });
}
