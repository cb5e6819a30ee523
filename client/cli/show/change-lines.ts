import { quotation } from './print.ts';
import type { TaskRow } from './task-rows.ts';

/** What is printed where there is no terminal: one line for each change of a task, and for each problem that comes. */
export class ChangeLines {
  readonly #known = new Map<number, string>();
  #problems: ReadonlySet<string> = new Set();
  readonly #sinceMs: number;

  /** What was complete before `sinceMs` (milliseconds since the epoch) is no news. */
  constructor(sinceMs: number) {
    this.#sinceMs = sinceMs;
  }

  /** Lines for what is new in `rows`. */
  next(rows: readonly TaskRow[], nowMs: number): string[] {
    const lines: string[] = [];
    for (const row of rows) {
      const known = this.#known.get(row.id);
      this.#known.set(row.id, row.key);
      if (known === row.key || (known === undefined && this.#isOld(row))) continue;
      const on = row.kind === 'running' ? ` on ${row.agent}` : '';
      const what = row.kind === 'running' ? 'running' : row.state;
      lines.push(`${clock(nowMs)} task ${row.id} "${quotation(row.title)}" ${what}${on}`);
    }
    return lines;
  }

  /** Lines for what was not wrong at the look before. */
  nextProblems(problems: readonly string[], nowMs: number): string[] {
    const before = this.#problems;
    this.#problems = new Set(problems);
    return problems.filter((each) => !before.has(each)).map((each) => `${clock(nowMs)} ! ${each}`);
  }

  #isOld({ kind, updatedAt }: TaskRow): boolean {
    // TinyTask's times have seconds only.
    return kind === 'complete' && Date.parse(updatedAt) < this.#sinceMs - 1_000;
  }
}

function clock(ms: number): string {
  return new Date(ms).toTimeString().slice(0, 8);
}
