import { Settings } from 'lucide-react';
import { IconButton } from '../design/IconButton.tsx';
import { Mark } from '../design/Mark.tsx';
import { DeviceChoices } from '../media/DeviceChoices.tsx';
import { DEVICE_TEXT } from '../media/text.ts';
import type { JoinDraft } from '../session/app-controller.ts';
import { useServices } from '../session/services.tsx';
import { shortcutText } from '../session/shortcuts.ts';
import { JoinForm } from './JoinForm.tsx';
import { MediaProblems } from './MediaProblems.tsx';
import { Preview } from './Preview.tsx';
import { JOIN_TEXT } from './text.ts';
import styles from './JoinScreen.module.css';

interface Props {
  draft: JoinDraft;
  isOpening: boolean;
  onOpenSettings: () => void;
  onOpenPolicy: () => void;
}

/** Before the call: who, where to, and how one looks and sounds. */
export function JoinScreen({ draft, isOpening, onOpenSettings, onOpenPolicy }: Props) {
  const { media, info, controller } = useServices();
  const onInterest = (): void => controller.interestShown();
  return (
    // It only listens: there is nothing to be done here.
    // eslint-disable-next-line jsx-a11y/no-noninteractive-element-interactions
    <main
      className={styles.screen}
      onPointerMove={onInterest}
      onKeyDown={onInterest}
      onFocus={onInterest}
    >
      <header className={styles.header}>
        <span className={styles.brand}>
          <Mark />
          {JOIN_TEXT.product}
        </span>
        <IconButton
          label={JOIN_TEXT.settings}
          shortcut={shortcutText('open-settings', info.platform)}
          icon={<Settings size={20} />}
          tooltipSide="bottom"
          onClick={onOpenSettings}
        />
      </header>
      <div className={styles.columns}>
        <section className={styles.look} aria-label={JOIN_TEXT.previewRegion}>
          <Preview media={media} />
          <MediaProblems media={media} />
          <div className={styles.devices} role="group" aria-label={DEVICE_TEXT.menu}>
            <DeviceChoices media={media} hideLabels />
          </div>
        </section>
        {/* A new draft (from a link, or with a problem) starts the form anew. */}
        <JoinForm
          key={formKey(draft)}
          draft={draft}
          isOpening={isOpening}
          onOpenSettings={onOpenSettings}
          onOpenPolicy={onOpenPolicy}
        />
      </div>
    </main>
  );
}

function formKey({ input, pending, problem }: JoinDraft): string {
  return [pending?.serverUrl, pending?.roomId ?? input, problem].join(' ');
}
