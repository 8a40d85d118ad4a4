/**
 * The terminal that Causeway was started from, for as long as it is there. A terminal that was
 * closed is no reason to end a call: what would be written to it is dropped.
 */
export function openTerminal(): { write(text: string): unknown } {
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);
  return process.stdout;
}
