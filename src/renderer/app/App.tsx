import { Tooltip } from 'radix-ui';
import { useEffect, useState } from 'react';
import styles from './App.module.css';
import { CallScreen } from './call/CallScreen.tsx';
import { InvitationDialog } from './call/InvitationDialog.tsx';
import { EndedScreen } from './ended/EndedScreen.tsx';
import { FaultBoundary } from './faults/FaultBoundary.tsx';
import { JoinScreen } from './join/JoinScreen.tsx';
import { AppNotices } from './notices/AppNotices.tsx';
import { PolicyDialog } from './policy/PolicyDialog.tsx';
import { AnnouncerProvider } from './session/announcer.tsx';
import type { AppScreen } from './session/app-controller.ts';
import { ServicesProvider, type Services } from './session/services.tsx';
import { useCommands } from './session/use-commands.ts';
import { useObservable } from './session/use-observable.ts';
import { SettingsDialog } from './settings/SettingsDialog.tsx';

/** Before a tooltip shows, ms; short enough to help, long enough not to chase the pointer. */
const TOOLTIP_DELAY_MS = 450;

export function App({ services }: { services: Services }) {
  return (
    <ServicesProvider services={services}>
      <Tooltip.Provider delayDuration={TOOLTIP_DELAY_MS}>
        <AnnouncerProvider>
          <FaultBoundary services={services}>
            <Window services={services} />
          </FaultBoundary>
        </AnnouncerProvider>
      </Tooltip.Provider>
    </ServicesProvider>
  );
}

function Window({ services: { controller, settings } }: { services: Services }) {
  const screen = useObservable(controller.screen);
  const callsRefused = useObservable(settings).policy.callsRefused !== undefined;
  const [showsSettings, setShowsSettings] = useState(false);
  const [showsPolicy, setShowsPolicy] = useState(false);
  const openSettings = (): void => setShowsSettings(true);
  const openPolicy = (): void => setShowsPolicy(true);
  useCommands((command) => {
    if (command !== 'open-settings') return false;
    openSettings();
    return true;
  });
  const title = titleOf(screen);
  useEffect(() => {
    document.title = title;
  }, [title]);

  return (
    <div className={styles.window} data-screen={screen.name}>
      <AppNotices
        // The join screen says more of it, where the call would begin.
        hidesPolicy={callsRefused && (screen.name === 'join' || screen.name === 'opening')}
        onOpenPolicy={openPolicy}
      />
      <div className={styles.screen}>
        <Screen screen={screen} onOpenSettings={openSettings} onOpenPolicy={openPolicy} />
      </div>
      {showsSettings && (
        <SettingsDialog
          isInCall={screen.name === 'call'}
          onOpenPolicy={openPolicy}
          onClose={() => setShowsSettings(false)}
        />
      )}
      {showsPolicy && <PolicyDialog onClose={() => setShowsPolicy(false)} />}
      {screen.name === 'call' && screen.isInvited && (
        <InvitationDialog onAnswer={(accept) => void controller.answerInvitation(accept)} />
      )}
    </div>
  );
}

interface ScreenProps {
  screen: AppScreen;
  onOpenSettings: () => void;
  onOpenPolicy: () => void;
}

function Screen({ screen, onOpenSettings, onOpenPolicy }: ScreenProps) {
  switch (screen.name) {
    case 'starting':
      return null;
    case 'join':
    case 'opening':
      return (
        <JoinScreen
          draft={screen.draft}
          isOpening={screen.name === 'opening'}
          onOpenSettings={onOpenSettings}
          onOpenPolicy={onOpenPolicy}
        />
      );
    case 'call':
      return <CallScreen call={screen.call} onOpenSettings={onOpenSettings} />;
    case 'ended':
      return (
        <EndedScreen
          call={screen.call}
          onOpenSettings={onOpenSettings}
          onOpenPolicy={onOpenPolicy}
        />
      );
  }
}

function titleOf(screen: AppScreen): string {
  return screen.name === 'call' ? `${screen.call.meeting.roomId} – Causeway` : 'Causeway';
}
