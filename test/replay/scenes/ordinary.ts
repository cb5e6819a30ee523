import { expect } from 'vitest';
import { SCHEDULER_ID, taskWorkflowId } from '../../../contract/ids.ts';
import { poolId } from '../../../domain/semaphore-id.ts';
import { eventually } from '../../support/eventually.ts';
import { nextWholePass, schedulerStatus } from '../../support/passes.ts';
import type { System } from '../../support/system.ts';
import { gooseLives, inPhase, inStatus, newTask, runResult, signalTask } from '../../support/task-runs.ts';
import { daemonWith, endBy, type Kept, type Ref } from './scene.ts';

/** A little of everything that happens on a good day. */
export async function ordinary(system: System): Promise<Kept[]> {
  await play(system);
  return [...byRun(await picked(system))].map(([runId, { workflowId, names }]) => ({
    name: names.join('+'),
    ref: { workflowId, runId },
    shows: [],
  }));
}

async function play(system: System): Promise<void> {
  await system.agents(['quick', 'silent', 'slow'].map((name) => ({ agentName: name, agentType: 'pool' })));
  await system.recipe('quick', 'MODEL: wait 1s');
  await system.recipe('silent', 'MODEL: empty');
  await system.recipe('slow', 'MODEL: wait 60s');
  const failing = await newTask(system, { assignedTo: 'silent' });
  const slow = await newTask(system, { assignedTo: 'slow' });
  const many = await Promise.all([1, 2, 3].map(() => newTask(system, { assignedTo: 'quick' })));
  const daemon = await daemonWith(system, {
    LOOP_INTERVAL_SEC: '1',
    MAX_ATTEMPTS: '2',
    KILL_GRACE_SEC: '1',
  });

  const better = await newTask(system, { assignedTo: 'quick', priority: 9 });
  for (const { id } of [...many, better]) await inStatus(system, id, 'complete');
  // Signals in flight over continue-as-new of the scheduler, which comes each second.
  const scheduler = system.client.workflow.getHandle(SCHEDULER_ID);
  const { pass } = await schedulerStatus(system);
  await eventually('three passes under fire', async () => {
    await scheduler.signal('run-now', failing.id);
    return (await schedulerStatus(system)).pass >= pass + 3;
  });
  const inLine = await newTask(system, { assignedTo: 'slow' });
  await inPhase(system, inLine.id, 'waiting');
  await scheduler.signal('pause');
  await nextWholePass(system);
  await scheduler.signal('resume');
  await system.tinytask.update(inLine.id, { blockedByTaskId: failing.id });
  expect(await runResult(system, inLine.id)).toMatchObject({ end: 'left-line' });
  await scheduler.executeUpdate('pass', { args: [{ once: false }] });

  await system.tool('delete_task', { id: inLine.id });
  await inPhase(system, failing.id, 'parked');
  await signalTask(system, failing.id, 'retry');
  await eventually('it has failed twice more', async () => (await system.comments(failing.id)).length === 4);
  await system.tool('delete_task', { id: failing.id });
  await runResult(system, failing.id);

  await gooseLives(system, slow.id);
  await system.client.workflow.getHandle(taskWorkflowId(slow.id)).cancel();
  // It continues as new, and the retry reaches whichever of the two is there.
  await inPhase(system, slow.id, 'parked');
  await signalTask(system, slow.id, 'retry');
  await gooseLives(system, slow.id);
  await system.tool('delete_task', { id: slow.id });
  await runResult(system, slow.id);
  await endBy('SIGTERM', daemon);
}

/** One history for each thing that a change of the workflows could break, by what happens in it. */
async function picked(system: System): Promise<Map<string, Ref>> {
  const found = new Map<string, Ref>();
  for await (const { workflowId, runId, type } of system.client.workflow.list()) {
    const { events } = await system.client.workflow.getHandle(workflowId, runId).fetchHistory();
    const text = JSON.stringify(events);
    const signals = (events ?? []).map((event) => event.workflowExecutionSignaledEventAttributes?.signalName);
    const has = (attributes: string) => text.includes(`"${attributes}"`);
    const keep = (name: string, so: boolean) => {
      if (so && !found.has(name)) found.set(name, { workflowId, runId });
    };
    const continued = has('workflowExecutionContinuedAsNewEventAttributes');
    if (type === 'scheduler') {
      keep('scheduler-dispatches', has('childWorkflowExecutionStartedEventAttributes'));
      keep('scheduler-pauses', signals.includes('pause'));
      keep('scheduler-resumes', signals.includes('resume'));
      keep('scheduler-answers-pass', has('workflowExecutionUpdateCompletedEventAttributes'));
      keep('scheduler-continues-under-signals', continued && signals.includes('run-now'));
    } else if (type === 'runTask') {
      keep('run-parks-and-retries', signals.includes('retry') && has('timerStartedEventAttributes'));
      keep('run-is-cancelled-and-continues', continued);
      const [started] = events ?? [];
      const before = started?.workflowExecutionStartedEventAttributes?.continuedExecutionRunId;
      keep('run-comes-back-parked', Boolean(before));
      keep('run-is-withdrawn', signals.includes('withdraw'));
      keep('run-completes', signals.includes('grant') && !continued && !signals.includes('retry'));
    } else keep('semaphore-ranks', workflowId === poolId('pool'));
  }
  return found;
}

/** A run in which several of them happen is kept once. */
function byRun(found: Map<string, Ref>): Map<string, { workflowId: string; names: string[] }> {
  const runs = new Map<string, { workflowId: string; names: string[] }>();
  for (const [name, { workflowId, runId }] of found) {
    const names = runs.get(runId)?.names ?? [];
    runs.set(runId, {
      workflowId,
      names: [...names, names.length === 0 ? name : name.replace(/^[a-z]+-/, '')],
    });
  }
  return runs;
}
