import { Check, Copy } from 'lucide-react';
import type { Quality } from '../../../shared/connection-state.ts';
import type { Meeting } from '../../../shared/ipc.ts';
import { formatPath, type Path } from '../../../shared/path.ts';
import type { RoomSnapshot } from '../../room/contract.ts';
import { Button } from '../design/Button.tsx';
import { RouteLine, type RouteStop } from '../design/RouteLine.tsx';
import { hostOf } from '../meeting/route-plan.ts';
import { useCopy } from '../session/use-copy.ts';
import { formatBitrate, formatMs, formatShare } from './format.ts';
import { CALL_TEXT, DETAILS_TEXT, fallbackSentence, migrationSentence } from './text.ts';
import { timelineReport } from './timeline-report.ts';
import { TimelineList } from './TimelineList.tsx';
import styles from './ConnectionDetails.module.css';

/** All that is known about the connection, and everything that has happened to it. */
export function ConnectionDetails({
  snapshot,
  meeting,
}: {
  snapshot: RoomSnapshot;
  meeting: Meeting;
}) {
  const { connection, timeline } = snapshot;
  const { copied, copy } = useCopy(DETAILS_TEXT.copied);
  const isUp = connection.phase === 'connected' || connection.phase === 'migrating';
  const connected = connection.phase === 'connected' ? connection : undefined;
  return (
    <div className={styles.details} data-testid="connection-details">
      <h2 className={styles.title}>{DETAILS_TEXT.title}</h2>
      {connected && (
        <>
          <RouteLine
            label={formatPath(connected.path)}
            stops={stopsOf(connected.path, meeting)}
            legs={[connected.path.protocol.toUpperCase()]}
          />
          {connected.fallback && (
            <p className={styles.fallback}>{fallbackSentence(connected.fallback)}</p>
          )}
          <Measurements quality={connected.quality} />
        </>
      )}
      {connection.phase === 'migrating' && (
        <p className={styles.note}>{migrationSentence(connection)}</p>
      )}
      {isUp && connection.signaling && (
        <p className={styles.note}>
          {CALL_TEXT.signalingLost} {CALL_TEXT.goesOn}
        </p>
      )}
      <div className={styles.history}>
        <h3 className={styles.subtitle}>{DETAILS_TEXT.timeline}</h3>
        <Button
          look="quiet"
          className={styles.copy}
          icon={
            copied ? <Check size={16} aria-hidden="true" /> : <Copy size={16} aria-hidden="true" />
          }
          onClick={() => copy(timelineReport(timeline))}
        >
          {copied ? DETAILS_TEXT.copied : DETAILS_TEXT.copy}
        </Button>
      </div>
      <TimelineList timeline={timeline} />
    </div>
  );
}

function Measurements({ quality }: { quality: Quality }) {
  const shown = <T,>(value: T | undefined, format: (value: T) => string): string =>
    value === undefined ? DETAILS_TEXT.notKnown : format(value);
  const rows: [string, string][] = [
    [DETAILS_TEXT.roundTrip, shown(quality.roundTripMs, formatMs)],
    [DETAILS_TEXT.loss, shown(quality.loss, formatShare)],
    [DETAILS_TEXT.jitter, shown(quality.jitterMs, formatMs)],
    [DETAILS_TEXT.receiving, shown(quality.receiveBitrate, formatBitrate)],
    [DETAILS_TEXT.sending, shown(quality.sendBitrate, formatBitrate)],
    [DETAILS_TEXT.quality, DETAILS_TEXT.levels[quality.level]],
  ];
  return (
    <dl className={styles.measurements}>
      {rows.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

function stopsOf(path: Path, meeting: Meeting): RouteStop[] {
  const address = path.port === undefined ? path.host : `${path.host}:${path.port}`;
  const server = hostOf(meeting.serverUrl);
  const you: RouteStop = {
    kind: 'computer',
    name: DETAILS_TEXT.you,
    address: path.httpProxy && DETAILS_TEXT.viaHttpProxy(path.httpProxy),
  };
  if (path.route === 'direct') {
    return [you, { kind: 'server', name: DETAILS_TEXT.server, address }];
  }
  return [
    you,
    { kind: 'proxy', name: DETAILS_TEXT.proxy, address },
    { kind: 'server', name: DETAILS_TEXT.server, address: server },
  ];
}
