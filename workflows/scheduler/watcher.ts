import { CancellationScope, isCancellation } from '@temporalio/workflow';
import { packRuns, type SurveyResult } from '../../contract/pass.ts';
import { watch } from './activities.ts';
import type { SchedulerState } from './scheduler-state.ts';

const NOBODYS = { semaphore: '', wants: null, agent: null };

/** The watch on TinyTask that runs beside the passes, and ends when something new could start. */
export class Watcher {
  /**
   * What the last watch that ended has told, until a survey has seen that. `changed`: something could start that could not before.
   * `over`: the loop interval is over, or the agents are others, so everything is to be surveyed by the next run.
   */
  told: 'nothing' | 'changed' | 'over' = 'nothing';
  private running: { scope: CancellationScope; sawTasks: boolean } | undefined;
  private readonly state: SchedulerState;

  constructor(state: SchedulerState) {
    this.state = state;
  }

  /**
   * Starts a watch where none runs. One that runs goes on over refills, since it has seen what they saw. A survey that saw no
   * tasks may have kept from starting what that watch has seen, so then another takes its place, which ends when TinyTask answers.
   *
   * @param untilMs when the loop interval is over, in milliseconds since the epoch
   */
  startFrom(result: SurveyResult, untilMs: number): void {
    if (this.told === 'changed') this.told = 'nothing';
    const { fingerprint, registry, report, sawTasks = true } = result;
    if (this.running !== undefined && (sawTasks || !this.running.sawTasks)) return;
    this.stop();
    const running = { scope: new CancellationScope({ cancellable: true }), sawTasks };
    this.running = running;
    // Of one whose place another has taken nothing counts any more.
    const end = (told: Watcher['told'] | undefined) => {
      if (this.running !== running) return;
      this.running = undefined;
      this.told = told ?? this.told;
    };
    // Which agent has a run is nothing to the watch.
    const runs = packRuns(this.state.runs.map((run) => ({ ...run, ...NOBODYS })));
    running.scope
      .run(() => watch({ fingerprint, registry, by: report.by, untilMs, runs }))
      .then(end, (error) => end(isCancellation(error) ? undefined : 'over'));
  }

  stop(): void {
    this.running?.scope.cancel();
  }
}
