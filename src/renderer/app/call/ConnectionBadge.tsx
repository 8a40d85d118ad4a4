import { Popover } from 'radix-ui';
import type { Meeting } from '../../../shared/ipc.ts';
import type { RoomSnapshot } from '../../room/contract.ts';
import { badgeOf, type Badge } from './badge-text.ts';
import { ConnectionDetails } from './ConnectionDetails.tsx';
import { DETAILS_TEXT } from './text.ts';
import styles from './ConnectionBadge.module.css';

/** How the call is connected, live: `UDP · direct · 192.0.2.7:44444 · 12 ms`. Opens the details. */
export function ConnectionBadge({
  snapshot,
  meeting,
}: {
  snapshot: RoomSnapshot;
  meeting: Meeting;
}) {
  const badge = badgeOf(snapshot.connection);
  return (
    <Popover.Root>
      <Popover.Trigger
        className={styles.badge}
        data-testid="connection-badge"
        data-tone={badge.tone}
        data-phase={snapshot.connection.phase}
        aria-description={badge.description}
      >
        <Bars badge={badge} />
        <span className={styles.text}>
          {badge.parts.map(({ text, separator, weight }, index) => (
            <span key={index} className={styles[weight]}>
              {separator}
              {text}
            </span>
          ))}
        </span>
      </Popover.Trigger>
      <Popover.Portal>
        <Popover.Content
          className={styles.details}
          align="end"
          sideOffset={8}
          collisionPadding={12}
          aria-label={DETAILS_TEXT.title}
        >
          <ConnectionDetails snapshot={snapshot} meeting={meeting} />
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  );
}

/** Three bars: their number says the quality, the colour only repeats it. */
function Bars({ badge: { bars, tone } }: { badge: Badge }) {
  if (tone === 'busy') return <span className={styles.busy} aria-hidden="true" />;
  return (
    <svg className={styles.bars} width="16" height="14" viewBox="0 0 16 14" aria-hidden="true">
      {[0, 1, 2].map((bar) => (
        <rect
          key={bar}
          x={bar * 6}
          y={9 - bar * 4.5}
          width="4"
          height={5 + bar * 4.5}
          rx="1.2"
          data-lit={bar < bars}
        />
      ))}
    </svg>
  );
}
