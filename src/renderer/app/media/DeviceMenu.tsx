import { SlidersHorizontal } from 'lucide-react';
import { Popover } from 'radix-ui';
import { IconButton } from '../design/IconButton.tsx';
import { DeviceChoices } from './DeviceChoices.tsx';
import styles from './DeviceMenu.module.css';
import { LevelMeter } from './LevelMeter.tsx';
import type { LocalMedia } from './local-media.ts';
import { DEVICE_TEXT } from './text.ts';

interface Props {
  media: LocalMedia;
  look: 'round' | 'glass';
  className?: string | undefined;
  /** The microphone to meter; undefined while it is off. */
  microphoneTrack: MediaStreamTrack | undefined;
}

/** A button that opens the choice of camera, microphone and speaker. */
export function DeviceMenu({ media, look, className, microphoneTrack }: Props) {
  return (
    <Popover.Root>
      <Popover.Trigger asChild>
        <IconButton
          look={look}
          label={DEVICE_TEXT.menu}
          icon={<SlidersHorizontal size={20} />}
          className={className}
        />
      </Popover.Trigger>
      <Popover.Portal>
        <Popover.Content
          className={styles.menu}
          side="top"
          sideOffset={14}
          collisionPadding={12}
          aria-label={DEVICE_TEXT.menu}
        >
          <DeviceChoices media={media} />
          <div className={styles.level}>
            <span aria-hidden="true">{DEVICE_TEXT.level}</span>
            <LevelMeter track={microphoneTrack} />
          </div>
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  );
}
