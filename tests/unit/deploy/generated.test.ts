import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DOMParser, onErrorStopParsing, type Element, type Node } from '@xmldom/xmldom';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { beforeAll, describe, expect, it } from 'vitest';
import { checkPolicyText } from '../../../src/main/settings/managed/check-policy.ts';
import { SETTING_KEYS, settingInfo } from '../../../src/shared/settings.ts';
import { outputs } from '../../../tools/generate/outputs.ts';

const PROJECT = join(import.meta.dirname, '../../..');
const SCHEMA = 'deploy/managed-settings/managed-settings.schema.json';
const EXAMPLE = 'deploy/managed-settings/managed-settings.example.json';

let made: Map<string, string>;
beforeAll(async () => {
  made = await outputs();
});

const text = (path: string): string => made.get(path) ?? '';
const json = (path: string): Record<string, unknown> =>
  JSON.parse(text(path)) as Record<string, unknown>;
/** What IT hands out; devices are those of one computer. */
const HANDED_OUT = SETTING_KEYS.filter((key) => settingInfo(key).section !== 'devices');

/** Parses XML; throws where it is not well-formed. */
function xml(path: string): Element {
  const parser = new DOMParser({ onError: onErrorStopParsing });
  const { documentElement } = parser.parseFromString(text(path), 'text/xml');
  if (!documentElement) throw new Error(`${path} is empty`);
  return documentElement;
}

const elements = (parent: Element, name: string): Element[] =>
  Array.from(parent.getElementsByTagName(name));
const names = (parent: Element, name: string, attribute: string): string[] =>
  elements(parent, name).map((element) => element.getAttribute(attribute) ?? '');

it('is up to date: npm run generate would change nothing', () => {
  expect(made.size).toBe(6);
  for (const [path, expected] of made) {
    const stored = readFileSync(join(PROJECT, path), 'utf8');
    expect(stored === expected, `${path} is stale: run npm run generate`).toBe(true);
  }
});

describe('the example file', () => {
  it('is a policy without a problem, with every setting', () => {
    const { values, problems } = checkPolicyText(Buffer.from(text(EXAMPLE)), EXAMPLE);
    expect(problems).toEqual([]);
    expect(Object.keys(values)).toEqual(HANDED_OUT);
  });
});

describe('the cookbook', () => {
  it('has only policies without a problem', () => {
    const cookbook = readFileSync(join(PROJECT, 'docs/managed-cookbook.md'), 'utf8');
    const policies = Array.from(
      cookbook.matchAll(/^```json\n([\s\S]*?)^```$/gm),
      ([, text]) => text,
    );
    expect(policies.length).toBeGreaterThan(8);
    for (const policy of policies) {
      expect(checkPolicyText(Buffer.from(policy ?? ''), 'F').problems, policy).toEqual([]);
    }
  });
});

describe('the JSON Schema', () => {
  const accepts = (value: unknown): boolean =>
    new Ajv2020({ strict: false, validateFormats: false }).validate(json(SCHEMA), value);

  it('accepts the example', () => expect(accepts(json(EXAMPLE))).toBe(true));

  it.each([
    { preferredProtocol: 'QUIC' },
    { preferedProtocol: 'TCP_ONLY' },
    { standbyPath: 'yes' },
    { signalingBaseUrl: 'proxy.example.com' },
    { httpProxy: { mode: 'manual' } },
    { disableChat: { value: true, locked: false } },
    { appearance: { value: 'blue', locked: false } },
    { allowedServers: [] },
  ])('refuses %j, as the program does or warns', (value) => {
    expect(accepts(value)).toBe(false);
    expect(checkPolicyText(Buffer.from(JSON.stringify(value)), 'F').problems).not.toEqual([]);
  });
});

describe('the Group Policy templates', () => {
  const ADMX = 'deploy/windows/causeway.admx';
  const ADML = 'deploy/windows/en-US/causeway.adml';

  it('have an entry for every setting, and one to suggest those that employees may change', () => {
    const suggested = HANDED_OUT.filter((key) => settingInfo(key).setBy === 'everyone');
    expect(names(xml(ADMX), 'policy', 'name').toSorted()).toEqual(
      [...HANDED_OUT, ...suggested.map((key) => `${key}_suggested`)].toSorted(),
    );
  });

  it('refer to no word and no form that is not there, and have none that nobody uses', () => {
    const used = (kind: string): string[] => [
      ...new Set(
        Array.from(
          text(ADMX).matchAll(new RegExp(`\\$\\(${kind}\\.(\\w+)\\)`, 'g')),
          ([, id]) => id ?? '',
        ),
      ),
    ];
    const words = xml(ADML);
    expect(used('string').toSorted()).toEqual(names(words, 'string', 'id').toSorted());
    expect(used('presentation').toSorted()).toEqual(names(words, 'presentation', 'id').toSorted());
  });

  it('write each value where it is read', () => {
    for (const policy of elements(xml(ADMX), 'policy')) {
      const name = policy.getAttribute('name') ?? '';
      const key = name.replace('_suggested', '');
      const folder = `SOFTWARE\\Policies\\Causeway${name === key ? '' : '\\Suggested'}`;
      expect(policy.getAttribute('key')).toBe(folder);
      const [list] = elements(policy, 'list');
      const value = ['enum', 'text', 'multiText'].flatMap((kind) => elements(policy, kind))[0];
      if (list) expect(list.getAttribute('key')).toBe(`${folder}\\${key}`);
      else expect((value ?? policy).getAttribute('valueName')).toBe(key);
    }
  });
});

describe('the configuration profile', () => {
  it('sets in the app’s own domain what the example file sets', () => {
    const root = Array.from(xml('deploy/macos/causeway.mobileconfig').childNodes).find(isElement);
    const profile = plistValue(root) as { PayloadContent: Record<string, unknown>[] };
    const [payload] = profile.PayloadContent;
    expect(payload?.['PayloadType']).toBe(appId());
    const settings = Object.fromEntries(
      Object.entries(payload ?? {}).filter(([key]) => !key.startsWith('Payload')),
    );
    expect(Object.keys(settings)).toEqual(HANDED_OUT);
    const checked = checkPolicyText(Buffer.from(JSON.stringify(settings)), 'F');
    expect(checked.problems).toEqual([]);
  });
});

function appId(): string | undefined {
  return /^appId: (.*)$/m.exec(readFileSync(join(PROJECT, 'electron-builder.yml'), 'utf8'))?.[1];
}

function isElement(node: Node | null | undefined): node is Element {
  return node?.nodeType === 1;
}

function plistValue(node: Node | undefined): unknown {
  if (!isElement(node)) throw new Error('a value is missing');
  const children = Array.from(node.childNodes).filter(isElement);
  switch (node.tagName) {
    case 'string':
      return node.textContent;
    case 'integer':
      return Number(node.textContent);
    case 'true':
    case 'false':
      return node.tagName === 'true';
    case 'array':
      return children.map(plistValue);
    case 'dict':
      return Object.fromEntries(
        children.flatMap((child, index) =>
          child.tagName === 'key' ? [[child.textContent, plistValue(children[index + 1])]] : [],
        ),
      );
    default:
      throw new Error(`no property list has <${node.tagName}>`);
  }
}
