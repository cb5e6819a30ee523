import type { Line } from './line.ts';

/** Tasks that the same thing keeps. */
export interface Cause {
  /** In words; also what it is told from others by. */
  says: string;
  lines: Line[];
}

/** The largest first; of the same size in the order of their words, so that they stay where they are. */
export function byCause(lines: readonly Line[], say: (line: Line) => string): Cause[] {
  const causes = new Map<string, Cause>();
  for (const line of lines) {
    const says = say(line);
    const found = causes.get(says);
    if (found === undefined) causes.set(says, { says, lines: [line] });
    else found.lines.push(line);
  }
  return [...causes.values()].sort(
    (a, b) => b.lines.length - a.lines.length || (a.says < b.says ? -1 : a.says > b.says ? 1 : 0),
  );
}

/** Of a parked task: what its run has written down, else the whole sentence about it. */
export function sayCause({ cause, says }: Line): string {
  return cause ?? says;
}
