import { useEffect, useEffectEvent } from 'react';
import type { MenuCommand } from '../../../shared/ipc.ts';
import { useServices } from './services.tsx';
import { commandOf } from './shortcuts.ts';

/**
 * Runs `run` for every command from the menu or the keyboard, while the component is on screen.
 * @param run Answers whether it knew the command; a key of a known command goes no further.
 */
export function useCommands(run: (command: MenuCommand) => boolean): void {
  const { bridge, info } = useServices();
  const onCommand = useEffectEvent(run);
  useEffect(() => {
    const stop = bridge.menu.onCommand((command) => void onCommand(command));
    const onKey = (event: KeyboardEvent): void => {
      const command = commandOf(event, info.platform);
      if (command && onCommand(command)) event.preventDefault();
    };
    window.addEventListener('keydown', onKey);
    return () => {
      stop();
      window.removeEventListener('keydown', onKey);
    };
  }, [bridge, info.platform]);
}
