import { X } from 'lucide-react';
import { useEffect, useId, useRef, useState, type ReactNode } from 'react';
import { FloatingSurface } from './floating-surface.ts';
import { IconButton } from './IconButton.tsx';
import styles from './Dialog.module.css';

/** What Tab stops at. */
const STOPS =
  ':is(button, input, select, textarea, a[href], [tabindex="0"]):not([tabindex="-1"], :disabled)';

interface Props {
  title: string;
  closeLabel: string;
  onClose: () => void;
  children: ReactNode;
  footer?: ReactNode;
  size?: 'small' | 'large';
  role?: 'dialog' | 'alertdialog';
  /** It is there to be read: the keyboard scrolls it, since no field in it can take the focus. */
  isReading?: boolean;
}

/**
 * A modal dialog on the platform's own `<dialog>`: it keeps the focus in, makes the rest inert and
 * gives the focus back, and needs no injected style. Mounted means open.
 */
export function Dialog({
  title,
  closeLabel,
  onClose,
  children,
  footer,
  size = 'large',
  role,
  isReading = false,
}: Props) {
  const ref = useRef<HTMLDialogElement>(null);
  const heading = useRef<HTMLHeadingElement>(null);
  const [surface, setSurface] = useState<HTMLDialogElement | null>(null);
  const id = useId();

  useEffect(() => {
    const dialog = ref.current;
    const before = document.activeElement;
    if (dialog && !dialog.open) dialog.showModal();
    heading.current?.focus();
    setSurface(dialog);
    return () => {
      dialog?.close();
      if (before instanceof HTMLElement && before.isConnected) before.focus();
    };
  }, []);

  return (
    // Escape reaches onCancel; a click on the backdrop is a convenience for the mouse alone.
    // eslint-disable-next-line jsx-a11y/no-noninteractive-element-interactions
    <dialog
      ref={ref}
      role={role}
      className={[styles.dialog, styles[size]].join(' ')}
      aria-labelledby={`${id}-title`}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
      // Chromium closes it without asking at a second Escape: it stays until it is unmounted.
      onClose={(event) => {
        const dialog = ref.current;
        if (!dialog || event.target !== dialog || dialog.open) return;
        dialog.showModal();
        onClose();
      }}
      onKeyDown={(event) => {
        if (event.key === 'Tab' && keepFocusInside(event.currentTarget, event.shiftKey)) {
          event.preventDefault();
        }
      }}
      onClick={(event) => {
        if (event.target === ref.current) onClose();
      }}
    >
      <FloatingSurface value={surface}>
        <div className={styles.frame}>
          <header className={styles.header}>
            <h2 ref={heading} tabIndex={-1} id={`${id}-title`} className={styles.title}>
              {title}
            </h2>
            <IconButton
              label={closeLabel}
              icon={<X size={20} />}
              onClick={onClose}
              tooltipSide="bottom"
            />
          </header>
          {isReading ? (
            // What scrolls has to be reached by the keyboard.
            // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex
            <div className={styles.body} role="region" aria-labelledby={`${id}-title`} tabIndex={0}>
              {children}
            </div>
          ) : (
            <div className={styles.body}>{children}</div>
          )}
          {footer !== undefined && <footer className={styles.footer}>{footer}</footer>}
        </div>
      </FloatingSurface>
    </dialog>
  );
}

/**
 * From the last stop to the first and back. The platform lets Tab out of a modal dialog to the
 * browser's own controls, of which an app has none.
 * @returns Whether it moved the focus.
 */
function keepFocusInside(dialog: HTMLElement, backwards: boolean): boolean {
  const stops = [...dialog.querySelectorAll<HTMLElement>(STOPS)];
  const edge = backwards ? stops[0] : stops.at(-1);
  const isAtEdge = document.activeElement === edge;
  const isBeforeFirst = backwards && !stops.some((stop) => stop === document.activeElement);
  if (!isAtEdge && !isBeforeFirst) return false;
  (backwards ? stops.at(-1) : stops[0])?.focus();
  return true;
}
