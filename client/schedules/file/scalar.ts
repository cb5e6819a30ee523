// Texts as YAML has them. Whatever a terminal would obey, and whatever readers of YAML take differently, is quoted or escaped: what
// is read of it is the text, for our reader and for others.

const PLAIN = /^[A-Za-z](?:[A-Za-z0-9 _./,()@+-]*[A-Za-z0-9_./()@+-])?$/;
/** `15m`, which begins as a number. */
const LENGTH = /^(?:\d{1,6}[dhms])+$/;
/** Texts that some reader takes for something else. */
const WORDS = /^(?:true|false|yes|no|on|off|null|y|n)$/i;
const HIDDEN = String.raw`[\p{C}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]|(?<=\p{Mark}{4})\p{Mark}`;
const ESCAPED = new RegExp(`["\\\\]|${HIDDEN}`, 'gu');
const HIDDEN_IN_LINE = new RegExp(HIDDEN, 'u');

/** In one line. */
export function scalar(text: string): string {
  const isPlain = (PLAIN.test(text) && !WORDS.test(text)) || LENGTH.test(text);
  return isPlain ? text : quoted(text);
}

/** In quotes, in one line. */
export function quoted(text: string): string {
  return `"${text.replace(ESCAPED, escapeOf)}"`;
}

function escapeOf(character: string): string {
  if (character === '\n') return String.raw`\n`;
  if (character === '"' || character === '\\') return `\\${character}`;
  const code = character.codePointAt(0) ?? 0;
  const hex = (digits: number) => code.toString(16).padStart(digits, '0');
  if (code < 0x100) return `\\x${hex(2)}`;
  return code < 0x10000 ? `\\u${hex(4)}` : `\\U${hex(8)}`;
}

/**
 * A text of several lines as the lines of a literal block, the first of which is its mark. Undefined where a line of it would not
 * look or be read as it is.
 */
export function block(text: string): string[] | undefined {
  const [body, mark] = text.endsWith('\n') ? [text.slice(0, -1), '|'] : [text, '|-'];
  const lines = body.split('\n');
  const isFit = lines.every((line) => !HIDDEN_IN_LINE.test(line) && !/\s$|\t/.test(line));
  if (lines.length < 2 || !isFit || lines[0] === '' || lines.at(-1) === '' || /^\s/.test(body))
    return undefined;
  return [mark, ...lines];
}
