import { z } from 'zod';
import { Settings, type SettingKey } from './definitions.ts';

/**
 * What the values of a setting look like where there is no JSON: in the registry, in the Group Policy
 * editor, in a table for people.
 */
export type SettingForm =
  | { kind: 'switch' }
  | { kind: 'choice'; options: readonly string[] }
  | { kind: 'text' }
  | { kind: 'list' }
  /** Has parts of its own: written as JSON. */
  | { kind: 'object' };

/** The JSON Schema of one setting, as IT writes its values. */
export function settingJsonSchema(key: SettingKey): z.core.JSONSchema.BaseSchema {
  const schema = { ...z.toJSONSchema(Settings.shape[key], { io: 'input' }) };
  // It names the draft, which the whole of them does.
  Reflect.deleteProperty(schema, '$schema');
  return schema;
}

export function settingForm(key: SettingKey): SettingForm {
  const schema = settingJsonSchema(key);
  if (schema.type === 'boolean') return { kind: 'switch' };
  if (schema.type === 'array') {
    const items = schema.items as z.core.JSONSchema.BaseSchema;
    return { kind: items.type === 'object' ? 'object' : 'list' };
  }
  if (schema.type === 'string') {
    return schema.enum ? { kind: 'choice', options: schema.enum.map(String) } : { kind: 'text' };
  }
  const isText = schema.anyOf?.every((each) => typeof each === 'object' && each.type === 'string');
  return { kind: isText === true ? 'text' : 'object' };
}
