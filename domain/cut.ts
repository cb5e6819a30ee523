/** How long a text may be. */
export interface TextLimit {
  /** Code points. */
  chars: number;
  /** Of its JSON in UTF-8, without the quotes around it: what it takes in a payload. */
  bytes: number;
}

/** A sentence for people. 100 of them, each at its longest, are a tenth of what a payload may be. */
const SENTENCE: TextLimit = { chars: 500, bytes: 1_500 };
const ELLIPSIS = '…';
const ELLIPSIS_BYTES = 3;

/** The text, or its beginning and an ellipsis. Half of a surrogate pair becomes U+FFFD, as it would in UTF-8. */
export function cut(text: string, { chars, bytes }: TextLimit = SENTENCE): string {
  if (text.length <= chars && text.length * LARGEST <= bytes) return text.toWellFormed();
  let kept = '';
  let left = bytes;
  let count = 0;
  for (const each of text) {
    const char = each.toWellFormed();
    const size = jsonBytes(char);
    // Of a text that is cut, the last that fits makes room for the ellipsis.
    if (count === chars || size > left) return `${withRoomFor(kept, left)}${ELLIPSIS}`;
    kept += char;
    left -= size;
    count += 1;
  }
  return kept;
}

/** A copy of plain JSON data in which every text is cut. */
export function cutTexts<T>(data: T, limit: TextLimit = SENTENCE): T {
  if (typeof data === 'string') return cut(data, limit) as T;
  if (Array.isArray(data)) return data.map((item) => cutTexts(item, limit)) as T;
  if (typeof data !== 'object' || data === null) return data;
  return Object.fromEntries(Object.entries(data).map(([name, value]) => [name, cutTexts(value, limit)])) as T;
}

/** The first of many sentences, and how many more there are. */
export function firstOf(sentences: readonly string[], most: number): string[] {
  const more = sentences.length - most;
  return more > 0 ? [...sentences.slice(0, most), `and ${more} more of this kind`] : [...sentences];
}

/** A control character is written as an escape. */
const LARGEST = 6;

function jsonBytes(char: string): number {
  const code = char.codePointAt(0) ?? 0;
  if (code < 0x20) return LARGEST;
  if (char === '"' || char === '\\') return 2;
  if (code < 0x80) return 1;
  if (code < 0x800) return 2;
  return code < 0x10000 ? 3 : 4;
}

function withRoomFor(kept: string, bytesLeft: number): string {
  const chars = [...kept];
  for (let left = bytesLeft; left < ELLIPSIS_BYTES && chars.length > 0; )
    left += jsonBytes(chars.pop() ?? '');
  return chars.join('');
}
