import { causeKey, sayCauses } from '../../domain/cause.ts';
import { groupedBy } from '../../domain/grouped.ts';
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
  // By sentence first: there are far fewer of them than tasks.
  const alike = groupedBy([...groupedBy(lines, sayCause)], ([told]) => causeKey(told));
  return largestFirst(
    [...alike].map(([key, each]) => ({
      ...{ key, says: sayCauses(each.map(([told]) => told)) },
      lines: each.flatMap(([, own]) => own).sort((a, b) => a.task_id - b.task_id),
    })),
  );
}

/** Tasks by a sentence about each. */
export function byCause(lines: readonly TaskLine[], say: (line: TaskLine) => string): Cause[] {
  return largestFirst(
    [...groupedBy(lines, say)].map(([says, own]) => ({ key: says, says, lines: [...own] })),
  );
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
