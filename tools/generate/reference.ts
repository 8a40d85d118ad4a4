import { SETTING_KEYS, settingInfo, type SettingKey } from '../../src/shared/settings.ts';
import { DEFAULT_SETTINGS, exampleOf } from '../../src/shared/settings/definitions.ts';
import { settingForm } from '../../src/shared/settings/form.ts';
import { PREFERRED_PROTOCOL_TEXT } from '../../src/shared/protocol.ts';
import { flagOf } from '../../src/main/command-line.ts';

const INTRODUCTION = `<!-- Made by \`npm run generate\` from src/shared/settings/definitions.ts. -->

# Reference of settings

Every key of a managed file, of Group Policy and of a configuration profile. How they are handed
out, and who wins: [settings that IT hands out](managed-settings.md), by platform: [Linux](managed-linux.md), [Windows](managed-windows.md), [macOS](managed-macos.md); ready-made
policies: [cookbook](managed-cookbook.md). In a file a value stands alone, and is then locked, or as
\`{ "value": …, "locked": false }\`, and is then a suggestion that the employee may change.
`;

const SET_BY: Record<'everyone' | 'it', string> = { everyone: 'IT or employee', it: 'IT only' };
const APPLIES: Record<'at-once' | 'after-call', string> = {
  'at-once': 'at once',
  'after-call': 'after the call',
};

/** The page docs/settings-reference.md. */
export function reference(): string {
  const rows = SETTING_KEYS.map((key) => {
    const { title, setBy, applies } = settingInfo(key);
    return `| [\`${key}\`](#${key.toLowerCase()}) | ${title} | ${SET_BY[setBy]} | ${APPLIES[applies]} |`;
  });
  return [
    INTRODUCTION,
    '| Key | What it is | Set by | A change in a call counts |',
    '| --- | --- | --- | --- |',
    ...rows,
    '',
    'What tightens a policy counts at once, whatever the last column says: a call that it forbids moves to an allowed path or ends with the reason.',
    '',
    ...SETTING_KEYS.flatMap(section),
  ].join('\n');
}

function section(key: SettingKey): string[] {
  const { hint } = settingInfo(key);
  const form = settingForm(key);
  const flag = flagOf(key);
  const facts = [
    `- Values: ${values(key)}`,
    `- Default: \`${JSON.stringify(DEFAULT_SETTINGS[key])}\``,
    ...(flag === undefined ? [] : [`- On the command line: \`${flag}=…\``]),
    `- In the registry: ${REGISTRY[form.kind]}`,
  ];
  const example = JSON.stringify({ [key]: exampleOf(key) }, undefined, 2);
  return [`## ${key}`, '', hint, '', ...facts, '', '```json', example, '```', ''];
}

const REGISTRY: Record<ReturnType<typeof settingForm>['kind'], string> = {
  switch: '`REG_DWORD`, 1 or 0',
  choice: '`REG_SZ`',
  text: '`REG_SZ`',
  list: 'a subkey of this name with one `REG_SZ` per entry, named `1`, `2`, …',
  object: '`REG_MULTI_SZ` or `REG_SZ` with JSON',
};

function values(key: SettingKey): string {
  if (key === 'preferredProtocol' || key === 'allowedModes') {
    const modes = Object.entries(PREFERRED_PROTOCOL_TEXT);
    const list = modes.map(([mode, { hint }]) => `\`"${mode}"\` (${hint.replace(/\.$/, '')})`);
    return key === 'allowedModes' ? `a list of ${list.join('; ')}` : list.join('; ');
  }
  const form = settingForm(key);
  switch (form.kind) {
    case 'switch':
      return '`true`, `false`';
    case 'choice':
      return form.options.map((option) => `\`"${option}"\``).join(', ');
    case 'text':
      return 'text';
    case 'list':
      return 'a list of texts';
    case 'object':
      return OBJECTS[key] ?? 'an object';
  }
}

const OBJECTS: { [K in SettingKey]?: string } = {
  httpProxy:
    '`{"mode": "system"}`, `{"mode": "none"}`, `{"mode": "manual", "server": "host:port", "bypass": [hosts and networks]}`, `{"mode": "pac", "url": "…"}`',
  proxiesByRegion:
    'a list of `{"name": "…", "networks": [networks], "signalingBaseUrl": [hosts]}`; an empty `signalingBaseUrl` means direct',
  devices:
    '`{"cameraId": "…", "microphoneId": "…", "speakerId": "…"}`; they differ on every computer',
};
