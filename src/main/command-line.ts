import { parseArgs } from 'node:util';
import { LINK_SCHEME, parseMeetingLink } from '../shared/meeting-link.ts';
import { Settings, type SettingKey } from '../shared/settings.ts';
import { explainSetting } from './settings/explain.ts';

/** What the command line asks for, checked. */
export interface CommandLine {
  /** From `--join`: opened at start, and with `--auto-join` joined at once. */
  join: { input: string; autoJoin: boolean } | undefined;
  /** A `causeway://` link that the operating system handed over. Not checked: the page says what is wrong with it. */
  link: string | undefined;
  /** Settings for this run. */
  settings: Partial<Settings>;
  /** To be done without a window, instead of everything else. */
  task: Task | undefined;
}

/** What Causeway does for IT in a terminal. */
export type Task = { do: 'print-policy'; json: boolean } | { do: 'check-policy'; file: string };

export type CommandLineResult =
  { ok: true; commandLine: CommandLine } | { ok: false; problems: string[] };

/**
 * Stands for `--join=LINK`. For a link that carries a pass: every user of the computer can read a
 * program's arguments, only its own user can read its environment.
 */
export const JOIN_VARIABLE = 'CAUSEWAY_JOIN';

const SETTING_FLAGS = {
  'display-name': 'displayName',
  'server-url': 'serverUrl',
  'cloud-proxy': 'signalingBaseUrl',
  'preferred-protocol': 'preferredProtocol',
  appearance: 'appearance',
  'http-proxy': 'httpProxy',
  'standby-path': 'standbyPath',
  updates: 'updates',
  diagnostics: 'diagnostics',
} as const satisfies Record<string, SettingKey>;
type SettingFlag = keyof typeof SETTING_FLAGS;

/** The flag that sets a setting, to name it in a sentence. */
export function flagOf(key: SettingKey): string | undefined {
  const entry = Object.entries(SETTING_FLAGS).find(([, setting]) => setting === key);
  return entry && `--${entry[0]}`;
}

/**
 * Reads the program's arguments:
 * `--join=LINK`, `--auto-join`, `--display-name=NAME`, `--server-url=URL`,
 * `--cloud-proxy=HOST[,HOST…]` (empty = direct), `--preferred-protocol=MODE`,
 * `--appearance=system|light|dark`, `--http-proxy=system|none|HOST:PORT|PAC-URL`,
 * `--standby-path=on|off`, `--updates=automatic|ask|off`, `--diagnostics=errors|normal|detailed`,
 * a `causeway://` link, and for IT `--print-policy [--json]` or `--check-policy=FILE`.
 *
 * Switches of Chromium and Electron stand between them and are left alone. Nothing after a
 * `causeway:` link is read: the operating system puts links that anybody may have written on the
 * command line, and a link must not be able to set flags.
 *
 * @param args The arguments without the program itself.
 * @param joinFromEnvironment The value of {@link JOIN_VARIABLE}; `--join` goes before it.
 */
export function parseCommandLine(
  args: readonly string[],
  joinFromEnvironment?: string,
): CommandLineResult {
  const linkAt = args.findIndex((arg) => arg.toLowerCase().startsWith(`${LINK_SCHEME}:`));
  const own = linkAt === -1 ? args : args.slice(0, linkAt);
  const { tokens } = parseArgs({
    args: [...own],
    options: {
      join: { type: 'string' },
      'auto-join': { type: 'boolean' },
      'display-name': { type: 'string' },
      'server-url': { type: 'string' },
      'cloud-proxy': { type: 'string' },
      'preferred-protocol': { type: 'string' },
      appearance: { type: 'string' },
      'http-proxy': { type: 'string' },
      'standby-path': { type: 'string' },
      updates: { type: 'string' },
      diagnostics: { type: 'string' },
      'print-policy': { type: 'boolean' },
      json: { type: 'boolean' },
      'check-policy': { type: 'string' },
    },
    strict: false,
    tokens: true,
  });

  const problems: string[] = [];
  const settings: Partial<Settings> = {};
  let join = joinFromEnvironment;
  const environmentProblem = join === undefined ? undefined : linkProblem(join);
  if (environmentProblem) problems.push(`${JOIN_VARIABLE}: ${environmentProblem}`);
  let autoJoin = false;
  const task = readTask(tokens, problems);
  for (const token of tokens) {
    if (token.kind !== 'option') continue;
    if (token.name === 'auto-join') {
      if (token.value === undefined) autoJoin = true;
      else problems.push('--auto-join takes no value.');
    } else if (token.name === 'join') {
      const problem =
        token.value === undefined ? 'needs a meeting link or name.' : linkProblem(token.value);
      if (problem) problems.push(`--join: ${problem}`);
      else join = token.value;
    } else if (isSettingFlag(token.name)) {
      if (token.value === undefined)
        problems.push(`--${token.name}: needs a value, as in --${token.name}=VALUE.`);
      else readSetting(token.name, token.value, settings, problems);
    }
  }
  if (autoJoin && join === undefined && problems.length === 0) {
    problems.push('--auto-join: needs a meeting to join, as in --join=LINK --auto-join.');
  }
  if (problems.length > 0) return { ok: false, problems };
  return {
    ok: true,
    commandLine: {
      join: join === undefined ? undefined : { input: join, autoJoin },
      link: linkAt === -1 ? undefined : args[linkAt],
      settings,
      task,
    },
  };
}

type Tokens = NonNullable<ReturnType<typeof parseArgs>['tokens']>;

function readTask(tokens: Tokens, problems: string[]): Task | undefined {
  const options = tokens.filter((token) => token.kind === 'option');
  const find = (name: string) => options.find((option) => option.name === name);
  const [print, json, check] = [find('print-policy'), find('json'), find('check-policy')];
  if (print && check) problems.push('--print-policy and --check-policy are two different tasks.');
  if (json && !print) problems.push('--json: only together with --print-policy.');
  if (check && (check.value === undefined || check.value === '')) {
    problems.push('--check-policy: needs a file, as in --check-policy=managed-settings.json.');
    return undefined;
  }
  if (check?.value !== undefined) return { do: 'check-policy', file: check.value };
  return print ? { do: 'print-policy', json: json !== undefined } : undefined;
}

/** The meeting that a command line asks for. */
export function meetingOf(
  commandLine: CommandLine,
): { input: string; autoJoin: boolean } | undefined {
  // A link that was clicked never joins by itself: anybody may have written it.
  if (commandLine.link !== undefined) return { input: commandLine.link, autoJoin: false };
  return commandLine.join;
}

function isSettingFlag(name: string): name is SettingFlag {
  return Object.hasOwn(SETTING_FLAGS, name);
}

function linkProblem(input: string): string | undefined {
  const parsed = parseMeetingLink(input);
  return parsed.ok ? undefined : parsed.problem;
}

function readSetting(
  flag: SettingFlag,
  text: string,
  settings: Partial<Settings>,
  problems: string[],
): void {
  const key = SETTING_FLAGS[flag];
  if (key === 'standbyPath' && text !== 'on' && text !== 'off') {
    problems.push(`--${flag}: Must be on or off.`);
    return;
  }
  const value = valueOfText(key, text);
  const parsed = Settings.shape[key].safeParse(value);
  if (parsed.success) Object.assign(settings, { [key]: parsed.data });
  else problems.push(`--${flag}: ${explainSetting(parsed.error, value)}`);
}

/** A flag's text in the form that the setting has. */
function valueOfText(key: SettingKey, text: string): unknown {
  switch (key) {
    case 'signalingBaseUrl':
      return splitList(text);
    case 'standbyPath':
      return text === 'on';
    case 'httpProxy':
      if (text === 'system' || text === 'none') return { mode: text };
      // A PAC file has a path, a proxy has none.
      return /^https?:\/\/[^/]+\/./i.test(text)
        ? { mode: 'pac', url: text }
        : { mode: 'manual', server: text };
    default:
      return text;
  }
}

function splitList(text: string): string[] {
  return text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
}
