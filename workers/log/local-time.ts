const two = (value: number) => String(value).padStart(2, '0');

/** `20260131`, by this host's clock and zone. */
export function localDay(ms: number): string {
  const at = new Date(ms);
  return `${at.getFullYear()}${two(at.getMonth() + 1)}${two(at.getDate())}`;
}

/** `2026-01-31T23:59:07`, by this host's clock and zone. */
export function localTime(ms: number): string {
  const at = new Date(ms);
  const time = [at.getHours(), at.getMinutes(), at.getSeconds()].map(two).join(':');
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}T${time}`;
}
