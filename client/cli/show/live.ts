import { setTimeout as sleep } from 'node:timers/promises';
import type { Config } from '../../../config/config.ts';
import type { TemporalSettings } from '../../../config/temporal.ts';
import type { Status } from '../../../contract/status.ts';
import { connectTinyTask, type TinyTask } from '../../../tinytask/client.ts';
import { TaskNews } from '../../../tinytask/task-news.ts';
import { sayProblems } from '../../../words/problem.ts';
import { connectScheduler } from '../../connect.ts';
import type { SchedulerClient } from '../../scheduler-client.ts';
import { ChangeLines } from './change-lines.ts';
import { type FooterLine, type LiveView, tableLines } from './live-table.ts';
import { LookRests } from './look-rests.ts';
import { type TaskRow, taskRows } from './task-rows.ts';
import { type Screen, styledText } from './terminal.ts';

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

/** What a look comes to is compared as it would be drawn on a terminal of this size. */
const COMPARED = { columns: 500, rows: 500 };
/** Looks without any change after which nothing goes on. */
const QUIET_LOOKS = 3;

/**
 * Shows tasks, agents and slots until it is ended: a table, or a line for each change. It looks every second, less often while
 * nothing changes, and at once when TinyTask tells that something was written, but not twice in a second.
 */
export function showLive(options: LiveOptions): Live {
  const { screen } = options;
  const ended = new AbortController();
  const view = new View(options, ended.signal);
  const looking = (async () => {
    while (!ended.signal.aborted) {
      await view.look();
      await view.rest();
    }
    await view.close();
  })();
  return {
    running: () => view.running(),
    async end() {
      ended.abort();
      view.wake();
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
  readonly #rests = new LookRests();
  #resting: AbortController | undefined;
  #tinytask: { endpoint: string; client: TinyTask; news: TaskNews } | undefined;

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
    await Promise.all([this.#scheduler?.close().catch(() => undefined), this.#leaveTinytask()]);
  }

  /** Until the next look is due. */
  async rest(): Promise<void> {
    if (this.#ended.aborted) return;
    const news = this.#tinytask?.news;
    const resting = new AbortController();
    this.#resting = resting;
    // A TinyTask that does not tell such things, or does not answer, is always due.
    const isTold = news !== undefined && !news.isDue;
    if (isTold) void news.next().then(() => resting.abort());
    await sleep(this.#rests.nextMs(isTold), undefined, { signal: resting.signal }).catch(() => undefined);
    if (this.#ended.aborted || !resting.signal.aborted) return;
    // What was written is on its way to a run, of which the server tells a moment later.
    const leftMs = this.#rests.news(performance.now());
    await sleep(leftMs, undefined, { signal: this.#ended }).catch(() => undefined);
  }

  wake(): void {
    this.#resting?.abort();
  }

  async #leaveTinytask(): Promise<void> {
    this.#tinytask?.news.close();
    await this.#tinytask?.client.close().catch(() => undefined);
    this.#tinytask = undefined;
  }

  /** What is written from now on is news. A TinyTask that does not answer is told of by the look. */
  async #listen(endpoint: string): Promise<void> {
    if (this.#tinytask?.endpoint !== endpoint) {
      await this.#leaveTinytask();
      const client = connectTinyTask({ endpoint });
      this.#tinytask = { endpoint, client, news: new TaskNews(client) };
    }
    const { news } = this.#tinytask;
    await news.aboutToRead().catch(() => news.notRead());
  }

  async look(): Promise<void> {
    const { where, footer, screen } = this.#options;
    this.#rests.begin(performance.now());
    try {
      const place = where();
      this.#scheduler ??= await connectScheduler(place);
      await this.#listen(place.config.mcpEndpoint);
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
    const isNew = this.#rests.looked(styledText(tableLines(shown, COMPARED), false));
    if (!screen.redraws) this.#printChanges(shown);
    else if (isNew) screen.show((size) => tableLines(shown, size));
  }

  #tellOnce(problem: string): void {
    const shown = this.#shown;
    if (shown) this.#shown = { ...shown, problems: [problem] };
    const { screen } = this.#options;
    if (!screen.redraws && problem !== this.#lastProblem) screen.say(problem);
    this.#lastProblem = problem;
  }

  #printChanges({ rows, footer, problems }: LiveView): void {
    const { screen } = this.#options;
    const nowMs = Date.now();
    // Why nothing can be seen was told already.
    const wrong = this.#lastProblem === '' ? this.#changes.nextProblems(problems, nowMs) : [];
    const lines = [...wrong, ...this.#changes.next(rows, nowMs)];
    for (const line of lines) screen.say(line);
    if (this.#quietLooks >= QUIET_LOOKS) return;
    const isStill = lines.length === 0 && this.#lastProblem === '' && isQuiet(rows);
    this.#quietLooks = isStill ? this.#quietLooks + 1 : 0;
    if (this.#quietLooks < QUIET_LOOKS) return;
    const complete = rows.filter(({ kind }) => kind === 'complete').length;
    screen.say(
      rows.length === 0
        ? 'There are no tasks, and new ones are waited for.'
        : `${complete} of ${rows.length} tasks are complete; nothing runs now, and new tasks are waited for.`,
    );
    for (const [label, text] of footer) screen.say(`${label.padEnd(10)}${text}`);
  }
}

function isQuiet(rows: readonly TaskRow[]): boolean {
  return rows.every(
    ({ kind }) => kind !== 'running' && kind !== 'interrupted' && kind !== 'queued' && kind !== 'backing-off',
  );
}
