import { useLayoutEffect, useRef, useState, type ReactNode } from 'react';
import type { RemotePeer } from '../../room/contract.ts';
import { Invite, type InviteProps } from './Invite.tsx';
import { Tile } from './Tile.tsx';
import { CALL_TEXT } from './text.ts';
import { insetSize, layoutTiles } from './tile-grid.ts';
import styles from './Stage.module.css';

interface Self {
  id: string;
  name: string;
  track: MediaStreamTrack | undefined;
  isMuted: boolean;
}

interface Props {
  self: Self;
  peers: readonly RemotePeer[];
  activeSpeakerId: string | undefined;
  /** Shown while nobody else is there. */
  invite: InviteProps | undefined;
}

/** Between tiles, CSS px. */
const GAP = 12;

/** Alone: oneself and the link. Two: the other, oneself in the corner. More: equal tiles. */
export function Stage({ self, peers, activeSpeakerId, invite }: Props) {
  const ref = useRef<HTMLUListElement>(null);
  const { width, height } = useSize(ref);
  const own = (
    <Tile
      peerId={self.id}
      name={self.name}
      isOwn
      track={self.track}
      isMuted={self.isMuted}
      isSpeaking={activeSpeakerId === self.id && !self.isMuted}
    />
  );
  const others = peers.map((peer) => ({
    id: peer.id,
    tile: (
      <Tile
        peerId={peer.id}
        name={peer.displayName}
        track={peer.video?.paused ? undefined : peer.video?.track}
        isMuted={!peer.audio || peer.audio.paused}
        isSpeaking={activeSpeakerId === peer.id}
      />
    ),
  }));

  const isDuet = others.length === 1;
  const inset = insetSize(width, height);
  const isAlone = others.length === 0;
  const layout = layoutTiles(isDuet ? 1 : others.length + 1, width, height, GAP);
  const tileSize = isDuet ? { width, height } : { width: layout.width, height: layout.height };
  const seat = (id: string, tile: ReactNode, seatStyle: string | undefined, size = tileSize) => (
    <li key={id} className={seatStyle} style={{ width: size.width, height: size.height }}>
      {tile}
    </li>
  );
  return (
    <div className={styles.stage} data-alone={isAlone && invite !== undefined}>
      <ul
        ref={ref}
        className={styles.tiles}
        aria-label={CALL_TEXT.participants}
        data-scrolls={layout.scrolls}
        data-duet={isDuet}
        style={{ gap: GAP }}
      >
        {others.map(({ id, tile }) => seat(id, tile, styles.seat))}
        {isDuet ? seat('own', own, styles.inset, inset) : seat('own', own, styles.seat)}
      </ul>
      {isAlone && invite && <Invite {...invite} />}
    </div>
  );
}

function useSize(ref: React.RefObject<HTMLElement | null>): { width: number; height: number } {
  const [size, setSize] = useState({ width: 0, height: 0 });
  useLayoutEffect(() => {
    const element = ref.current;
    if (!element) return;
    const read = (): void => {
      setSize({ width: element.clientWidth, height: element.clientHeight });
    };
    read();
    const observer = new ResizeObserver(read);
    observer.observe(element);
    return () => observer.disconnect();
  }, [ref]);
  return size;
}
