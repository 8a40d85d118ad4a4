import { SETTING_KEYS, settingInfo, type SettingKey } from '../../src/shared/settings.ts';
import { settingJsonSchema } from '../../src/shared/settings/form.ts';

/** JSON Schema of a managed file, for editors and for the tools that push it. */
export function managedFileSchema(): object {
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'Causeway: managed settings',
    description:
      'A value may stand alone, and is then locked, or as {"value": …, "locked": false}, and is then a suggestion.',
    type: 'object',
    properties: {
      $schema: { type: 'string' },
      ...Object.fromEntries(SETTING_KEYS.map((key) => [key, propertySchema(key)])),
    },
    patternProperties: { '^//': { description: 'A comment.' } },
    additionalProperties: false,
  };
}

function propertySchema(key: SettingKey): object {
  const { title, description, ...value } = settingJsonSchema(key);
  const locked =
    settingInfo(key).setBy === 'it'
      ? { const: true, description: 'What only IT sets is always locked.' }
      : { type: 'boolean', default: true, description: 'false: only a suggestion.' };
  const wrapped = {
    type: 'object',
    properties: { value, locked },
    required: ['value'],
    additionalProperties: false,
  };
  return { title, description, anyOf: [value, wrapped] };
}
