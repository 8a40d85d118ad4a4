import type { ConnectionState, Quality } from '../../../shared/connection-state.ts';
import { formatPath } from '../../../shared/path.ts';
import { formatMs } from './format.ts';
import { BADGE_TEXT, QUALITY_TEXT } from './text.ts';

export interface Badge {
  /** `UDP`, `direct`, `127.0.0.1:44444`, `2 ms`: shown with ` · ` between them. */
  parts: readonly BadgePart[];
  /** Bars of the glyph: 3 good, 2 fair, 1 poor, 0 none. */
  bars: 0 | 1 | 2 | 3;
  tone: Quality['level'] | 'busy' | 'bad';
  /** The accessible name. */
  label: string;
}

export interface BadgePart {
  text: string;
  /** Parts of lesser weight give way first in a narrow window. */
  weight: 'main' | 'detail';
}

const BARS: Record<Quality['level'], Badge['bars']> = { good: 3, fair: 2, poor: 1, unknown: 0 };

/** What the connection badge shows for a state. */
export function badgeOf(state: ConnectionState): Badge {
  switch (state.phase) {
    case 'connected': {
      const { path, quality } = state;
      const names = formatPath(path).split(' · ');
      const parts: BadgePart[] = names.map((text, index) => ({
        text,
        weight: index === 0 || (path.route === 'proxy' && index === 1) ? 'main' : 'detail',
      }));
      if (quality.roundTripMs !== undefined) {
        parts.push({ text: formatMs(quality.roundTripMs), weight: 'main' });
      }
      return {
        parts,
        bars: BARS[quality.level],
        tone: quality.level,
        label: BADGE_TEXT.label(
          parts.map(({ text }) => text).join(' · '),
          QUALITY_TEXT[quality.level],
        ),
      };
    }
    case 'migrating':
      return plain(BADGE_TEXT.migrating(state.to.protocol.toUpperCase()), 'busy');
    case 'connecting':
    case 'reconnecting':
      return plain(BADGE_TEXT[state.phase], 'busy');
    case 'failed':
      return plain(BADGE_TEXT.failed, 'bad');
    case 'idle':
    case 'left':
      return plain(BADGE_TEXT[state.phase], 'unknown');
  }
}

function plain(text: string, tone: Badge['tone']): Badge {
  return { parts: [{ text, weight: 'main' }], bars: 0, tone, label: text };
}
