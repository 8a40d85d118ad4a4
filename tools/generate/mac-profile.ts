import { SETTING_KEYS, settingInfo } from '../../src/shared/settings.ts';
import { exampleOf } from '../../src/shared/settings/definitions.ts';
import { escapeXml, indent } from './xml.ts';

/** The app's identifier, which is the preference domain (electron-builder.yml). */
const DOMAIN = 'app.causeway.desktop';
/** Of the profile and its one payload: a profile that is pushed again replaces the one before. */
const PROFILE_ID = '4A6F5B2E-93C1-4E0B-8C5D-0E7B6F1C2A31';
const PAYLOAD_ID = 'B1D0C9E7-5F42-4A8E-9A63-7C2E4D5F6081';

/** A configuration profile for macOS with every setting, each under its comment. */
export function macProfile(): string {
  const settings = SETTING_KEYS.filter((key) => settingInfo(key).section !== 'devices').flatMap(
    (key) => [
      `<!-- ${escapeXml(settingInfo(key).hint)} -->`,
      `<key>${key}</key>`,
      ...plistValue(exampleOf(key)),
    ],
  );
  const lines = [
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">',
    '<!-- Made by npm run generate. Keep the keys you need, and give the profile identifiers of your own. -->',
    '<plist version="1.0">',
    ...dict([
      ...['<key>PayloadType</key>', '<string>Configuration</string>'],
      ...['<key>PayloadVersion</key>', '<integer>1</integer>'],
      ...['<key>PayloadIdentifier</key>', '<string>com.example.causeway</string>'],
      ...['<key>PayloadUUID</key>', `<string>${PROFILE_ID}</string>`],
      ...['<key>PayloadDisplayName</key>', '<string>Causeway</string>'],
      ...['<key>PayloadScope</key>', '<string>System</string>'],
      '<key>PayloadContent</key>',
      '<array>',
      ...indent(
        dict([
          ...['<key>PayloadType</key>', `<string>${DOMAIN}</string>`],
          ...['<key>PayloadVersion</key>', '<integer>1</integer>'],
          ...['<key>PayloadIdentifier</key>', '<string>com.example.causeway.settings</string>'],
          ...['<key>PayloadUUID</key>', `<string>${PAYLOAD_ID}</string>`],
          ...['<key>PayloadDisplayName</key>', '<string>Causeway settings</string>'],
          ...settings,
        ]),
        1,
      ),
      '</array>',
    ]),
    '</plist>',
  ];
  return `${lines.join('\n')}\n`;
}

function dict(lines: readonly string[]): string[] {
  return ['<dict>', ...indent(lines, 1), '</dict>'];
}

function plistValue(value: unknown): string[] {
  if (typeof value === 'string') return [`<string>${escapeXml(value)}</string>`];
  if (typeof value === 'boolean') return [value ? '<true/>' : '<false/>'];
  if (typeof value === 'number') return [`<integer>${value}</integer>`];
  if (Array.isArray(value)) {
    return ['<array>', ...indent(value.flatMap(plistValue), 1), '</array>'];
  }
  const entries = Object.entries(value as object).flatMap(([key, inner]) => [
    `<key>${escapeXml(key)}</key>`,
    ...plistValue(inner),
  ]);
  return dict(entries);
}
