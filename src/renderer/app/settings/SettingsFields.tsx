import { useId, type ReactNode } from 'react';
import { parseServerUrl, parseSignalingBaseUrl } from '../../../shared/endpoint.ts';
import { PREFERRED_PROTOCOL_TEXT, PreferredProtocol } from '../../../shared/protocol.ts';
import { settingInfo, Settings, type SettingKey } from '../../../shared/settings.ts';
import { modeForbidden, nameInCalls } from '../../../shared/settings/allowed.ts';
import { DeviceChoices } from '../media/DeviceChoices.tsx';
import { DEVICE_TEXT } from '../media/text.ts';
import { useServices } from '../session/services.tsx';
import { AddressCheck } from './AddressCheck.tsx';
import { ChoiceField, SwitchField } from './choices.tsx';
import { HttpProxyField } from './HttpProxyField.tsx';
import { matchesSearch } from './search.ts';
import { LockReason, Origin, SettingField } from './SettingField.tsx';
import { splitHosts } from './settings-draft.ts';
import { CHECK_TEXT, SETTINGS_TEXT } from './text.ts';
import type { SettingsForm } from './use-settings-form.ts';
import styles from './SettingsDialog.module.css';

type FieldProps = { form: SettingsForm };

interface ShownSetting {
  key: SettingKey;
  Field: (props: FieldProps) => ReactNode;
  /** What it can be found by beside its title and hint. */
  words?: readonly string[];
}

interface Section {
  id: keyof typeof SETTINGS_TEXT.sections;
  settings: readonly ShownSetting[];
}

/** Every setting that an employee can set, in the order of the screen. */
const SECTIONS: readonly Section[] = [
  {
    id: 'connection',
    settings: [
      { key: 'signalingBaseUrl', Field: ProxiesField },
      { key: 'preferredProtocol', Field: ProtocolField, words: wordsOf(PREFERRED_PROTOCOL_TEXT) },
      { key: 'standbyPath', Field: StandbyField },
      { key: 'serverUrl', Field: ServerField },
    ],
  },
  {
    id: 'network',
    settings: [
      { key: 'httpProxy', Field: HttpProxyField, words: wordsOf(SETTINGS_TEXT.httpProxyModes) },
    ],
  },
  {
    id: 'you',
    settings: [
      { key: 'displayName', Field: NameField },
      {
        key: 'appearance',
        Field: AppearanceField,
        words: Object.values(SETTINGS_TEXT.appearances),
      },
    ],
  },
  { id: 'devices', settings: [{ key: 'devices', Field: DevicesField }] },
  {
    id: 'app',
    settings: [
      { key: 'diagnostics', Field: DiagnosticsField, words: wordsOf(SETTINGS_TEXT.diagnostics) },
    ],
  },
];

function wordsOf(texts: Record<string, { name: string; hint: string }>): string[] {
  return Object.values(texts).flatMap(({ name, hint }) => [name, hint]);
}

/** The sections with the settings that a search finds; all of them when nothing is searched for. */
export function foundSections(
  query: string,
  provenance: SettingsForm['settings']['provenance'],
): Section[] {
  return SECTIONS.map(({ id, settings }) => ({
    id,
    settings: settings.filter(
      ({ key, words }) =>
        query === '' ||
        matchesSearch(query, key, provenance[key], [...(words ?? []), SETTINGS_TEXT.sections[id]]),
    ),
  })).filter(({ settings }) => settings.length > 0);
}

const LEADS: Partial<Record<Section['id'], string>> = SETTINGS_TEXT.leads;

export function SectionView({ section, form }: { section: Section; form: SettingsForm }) {
  const id = useId();
  const lead = LEADS[section.id];
  return (
    <section className={styles.section} aria-labelledby={id}>
      <div>
        <h3 id={id} className={styles.heading}>
          {SETTINGS_TEXT.sections[section.id]}
        </h3>
        {lead !== undefined && <p className={styles.lead}>{lead}</p>}
      </div>
      {section.settings.map(({ key, Field }) => (
        <Field key={key} form={form} />
      ))}
    </section>
  );
}

function ProxiesField({ form }: FieldProps) {
  const { signalingBaseUrl } = form.draft;
  return (
    <div>
      <SettingField
        setting="signalingBaseUrl"
        hint={SETTINGS_TEXT.proxyHint}
        {...form.field('signalingBaseUrl')}
      >
        {(props) => (
          <textarea
            {...props}
            rows={2}
            spellCheck={false}
            autoComplete="off"
            placeholder={SETTINGS_TEXT.proxyPlaceholder}
            value={signalingBaseUrl}
            onChange={(event) => form.edit('signalingBaseUrl', event.target.value)}
          />
        )}
      </SettingField>
      <AddressCheck
        wanted="proxy"
        label={settingInfo('signalingBaseUrl').title}
        addresses={splitHosts(signalingBaseUrl).filter((host) => parseSignalingBaseUrl(host).ok)}
      />
    </div>
  );
}

function ServerField({ form }: FieldProps) {
  const { serverUrl, signalingBaseUrl } = form.draft;
  const hasProxy = splitHosts(signalingBaseUrl).length > 0;
  return (
    <div>
      <SettingField setting="serverUrl" {...form.field('serverUrl')}>
        {(props) => (
          <input
            {...props}
            spellCheck={false}
            autoComplete="off"
            placeholder={SETTINGS_TEXT.serverPlaceholder}
            value={serverUrl}
            onChange={(event) => form.edit('serverUrl', event.target.value)}
          />
        )}
      </SettingField>
      <AddressCheck
        wanted="server"
        label={settingInfo('serverUrl').title}
        addresses={parseServerUrl(serverUrl).ok ? [serverUrl.trim()] : []}
        insteadOfAsking={hasProxy ? CHECK_TEXT.checkServerInstead : undefined}
      />
    </div>
  );
}

function ProtocolField({ form }: FieldProps) {
  const { values } = form.settings;
  const choices = PreferredProtocol.options.map((value) => {
    const { name, hint } = PREFERRED_PROTOCOL_TEXT[value];
    return modeForbidden(values, value)
      ? { value, name, hint: SETTINGS_TEXT.forbiddenMode, isForbidden: true }
      : { value, name, hint };
  });
  return (
    <ChoiceField
      setting="preferredProtocol"
      look="list"
      choices={choices}
      value={form.draft.preferredProtocol}
      onChange={(value) => form.edit('preferredProtocol', value)}
      {...form.field('preferredProtocol')}
    />
  );
}

function StandbyField({ form }: FieldProps) {
  return (
    <SwitchField
      setting="standbyPath"
      value={form.draft.standbyPath}
      onChange={(value) => form.edit('standbyPath', value)}
      {...form.field('standbyPath')}
    />
  );
}

function NameField({ form }: FieldProps) {
  const { displayName } = form.draft;
  const { displayNameDomain } = form.settings.values;
  const name = displayName.trim();
  return (
    <SettingField
      setting="displayName"
      hint={
        displayNameDomain !== '' && name !== ''
          ? SETTINGS_TEXT.nameInCalls(nameInCalls(name, displayNameDomain))
          : settingInfo('displayName').hint
      }
      {...form.field('displayName')}
    >
      {(props) => (
        <input
          {...props}
          autoComplete="off"
          placeholder={SETTINGS_TEXT.namePlaceholder}
          value={displayName}
          onChange={(event) => form.edit('displayName', event.target.value)}
        />
      )}
    </SettingField>
  );
}

function AppearanceField({ form }: FieldProps) {
  const choices = Settings.shape.appearance.options.map((value) => ({
    value,
    name: SETTINGS_TEXT.appearances[value],
  }));
  return (
    <ChoiceField
      setting="appearance"
      look="row"
      choices={choices}
      value={form.draft.appearance}
      onChange={(value) => form.edit('appearance', value)}
      {...form.field('appearance')}
    />
  );
}

function DiagnosticsField({ form }: FieldProps) {
  const choices = Settings.shape.diagnostics.options.map((value) => ({
    value,
    ...SETTINGS_TEXT.diagnostics[value],
  }));
  return (
    <ChoiceField
      setting="diagnostics"
      look="row"
      choices={choices}
      value={form.draft.diagnostics}
      onChange={(value) => form.edit('diagnostics', value)}
      {...form.field('diagnostics')}
    />
  );
}

/** What is chosen here acts at once, as on the join screen: there is nothing to save. */
function DevicesField({ form }: FieldProps) {
  const id = useId();
  const { bridge, media } = useServices();
  const { title } = settingInfo('devices');
  const provenance = form.settings.provenance.devices;
  return (
    <div className={styles.devicesField} data-setting="devices">
      <Origin
        id={`${id}-source`}
        label={title}
        provenance={provenance}
        canReset={provenance.source === 'user'}
        onReset={() => {
          void bridge.settings.update({ devices: null }).catch(reportError);
        }}
      />
      <div
        className={styles.devices}
        role="group"
        aria-label={DEVICE_TEXT.menu}
        aria-describedby={`${id}-source`}
      >
        <DeviceChoices media={media} />
      </div>
      {provenance.locked && <LockReason id={`${id}-lock`} provenance={provenance} />}
    </div>
  );
}
