import type { SettingSource } from '../../../shared/settings.ts';

export const SETTINGS_TEXT = {
  title: 'Settings',
  close: 'Close settings',
  connection: 'Connection',
  connectionLead: 'How calls leave this computer. Changes count from the next call on.',
  proxy: 'Cloud Proxy',
  proxyHint:
    'One host per line, tried in order. With a proxy, calls go through it and nowhere else; empty means direct.',
  proxyPlaceholder: 'proxy.example.com',
  protocol: 'Protocol for sound and picture',
  server: 'Meeting server',
  serverHint: 'For meeting names without a server of their own.',
  serverPlaceholder: 'https://meet.example.com',
  you: 'You',
  name: 'Your name',
  namePlaceholder: 'The name that others see',
  appearance: 'Appearance',
  appearances: { system: 'As the system', light: 'Light', dark: 'Dark' },
  save: 'Save',
  saved: 'Saved.',
  savedInCall: 'Saved. Counts from the next call on.',
  unsaved: 'Not saved yet',
  problems: (count: number) =>
    count === 1
      ? 'One field needs a change before this can be saved.'
      : `${count} fields need a change before this can be saved.`,
  notStored: 'The settings could not be stored. Try again.',
  cancel: 'Cancel',
  reset: 'Reset',
  resetLong: (label: string) => `Reset ${label} to the default`,
  locked: 'Set by your company. It cannot be changed here.',
  lockedOnCommandLine: 'Set on the command line for this run. It cannot be changed here.',
  discardTitle: 'What you changed is not saved.',
  discard: 'Close without saving',
  keepEditing: 'Go on editing',
} as const;

/** Where a value comes from, when that is not the employee and not the default. */
export const SOURCE_TEXT: Record<SettingSource, string | undefined> = {
  managed: 'Suggested by your company',
  'command-line': 'From the command line',
  user: undefined,
  default: undefined,
};
