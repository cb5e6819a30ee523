import { setTimeout as sleep } from 'node:timers/promises';
import type { TaskOutcome } from '../../../contract/status.ts';
import type { Workers } from '../../../workers/workers.ts';
import type { SchedulerClient } from '../../scheduler-client.ts';
import { say } from '../show/print.ts';
import { stopAsked } from './stopping.ts';

const LOOK_MS = 250;
/** A server that does not answer for longer than this is not waited for. */
const PATIENCE_MS = 60_000;

type Asked = Pick<SchedulerClient, 'outcomeOf'>;

/**
 * Waits until every run that a pass started has ended or is parked, and none of this process's gooses runs. Ctrl-C ends
 * the waiting: our gooses are stopped then, and written back. Returns where each run stands, in the order of the starts.
 */
export async function awaitOutcomes(
  scheduler: Asked,
  started: readonly { taskId: number; agent: string | null }[],
  workers: Pick<Workers, 'busy' | 'finished' | 'stop'> | undefined,
  onOutcome: (outcome: TaskOutcome) => void,
): Promise<TaskOutcome[]> {
  const waiting = new Waiting(scheduler, started, onOutcome);
  if (started.length > 0)
    say(`waiting for ${started.length === 1 ? 'the task' : `${started.length} tasks`} that it started`);
  let stopped = false;
  let over = false;
  const stop = (why: string) => {
    if (over) return;
    say(`${why}: what is left is not waited for any longer`);
    stopped = true;
  };
  const asked = Promise.race([
    stopAsked().then((signal) => stop(`asked to stop (${signal})`)),
    ...(workers === undefined ? [] : [workers.finished.catch((error: Error) => stop(error.message))]),
  ]);
  while (!stopped && !waiting.givenUp && (waiting.left > 0 || workers?.busy() === true)) {
    await waiting.look();
    await Promise.race([sleep(LOOK_MS), asked]);
  }
  over = true;
  if (stopped) {
    await workers?.stop().catch(() => undefined);
    await waiting.look();
  }
  return waiting.outcomes();
}

/** The runs of one pass while they are waited for. */
class Waiting {
  readonly #scheduler: Asked;
  readonly #onOutcome: (outcome: TaskOutcome) => void;
  readonly #latest: Map<number, TaskOutcome>;
  readonly #left: Set<number>;
  #silentSinceMs: number | undefined;
  givenUp = false;

  constructor(
    scheduler: Asked,
    started: readonly { taskId: number; agent: string | null }[],
    onOutcome: (outcome: TaskOutcome) => void,
  ) {
    this.#scheduler = scheduler;
    this.#onOutcome = onOutcome;
    const nothing = {
      runId: null,
      end: null,
      verdict: null,
      outcome: null,
      attempts: 0,
      log: null,
      tookMs: 0,
    };
    this.#latest = new Map(
      started.map(({ taskId, agent }) => [taskId, { ...nothing, taskId, agent, state: 'waiting' }]),
    );
    this.#left = new Set(this.#latest.keys());
  }

  get left(): number {
    return this.#left.size;
  }

  async look(): Promise<void> {
    try {
      for (const taskId of this.#left) await this.#lookAt(taskId);
      this.#silentSinceMs = undefined;
    } catch (error) {
      if (this.#silentSinceMs === undefined) say(`the server does not answer: ${(error as Error).message}`);
      this.#silentSinceMs ??= performance.now();
      this.givenUp = performance.now() - this.#silentSinceMs > PATIENCE_MS;
    }
  }

  async #lookAt(taskId: number): Promise<void> {
    const before = this.#latest.get(taskId);
    // The run that was started, not one that follows it.
    const outcome = await this.#scheduler.outcomeOf(taskId, before?.runId ?? undefined);
    this.#latest.set(taskId, { ...outcome, agent: outcome.agent ?? before?.agent ?? null });
    if (!isOver(outcome)) return;
    this.#left.delete(taskId);
    this.#onOutcome(outcome);
  }

  /** All of them; of those that are not over it is said here how they were seen last. */
  outcomes(): TaskOutcome[] {
    for (const taskId of this.#left) {
      const outcome = this.#latest.get(taskId);
      if (outcome !== undefined) this.#onOutcome(outcome);
    }
    return [...this.#latest.values()];
  }
}

function isOver({ state }: TaskOutcome): boolean {
  return state === 'ended' || state === 'lost' || state === 'parked';
}
