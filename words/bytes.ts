const UNITS = ['bytes', 'KB', 'MB', 'GB', 'TB'];

/** A size for people: `512 bytes`, `1.4 MB`. */
export function sayBytes(bytes: number): string {
  let unit = 0;
  let size = bytes;
  for (; size >= 1_000 && unit < UNITS.length - 1; unit += 1) size /= 1_000;
  const digits = unit > 0 && size < 10 ? 1 : 0;
  return `${size.toFixed(digits)} ${UNITS[unit]}`;
}
