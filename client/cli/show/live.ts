import { setTimeout as sleep } from 'node:timers/promises';
import type { Config } from '../../../config/config.ts';
import type { TemporalSettings } from '../../../config/temporal.ts';
import type { Status } from '../../../contract/status.ts';
import { sayProblems } from '../../../words/problem.ts';
import { connectScheduler } from '../../connect.ts';
import type { SchedulerClient } from '../../scheduler-client.ts';
import { ChangeLines } from './change-lines.ts';
import { type FooterLine, type LiveView, tableLines } from './live-table.ts';
import { type TaskRow, taskRows } from './task-rows.ts';
import type { Screen } from './terminal.ts';

export interface LiveOptions {
  screen: Screen;
  /** Where to look; asked again after each failure, since a server may come back elsewhere. */
  where: () => { temporal: TemporalSettings; config: Config };
  /** What stands below the table, and where there is none is said once, when nothing goes on any more. */
  footer: (status: Status) => FooterLine[];
  /** Tasks that were complete before are no news. Milliseconds since the epoch. */
  sinceMs: number;
}

export interface Live {
  /** Tasks that an agent works on, when last looked at. */
  running(): number;
  end(): Promise<void>;
}

const LOOK_EVERY_MS = 1_000;
/** Looks without any change after which nothing goes on. */
const QUIET_LOOKS = 3;

/** Shows tasks, agents and slots until it is ended: a table that is redrawn every second, or a line for each change. */
export function showLive(options: LiveOptions): Live {
  const { screen } = options;
  const ended = new AbortController();
  const view = new View(options, ended.signal);
  const looking = (async () => {
    while (!ended.signal.aborted) {
      await view.look();
      await sleep(LOOK_EVERY_MS, undefined, { signal: ended.signal }).catch(() => undefined);
    }
    await view.close();
  })();
  return {
    running: () => view.running(),
    async end() {
      ended.abort();
      screen.end();
      // A look that hangs on a server that is gone need not be waited for.
      await Promise.race([looking, sleep(200, undefined, { ref: false })]);
    },
  };
}

class View {
  readonly #options: LiveOptions;
  readonly #ended: AbortSignal;
  readonly #changes: ChangeLines;
  #scheduler: SchedulerClient | undefined;
  #shown: LiveView | undefined;
  #lastProblem = '';
  #quietLooks = 0;

  constructor(options: LiveOptions, ended: AbortSignal) {
    this.#options = options;
    this.#ended = ended;
    this.#changes = new ChangeLines(options.sinceMs);
  }

  /** Tasks that an agent works on, when last looked at. */
  running(): number {
    return this.#shown?.rows.filter(({ kind }) => kind === 'running').length ?? 0;
  }

  async close(): Promise<void> {
    await this.#scheduler?.close().catch(() => undefined);
  }

  async look(): Promise<void> {
    const { where, footer, screen } = this.#options;
    try {
      this.#scheduler ??= await connectScheduler(where());
      const [status, tasks] = await Promise.all([this.#scheduler.status(), this.#scheduler.tasks()]);
      if (this.#ended.aborted) return;
      const problems = sayProblems(status.problems);
      this.#shown = { status, problems, rows: taskRows(status, tasks, Date.now()), footer: footer(status) };
      this.#lastProblem = '';
    } catch (error) {
      await this.close();
      this.#scheduler = undefined;
      this.#tellOnce((error as Error).message);
    }
    const shown = this.#shown;
    if (this.#ended.aborted || !shown) return;
    if (screen.redraws) screen.show((size) => tableLines(shown, size));
    else this.#printChanges(shown);
  }

  #tellOnce(problem: string): void {
    const shown = this.#shown;
    if (shown) this.#shown = { ...shown, problems: [problem] };
    const { screen } = this.#options;
    if (!screen.redraws && problem !== this.#lastProblem) screen.say(problem);
    this.#lastProblem = problem;
  }

  #printChanges({ rows, footer }: LiveView): void {
    const { screen } = this.#options;
    const lines = this.#changes.next(rows, Date.now());
    for (const line of lines) screen.say(line);
    if (this.#quietLooks >= QUIET_LOOKS) return;
    const isStill = lines.length === 0 && this.#lastProblem === '' && isQuiet(rows);
    this.#quietLooks = isStill ? this.#quietLooks + 1 : 0;
    if (this.#quietLooks < QUIET_LOOKS) return;
    const complete = rows.filter(({ kind }) => kind === 'complete').length;
    screen.say(
      `${complete} of ${rows.length} tasks are complete; nothing runs now, and new tasks are waited for.`,
    );
    for (const [label, text] of footer) screen.say(`${label.padEnd(10)}${text}`);
  }
}

function isQuiet(rows: readonly TaskRow[]): boolean {
  return rows.every(
    ({ kind }) => kind !== 'running' && kind !== 'interrupted' && kind !== 'queued' && kind !== 'backing-off',
  );
}
