import './schema-checks.ts';
import './design/tokens.css';
import './design/base.css';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { createRoom, forgetPrepared, prepareRoom } from '../room/index.ts';
import { App } from './App.tsx';
import { LocalMedia } from './media/local-media.ts';
import { AppController } from './session/app-controller.ts';
import { Observable } from './session/observable.ts';

const bridge = window.causeway;
const [info, initial] = await Promise.all([bridge.app.info(), bridge.settings.get()]);

const settings = new Observable(initial);
bridge.settings.onChanged((changed) => settings.set(changed));

const media = new LocalMedia(navigator.mediaDevices, (devices) => {
  // IT may have locked the devices: then the choice holds for this run only.
  if (settings.get().provenance.devices.locked) return;
  const known = Object.entries(devices).filter(([, id]) => id !== undefined);
  void bridge.settings.update({ devices: Object.fromEntries(known) });
});
media.restore(initial.values.devices);

const controller = new AppController({
  bridge,
  media,
  createRoom,
  prepareRoom,
  forgetPrepared,
  settings,
  storage: window.sessionStorage,
  lastingStorage: window.localStorage,
});

const root = document.getElementById('root');
if (!root) throw new Error('index.html has no element #root');
createRoot(root).render(
  <StrictMode>
    <App services={{ bridge, controller, media, settings, info }} />
  </StrictMode>,
);
await controller.start();
