import type { CommandLine } from 'electron';
import { strict } from '../unsupported.ts';

/** Chromium's switches: those the app was started with, and those it adds before it is ready. */
export const switchList = new Map<string, string>();

export const commandLine: Pick<
  CommandLine,
  'appendSwitch' | 'hasSwitch' | 'getSwitchValue' | 'removeSwitch' | 'appendArgument'
> = strict(
  {
    appendSwitch: (name: string, value = '') =>
      void switchList.set(name.replace(/^--?/, '').toLowerCase(), value),
    hasSwitch: (name: string) => switchList.has(name.toLowerCase()),
    getSwitchValue: (name: string) => switchList.get(name.toLowerCase()) ?? '',
    removeSwitch: (name: string) => void switchList.delete(name.toLowerCase()),
    appendArgument: (argument: string) => {
      const [name = '', ...value] = argument.replace(/^--?/, '').split('=');
      switchList.set(name.toLowerCase(), value.join('='));
    },
  },
  'app.commandLine',
);
