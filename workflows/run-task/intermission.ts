import { condition } from '@temporalio/workflow';
import type { Resume } from '../../contract/run.ts';
import { forgiven } from '../../domain/attempt/follow.ts';
import { hasLongHistory } from '../sdk/long-history.ts';
import { continueAsNew } from '../sdk/memo.ts';
import type { TaskRun } from './task-run.ts';
import { taskLeft } from './write-back.ts';

/** Waits without a slot until the time has come or `retry`. False when the task is no longer the run's business. */
export async function backOff(run: TaskRun, untilMs: number, reason: string): Promise<boolean> {
  run.enter('backing-off', `Backs off after attempt ${run.past.number}: ${reason}.`, untilMs);
  await run.tellScheduler('backing-off');
  for (;;) {
    const timeLeftMs = untilMs - Date.now();
    const woken = timeLeftMs > 0 && (await condition(() => awake(run), timeLeftMs));
    if (run.cancelled) return park(run, run.whyCancelled);
    if (run.retried) return startAfresh(run);
    if (run.lookDue && (await taskLeft(run))) return end(run);
    if (!woken) {
      await run.tellScheduler('active');
      return true;
    }
    if (hasLongHistory()) await continueAs(run, { phase: 'backing-off', untilMs, reason });
  }
}

/** Waits without a slot for `retry`. False when the task is no longer the run's business. */
export async function park(run: TaskRun, reason: string): Promise<boolean> {
  run.park(reason);
  await run.tellScheduler('parked');
  // A run can be cancelled only once, so it goes on as a new one that can be cancelled again.
  if (run.cancelled) await continueAsParked(run, reason);
  for (;;) {
    await condition(() => awake(run));
    if (run.cancelled || hasLongHistory()) await continueAsParked(run, reason);
    if (run.retried) return startAfresh(run);
    if (await taskLeft(run)) return end(run);
  }
}

function awake(run: TaskRun): boolean {
  return run.retried || run.cancelled || run.lookDue;
}

async function startAfresh(run: TaskRun): Promise<boolean> {
  run.retried = false;
  run.calledBack(forgiven(run.past));
  // The task was handed on in a circle, and somebody else has it: the planner has a run started for that agent.
  if (run.wasHandedOn) return end(run);
  await run.tellScheduler('active');
  return true;
}

async function end(run: TaskRun): Promise<boolean> {
  await run.tellScheduler('ended');
  return false;
}

/** A `retry` that came with the cancellation goes along. */
function continueAsParked(run: TaskRun, reason: string): Promise<never> {
  return continueAs(run, { phase: 'parked', reason, retried: run.retried });
}

/** What messages have told the run goes along too, since nobody tells it again. */
function continueAs(run: TaskRun, resume: Resume): Promise<never> {
  return continueAsNew<'runTask'>(run.successor(resume), run.memo(resume.reason));
}
