import { isUtf8 } from 'node:buffer';
import {
  createScanner,
  parseTree,
  printParseErrorCode,
  type Node,
  type ParseError,
} from 'jsonc-parser';

/** Something wrong in a text, and where: line and column from 1. */
export interface TextProblem {
  severity: 'error' | 'warning';
  problem: string;
  line?: number;
  column?: number;
}

export type JsonText =
  | { ok: true; root: Node; lines: LineIndex; warnings: TextProblem[] }
  | { ok: false; problems: TextProblem[] };

/** The library's `SyntaxKind`: an enum that a module compiled on its own cannot import. */
const TOKEN = {
  OpenBraceToken: 1,
  CloseBraceToken: 2,
  OpenBracketToken: 3,
  CloseBracketToken: 4,
  CommaToken: 5,
  LineCommentTrivia: 12,
  BlockCommentTrivia: 13,
  LineBreakTrivia: 14,
  Trivia: 15,
  EOF: 17,
} as const;

/** Nesting that settings need is 4; the parser is recursive and must not run out of stack. */
const MAX_DEPTH = 32;
/** Errors after the first few are mostly its echo. */
const MAX_ERRORS = 5;
/** Keys with which careless code reaches the prototype that all objects share. */
const PROTOTYPE_KEYS: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype']);

/**
 * Reads the bytes of a JSON file: strict JSON (RFC 8259) in UTF-8, with a tree that knows where
 * everything stands. Whatever is wrong is told with its place and what to do.
 */
export function readJsonText(bytes: Uint8Array): JsonText {
  const decoded = decode(bytes);
  if (typeof decoded !== 'string') return { ok: false, problems: [decoded] };
  const hasByteOrderMark = decoded.startsWith('\uFEFF');
  const text = hasByteOrderMark ? decoded.slice(1) : decoded;
  const lines = new LineIndex(text);
  const scanProblem = scan(text, lines);
  if (scanProblem) return { ok: false, problems: [scanProblem] };

  const errors: ParseError[] = [];
  const root = parseTree(text, errors, { disallowComments: true, allowTrailingComma: false });
  if (errors.length > 0 || !root) {
    const [first, ...others] = errors
      .slice(0, MAX_ERRORS)
      .map((error) => explainParseError(error, text, lines));
    return { ok: false, problems: first ? [first, ...others] : [emptyProblem()] };
  }
  const problems = checkKeys(root, lines);
  if (problems.length === 0 && !isStrictJson(text)) {
    problems.push({ severity: 'error', problem: 'The file is not valid JSON.' });
  }
  if (problems.length > 0) return { ok: false, problems };
  const warnings: TextProblem[] = hasByteOrderMark
    ? [
        {
          severity: 'warning',
          problem: 'The file begins with a byte order mark, which is ignored. Save it without one.',
        },
      ]
    : [];
  return { ok: true, root, lines, warnings };
}

/** Finds line and column of an offset. */
export class LineIndex {
  readonly #starts: number[] = [0];

  constructor(text: string) {
    for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) {
      this.#starts.push(at + 1);
    }
  }

  at(offset: number): { line: number; column: number } {
    let low = 0;
    let high = this.#starts.length - 1;
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if ((this.#starts[middle] ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    return { line: low + 1, column: offset - (this.#starts[low] ?? 0) + 1 };
  }
}

function decode(bytes: Uint8Array): string | TextProblem {
  const error = (problem: string): TextProblem => ({ severity: 'error', problem });
  if (bytes.length === 0) return emptyProblem();
  const [first, second, third] = bytes;
  const isUtf16 =
    (first === 0xff && second === 0xfe) ||
    (first === 0xfe && second === 0xff) ||
    (first === 0 && second !== 0) ||
    (second === 0 && third !== 0);
  if (isUtf16) return error('The file is encoded as UTF-16. Save it as UTF-8.');
  if (!isUtf8(bytes)) {
    return error('The file is not valid UTF-8. Save it as UTF-8 (not as ANSI or Latin-1).');
  }
  if (bytes.includes(0)) return error('The file contains NUL bytes: it is damaged or no text.');
  return new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
}

function emptyProblem(): TextProblem {
  return {
    severity: 'error',
    problem: 'The file is empty. A policy without any setting is written as {}.',
  };
}

/** What the parser would not say well, or could not survive. */
function scan(text: string, lines: LineIndex): TextProblem | undefined {
  const scanner = createScanner(text, false);
  const opened: { offset: number; closing: number }[] = [];
  let isAfterComma = false;
  let commaAt = 0;
  let isBlank = true;
  for (let kind: number = scanner.scan(); kind !== TOKEN.EOF; kind = scanner.scan()) {
    const offset = scanner.getTokenOffset();
    const at = (problem: string, where = offset): TextProblem => ({
      severity: 'error',
      problem,
      ...lines.at(where),
    });
    switch (kind) {
      case TOKEN.Trivia:
      case TOKEN.LineBreakTrivia:
        continue;
      case TOKEN.LineCommentTrivia:
      case TOKEN.BlockCommentTrivia:
        return at(
          'JSON has no comments. Remove it, or write it as a key that begins with //, such as "// why": "…".',
        );
      case TOKEN.OpenBraceToken:
      case TOKEN.OpenBracketToken:
        opened.push({
          offset,
          closing: kind === TOKEN.OpenBraceToken ? TOKEN.CloseBraceToken : TOKEN.CloseBracketToken,
        });
        if (opened.length > MAX_DEPTH) {
          return at(`More than ${MAX_DEPTH} levels are nested here; settings need 4.`);
        }
        break;
      case TOKEN.CloseBraceToken:
      case TOKEN.CloseBracketToken:
        if (isAfterComma) {
          const closing = kind === TOKEN.CloseBraceToken ? '}' : ']';
          return at(`The comma before the closing ${closing} is one too many. Remove it.`, commaAt);
        }
        if (opened.at(-1)?.closing === kind) opened.pop();
        break;
      default:
        break;
    }
    isBlank = false;
    isAfterComma = kind === TOKEN.CommaToken;
    if (isAfterComma) commaAt = offset;
  }
  if (isBlank) return emptyProblem();
  const unclosed = opened.at(-1);
  if (unclosed && !hasError(scanner)) {
    const { line } = lines.at(unclosed.offset);
    const closing = unclosed.closing === TOKEN.CloseBraceToken ? '}' : ']';
    return {
      severity: 'error',
      problem: `The file ends before the ${closing} that closes line ${line}: it may be half-written.`,
      ...lines.at(text.length),
    };
  }
  return undefined;
}

/** `ScanError.None` is another such enum. */
function hasError(scanner: { getTokenError(): number }): boolean {
  return scanner.getTokenError() !== 0;
}

const PARSE_ERRORS: Readonly<Record<string, string>> = {
  InvalidSymbol:
    'is not JSON here: text needs double quotes, and only true, false and null go without.',
  InvalidNumberFormat: 'is not a number as JSON writes it.',
  PropertyNameExpected: 'stands where the name of a setting in double quotes should.',
  ValueExpected: 'stands where a value should.',
  ColonExpected: 'stands where a : should, between a name and its value.',
  CommaExpected: 'stands where a comma should, between two entries.',
  CloseBraceExpected: 'stands where a } should.',
  CloseBracketExpected: 'stands where a ] should.',
  EndOfFileExpected: 'stands after the end of the settings. One file holds one object.',
  UnexpectedEndOfString: 'begins a text that has no closing double quote in its line.',
  UnexpectedEndOfNumber: 'is a number that is not complete.',
  InvalidUnicode: r`has a \u that is not followed by four hexadecimal digits.`,
  InvalidEscapeCharacter: r`has a \ with a character after it that means nothing. Write \\ for a backslash.`,
  InvalidCharacter: r`has a control character in it. Write it as \n, \t or \u….`,
};

function r(strings: TemplateStringsArray): string {
  return strings.raw.join('');
}

function explainParseError(
  { error, offset, length }: ParseError,
  text: string,
  lines: LineIndex,
): TextProblem {
  const found = text
    .slice(offset, offset + Math.max(1, Math.min(length, 20)))
    .replaceAll(/[\u0000-\u001f]/g, ' ');
  const subject = offset >= text.length ? 'The end of the file' : `“${found}”`;
  const code = printParseErrorCode(error);
  const rest = PARSE_ERRORS[code] ?? 'is not valid JSON.';
  return { severity: 'error', problem: `${subject} ${rest}`, ...lines.at(offset) };
}

/** Keys that stand twice, and keys that no honest settings file has. */
function checkKeys(root: Node, lines: LineIndex): TextProblem[] {
  const problems: TextProblem[] = [];
  const waiting = [root];
  for (let node = waiting.pop(); node; node = waiting.pop()) {
    if (node.type === 'object') {
      const seen = new Map<string, number>();
      for (const property of node.children ?? []) {
        const name = property.children?.[0];
        if (!name) continue;
        const key = String(name.value);
        const place = lines.at(name.offset);
        const first = seen.get(key);
        if (PROTOTYPE_KEYS.has(key)) {
          problems.push({
            severity: 'error',
            problem: `“${key}” is no setting, and a name that is never allowed. Remove it.`,
            ...place,
          });
        } else if (first !== undefined) {
          problems.push({
            severity: 'error',
            problem: `“${key.slice(0, 60)}” stands twice, first in line ${first}. Remove one: which of them counts must not be left to chance.`,
            ...place,
          });
        }
        seen.set(key, first ?? place.line);
      }
    }
    waiting.push(...(node.children ?? []).toReversed());
  }
  return problems;
}

function isStrictJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
