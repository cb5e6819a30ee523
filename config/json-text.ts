// A UMD module: Node knows its default export only.
import jsonc from 'jsonc-parser';

export interface RepeatedKey {
  /** Where the object stands: keys, and positions in arrays from 0. */
  path: (string | number)[];
  key: string;
  /** Lines of the first and of the last, from 1. */
  lines: [number, number];
}

type JsonText = { value: unknown; repeated: RepeatedKey[] } | { problem: string };

const LONGEST_QUOTE = 60;
const MOST_REPEATED = 10;

/**
 * Reads a JSON text as JSON.parse does. What it refuses is said with line, column, what to do, and a piece of the line
 * as a clause. The first 10 keys that an object has twice are told, since JSON.parse takes the last one silently.
 */
export function readJson(text: string): JsonText {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return { problem: `it is not JSON: ${placeOfError(text) ?? (error as Error).message}` };
  }
  const repeated: RepeatedKey[] = [];
  try {
    const tree = jsonc.parseTree(text);
    if (tree !== undefined) findRepeated(tree, text, [], repeated);
  } catch {
    // Nested too deeply for it, and good all the same.
  }
  return { value, repeated };
}

function placeOfError(text: string): string | undefined {
  const errors: jsonc.ParseError[] = [];
  try {
    jsonc.parseTree(text, errors, { disallowComments: true, allowTrailingComma: false });
  } catch {
    // Nested too deeply for it.
  }
  const [first] = errors;
  if (first === undefined) return undefined;
  const { offset, what } = meaningOf(first, text);
  const start = text.lastIndexOf('\n', offset - 1) + 1;
  return `line ${lineAt(text, offset)}, column ${offset - start + 1}: ${what} (${quoted(text, start, offset)})`;
}

function meaningOf(
  { error, offset, length }: jsonc.ParseError,
  text: string,
): { offset: number; what: string } {
  const token = text.slice(offset, offset + length);
  const before = text.slice(0, offset).trimEnd();
  const closing = /^[\]}]/.test(text.slice(offset));
  const at = (what: string) => ({ offset, what });
  switch (jsonc.printParseErrorCode(error)) {
    case 'ValueExpected':
    case 'PropertyNameExpected':
      if (before.endsWith(',') && closing) {
        return { offset: before.length - 1, what: 'a comma with nothing after it: remove the comma' };
      }
      if (token === ',') return at('a comma too many: remove it');
      return at(before.endsWith(':') ? 'the value is missing: write one' : 'something is missing here');
    case 'ColonExpected':
      return at('a colon is missing: write one between key and value');
    case 'CommaExpected':
      if (closing) return at(`a "${token === ']' ? '}' : ']'}" is missing: write it before this`);
      return at('a comma is missing: write one before this');
    case 'CloseBraceExpected':
      return at('the text ends too early: "}" is missing');
    case 'CloseBracketExpected':
      return at('the text ends too early: "]" is missing');
    case 'EndOfFileExpected':
      return at('there is more after the end: remove it');
    case 'UnexpectedEndOfString':
      return at('a text is not closed in its line: close it with ", and write \\n for a line break');
    case 'InvalidCharacter':
      return at('a text has a control character in it: write \\t for a tab');
    case 'InvalidEscapeCharacter':
    case 'InvalidUnicode':
      return at('a backslash that means nothing: write \\\\ for a backslash');
    case 'InvalidCommentToken':
    case 'UnexpectedEndOfComment':
      return at('JSON has no comments: remove it');
    default:
      return at(meaningOfSymbol(token, text.slice(offset + length)));
  }
}

function meaningOfSymbol(token: string, after: string): string {
  if (token.startsWith('#')) return 'JSON has no comments: remove it';
  if (/^['`‘’“”„]/.test(token)) return 'JSON has no such quotes: use " instead';
  if (/^(?:True|False|None)$/.test(token)) {
    return `JSON writes ${token === 'None' ? 'null' : token.toLowerCase()} instead of ${token}`;
  }
  return /^\s*:/.test(after) ? 'a key needs quotes: write it in "' : 'a text needs quotes: write it in "';
}

/** The piece of the line around the place, without what is not printed. */
function quoted(text: string, start: number, offset: number): string {
  const end = text.indexOf('\n', start);
  const line = text.slice(start, end === -1 ? undefined : end);
  const from = Math.max(0, Math.min(offset - start - LONGEST_QUOTE / 2, line.length - LONGEST_QUOTE));
  const piece = line
    .slice(from, from + LONGEST_QUOTE)
    .replace(/\p{C}/gu, ' ')
    .trim();
  if (piece === '') return 'an empty line';
  return `${from > 0 ? '…' : ''}${piece}${from + LONGEST_QUOTE < line.length ? '…' : ''}`;
}

function findRepeated(
  { type, children = [] }: jsonc.Node,
  text: string,
  path: RepeatedKey['path'],
  found: RepeatedKey[],
): void {
  if (type === 'array') {
    for (const [index, child] of children.entries()) findRepeated(child, text, [...path, index], found);
  }
  if (type !== 'object') return;
  const first = new Map<string, number>();
  for (const { children: [key, value] = [] } of children) {
    if (key === undefined || value === undefined) continue;
    if (found.length === MOST_REPEATED) return;
    const name = String(key.value);
    const before = first.get(name);
    if (before === undefined) first.set(name, key.offset);
    else found.push({ path, key: name, lines: [lineAt(text, before), lineAt(text, key.offset)] });
    findRepeated(value, text, [...path, name], found);
  }
}

function lineAt(text: string, offset: number): number {
  return text.slice(0, offset).split('\n').length;
}
