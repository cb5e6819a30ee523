/** TinyTask 1 tells a time as SQLite does, `2026-01-01 12:00:00`, which is UTC and would be read as local time. */
export function inUtc(time: string): string {
  return time.replace(/^(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d)$/, '$1T$2Z');
}
