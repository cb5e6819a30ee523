import { ParentClosePolicy, sleep, startChild, WorkflowIdReusePolicy } from '@temporalio/workflow';
import { NO_PAST } from '../domain/attempts.ts';
import { MAIN_QUEUE, taskWorkflowId } from '../domain/ids.ts';
import type { DueStart, SurveyResult } from '../domain/pass.ts';
import type { RunInput, RunMemo } from '../domain/run.ts';
import { runTask } from './run-task.ts';
import type { SchedulerState } from './scheduler-state.ts';
import { runAttributes } from './search-attributes.ts';

/** A run that says it has ended needs a moment to close. */
const CLOSING_MS = 250;
const TRIES = 4;

/** Starts a child workflow for each due start. Returns those that were started. */
export async function startRuns(
  state: SchedulerState,
  { starts, settings }: SurveyResult,
): Promise<{ taskId: number; agent: string }[]> {
  // A pause that came while the survey ran holds for its starts too.
  if (state.held) return [];
  const started = await Promise.all(
    starts.map(async (start) => {
      const { agent, extra } = start;
      // Before the child runs: a short one may have said that it ended before its start is known here.
      state.runs.push({ taskId: start.task.id, agent, state: 'active', extra });
      const isNew = await startRun(start, { ...settings, gooseQueue: start.gooseQueue });
      return isNew ? [{ taskId: start.task.id, agent }] : [];
    }),
  );
  return started.flat();
}

async function startRun(start: DueStart, settings: RunInput['settings']): Promise<boolean> {
  const { task, agent, queue, pool, takesOverFrom, assignedByUs, rank, extra, past, notBeforeMs } = start;
  const run: RunInput = {
    ...{ task, agent, queue, pool, takesOverFrom, assignedByUs },
    ...{ rank, extra, past, notBeforeMs, settings },
  };
  // As the next run of the task is to find it if this one returns without a further word.
  const memo: RunMemo = {
    past: { ...NO_PAST, number: past.number + 1 },
    createdAt: task.createdAt,
    agent,
    pool,
    rank,
    extra,
    heartbeatTimeoutMs: settings.heartbeatTimeoutMs,
  };
  for (let tries = 1; tries <= TRIES; tries++) {
    try {
      await startChild(runTask, {
        workflowId: taskWorkflowId(task.id),
        args: [run],
        taskQueue: MAIN_QUEUE,
        // Passes and restarts of the scheduler never end a run.
        parentClosePolicy: ParentClosePolicy.ABANDON,
        workflowIdReusePolicy: WorkflowIdReusePolicy.ALLOW_DUPLICATE,
        typedSearchAttributes: runAttributes(task.id, agent, queue),
        memo: { run: memo },
        staticSummary: `task ${task.id} on ${agent}`,
      });
      return true;
    } catch (error) {
      if (!(error instanceof Error) || error.name !== 'WorkflowExecutionAlreadyStartedError') throw error;
      if (tries < TRIES) await sleep(CLOSING_MS);
    }
  }
  return false;
}
