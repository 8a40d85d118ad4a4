import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { RoomServerOptions } from '../../../server/room/config.ts';
import { describeOptions } from '../../../server/shared/options.ts';
import { CLOSE } from '../../../src/shared/close-codes.ts';

const page = await readFile(join(import.meta.dirname, '../../../docs/room-server.md'), 'utf8');

/** The rows of all tables, without the spaces that line them up. */
const rows = page
  .split('\n')
  .filter((line) => line.startsWith('|'))
  .map((line) => line.replaceAll(/\s+/g, ' '));

it.each(describeOptions(RoomServerOptions))(
  'docs/room-server.md has $env as the program does',
  (option) => {
    const code = (text: string | undefined): string => (text === undefined ? '–' : `\`${text}\``);
    const byDefault = option.defaultText ?? code(option.default);
    expect(rows).toContain(
      `| ${code(option.flag)} | \`${option.env}\` | ${byDefault} | ${option.description} |`,
    );
  },
);

it('docs/room-server.md explains every close code that this server sends', () => {
  const sentByProxyOnly: number[] = [CLOSE.ORIGIN_UNREACHABLE];
  // Rooms are made on demand, and nothing removes a peer yet.
  const notSent: number[] = [CLOSE.ROOM_NOT_FOUND, CLOSE.CLOSED_BY_SERVER];
  const sent = Object.values(CLOSE).filter(
    (code) => !sentByProxyOnly.includes(code) && !notSent.includes(code),
  );
  for (const code of sent) {
    expect(rows.some((row) => row.startsWith(`| ${code} `))).toBe(true);
  }
});
