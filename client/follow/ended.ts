import { setMaxListeners } from 'node:events';
import { type ErrorCode, hasCode } from '../../contract/errors.ts';
import type { TaskOutcome } from '../../contract/status.ts';
import type { Verdict } from '../../domain/attempt/verdict.ts';
import type { Task } from '../../domain/task.ts';
import { abortable, pause } from '../../os/abortable.ts';
import { schedulerError } from '../../words/errors.ts';
import type { SchedulerClient } from '../scheduler-client.ts';
import { Gate } from './gate.ts';

/** What a task came to. */
export interface TaskEnd {
  taskId: number;
  /** `parked`: until a person retries it. `archived`, `deleted`: in TinyTask. */
  end: 'complete' | 'parked' | 'archived' | 'deleted';
  /** As TinyTask has it; null: it is deleted, or another task has its id now. */
  task: Task | null;
  /** Of the last attempt; null: there was none, or it is not known any more. */
  verdict: Verdict | null;
  /** Its newest run. Of a task that others did, `state` is `lost` and `runId` null. */
  outcome: TaskOutcome;
}

export interface WaitOptions {
  /** Beyond it the waiting fails with `not-ended-yet`. Absent: no limit. */
  timeoutMs?: number;
  /** Ends the waiting, with the reason of the signal. */
  signal?: AbortSignal;
  /** A task that is parked is waited for as well: somebody may call it back. */
  throughParked?: boolean;
}

/** What it takes to wait for the end of a task. */
export type WaitedFor = Pick<SchedulerClient, 'task' | 'outcomeOf' | 'attempts'>;

/** Between two looks at a task: at first often, since many are over soon. */
const FIRST_MS = 250;
const MOST_MS = 2_000;
/** Servers that do not answer are waited for so long. */
const PATIENCE_MS = 60_000;
/** Tasks that are looked at together. */
const AT_ONCE = 8;

const PASSES: ErrorCode[] = [
  ...(['temporal-unreachable', 'temporal-stuck', 'temporal-failed'] as const),
  ...(['tinytask-unreachable', 'tinytask-timeout'] as const),
];

/** Waits for the ends of tasks. */
export class Ends {
  readonly #scheduler: WaitedFor;
  readonly #closing: AbortSignal;
  readonly #gate = new Gate(AT_ONCE);

  constructor(scheduler: WaitedFor, closing: AbortSignal) {
    this.#scheduler = scheduler;
    // As many may wait for it as want.
    setMaxListeners(0, closing);
    this.#closing = closing;
  }

  /**
   * Waits until a task is over: complete, parked, archived or deleted. A run that ends without that is followed by another one,
   * which is waited for too.
   * @throws `no-such-task` @throws `not-ended-yet` @throws what does not answer at first, or for a minute
   */
  async of(taskId: number, options: WaitOptions = {}): Promise<TaskEnd> {
    const { timeoutMs = Number.POSITIVE_INFINITY, throughParked = false, signal } = options;
    if (!Number.isSafeInteger(taskId) || taskId < 1) throw new TypeError(`${taskId} is no id of a task`);
    if (!(timeoutMs >= 0)) throw new TypeError(`${timeoutMs} is no time limit`);
    const stop = signal === undefined ? this.#closing : AbortSignal.any([signal, this.#closing]);
    const untilMs = performance.now() + timeoutMs;
    const first = await abortable(this.#look(taskId), stop);
    if (first.task === undefined) throw schedulerError({ code: 'no-such-task', taskId });
    const { createdAt } = first.task;
    let seen: Seen = first;
    let silentMs: number | undefined;
    for (let waitMs = FIRST_MS, looks = 1; ; looks += 1) {
      const end = silentMs === undefined ? endOf(seen, createdAt) : undefined;
      // Of what is parked a `retry` may be on its way.
      if (end !== undefined && (end.end !== 'parked' || (looks > 1 && !throughParked)))
        return { ...end, verdict: await abortable(this.#verdictOf(end), stop) };
      const leftMs = untilMs - performance.now();
      const { state } = seen.outcome;
      if (leftMs <= 0) throw schedulerError({ code: 'not-ended-yet', taskId, withinMs: timeoutMs, state });
      await pause(Math.min(waitMs, leftMs), stop);
      waitMs = Math.min(waitMs * 1.5, MOST_MS);
      try {
        seen = await abortable(this.#look(taskId), stop);
        silentMs = undefined;
      } catch (error) {
        silentMs ??= performance.now();
        if (!hasCode(error, ...PASSES) || performance.now() - silentMs > PATIENCE_MS) throw error;
      }
    }
  }

  /** A run that was cancelled goes on as a new one, which knows nothing of attempts. */
  async #verdictOf({ taskId, outcome }: Omit<TaskEnd, 'verdict'>): Promise<Verdict | null> {
    if (outcome.verdict !== null || outcome.runId === null) return outcome.verdict;
    const attempts = await this.#gate.through(() => this.#scheduler.attempts(taskId)).catch(() => []);
    return attempts.at(-1)?.verdict ?? null;
  }

  #look(taskId: number): Promise<Seen> {
    return this.#gate.through(async () => {
      const [task, outcome] = await Promise.all([
        this.#scheduler.task(taskId).catch((error) => {
          if (hasCode(error, 'no-such-task')) return undefined;
          throw error;
        }),
        this.#scheduler.outcomeOf(taskId),
      ]);
      return { task, outcome };
    });
  }
}

interface Seen {
  task: Task | undefined;
  outcome: TaskOutcome;
}

/** @param createdAt of the task that is waited for: another one may have its id by now */
function endOf({ task, outcome }: Seen, createdAt: string): Omit<TaskEnd, 'verdict'> | undefined {
  const { taskId, state } = outcome;
  if (task === undefined || task.createdAt !== createdAt)
    return { taskId, end: 'deleted', task: null, outcome };
  // Its verdict comes when what runs is over.
  if (state === 'running') return undefined;
  if (task.archivedAt !== null) return { taskId, end: 'archived', task, outcome };
  if (task.status === 'complete') return { taskId, end: 'complete', task, outcome };
  return state === 'parked' ? { taskId, end: 'parked', task, outcome } : undefined;
}
