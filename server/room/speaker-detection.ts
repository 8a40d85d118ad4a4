import type { types } from 'mediasoup';

/** Tells who is speaking loudest, from the audio levels that senders put into RTP (RFC 6464). */

/** How often levels are compared, ms: often enough to follow a conversation. */
const INTERVAL_MS = 500;

/** Quieter than this, dBov, is silence. */
const THRESHOLD_DBOV = -70;

export interface Speaker {
  peerId: string;
  /** Mean level over the interval, dBov: −127 to 0. */
  volume: number;
}

/** @param onChange Called at every interval with speech, and once with undefined at silence. */
export async function watchSpeakers(
  router: types.Router,
  onChange: (speaker: Speaker | undefined) => void,
): Promise<{ add(producer: types.Producer): Promise<void> }> {
  const observer = await router.createAudioLevelObserver({
    maxEntries: 1,
    interval: INTERVAL_MS,
    threshold: THRESHOLD_DBOV,
  });
  observer.on('volumes', ([loudest]) => {
    const peerId = loudest?.producer.appData['peerId'];
    if (loudest && typeof peerId === 'string') onChange({ peerId, volume: loudest.volume });
  });
  observer.on('silence', () => onChange(undefined));
  return {
    async add(producer) {
      if (!producer.closed) await observer.addProducer({ producerId: producer.id });
    },
  };
}
