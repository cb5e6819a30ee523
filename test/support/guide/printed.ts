import { hostname, userInfo } from 'node:os';

/** Where the document is run; the reader sees `/srv/team`, host-a and ann instead. */
export interface Where {
  dir: string;
}

/** What is another one each time, and what stands for it while a document is compared. */
const VOLATILE: [RegExp, string][] = [
  // On the clocks of a schedule, and on those of the reader.
  [
    /\d{4}-\d\d-\d\d \d\d:\d\d(?::\d\d)? (?:UTC|[+-]\d\d:\d\d)(?: \(here (?:\d{4}-\d\d-\d\d )?\d\d:\d\d(?::\d\d)?\))?/g,
    '<time>',
  ],
  [/\d{4}-\d\d-\d\d(?:T| )(\d\d:\d\d(?::\d\d)?)(?:\.\d+)?(?:Z| UTC)?/g, '<time>'],
  [/\b\d\d:\d\d:\d\d\b/g, '<time>'],
  [/\b20\d\d-\d\d-\d\d\b/g, '<day>'],
  [/\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/g, '<run id>'],
  [/\b\d+(?:\.\d+)? (?:ms|s|min|h|d)\b(?: \d+ (?:s|min|h)\b)?/g, '<how long>'],
  [/[\w.-]+@[\w.-]+/g, '<who>'],
  [/\bprocess \d+/g, 'process <pid>'],
  [/(?:127\.0\.0\.1|localhost):\d+/g, '<address>'],
  [/_[0-9a-f]{8}\.log/g, '_<run>.log'],
  [/\bversion \d[\w.]*/g, 'version <version>'],
  [/scheduler_\d{8}\.log/g, 'scheduler_<day>.log'],
  // Columns are as wide as what is in them.
  [/ {2,}/g, ' '],
  [/ +$/g, ''],
];

/** What is compared of a line. */
export function constant(line: string): string {
  return VOLATILE.reduce((text, [what, name]) => text.replaceAll(what, name), line);
}

/** What a command printed, as lines, with the names that the document has for this place. */
export function asShown(output: string, { dir }: Where): string[] {
  const names: [string | RegExp, string][] = [
    [dir, '/srv/team'],
    [`${userInfo().username}@${hostname()}`, 'ann@host-a'],
    [hostname(), 'host-a'],
    [/\b\d+@host-a/g, '4711@host-a'],
    [/\bprocess \d+/g, 'process 4711'],
    [/_[0-9a-f]{8}\.log/g, '_01a215e0.log'],
  ];
  const text = names.reduce((all, [what, name]) => all.replaceAll(what, name), output);
  return text.trimEnd() === '' ? [] : text.trimEnd().split('\n');
}

/**
 * Which of the lines that are shown does not hold, counted from 0; as many as there are: more was printed; undefined: all
 * of them do. `…` alone stands for any lines, within a line for any text.
 */
export function firstWrong(shown: readonly string[], printed: readonly string[]): number | undefined {
  const got = printed.map(constant);
  /** How many of the printed lines may be told by the shown ones so far. */
  let told = [0];
  for (const [at, line] of shown.entries()) {
    const from = told[0] ?? 0;
    if (line.trim() === '…') told = Array.from({ length: got.length - from + 1 }, (_, more) => from + more);
    else
      told = told
        .filter((count) => count < got.length && holds(line, got[count] ?? ''))
        .map((count) => count + 1);
    if (told.length === 0) return at;
  }
  return told.includes(got.length) ? undefined : shown.length;
}

function holds(shown: string, got: string): boolean {
  const parts = constant(shown).split('…');
  return new RegExp(`^${parts.map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('.*')}$`).test(
    got,
  );
}
