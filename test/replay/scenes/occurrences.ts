import { randomUUID } from 'node:crypto';
import { OCCURRENCES_ID, occurrenceId } from '../../../contract/ids.ts';
import { occurrenceMemoIn } from '../../../contract/memos.ts';
import { occurrenceLeft, runChanged } from '../../../contract/messages.ts';
import type { OccurrenceMemo } from '../../../contract/occurrence.ts';
import type { Definition } from '../../../domain/schedule/definition.ts';
import { eventually } from '../../support/eventually.ts';
import { letGo } from '../../support/gates.ts';
import { definitionOf, scheduleAt } from '../../support/schedules.ts';
import { DEVELOPER, type System } from '../../support/system.ts';
import { daemonWith, endBy, type Kept, type Ref, untilLetGo, waitsToGo } from './scene.ts';

/** Occurrences that wait, work, are left out, fail, are stopped and reset, and who lets them in. */
export async function occurrences(system: System): Promise<Kept[]> {
  await system.agents([
    { agentName: 'ada', agentType: 'dev', limit: 5 },
    { agentName: 'bob', agentType: 'bad' },
  ]);
  await system.recipe('ada', untilLetGo('MODEL: say Done.'), DEVELOPER);
  await system.recipe('bob', 'MODEL: empty');
  const daemon = await daemonWith(system, { LOOP_INTERVAL_SEC: '1', KILL_GRACE_SEC: '1', MAX_ATTEMPTS: '1' });
  const kept = [
    ...(await lineAndOverlap(system)),
    ...(await badEnds(system)),
    ...(await reset(system)),
    ...(await long(system)),
  ];
  await endBy('SIGTERM', daemon);
  return kept;
}

async function lineAndOverlap(system: System): Promise<Kept[]> {
  const limit = { jobKey: 'db', maxPerJob: 1 };
  const [first, second] = [await scheduled(system, 'first', limit), await scheduled(system, 'second', limit)];
  const works = await first();
  const task = await taskOf(system, works);
  await waitsToGo(system, task);
  const leftOut = await first();
  await inPhase(system, leftOut, 'over');
  const waits = await second();
  await inPhase(system, waits, 'waiting');
  await letGo(system, task);
  await letGo(system, await taskOf(system, waits));
  for (const ref of [works, waits]) await inPhase(system, ref, 'over');
  return [
    {
      name: 'occurrence-is-done',
      ref: works,
      shows: ['begin', 'enter', 'createTask', 'releaseTask', 'run-changed'],
    },
    { name: 'occurrence-is-left-out', ref: leftOut, shows: ['enter', 'occurrence-ended'] },
    { name: 'occurrence-waits-and-is-done', ref: waits, shows: ['ask-to-enter', 'createTask', 'left'] },
  ];
}

async function badEnds(system: System): Promise<Kept[]> {
  const failing = await scheduled(system, 'failing', { work: { kind: 'task', title: 'x', queue: 'bad' } });
  const failed = await failing();
  await inPhase(system, failed, 'over');
  const cancelling = await scheduled(system, 'cancelling', { overlap: 'cancel' });
  const earlier = await cancelling();
  await waitsToGo(system, await taskOf(system, earlier));
  const later = await cancelling();
  await inPhase(system, earlier, 'over');
  await waitsToGo(system, await taskOf(system, later));
  await system.client.workflow.getHandle(later.workflowId).cancel();
  await inPhase(system, later, 'over');
  return [
    { name: 'occurrence-fails', ref: failed, shows: ['workflowExecutionFailedEventAttributes'] },
    { name: 'occurrence-makes-way', ref: earlier, shows: ['make-way', 'callOff'] },
    {
      name: 'occurrence-is-cancelled',
      ref: later,
      shows: ['workflowExecutionCancelRequestedEventAttributes', 'callOff', 'occurrence-cancelled'],
    },
  ];
}

async function reset(system: System): Promise<Kept[]> {
  const occurs = await scheduled(system, 'reset');
  const before = await occurs();
  const task = await taskOf(system, before);
  await waitsToGo(system, task);
  const { events } = await system.client.workflow.getHandle(before.workflowId, before.runId).fetchHistory();
  const [first] = (events ?? []).filter((event) => event.workflowTaskCompletedEventAttributes);
  const { runId } = await system.client.workflowService.resetWorkflowExecution({
    ...{ namespace: 'default', workflowExecution: before, reason: 'by hand', requestId: randomUUID() },
    workflowTaskFinishEventId: first?.eventId ?? null,
  });
  const ref = { ...before, runId };
  await eventually('it has its task again', async () => (await memoOf(system, ref))?.task?.id === task);
  await letGo(system, task);
  await inPhase(system, ref, 'over');
  return [{ name: 'occurrence-was-reset', ref, shows: ['createTask', 'tidyUp', 'occurrence-ended'] }];
}

/** One that is told so much that it continues as new, and the admission likewise. */
async function long(system: System): Promise<Kept[]> {
  const occurs = await scheduled(system, 'long');
  const before = await occurs();
  const task = await taskOf(system, before);
  await waitsToGo(system, task);
  const occurrence = system.client.workflow.getHandle(before.workflowId);
  const after = await goesOn(system, before, () =>
    occurrence.signal(runChanged, { taskId: task + 1_000, state: 'parked', agent: null }),
  );
  const admission = system.client.workflow.getHandle(OCCURRENCES_ID);
  const { workflowId, runId } = await admission.describe();
  const nobody = { workflowId: occurrenceId('nobody', 0), runId: before.runId };
  const back = await goesOn(system, { workflowId, runId }, () => admission.signal(occurrenceLeft, nobody));
  await letGo(system, task);
  await inPhase(system, after, 'over');
  const last = await occurs();
  await letGo(system, await taskOf(system, last));
  await inPhase(system, last, 'over');
  const continued = 'workflowExecutionContinuedAsNewEventAttributes';
  return [
    { name: 'occurrence-continues-under-signals', ref: before, shows: [continued, 'run-changed'] },
    { name: 'occurrence-comes-back', ref: after, shows: ['lookAtTaskOfOccurrence', 'occurrence-ended'] },
    {
      name: 'admission-lets-in+continues-under-signals',
      ref: { workflowId, runId },
      shows: [continued, 'ask-to-enter'],
    },
    { name: 'admission-comes-back', ref: back, shows: ['enter', 'left'] },
  ];
}

async function goesOn(system: System, before: Ref, tell: () => Promise<void>): Promise<Ref> {
  return eventually('it has continued as new', async () => {
    await Promise.all(Array.from({ length: 50 }, tell));
    const { workflowId, runId } = await system.client.workflow.getHandle(before.workflowId).describe();
    return runId !== before.runId && { workflowId, runId };
  });
}

/** Starts one of its occurrences at each call. */
async function scheduled(system: System, name: string, change: Partial<Definition> = {}) {
  const schedule = scheduleAt(system.client, name);
  const work: Definition['work'] = { kind: 'task', title: name, queue: 'dev' };
  const timing: Definition['timing'] = { kind: 'every', everyMs: 30 * 86_400_000 };
  await schedule.define(definitionOf(name, { timing, work, ...change }));
  return async (): Promise<Ref> => {
    const ran = await schedule.runNow();
    if (!ran.started) throw new Error(`it was not started: ${ran.because}`);
    const { workflowId, runId } = await system.client.workflow.getHandle(ran.workflowId).describe();
    return { workflowId, runId };
  };
}

async function memoOf(system: System, { workflowId, runId }: Ref): Promise<OccurrenceMemo | undefined> {
  return occurrenceMemoIn((await system.client.workflow.getHandle(workflowId, runId).describe()).memo);
}

function inPhase(system: System, ref: Ref, phase: OccurrenceMemo['phase']): Promise<true> {
  return eventually(`${ref.workflowId} is ${phase}`, async () => {
    const { status, memo } = await system.client.workflow.getHandle(ref.workflowId, ref.runId).describe();
    return occurrenceMemoIn(memo)?.phase === phase && (phase === 'over') === (status.name !== 'RUNNING');
  });
}

async function taskOf(system: System, ref: Ref): Promise<number> {
  return eventually(`${ref.workflowId} has a task`, async () => (await memoOf(system, ref))?.task?.id);
}
