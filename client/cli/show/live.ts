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
export function showLive({ screen, where, footer, sinceMs }: LiveOptions): Live {
  const ended = new AbortController();
  const changes = new ChangeLines(sinceMs);
  let scheduler: SchedulerClient | undefined;
  let view: LiveView | undefined;
  let lastProblem = '';
  let quietLooks = 0;

  async function look(): Promise<void> {
    try {
      scheduler ??= await connectScheduler(where());
      const [status, tasks] = await Promise.all([scheduler.status(), scheduler.tasks()]);
      if (ended.signal.aborted) return;
      const rows = taskRows(status, tasks, Date.now());
      view = { status, problems: sayProblems(status.problems), rows, footer: footer(status) };
      lastProblem = '';
    } catch (error) {
      await scheduler?.close().catch(() => undefined);
      scheduler = undefined;
      tellOnce((error as Error).message);
    }
    if (ended.signal.aborted || !view) return;
    if (screen.redraws) draw(view);
    else printChanges(view);
  }

  function tellOnce(problem: string): void {
    if (view) view = { ...view, problems: [problem] };
    if (!screen.redraws && problem !== lastProblem) screen.say(problem);
    lastProblem = problem;
  }

  function draw(shown: LiveView): void {
    screen.show((size) => tableLines(shown, size));
  }

  function printChanges({ rows, footer: hints }: LiveView): void {
    const lines = changes.next(rows, Date.now());
    for (const line of lines) screen.say(line);
    if (quietLooks >= QUIET_LOOKS) return;
    quietLooks = lines.length === 0 && lastProblem === '' && isQuiet(rows) ? quietLooks + 1 : 0;
    if (quietLooks < QUIET_LOOKS) return;
    const complete = rows.filter(({ kind }) => kind === 'complete').length;
    screen.say(
      `${complete} of ${rows.length} tasks are complete; nothing runs now, and new tasks are waited for.`,
    );
    for (const [label, text] of hints) screen.say(`${label.padEnd(10)}${text}`);
  }

  const looking = (async () => {
    while (!ended.signal.aborted) {
      await look();
      await sleep(LOOK_EVERY_MS, undefined, { signal: ended.signal }).catch(() => undefined);
    }
    await scheduler?.close().catch(() => undefined);
  })();

  return {
    running: () => view?.rows.filter(({ kind }) => kind === 'running').length ?? 0,
    async end() {
      ended.abort();
      screen.end();
      // A look that hangs on a server that is gone need not be waited for.
      await Promise.race([looking, sleep(200, undefined, { ref: false })]);
    },
  };
}

function isQuiet(rows: readonly TaskRow[]): boolean {
  return rows.every(
    ({ kind }) => kind !== 'running' && kind !== 'interrupted' && kind !== 'queued' && kind !== 'backing-off',
  );
}
