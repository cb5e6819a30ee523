import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { BACK_MS, LET_GO_MS, SEEN_LATE_MS } from '../rules.ts';
import { getTask, listTasks, type TaskRow } from '../tinytask-calls.ts';
import { Hands } from './hands.ts';
import { type Run, type Runs, stillAlive } from './runs.ts';

const POLL_MS = 1_000;

/** What must hold of the tasks, as TinyTask and the agents' own ledger of finished work show them. */
export class TaskRules {
  abandonedMs = 0;
  readonly hands = new Hands();
  readonly #dir: string;
  readonly #endpoint: string;
  readonly #runs: Runs;
  readonly #violation: (rule: number, about: string, text: string) => void;
  #before = new Map<number, TaskRow>();
  #nobodySinceMs = new Map<number, number>();
  /** Tasks whose runs have just been seen to start. */
  #toAsk: Run[] = [];

  constructor(
    dir: string,
    endpoint: string,
    runs: Runs,
    violation: (rule: number, about: string, text: string) => void,
  ) {
    this.#dir = dir;
    this.#endpoint = endpoint;
    this.#runs = runs;
    this.#violation = violation;
  }

  started(run: Run): void {
    this.#toAsk.push(run);
  }

  /** One look at all tasks. `calmSinceMs`: since when nothing is disturbed. Throws when TinyTask does not answer. */
  async look(now: () => number, calmSinceMs: number | undefined): Promise<void> {
    for (const run of [...this.#toAsk]) {
      // A blocker that is complete stays so, unless a person reopens it: what is blocked now was blocked when it was started.
      const gone = () => this.hands.mayBeGone(run.task);
      const task = await getTask(this.#endpoint, run.task).catch((error: Error) => {
        if (!gone()) throw error;
      });
      this.#toAsk.splice(this.#toAsk.indexOf(run), 1);
      if (task === undefined) continue;
      const blocker = task.blocked_by_task_id ?? 0;
      if (task.is_currently_blocked && !this.hands.mayHaveReopened(blocker, Date.now()))
        this.#violation(
          4,
          `${run.task} blocked`,
          `task ${run.task} was started, and task ${blocker} blocks it`,
        );
    }
    const tasks = await listTasks(this.#endpoint);
    const running = new Set([...this.#runs.live.values()].map((run) => run.task));
    for (const task of tasks) this.#judge(task, running.has(task.id), now(), calmSinceMs);
    const there = new Map(tasks.map((task) => [task.id, task]));
    for (const id of this.#before.keys())
      if (!there.has(id) && !this.hands.mayBeGone(id))
        this.#violation(6, `${id} lost`, `task ${id} is not there any more, and nobody has deleted it`);
    this.#before = there;
  }

  /** What a person has taken from an agent, it lets go. `calmSinceMs`, `nowMs`: by the monotonic clock. */
  judgeTaken(nowMs: number, lateMs: number, calmSinceMs: number | undefined): void {
    if (calmSinceMs === undefined) return;
    for (const run of this.#runs.live.values()) {
      const takenAtMs = this.hands.takenAtMs(run.task, run.agent);
      if (takenAtMs === undefined) continue;
      // It may have been started by what was read before.
      const sinceMs = Math.max(nowMs - (Date.now() - takenAtMs), calmSinceMs, run.firstSeenMs);
      if (nowMs - sinceMs > LET_GO_MS + SEEN_LATE_MS + lateMs && stillAlive([run]).length > 0)
        this.#violation(
          6,
          `${run.token} taken`,
          `${run.agent} still works on task ${run.task} ${(nowMs - sinceMs).toFixed(0)} ms after a person took that from it`,
        );
    }
  }

  #judge(task: TaskRow, isRunning: boolean, nowMs: number, calmSinceMs: number | undefined): void {
    const before = this.#before.get(task.id);
    const moved = this.hands.movedBack(task);
    if (moved !== undefined) this.#violation(6, `${task.id} moved`, moved);
    const reopened = this.hands.mayHaveReopened(task.id, Date.now());
    if (before?.status === 'complete' && task.status !== 'complete' && !reopened)
      this.#violation(6, `${task.id} back`, `task ${task.id} was complete, and is ${task.status} again`);
    if (task.status === 'complete' && before?.status !== 'complete') this.#judgeComplete(task);

    if (task.status !== 'working' || isRunning) {
      this.#nobodySinceMs.delete(task.id);
      return;
    }
    const sinceMs = this.#nobodySinceMs.get(task.id) ?? nowMs;
    this.#nobodySinceMs.set(task.id, sinceMs);
    if (calmSinceMs === undefined) return;
    const forMs = nowMs - Math.max(sinceMs, calmSinceMs);
    this.abandonedMs = Math.max(this.abandonedMs, forMs);
    if (forMs > BACK_MS + POLL_MS + SEEN_LATE_MS)
      this.#violation(
        5,
        `${task.id} abandoned`,
        `task ${task.id} of ${task.assigned_to} is working, with nobody on it for ${forMs.toFixed(0)} ms`,
      );
  }

  #judgeComplete(task: TaskRow): void {
    const finishedBy = ledger(this.#dir, task.id);
    const mayBe = [task.assigned_to, ...this.hands.displaced(task.id, Date.parse(task.updated_at))];
    if (!finishedBy.some((agent) => mayBe.includes(agent)))
      this.#violation(
        5,
        `${task.id} complete`,
        `task ${task.id} is complete for ${task.assigned_to}, and only these have finished it: ${finishedBy.join(', ') || 'nobody'}`,
      );
  }

  /** Every comment of ours stands once. Throws when TinyTask does not answer. */
  async judgeComments(): Promise<void> {
    for (const { id } of this.#before.values()) {
      const { comments } = await getTask(this.#endpoint, id);
      const marks = comments.flatMap(({ content }) => /^\[tinyscheduler \S+\]/.exec(content)?.[0] ?? []);
      const twice = marks.find((mark, at) => marks.indexOf(mark) !== at);
      if (twice !== undefined)
        this.#violation(6, twice, `task ${id} has the comment ${twice} more than once`);
    }
  }
}

/** The agents that have finished a task by their own account: they write it down right before their answer. */
function ledger(dir: string, task: number): string[] {
  try {
    return readFileSync(join(dir, 'evidence', String(task)), 'utf8')
      .split('\n')
      .filter(Boolean);
  } catch {
    return [];
  }
}
