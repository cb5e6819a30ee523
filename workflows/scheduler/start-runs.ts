import { ParentClosePolicy, patched, sleep, startChild, WorkflowIdReusePolicy } from '@temporalio/workflow';
import { MAIN_QUEUE, taskWorkflowId } from '../../contract/ids.ts';
import type { Memos } from '../../contract/memos.ts';
import { type DueStart, type Started, type SurveyResult, startedOf } from '../../contract/pass.ts';
import type { RunInput, RunSettings } from '../../contract/run.ts';
import { NO_PAST } from '../../domain/attempt/follow.ts';
import { runTask } from '../run-task/run-task.ts';
import { memoOf } from '../run-task/task-run.ts';
import { runAttributes } from '../sdk/search-attributes.ts';
import type { SchedulerState } from './scheduler-state.ts';

/** A run that has told that it ended needs a moment to close. */
const CLOSING_MS = 250;
const TRIES = 4;

/** Starts a child workflow for each due start. Returns those that were started. */
export async function startRuns(
  state: SchedulerState,
  { starts, settings, report }: SurveyResult,
): Promise<Started[]> {
  // A pause that came while the survey ran holds for its starts too.
  if (state.held) {
    for (const start of starts) state.staysAssigned(start);
    return [];
  }
  const refused: DueStart[] = [];
  const started = await Promise.all(
    starts.map(async (start): Promise<Started[]> => {
      // Before the start: a short run may tell that it ended before its start is known here.
      state.began(start);
      if (await startRun(start, report.atMs, settings)) return [startedOf(start)];
      refused.push(start);
      return [];
    }),
  );
  // What the scheduler knew of these tasks is wrong. The next survey finds out whether their runs go on.
  if (refused.length > 0 && patched('refused-starts-wake')) {
    for (const start of refused) state.wasRefused(start);
    state.wakeAtOnce();
  }
  return started.flat();
}

/** False: the server has refused it each time, since a run of the task is open. */
async function startRun(start: DueStart, rankedAtMs: number, settings: RunSettings): Promise<boolean> {
  const { task, semaphore, wants, queue, pool, assignee, assignedByUs, rank, past, notBeforeMs } = start;
  const { recipe, occurrence } = start;
  const run: RunInput = {
    ...{ task, semaphore, wants, queue, pool, assignee, assignedByUs },
    ...{ rank, rankedAtMs, past, notBeforeMs, settings },
    ...(recipe !== undefined && { recipe }),
    ...(occurrence !== undefined && { occurrence }),
  };
  // As it is to be found by the next run of the task if this one returns without writing it again.
  const memo: Memos['runTask'] = { run: memoOf(run, { ...NO_PAST, number: past.number + 1 }) };
  for (let tries = 1; tries <= TRIES; tries++) {
    try {
      await startChild(runTask, {
        workflowId: taskWorkflowId(task.id),
        args: [run],
        taskQueue: MAIN_QUEUE,
        // Passes and restarts of the scheduler never end a run.
        parentClosePolicy: ParentClosePolicy.ABANDON,
        workflowIdReusePolicy: WorkflowIdReusePolicy.ALLOW_DUPLICATE,
        typedSearchAttributes: runAttributes(task.id, run),
        memo,
        staticSummary: `task ${task.id} ${wants === null ? `of queue ${pool}` : `on ${wants}`}`,
      });
      return true;
    } catch (error) {
      if (!(error instanceof Error) || error.name !== 'WorkflowExecutionAlreadyStartedError') throw error;
      if (tries < TRIES) await sleep(CLOSING_MS);
    }
  }
  return false;
}
