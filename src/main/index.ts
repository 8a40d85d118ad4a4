import { join } from 'node:path';
import { app, net, session, shell } from 'electron';
import type { AppNotice } from '../shared/ipc.ts';
import type { Settings } from '../shared/settings.ts';
import { registerAppScheme, setupAppProtocol } from './app-files/app-protocol.ts';
import { JOIN_VARIABLE, meetingOf, parseCommandLine, type CommandLine } from './command-line.ts';
import { ExtraAuthorities } from './certificates/extra-authorities.ts';
import { setupCrashHandling } from './crash.ts';
import { EndpointChecks } from './diagnosis/check-endpoint.ts';
import { withHttpProxy } from './diagnosis/diagnosis-detail.ts';
import { SessionProxy } from './http-proxy/http-proxy.ts';
import { setupProxyLogin } from './http-proxy/login-listener.ts';
import { ProxyLogin } from './http-proxy/proxy-login.ts';
import { openCredentials } from './http-proxy/setup-credentials.ts';
import { appHandlers } from './ipc/app-handlers.ts';
import { callHandlers } from './ipc/call-handlers.ts';
import { checkHandlers } from './ipc/check-handlers.ts';
import { httpProxyHandlers } from './ipc/http-proxy-handlers.ts';
import { meetingHandlers } from './ipc/meeting-handlers.ts';
import { registerIpc } from './ipc/register.ts';
import { settingsHandlers } from './ipc/settings-handlers.ts';
import { openLog } from './log/log.ts';
import { openTerminal } from './log/terminal.ts';
import {
  becomeSingleInstance,
  onLinkOpened,
  onSecondInstance,
  setupLinkScheme,
} from './meetings/links.ts';
import { Meetings } from './meetings/meetings.ts';
import { Notices } from './notices.ts';
import { setupChromiumSwitches, setupHostResolver } from './security/chromium-switches.ts';
import { setupNavigationGuard } from './security/navigation.ts';
import { setupSession } from './security/session.ts';
import { setupSettings } from './settings/setup-settings.ts';
import { runTask } from './tasks/run-task.ts';
import { applyAppearance, onAppearanceChanged } from './window/appearance.ts';
import { MainWindow, PRELOAD_PATH } from './window/main-window.ts';
import { setupMenu } from './window/menu.ts';

/** Exit code for arguments that are not valid. */
const EXIT_USAGE = 2;

const PAGE_GONE: AppNotice = {
  id: 'page-gone',
  severity: 'warning',
  title: 'The window had to start again',
  text: 'Something went wrong in the window and it was loaded again. A call that was running has ended: open its link again to go back.',
};

const args = process.argv.slice(1);
// The programs that this one starts have no use for it.
const joinFromEnvironment = process.env[JOIN_VARIABLE];
Reflect.deleteProperty(process.env, JOIN_VARIABLE);
const parsed = parseCommandLine(args, joinFromEnvironment);
if (!parsed.ok) {
  process.stderr.write(parsed.problems.map((problem) => `causeway: ${problem}\n`).join(''));
  app.exit(EXIT_USAGE);
} else if (parsed.commandLine.task) {
  await runTask(parsed.commandLine.task, parsed.commandLine.settings);
} else if (!becomeSingleInstance(args, joinFromEnvironment)) {
  process.stdout.write('Causeway is running already; the request went to its window.\n');
  app.quit();
} else {
  start(parsed.commandLine);
}

function start(commandLine: CommandLine): void {
  // Developer tools could read what the page knows: a packaged app has none.
  const allowDevTools = !app.isPackaged;
  // On Linux, root runs a source tree with --no-sandbox or not at all; taking the switch back here
  // would be too late, since the process that starts the pages is up by now.
  if (app.isPackaged || !app.commandLine.hasSwitch('no-sandbox')) app.enableSandbox();
  setupChromiumSwitches();
  registerAppScheme();

  const logFolder = app.getPath('logs');
  const log = openLog({ folder: logFolder, terminal: openTerminal() });
  log.info(`Causeway ${app.getVersion()}`);
  const endWithError = setupCrashHandling(log, logFolder);
  setupNavigationGuard(log);

  const notices = new Notices();
  const settings = setupSettings({ commandLine: commandLine.settings, notices, log });
  const window = new MainWindow({
    preload: PRELOAD_PATH,
    allowDevTools,
    log,
    onPageGone: () => notices.add(PAGE_GONE),
    onPageLost: endWithError,
  });
  const meetings = new Meetings(
    {
      settings: () => settings.effective,
      // After the answer to the message that asked for it.
      reloadDocument: () => setImmediate(() => window.reload()),
      announce: () => window.send('meeting:pending', undefined),
    },
    meetingOf(commandLine),
  );
  const credentials = openCredentials(log);
  const proxyLogin = new ProxyLogin(credentials);
  setupProxyLogin(proxyLogin);
  let proxy: SessionProxy | undefined;
  const checks = new EndpointChecks({
    fetch: (url, init) => net.fetch(url, init),
    detail: (attempt, url) =>
      proxy ? withHttpProxy(attempt, url, { proxy, credentials }) : attempt,
    settings: () => settings.effective,
  });
  registerIpc(
    {
      ...appHandlers(notices, log),
      ...settingsHandlers(settings),
      ...meetingHandlers(meetings, { proxy: () => proxy, credentials }),
      ...httpProxyHandlers(
        proxyLogin,
        () => proxy,
        () => meetings.policy,
      ),
      ...checkHandlers(checks),
      ...callHandlers(log),
    },
    { isTrusted: (event) => window.isSenderOf(event), log },
  );
  notices.onChanged((list) => window.send('notices:changed', list));
  log.setDetail(settings.effective.values.diagnostics);
  settings.onChanged((effective) => {
    log.setDetail(effective.values.diagnostics);
    meetings.limitsChanged();
    applyAppearance(effective.values.appearance);
    window.send('settings:changed', effective);
  });
  settings.onPolicyChanged((change) => window.send('policy:changed', change));

  setupLinkScheme();
  onLinkOpened((link) => {
    meetings.offer(link, { autoJoin: false });
    if (app.isReady()) window.show();
  });
  onSecondInstance(log, (meeting) => {
    if (meeting) meetings.offer(meeting.input, meeting);
    window.show();
  });
  app.on('activate', () => window.show());
  app.on('window-all-closed', () => {
    if (process.platform !== 'darwin') app.quit();
  });
  app.on('will-quit', () => void log.close());

  void app.whenReady().then(async () => {
    const currentPolicy = () => meetings.policy;
    const root = join(import.meta.dirname, '../renderer');
    setupHostResolver();
    const sessionProxy = new SessionProxy(session.defaultSession, {
      log,
      onOutcome: (refusal) => settings.refuseCalls(refusal),
    });
    proxy = sessionProxy;
    setupSession(session.defaultSession, {
      currentPolicy,
      isOwnCheck: (url) => checks.isOwn(url),
      allowDevTools,
      proxySettled: () => sessionProxy.settled,
      log,
    });
    const authorities = new ExtraAuthorities(session.defaultSession, { notices, log });
    const applyNetwork = async ({ httpProxy, extraCaCertificates }: Settings): Promise<void> => {
      authorities.apply(extraCaCertificates);
      await sessionProxy.apply(httpProxy);
    };
    // Before the page can ask for anything.
    await credentials.load();
    await applyNetwork(settings.effective.values);
    settings.onChanged(({ values }) => void applyNetwork(values));
    setupAppProtocol(session.defaultSession, { root, currentPolicy, log });
    setupMenu({
      send: (command) => window.send('menu:command', command),
      openLogFolder: () => void shell.openPath(logFolder),
      allowDevTools,
    });
    applyAppearance(settings.effective.values.appearance);
    onAppearanceChanged(() => window.paintBackground());
    window.show();
  });
}
