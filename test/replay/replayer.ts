import { Worker, type WorkflowBundleWithSourceMap } from '@temporalio/worker';
import type { History } from './history-file.ts';

/** One worker for many histories, one after the other: its start takes longer than a history does. */
export class Replayer {
  #next: History | undefined;
  readonly #results: ReturnType<typeof Worker.runReplayHistories>;

  constructor(workflowBundle: WorkflowBundleWithSourceMap) {
    this.#results = Worker.runReplayHistories({ workflowBundle }, this.#asked());
  }

  /** Throws where the workflows of now decide otherwise than they did then. */
  async replay(history: History): Promise<void> {
    this.#next = history;
    const { value } = await this.#results.next();
    if (value === undefined) throw new Error('it was not replayed');
    if (value.error) throw value.error;
  }

  async stop(): Promise<void> {
    this.#next = undefined;
    await this.#results.next();
  }

  /** Goes on when the next result is asked for. */
  async *#asked() {
    while (this.#next !== undefined) {
      const history = this.#next;
      // Some workflows read their own id; without it they would be replayed under that of nobody.
      const workflowId = history.events?.[0]?.workflowExecutionStartedEventAttributes?.workflowId;
      yield { history, workflowId: workflowId ?? 'fake' };
    }
  }
}
