/** What a terminal would have been told to look like; of colours only those of the palette of 16. */
export interface Style {
  color: number | null;
  bold: boolean;
  dim: boolean;
  italic: boolean;
  underline: boolean;
  struck: boolean;
}

export interface Span {
  text: string;
  style: Style;
  /** It stands for something that is not seen, or that would change how the rest is seen. */
  isSymbol: boolean;
}

export const PLAIN: Style = {
  ...{ color: null, bold: false, dim: false, italic: false, underline: false, struck: false },
};

/** A line of many colours is plain after so many changes. */
const MOST_SPANS = 400;

/**
 * A line of a log as harmless pieces: colours and weights of SGR are styles, other escape sequences are left out (the text of a link
 * stays, its address does not), and what is not seen or turns the direction of writing is shown as a symbol.
 *
 * @param style with which the line before ended
 */
export function readLine(line: string, style: Style): { spans: Span[]; style: Style } {
  const spans: Span[] = [];
  let now = style;
  let at = 0;
  for (const found of line.matchAll(SEQUENCE)) {
    addText(spans, line.slice(at, found.index), now);
    if (found.groups?.sgr !== undefined) now = afterSgr(now, found.groups.sgr);
    at = found.index + found[0].length;
    if (spans.length > MOST_SPANS) break;
  }
  addText(spans, line.slice(at), now);
  return { spans, style: now };
}

const ESC = '\\u001b';
/** What ends a string that a terminal is told. */
const END = `(?:\\u0007|${ESC}\\\\)`;
/** Sequences that are whole within their line. Of one that is not, the escape is shown and the rest is text. */
const SEQUENCE = new RegExp(
  [
    `${ESC}\\[(?<sgr>[\\d;:]{0,200})m`,
    `${ESC}\\[[0-?]{0,200}[ -/]{0,10}[@-~]`,
    `${ESC}\\][^\\u0007\\u001b]{0,5000}${END}`,
    `${ESC}[PX^_][^\\u0007\\u001b]{0,5000}${END}`,
    `${ESC}[ -/]{0,10}[0-OQ-WYZ\\\\\`-~]`,
  ].join('|'),
  'g',
);

function afterSgr(style: Style, codes: string): Style {
  let now = { ...style };
  const given = codes.split(/[;:]/).map(Number);
  for (let at = 0; at < given.length; at += 1) {
    const code = given[at] ?? 0;
    if (code === 38 || code === 48) {
      const [kind, first] = [given[at + 1], given[at + 2] ?? 0];
      if (code === 38) now.color = kind === 5 && first < 16 ? first % 8 : null;
      at += kind === 5 ? 2 : 4;
    } else if (code === 0) now = { ...PLAIN };
    else Object.assign(now, SGR[code] ?? colorOf(code));
  }
  return now;
}

const SGR: Readonly<Record<number, Partial<Style>>> = {
  ...{
    1: { bold: true },
    2: { dim: true },
    3: { italic: true },
    4: { underline: true },
    9: { struck: true },
  },
  ...{ 22: { bold: false, dim: false }, 23: { italic: false }, 24: { underline: false } },
  ...{ 29: { struck: false }, 39: { color: null } },
};

/** Grounds are left as they are: each colour has its contrast with ours. */
function colorOf(code: number): Partial<Style> {
  if (code >= 30 && code <= 37) return { color: code - 30 };
  return code >= 90 && code <= 97 ? { color: code - 90 } : {};
}

/** Controls, what turns the direction of writing, what takes no room, halves of characters. */
const UNSEEN = /(?![\u200d\ufe0e\ufe0f])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\p{Default_Ignorable_Code_Point}]/gu;
/** Marks above marks would bury the lines around. */
const MARKS = /(\p{M}{4})\p{M}+/gu;

function addText(spans: Span[], text: string, style: Style): void {
  const calm = text.replace(MARKS, '$1');
  let at = 0;
  for (const found of calm.matchAll(UNSEEN)) {
    if (found[0] === '\t') continue;
    add(spans, calm.slice(at, found.index), { style, isSymbol: false });
    add(spans, symbolOf(found[0]), { style, isSymbol: true });
    at = found.index + found[0].length;
  }
  add(spans, calm.slice(at), { style, isSymbol: false });
}

function add(spans: Span[], text: string, about: Omit<Span, 'text'>): void {
  if (text === '') return;
  const last = spans.at(-1);
  if (last !== undefined && last.style === about.style && last.isSymbol === about.isSymbol) last.text += text;
  else if (spans.length > MOST_SPANS && last !== undefined) last.text += text;
  else spans.push({ text, ...about });
}

function symbolOf(char: string): string {
  const code = char.codePointAt(0) ?? 0;
  if (code < 0x20) return String.fromCodePoint(0x2400 + code);
  if (code === 0x7f) return '\u2421';
  return `⟨U+${code.toString(16).toUpperCase().padStart(4, '0')}⟩`;
}

/**
 * What a line shows in the end: a program that draws its progress goes back to the beginning of the line and writes over it.
 */
export function lastWritten(line: string): string {
  const whole = line.endsWith('\r') ? line.slice(0, -1) : line;
  return whole.slice(whole.lastIndexOf('\r') + 1);
}
