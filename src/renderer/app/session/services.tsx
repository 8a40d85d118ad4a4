import { createContext, use, type ReactNode } from 'react';
import type { AppInfo, CausewayBridge } from '../../../shared/ipc.ts';
import type { EffectiveSettings } from '../../../shared/settings.ts';
import type { LocalMedia } from '../media/local-media.ts';
import type { AppController } from './app-controller.ts';
import type { Readable } from './observable.ts';

/** What the screens work with: made once at start, the same for the life of the document. */
export interface Services {
  bridge: CausewayBridge;
  controller: AppController;
  media: LocalMedia;
  settings: Readable<EffectiveSettings>;
  info: AppInfo;
}

const ServicesContext = createContext<Services | undefined>(undefined);

export function ServicesProvider({
  services,
  children,
}: {
  services: Services;
  children: ReactNode;
}) {
  return <ServicesContext value={services}>{children}</ServicesContext>;
}

export function useServices(): Services {
  const services = use(ServicesContext);
  if (!services) throw new Error('useServices() outside of ServicesProvider');
  return services;
}
