import { SETTING_KEYS, settingInfo, type SettingKey } from '../../src/shared/settings.ts';
import { exampleOf } from '../../src/shared/settings/definitions.ts';
import { settingForm } from '../../src/shared/settings/form.ts';
import { REGISTRY_KEY, SUGGESTED_SUBKEY } from '../../src/main/settings/managed/registry-names.ts';
import { escapeXml, indent } from './xml.ts';

/**
 * Administrative templates for Windows Group Policy (ADMX, its words in ADML), after Microsoft's
 * "Group Policy ADMX Syntax Reference Guide". What they write is read by registry-reader.ts.
 */

const NAMESPACE = 'http://schemas.microsoft.com/GroupPolicy/2006/07/PolicyDefinitions';
const ATTRIBUTES = `xmlns="${NAMESPACE}" revision="1.0" schemaVersion="1.0"`;
const DECLARATION = '<?xml version="1.0" encoding="utf-8"?>';
const MADE_BY = '<!-- Made by npm run generate. -->';

/** One entry of the editor: a setting as IT demands it, or as IT suggests it. */
interface Entry {
  key: SettingKey;
  id: string;
  suggested: boolean;
}

const ENTRIES: readonly Entry[] = SETTING_KEYS.filter(
  // Devices are those of one computer: nothing to hand out.
  (key) => settingInfo(key).section !== 'devices',
).flatMap((key) => [
  { key, id: key, suggested: false },
  ...(settingInfo(key).setBy === 'everyone'
    ? [{ key, id: `${key}_suggested`, suggested: true }]
    : []),
]);

export function admx(): string {
  return lines([
    DECLARATION,
    MADE_BY,
    `<policyDefinitions ${ATTRIBUTES}>`,
    ...indent(
      [
        '<policyNamespaces>',
        '  <target prefix="causeway" namespace="Causeway.Policies" />',
        '</policyNamespaces>',
        '<resources minRequiredRevision="1.0" />',
        '<supportedOn>',
        '  <definitions>',
        '    <definition name="SUPPORTED_CAUSEWAY" displayName="$(string.SUPPORTED_CAUSEWAY)" />',
        '  </definitions>',
        '</supportedOn>',
        '<categories>',
        '  <category name="causeway" displayName="$(string.causeway)" />',
        '  <category name="causeway_suggested" displayName="$(string.causeway_suggested)">',
        '    <parentCategory ref="causeway" />',
        '  </category>',
        '</categories>',
        '<policies>',
        ...indent(ENTRIES.flatMap(policy), 1),
        '</policies>',
      ],
      1,
    ),
    '</policyDefinitions>',
  ]);
}

function policy({ key, id, suggested }: Entry): string[] {
  const form = settingForm(key);
  const registryKey = suggested ? `${REGISTRY_KEY}\\${SUGGESTED_SUBKEY}` : REGISTRY_KEY;
  const isSwitch = form.kind === 'switch';
  const attributes = [
    `name="${id}"`,
    'class="Both"',
    `displayName="$(string.${id})"`,
    `explainText="$(string.${id}_help)"`,
    `key="${registryKey}"`,
    isSwitch ? `valueName="${key}"` : `presentation="$(presentation.${id})"`,
  ].join(' ');
  return [
    `<policy ${attributes}>`,
    `  <parentCategory ref="${suggested ? 'causeway_suggested' : 'causeway'}" />`,
    '  <supportedOn ref="SUPPORTED_CAUSEWAY" />',
    ...(isSwitch
      ? [
          '  <enabledValue><decimal value="1" /></enabledValue>',
          '  <disabledValue><decimal value="0" /></disabledValue>',
        ]
      : ['  <elements>', ...indent(element(key, registryKey), 2), '  </elements>']),
    '</policy>',
  ];
}

function element(key: SettingKey, registryKey: string): string[] {
  const form = settingForm(key);
  switch (form.kind) {
    case 'choice':
      return [
        `<enum id="${key}" valueName="${key}" required="true">`,
        ...form.options.flatMap((option) => [
          `  <item displayName="$(string.${key}_${option})">`,
          `    <value><string>${escapeXml(option)}</string></value>`,
          '  </item>',
        ]),
        '</enum>',
      ];
    case 'list':
      return [`<list id="${key}" key="${registryKey}\\${key}" valuePrefix="" />`];
    case 'object':
      return [`<multiText id="${key}" valueName="${key}" required="true" maxLength="32767" />`];
    default:
      return [`<text id="${key}" valueName="${key}" required="true" maxLength="1023" />`];
  }
}

export function adml(): string {
  const strings: [string, string][] = [
    ['causeway', 'Causeway'],
    ['causeway_suggested', 'Suggestions (employees may change them)'],
    ['SUPPORTED_CAUSEWAY', 'Causeway 0.1 or later'],
  ];
  for (const { key, id, suggested } of ENTRIES) {
    strings.push([id, settingInfo(key).title]);
    strings.push([`${id}_help`, help(key, suggested)]);
  }
  for (const key of SETTING_KEYS) {
    const form = settingForm(key);
    if (form.kind !== 'choice') continue;
    for (const option of form.options) strings.push([`${key}_${option}`, option]);
  }
  return lines([
    DECLARATION,
    MADE_BY,
    `<policyDefinitionResources ${ATTRIBUTES}>`,
    '  <displayName>Causeway</displayName>',
    '  <description>Settings of Causeway that IT hands out.</description>',
    '  <resources>',
    '    <stringTable>',
    ...strings.map(([id, text]) => `      <string id="${id}">${escapeXml(text)}</string>`),
    '    </stringTable>',
    '    <presentationTable>',
    ...indent(ENTRIES.flatMap(presentation), 3),
    '    </presentationTable>',
    '  </resources>',
    '</policyDefinitionResources>',
  ]);
}

function help(key: SettingKey, suggested: boolean): string {
  const { hint } = settingInfo(key);
  const form = settingForm(key);
  const effect = suggested
    ? 'A suggestion: it counts until the employee chooses something else.'
    : 'It is locked: the employee sees it and cannot change it.';
  const how: Record<typeof form.kind, string> = {
    switch: 'Enabled: yes. Disabled: no.',
    choice: 'Choose one value.',
    text: `One line of text, such as ${JSON.stringify(exampleOf(key))}.`,
    list: 'One value in each line of the list, in the order in which they count.',
    object: `JSON, such as: ${JSON.stringify(exampleOf(key))}`,
  };
  return [hint, how[form.kind], effect, `Key in the reference: ${key}.`].join('\n\n');
}

function presentation({ key, id }: Entry): string[] {
  const title = escapeXml(settingInfo(key).title);
  const inner: Record<ReturnType<typeof settingForm>['kind'], string | undefined> = {
    switch: undefined,
    choice: `<dropdownList refId="${key}">${title}</dropdownList>`,
    text: `<textBox refId="${key}"><label>${title}</label></textBox>`,
    list: `<listBox refId="${key}">${title}</listBox>`,
    object: `<multiTextBox refId="${key}" />`,
  };
  const control = inner[settingForm(key).kind];
  return control === undefined
    ? []
    : [`<presentation id="${id}">`, `  ${control}`, '</presentation>'];
}

/** Windows' own ending of lines. */
function lines(all: readonly string[]): string {
  return `${all.join('\r\n')}\r\n`;
}
