/** How many avatar colours the tokens have. */
export const AVATAR_COLOURS = 6;

/** One or two letters that stand for a name. Counts characters as people do. */
export function initialsOf(name: string): string {
  const words = name.trim().split(/\s+/u).filter(Boolean);
  const first = firstLetter(words[0]);
  const last = words.length > 1 ? firstLetter(words.at(-1)) : '';
  return (first + last).toUpperCase() || '?';
}

/** The same person gets the same colour in every window. */
export function avatarColour(id: string): number {
  let hash = 0;
  for (const character of id) hash = (hash * 31 + (character.codePointAt(0) ?? 0)) >>> 0;
  return hash % AVATAR_COLOURS;
}

/** An ASCII character that nothing follows which could combine with it. */
const PLAIN_START = /^[!-~](?:[!-~]|$)/;

function firstLetter(word: string | undefined): string {
  if (word === undefined) return '';
  // Most names need no tables of Unicode, which are slow to load, and just when a call comes up.
  if (PLAIN_START.test(word)) return word.charAt(0);
  const [first] = new Intl.Segmenter(undefined, { granularity: 'grapheme' }).segment(word);
  return first?.segment ?? '';
}
