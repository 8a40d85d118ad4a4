import { SETTING_KEYS, settingInfo } from '../../src/shared/settings.ts';
import { exampleOf } from '../../src/shared/settings/definitions.ts';

/**
 * A managed file with every setting, each under a comment. JSON has no comments: keys that begin
 * with // are passed over.
 */
export function exampleFile(): object {
  const entries: [string, unknown][] = [
    ['$schema', './managed-settings.schema.json'],
    ['//', 'Keep the keys you need. What is set here is locked.'],
  ];
  for (const key of SETTING_KEYS) {
    const { hint, section } = settingInfo(key);
    // Devices are those of one computer: nothing to hand out.
    if (section === 'devices') continue;
    entries.push([`// ${key}`, hint]);
    entries.push([
      key,
      key === 'appearance' ? { value: exampleOf(key), locked: false } : exampleOf(key),
    ]);
  }
  return Object.fromEntries(entries);
}
