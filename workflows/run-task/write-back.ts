import { proxyActivities, proxyLocalActivities } from '@temporalio/workflow';
import type { SettleActivities, Settled, SettleInput } from '../../contract/activities.ts';
import { MAIN_QUEUE } from '../../contract/ids.ts';
import { type AttemptResult, neverAssigned } from '../../contract/run.ts';
import type { AttemptPolicy, Decided } from '../../domain/attempt/follow.ts';
import type { DoneRules } from '../../domain/run-rules.ts';
import { SHORT_ACTIVITY } from '../sdk/short-activity.ts';
import type { TaskRun } from './task-run.ts';

const activities = proxyActivities<SettleActivities>({
  ...SHORT_ACTIVITY,
  taskQueue: MAIN_QUEUE,
});
/** Tried once, within the workflow task at hand: that costs half of what an activity of its own does. */
const atOnce = proxyLocalActivities<SettleActivities>({
  startToCloseTimeout: '5s',
  retry: { maximumAttempts: 1 },
});

/** Writes the attempt back to TinyTask; what became of the task may change what follows. */
export async function settle(
  run: TaskRun,
  result: AttemptResult,
  decided: Decided,
  { policy, rules }: { policy: AttemptPolicy; rules: DoneRules | undefined },
): Promise<Settled> {
  const { verdict, log } = result;
  const { number } = run.past;
  const before = run.assignment;
  if (result.claimed) run.assignment = { to: run.agent, byUs: true };
  run.say(`Attempt ${number} ended (${verdict.kind}: ${verdict.reason}); writing it back.`);
  const input: SettleInput = {
    task: run.input.task,
    agent: run.assignment.to ?? run.agent ?? '',
    ended: run.changedTo('ended'),
    ...{ number, runId: run.ref.runId, decided, policy, result },
    ...(rules && { rules }),
  };
  const settled = await atOnce.settle(input).catch(() => activities.settle(input));
  const { outcome } = settled;
  run.last = { verdict, outcome, log };
  run.end = outcome.task;
  if (neverAssigned(result, outcome)) run.assignment = before;
  run.handedTo = outcome.task === 'handed-off' ? outcome.to : undefined;
  return settled;
}

/** Reads the task; true when it is no longer this run's business, and the run ends. */
export async function taskLeft(run: TaskRun): Promise<boolean> {
  run.lookDue = false;
  const outcome = await activities.lookAtTask({ task: run.input.task, agent: run.assignee });
  if (outcome.task === 'untouched') return false;
  run.end = outcome.task;
  return true;
}
