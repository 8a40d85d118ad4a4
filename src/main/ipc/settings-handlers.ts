import type { SettingsService } from '../settings/settings-service.ts';
import { IpcError, type IpcHandlers } from './answer.ts';

type Channels = 'settings:get' | 'settings:update';

export function settingsHandlers(settings: SettingsService): Pick<IpcHandlers, Channels> {
  return {
    'settings:get': () => settings.effective,
    'settings:update': (patch) => {
      try {
        return settings.update(patch);
      } catch (error) {
        throw error instanceof RangeError ? new IpcError(error.message) : error;
      }
    },
  };
}
