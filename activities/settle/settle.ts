import { Context } from '@temporalio/activity';
import type { Client } from '@temporalio/client';
import type { Config } from '../../config/config.ts';
import type { SettleActivities, Settled, SettleInput } from '../../contract/activities.ts';
import type { RunChanged } from '../../contract/contents.ts';
import { attemptId, SCHEDULER_ID } from '../../contract/ids.ts';
import { runChanged } from '../../contract/messages.ts';
import { neverAssigned } from '../../contract/run.ts';
import { type Decided, followOutcome } from '../../domain/attempt/follow.ts';
import type { Outcome, Settlement } from '../../domain/attempt/settle.ts';
import { meaningOfVerdict } from '../../domain/attempt/verdict.ts';
import { isSameTask } from '../../domain/task.ts';
import { signalled } from '../../temporal/signalled.ts';
import { runBeforeReset } from '../../temporal/was-reset.ts';
import type { TinyTask } from '../../tinytask/client.ts';
import { commentOnce, saidLast } from '../../tinytask/comment.ts';
import { TaskNotFound } from '../../tinytask/errors.ts';
import { beginReading } from '../../tinytask/reading.ts';
import { sayAttempt } from '../../words/attempt.ts';
import type { AttemptIds, Tell } from '../events.ts';
import { serverClock } from '../server-clock.ts';
import { takeBackAfterReset } from '../survey/reclaim.ts';
import { readSettlement } from './standing.ts';

interface Written extends Decided {
  outcome: Outcome;
  wrote: Settlement['write'];
}

interface SettleDeps {
  client: Client;
  tinytask: TinyTask;
  config: Config;
  tell: Tell;
}

export function settleActivities(deps: SettleDeps): SettleActivities {
  const { tinytask } = deps;
  const underWay = new Map<string, Promise<Settled>>();
  return {
    // One that takes long is asked for again while it goes on: done twice, the second would take what the first has written for
    // somebody else's.
    settle(input) {
      const id = attemptId(input.runId, input.number);
      const settling = underWay.get(id) ?? settle(deps, input).finally(() => underWay.delete(id));
      underWay.set(id, settling);
      return settling;
    },

    async lookAtTask({ task: ref, agent }) {
      const task = await tinytask.get(ref.id);
      if (task === undefined || !isSameTask(task, ref))
        return { task: 'gone', reason: 'the task was deleted' };
      if (task.archivedAt !== null) return { task: 'gone', reason: 'the task was archived' };
      if (task.status === 'complete') return { task: 'complete', by: 'agent' };
      const isOurs = task.assignedTo === null || task.assignedTo === agent;
      if (isOurs && task.status !== 'working') return { task: 'untouched' };
      const { workflowExecution } = Context.current().info;
      const before = workflowExecution && (await runBeforeReset(deps.client, workflowExecution));
      if (before === undefined || before.agent !== task.assignedTo)
        return isOurs ? { task: 'untouched' } : { task: 'handed-off', to: task.assignedTo ?? '' };
      if (task.status === 'working') await takeBackAfterReset(deps, ref, before, serverClock()());
      return { task: 'untouched' };
    },
  };
}

async function settle(deps: SettleDeps, input: SettleInput): Promise<Settled> {
  const { tell } = deps;
  const ids = idsOf(input);
  const { wrote, ...written } = await writeBack(deps, input).catch((error: Error) => {
    tell({ what: 'not-settled', ...ids, problem: error.message });
    throw error;
  });
  const { outcome, follow } = written;
  const { claimed, verdict, tokens } = input.result;
  tell({ what: 'settled', ...ids, claimed, verdict: verdict.kind, tokens, wrote, outcome, follow });
  const { pool, ...ended } = input.ended;
  const assigned = pool === undefined || neverAssigned(input.result, outcome) ? {} : { pool };
  const schedulerTold =
    follow.next === 'end' && (await tellScheduler(deps.client, { ...ended, ...assigned }));
  return { ...written, schedulerTold };
}

function idsOf({ task, agent, number, runId }: SettleInput): AttemptIds {
  return { taskId: task.id, agent, attempt: number, runId };
}

async function writeBack(
  { tinytask, config }: Pick<SettleDeps, 'tinytask' | 'config'>,
  input: SettleInput,
): Promise<Written> {
  const { task: ref, agent, result } = input;
  const mayWrite = beginReading();
  const found = await readSettlement(tinytask, {
    ...{ ref, agent, claimed: result.claimed, verdict: result.verdict },
    blockingDisabled: config.disableBlocking,
  });
  const { write, outcome } = unlessUnchecked(found, input);
  const settled = { outcome, wrote: write, ...followOutcome(input.decided, outcome, input.policy) };
  if (outcome.task === 'gone') return settled;
  try {
    // The comment first: after the status is written, a retry no longer finds the task to be ours.
    await comment(tinytask, input, settled, mayWrite);
    if (write !== 'nothing') await tinytask.update(ref.id, { status: write }, mayWrite);
  } catch (error) {
    if (!(error instanceof TaskNotFound)) throw error;
    const gone: Outcome = { task: 'gone', reason: 'the task was deleted' };
    return { outcome: gone, wrote: 'nothing', ...followOutcome(input.decided, gone, input.policy) };
  }
  return settled;
}

/** A host of an earlier version has not asked for what the rules ask for. */
function unlessUnchecked(found: Settlement, { rules, result: { byRules, host } }: SettleInput): Settlement {
  if (found.write !== 'complete' || rules === undefined || byRules) return found;
  const asks = Object.keys(rules).join(' and ');
  const reason = `the host ${host} is of an earlier version, which does not know ${asks}: update it`;
  return { write: 'idle', outcome: { task: 'not-done', reason } };
}

/** Else the run does, when it ends. The slot that it leaves can be planned for while the run still closes. */
async function tellScheduler(client: Client, ended: RunChanged): Promise<boolean> {
  return signalled(client, SCHEDULER_ID, runChanged, ended).catch(() => false);
}

async function comment(
  tinytask: TinyTask,
  input: SettleInput,
  settled: Written,
  mayWrite: () => void,
): Promise<void> {
  const { outcome, past, follow } = settled;
  const { maxAttempts } = input.policy;
  const text = sayAttempt({ ...input, outcome, follow, used: past.used, maxAttempts });
  if (text === undefined) return;
  if (
    meaningOfVerdict(input.result.verdict.kind).isLasting &&
    (await saidLast(tinytask, input.task.id, text))
  )
    return;
  await commentOnce(tinytask, input.task.id, { id: attemptId(input.runId, input.number), text, mayWrite });
}
