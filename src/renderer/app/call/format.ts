/** `2 ms`, `< 1 ms`, `1.4 s`. */
export function formatMs(ms: number): string {
  if (ms < 1) return '< 1 ms';
  if (ms < 1000) return `${Math.round(ms)} ms`;
  return `${(ms / 1000).toFixed(1)} s`;
}

/** How long something took, unless its own words say so. */
export function tookOf({ text, tookMs }: { text: string; tookMs?: number | undefined }) {
  if (tookMs === undefined) return undefined;
  const isSaid = text.includes(`after ${Math.round(tookMs)} ms`);
  return isSaid || text.includes(`after ${formatMs(tookMs)}`) ? undefined : formatMs(tookMs);
}

/** `820 kbit/s`, `1.4 Mbit/s`. */
export function formatBitrate(bitsPerSecond: number): string {
  const kilobits = bitsPerSecond / 1000;
  if (kilobits < 1000) return `${Math.round(kilobits)} kbit/s`;
  return `${(kilobits / 1000).toFixed(1)} Mbit/s`;
}

/** A share from 0 to 1: `0 %`, `0.4 %`, `12 %`. */
export function formatShare(share: number): string {
  const percent = share * 100;
  if (percent > 0 && percent < 10) return `${percent.toFixed(1)} %`;
  return `${Math.round(percent)} %`;
}

/** Hours and minutes, as is usual where the computer is: `14:03`, `2:03 PM`. */
export function formatTime(time: Date): string {
  return time.toLocaleTimeString([], { hour: '2-digit', minute: '2-digit' });
}

/** `14:03:22`, in local time. */
export function formatClock(wallTime: number): string {
  const time = new Date(wallTime);
  return [time.getHours(), time.getMinutes(), time.getSeconds()]
    .map((part) => String(part).padStart(2, '0'))
    .join(':');
}
