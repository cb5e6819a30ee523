import { causeKey, sayCauses } from '../../domain/cause.ts';
import type { TaskLine } from '../api/shapes.ts';

/** Tasks that the same thing keeps. */
export interface Cause {
  /** What it is told from others by. */
  key: string;
  /** In words; of figures that differ from task to task none. */
  says: string;
  lines: TaskLine[];
}

/** Parked tasks by cause: how much or how often does not make it another one. */
export function parkedCauses(lines: readonly TaskLine[]): Cause[] {
  const causes = new Map<string, { told: Set<string>; lines: TaskLine[] }>();
  for (const [told, own] of bySentence(lines, sayCause)) {
    const key = causeKey(told);
    const cause = causes.get(key) ?? { told: new Set(), lines: [] };
    causes.set(key, cause);
    cause.told.add(told);
    for (const line of own) cause.lines.push(line);
  }
  return largestFirst(
    [...causes].map(([key, { told, lines: own }]) => ({
      ...{ key, says: sayCauses([...told]) },
      lines: own.sort((a, b) => a.task_id - b.task_id),
    })),
  );
}

/** Tasks by a sentence about each. */
export function byCause(lines: readonly TaskLine[], say: (line: TaskLine) => string): Cause[] {
  return largestFirst([...bySentence(lines, say)].map(([says, own]) => ({ key: says, says, lines: own })));
}

function bySentence(lines: readonly TaskLine[], say: (line: TaskLine) => string): Map<string, TaskLine[]> {
  const found = new Map<string, TaskLine[]>();
  for (const line of lines) {
    const says = say(line);
    const own = found.get(says);
    if (own === undefined) found.set(says, [line]);
    else own.push(line);
  }
  return found;
}

/** Of the same size in the order of their words, so that they stay where they are. */
function largestFirst(causes: Cause[]): Cause[] {
  return causes.sort(
    (a, b) => b.lines.length - a.lines.length || (a.key < b.key ? -1 : a.key > b.key ? 1 : 0),
  );
}

/** What its run has written down, else the whole sentence about it. */
function sayCause({ cause, says }: TaskLine): string {
  return cause ?? says;
}
