import type { ConnectionState, Quality } from '../../../shared/connection-state.ts';
import { formatPath, type Path } from '../../../shared/path.ts';
import { formatMs } from './format.ts';
import { BADGE_TEXT, QUALITY_TEXT } from './text.ts';

export interface Badge {
  /** `UDP`, `direct`, `127.0.0.1:44444`, `2 ms`: as one line, with their separators. */
  parts: readonly BadgePart[];
  /** Bars of the glyph: 3 good, 2 fair, 1 poor, 0 none. */
  bars: 0 | 1 | 2 | 3;
  tone: Quality['level'] | 'busy' | 'bad';
  /** What the glyph says, in words; the parts are the accessible name. */
  description: string;
}

export interface BadgePart {
  text: string;
  /** What stands between this part and the one before it. */
  separator: '' | ' ' | ' · ';
  /** Parts of lesser weight give way first in a narrow window. */
  weight: 'main' | 'detail';
}

const BARS: Record<Quality['level'], Badge['bars']> = { good: 3, fair: 2, poor: 1, unknown: 0 };

/** What the connection badge shows for a state. */
export function badgeOf(state: ConnectionState): Badge {
  switch (state.phase) {
    case 'connected': {
      const { path, quality } = state;
      const parts = partsOf(path);
      if (quality.roundTripMs !== undefined) {
        parts.push({ text: formatMs(quality.roundTripMs), separator: ' · ', weight: 'main' });
      }
      if (state.signaling) {
        const description = `${BADGE_TEXT.signalingLost} ${BADGE_TEXT.showDetails}`;
        return { parts, bars: 0, tone: 'busy', description };
      }
      return {
        parts,
        bars: BARS[quality.level],
        tone: quality.level,
        description: `${QUALITY_TEXT[quality.level]}. ${BADGE_TEXT.showDetails}`,
      };
    }
    case 'migrating':
      return state.from.protocol === state.to.protocol
        ? plain(BADGE_TEXT.renewing, 'busy')
        : plain(BADGE_TEXT.migrating(state.to.protocol.toUpperCase()), 'busy');
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

/** `formatPath()`, cut where a narrow window may leave something out. */
function partsOf(path: Path): BadgePart[] {
  const [protocol = '', ...names] = formatPath(path).split(' · ');
  const parts: BadgePart[] = [{ text: protocol, separator: '', weight: 'main' }];
  for (const name of names) {
    const host = path.route === 'proxy' && name.startsWith('proxy ') ? name.slice(6) : undefined;
    if (host === undefined) {
      parts.push({ text: name, separator: ' · ', weight: 'detail' });
    } else {
      parts.push({ text: 'proxy', separator: ' · ', weight: 'main' });
      parts.push({ text: host, separator: ' ', weight: 'detail' });
    }
  }
  return parts;
}

/** The whole badge as text: `UDP · proxy proxy.example.com · 12 ms`. */
export function badgeLine(parts: readonly BadgePart[]): string {
  return parts.map(({ separator, text }) => separator + text).join('');
}

function plain(text: string, tone: Badge['tone']): Badge {
  return {
    parts: [{ text, separator: '', weight: 'main' }],
    bars: 0,
    tone,
    description: BADGE_TEXT.showDetails,
  };
}
