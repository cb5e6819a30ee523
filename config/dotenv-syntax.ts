/** One statement of an env file. Lines count from 1; a value in quotes may end on a later line than it begins. */
export type Statement =
  | { kind: 'setting'; name: string; value: string; line: number; endLine: number }
  /** A name without `=`. */
  | { kind: 'bare'; name: string; line: number }
  /** Nothing can be made of it. `quote`: it began to be a value in these quotes. */
  | { kind: 'unread'; line: number; endLine: number; quote?: Quote };

/** What Python counts as whitespace; JavaScript's `\s` is another set. */
const SPACE = '\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000';
const SPACE_ON_LINE = SPACE.replace('\\t-\\r', '\\t\\v\\f');
const space = new RegExp(`[${SPACE}]`);
const spaces = new RegExp(`[${SPACE}]*`, 'y');
const spacesOnLine = new RegExp(`[${SPACE_ON_LINE}]*`, 'y');
const exportWord = new RegExp(`export[${SPACE_ON_LINE}]+`, 'y');
const quotedName = /'([^']+)'/y;
const plainName = new RegExp(`([^=#${SPACE}]+)`, 'y');
const endOfStatement = new RegExp(`[${SPACE_ON_LINE}]*(?:#[^\\n]*)?(?:\\n|$)`, 'y');
const toEndOfLine = /[^\n]*/y;
const restOfLine = /[^\n]*\n?/y;

const ESCAPES: Record<string, string> = {
  ...{ a: '\x07', b: '\b', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v' },
  ...{ '\\': '\\', "'": "'", '"': '"' },
};

type Quote = '"' | "'";

/** Where the reading has come to. */
interface Cursor {
  readonly text: string;
  at: number;
}

/** Thrown where a statement cannot be read on; the cursor stays there. */
class Unread extends Error {
  constructor(readonly quote?: Quote) {
    super();
  }
}

/**
 * The statements of an env file, cut as python-dotenv cuts them (its parser.py, rule for rule), since the same file has
 * to mean the same here. Lines end in `\n`, `\r\n` or `\r`. `${…}` is left as it is: see `filledIn`.
 */
export function statements(source: string): Statement[] {
  const cursor: Cursor = { text: source.replace(/\r\n?/g, '\n'), at: 0 };
  const lineOf = lineCounter(cursor.text);
  const found: Statement[] = [];
  for (;;) {
    read(cursor, spaces);
    if (cursor.at === cursor.text.length) return found;
    const line = lineOf(cursor.at);
    try {
      const { name, value } = readStatement(cursor);
      // The newline at its end belongs to its last line.
      const endLine = lineOf(cursor.at - 1);
      if (value !== undefined) found.push({ kind: 'setting', name, value, line, endLine });
      else if (name !== '') found.push({ kind: 'bare', name, line });
    } catch (error) {
      if (!(error instanceof Unread)) throw error;
      const endLine = lineOf(cursor.at);
      read(cursor, restOfLine);
      found.push({ kind: 'unread', line, endLine, ...(error.quote && { quote: error.quote }) });
    }
  }
}

/** Name and value; without a name it was a note, without a value there was no `=`. */
function readStatement(cursor: Cursor): { name: string; value?: string } {
  read(cursor, exportWord);
  const name = cursor.text[cursor.at] === '#' ? '' : readName(cursor);
  read(cursor, spacesOnLine);
  if (cursor.text[cursor.at] !== '=') {
    readEnd(cursor);
    return { name };
  }
  cursor.at += 1;
  const spacesBefore = read(cursor, spacesOnLine) !== '';
  const first = cursor.text[cursor.at];
  if (first === '"' || first === "'") {
    const value = readQuoted(cursor, first);
    readEnd(cursor, first);
    return { name, value };
  }
  // `KEY= # note` is empty; `KEY=#1` is not.
  const value = first === '#' && spacesBefore ? '' : readPlain(cursor);
  readEnd(cursor);
  return { name, value };
}

function readName(cursor: Cursor): string {
  const quoted = cursor.text[cursor.at] === "'";
  const name = read(cursor, quoted ? quotedName : plainName);
  if (name === undefined) throw new Unread();
  return quoted ? name.slice(1, -1) : name;
}

function readQuoted(cursor: Cursor, quote: Quote): string {
  const { text, at: open } = cursor;
  let close = open + 1;
  while (close < text.length && text[close] !== quote) close += text[close] === '\\' ? 2 : 1;
  if (close >= text.length) throw new Unread(quote);
  cursor.at = close + 1;
  const escapes = quote === '"' ? /\\([\\'"abfnrtv])/g : /\\([\\'])/g;
  return text.slice(open + 1, close).replace(escapes, (_, letter: string) => ESCAPES[letter] ?? letter);
}

/** To the end of the line, without a note: a `#` begins one only after whitespace. */
function readPlain(cursor: Cursor): string {
  const line = read(cursor, toEndOfLine) ?? '';
  let end = line.length;
  for (let hash = line.indexOf('#'); hash >= 0; hash = line.indexOf('#', hash + 1)) {
    if (!space.test(line[hash - 1] ?? '')) continue;
    end = hash;
    break;
  }
  while (end > 0 && space.test(line[end - 1] ?? '')) end -= 1;
  return line.slice(0, end);
}

function readEnd(cursor: Cursor, quote?: Quote): void {
  if (read(cursor, endOfStatement) === undefined) throw new Unread(quote);
}

/** What the pattern matches right here, undefined if it does not; the cursor goes behind it. */
function read(cursor: Cursor, pattern: RegExp): string | undefined {
  pattern.lastIndex = cursor.at;
  const [match] = pattern.exec(cursor.text) ?? [];
  if (match !== undefined) cursor.at += match.length;
  return match;
}

/** The line of a place in the text; places have to be asked for in order. */
function lineCounter(text: string): (at: number) => number {
  let line = 1;
  let from = 0;
  return (at) => {
    for (let next = text.indexOf('\n', from); next >= 0 && next < at; next = text.indexOf('\n', from)) {
      line += 1;
      from = next + 1;
    }
    return line;
  };
}
