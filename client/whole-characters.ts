/** A character of UTF-8 has at most so many bytes after its first. */
const MOST_MORE = 3;

const isWithin = (byte: number | undefined) => byte !== undefined && (byte & 0xc0) === 0x80;

/** From where to where the characters of UTF-8 are whole, of bytes that were cut anywhere. */
export function wholeCharacters(bytes: Uint8Array): [begin: number, end: number] {
  return [firstWhole(bytes), lastWhole(bytes)];
}

/** Where the first character begins: a part of one stands before it. */
function firstWhole(bytes: Uint8Array): number {
  let at = 0;
  while (at < MOST_MORE && isWithin(bytes[at])) at += 1;
  return isWithin(bytes[at]) ? 0 : at;
}

/** Where the last character ends that is whole. Bytes that are no UTF-8 are kept, so that reading always gets on. */
function lastWhole(bytes: Uint8Array): number {
  const { length } = bytes;
  let at = length - 1;
  while (at > 0 && length - at <= MOST_MORE && isWithin(bytes[at])) at -= 1;
  const first = bytes[at] ?? 0;
  const more = first >= 0xf0 ? 3 : first >= 0xe0 ? 2 : first >= 0xc0 ? 1 : 0;
  const isCut = first >= 0xc0 && at + more >= length;
  return isCut && at > 0 ? at : length;
}
