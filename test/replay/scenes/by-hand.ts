import { taskWorkflowId } from '../../../contract/ids.ts';
import { poolId } from '../../../domain/semaphore-id.ts';
import { eventually } from '../../support/eventually.ts';
import { letGo } from '../../support/gates.ts';
import { resetTask } from '../../support/reset.ts';
import { DEVELOPER, type System } from '../../support/system.ts';
import {
  agentIn,
  gooseGone,
  gooseLives,
  inPhase,
  inStatus,
  newTask,
  runResult,
  slotsOf,
} from '../../support/task-runs.ts';
import { daemonWith, endBy, type Kept, runOf, semaphoreRun, untilLetGo } from './scene.ts';

/** People at work in the Web UI: limits, terminations, resets. */
export async function byHand(system: System): Promise<Kept[]> {
  await system.agents([
    { agentName: 'pair', agentType: 'pair', limit: 2 },
    { agentName: 'busy', agentType: 'busy' },
  ]);
  await system.recipe('pair', untilLetGo('MODEL: say Done.'), DEVELOPER);
  await system.recipe('busy', untilLetGo('MODEL: say Done.'), DEVELOPER);
  const daemon = await daemonWith(system, {
    LOOP_INTERVAL_SEC: '1',
    KILL_GRACE_SEC: '1',
    HEARTBEAT_SEC: '5',
  });
  const kept = [
    ...(await limitsAndEnds(system)),
    ...(await resetAndRebuilt(system)),
    ...(await long(system)),
  ];
  await endBy('SIGTERM', daemon);
  return kept;
}

async function limitsAndEnds(system: System): Promise<Kept[]> {
  const [first, ended] = [await task(system), await task(system)];
  await gooseLives(system, first);
  await gooseLives(system, ended);
  const next = await task(system);
  const semaphore = system.client.workflow.getHandle(poolId('pair'));
  const ref = await semaphoreRun(system, 'pair');
  await semaphore.signal('set-limit', 1);
  await eventually('one of two is to be held', async () => (await agentIn(system, 'pair')).limitByHand === 1);
  await letGo(system, first);
  await inStatus(system, first, 'complete');
  const endedRef = await runOf(system, ended);
  await system.client.workflow.getHandle(taskWorkflowId(ended)).terminate('by hand');
  await gooseGone(system, ended);
  await gooseLives(system, next);
  await letGo(system, ended);
  await letGo(system, next);
  for (const id of [next, ended]) await inStatus(system, id, 'complete');
  await semaphore.signal('set-limit', 2);
  return [
    {
      name: 'semaphore-drains-to-lower-limit+loses-holder',
      ref,
      shows: ['set-limit', 'processes-gone'],
    },
    { name: 'run-is-terminated', ref: endedRef, shows: ['workflowExecutionTerminatedEventAttributes'] },
  ];
}

async function resetAndRebuilt(system: System): Promise<Kept[]> {
  const [id, other] = [await task(system), await task(system)];
  await gooseLives(system, id);
  await gooseLives(system, other);
  await resetTask(system, id, 'last');
  await gooseGone(system, id);
  await gooseLives(system, id);
  const wasReset = await runOf(system, id);

  const waiting = await task(system);
  await inPhase(system, waiting, 'waiting');
  await eventually('it is in line', async () => (await slotsOf(system, 'pair')).waiters.length === 1);
  const lost = await semaphoreRun(system, 'pair');
  await system.client.workflow.getHandle(lost.workflowId).terminate('by hand');
  const rebuilt = await eventually('it is rebuilt', async () => {
    const now = await semaphoreRun(system, 'pair');
    const { holders, waiters } = await slotsOf(system, 'pair');
    return now.runId !== lost.runId && holders.length === 2 && waiters.length === 1 && now;
  });
  for (const each of [id, other, waiting]) await letGo(system, each);
  for (const each of [id, other, waiting]) await inStatus(system, each, 'complete');
  await runResult(system, id);
  return [
    {
      name: 'run-was-reset',
      ref: wasReset,
      shows: ['WORKFLOW_TASK_FAILED_CAUSE_RESET_WORKFLOW', 'workflowExecutionCompletedEventAttributes'],
    },
    { name: 'semaphore-rebuilds-itself', ref: rebuilt, shows: ['openRunsOf', 'grant', 'release'] },
  ];
}

/** A semaphore that continues as new while it is signalled, and has a holder and a line. */
async function long(system: System): Promise<Kept[]> {
  const holds = await task(system, 'busy');
  await gooseLives(system, holds);
  const waits = await task(system, 'busy');
  await eventually('one waits', async () => (await slotsOf(system, 'busy')).waiters.length === 1);
  const semaphore = system.client.workflow.getHandle(poolId('busy'));
  const before = await semaphoreRun(system, 'busy');
  const after = await eventually('it has continued as new', async () => {
    for (let sent = 0; sent < 50; sent += 1) await semaphore.signal('try-again', ['busy']);
    const now = await semaphoreRun(system, 'busy');
    return now.runId !== before.runId && now;
  });
  for (const each of [holds, waits]) await letGo(system, each);
  for (const each of [holds, waits]) await inStatus(system, each, 'complete');
  return [
    {
      name: 'semaphore-continues-under-signals',
      ref: before,
      shows: ['workflowExecutionContinuedAsNewEventAttributes', 'grant'],
    },
    { name: 'semaphore-comes-back', ref: after, shows: ['continuedExecutionRunId', 'release', 'grant'] },
  ];
}

async function task(system: System, agent = 'pair'): Promise<number> {
  return (await newTask(system, { assignedTo: agent })).id;
}
