import { Tooltip } from 'radix-ui';
import { use, type ComponentProps, type ReactNode } from 'react';
import { FloatingSurface } from './floating-surface.ts';
import styles from './IconButton.module.css';

interface Props extends Omit<ComponentProps<'button'>, 'children'> {
  /** The accessible name, and the tooltip when no other is given. */
  label: string;
  icon: ReactNode;
  /** Shown beside the label in the tooltip, for example `Ctrl+D`. */
  shortcut?: string | undefined;
  look?: 'plain' | 'round' | 'glass' | 'off' | 'danger';
  tooltipSide?: 'top' | 'bottom' | 'left' | 'right';
}

/** A button that shows only an icon; its name is in the tooltip and for screen readers. */
export function IconButton({
  label,
  icon,
  shortcut,
  look = 'plain',
  tooltipSide = 'top',
  className,
  ...rest
}: Props) {
  return (
    <Tooltip.Root>
      <Tooltip.Trigger asChild>
        <button
          type="button"
          aria-label={label}
          {...rest}
          className={[styles.button, styles[look], className].filter(Boolean).join(' ')}
        >
          {icon}
        </button>
      </Tooltip.Trigger>
      <Tooltip.Portal container={use(FloatingSurface)}>
        <Tooltip.Content
          className={styles.tooltip}
          side={tooltipSide}
          sideOffset={8}
          collisionPadding={8}
          // The tooltip takes Escape for itself; who presses it in a dialog means the dialog.
          onEscapeKeyDown={({ target }) => {
            if (target instanceof Element) target.closest('dialog')?.requestClose();
          }}
        >
          {label}
          {shortcut !== undefined && <kbd className={styles.shortcut}>{shortcut}</kbd>}
        </Tooltip.Content>
      </Tooltip.Portal>
    </Tooltip.Root>
  );
}
