import { CancellationScope, isCancellation } from '@temporalio/workflow';
import { packRuns, type SurveyResult } from '../../contract/pass.ts';
import { watch } from './activities.ts';
import type { SchedulerState } from './scheduler-state.ts';

const NOBODYS = { semaphore: '', wants: null, agent: null };

/** The watch on TinyTask that runs beside the passes, and ends when something new could start. */
export class Watcher {
  /** Something could start that could not before. */
  changed = false;
  /** The loop interval is over, or the agents are others: everything is to be surveyed. */
  over = false;
  private scope: CancellationScope | undefined;
  private readonly state: SchedulerState;

  constructor(state: SchedulerState) {
    this.state = state;
  }

  /**
   * Starts a watch where none runs. One that runs goes on over refills, since it has seen what they saw.
   *
   * @param untilMs when the loop interval is over, in milliseconds since the epoch
   */
  startFrom({ fingerprint, registry, report: { by } }: SurveyResult, untilMs: number): void {
    this.changed = false;
    if (this.scope !== undefined) return;
    const scope = new CancellationScope({ cancellable: true });
    this.scope = scope;
    // Which agent has a run is nothing to the watch.
    const runs = packRuns(this.state.runs.map((run) => ({ ...run, ...NOBODYS })));
    scope
      .run(() => watch({ fingerprint, registry, by, untilMs, runs }))
      .then(
        (seen) => {
          this.changed = seen === 'changed';
          this.over = seen === 'over';
        },
        (error) => {
          if (!isCancellation(error)) this.over = true;
        },
      )
      .finally(() => {
        this.scope = undefined;
      });
  }

  stop(): void {
    this.scope?.cancel();
  }
}
