import { OCCURRENCES_ID, occurrenceId } from '../../../contract/ids.ts';
import { occurrenceMemoIn } from '../../../contract/memos.ts';
import { occurrenceLeft, runChanged } from '../../../contract/messages.ts';
import type { OccurrenceMemo } from '../../../contract/occurrence.ts';
import type { Definition } from '../../../domain/schedule/definition.ts';
import { eventually } from '../../support/eventually.ts';
import { letGo } from '../../support/gates.ts';
import { memoOf, scheduled } from '../../support/occurrences.ts';
import { resetRun } from '../../support/reset.ts';
import { DEVELOPER, type System } from '../../support/system.ts';
import { daemonWith, endBy, type Kept, type Ref, refOf, untilLetGo, waitsToGo } from './scene.ts';

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
  const [first, second] = [
    await occurrencesOf(system, 'first', limit),
    await occurrencesOf(system, 'second', limit),
  ];
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
      shows: ['begin-answered', 'enter-answered', 'createTask', 'releaseTask', 'run-changed'],
    },
    { name: 'occurrence-is-left-out', ref: leftOut, shows: ['enter-answered', 'occurrence-ended'] },
    { name: 'occurrence-waits-and-is-done', ref: waits, shows: ['ask-to-enter', 'createTask', 'left'] },
  ];
}

async function badEnds(system: System): Promise<Kept[]> {
  const failing = await occurrencesOf(system, 'failing', {
    work: { kind: 'task', title: 'x', queue: 'bad' },
  });
  const failed = await failing();
  await inPhase(system, failed, 'over');
  const cancelling = await occurrencesOf(system, 'cancelling', { overlap: 'cancel' });
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
  const occurs = await occurrencesOf(system, 'reset');
  const before = await occurs();
  const task = await taskOf(system, before);
  await waitsToGo(system, task);
  const ref = { ...before, runId: await resetRun(system.client, before, 'first') };
  await eventually('it has its task again', async () => (await memoOf(at(system, ref)))?.task?.id === task);
  await letGo(system, task);
  await inPhase(system, ref, 'over');
  return [{ name: 'occurrence-was-reset', ref, shows: ['createTask', 'tidyUp', 'occurrence-ended'] }];
}

/** One that is told so much that it continues as new, and the admission likewise. */
async function long(system: System): Promise<Kept[]> {
  const occurs = await occurrencesOf(system, 'long');
  const before = await occurs();
  const task = await taskOf(system, before);
  await waitsToGo(system, task);
  const occurrence = system.client.workflow.getHandle(before.workflowId);
  const after = await goesOn(system, before, () =>
    occurrence.signal(runChanged, { taskId: task + 1_000, state: 'parked', agent: null }),
  );
  const admission = system.client.workflow.getHandle(OCCURRENCES_ID);
  const admitting = await refOf(system, OCCURRENCES_ID);
  const nobody = { workflowId: occurrenceId('nobody', 0), runId: before.runId };
  const back = await goesOn(system, admitting, () => admission.signal(occurrenceLeft, nobody));
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
      ref: admitting,
      shows: [continued, 'ask-to-enter'],
    },
    { name: 'admission-comes-back', ref: back, shows: ['enter', 'left'] },
  ];
}

async function goesOn(system: System, before: Ref, tell: () => Promise<void>): Promise<Ref> {
  return eventually('it has continued as new', async () => {
    await Promise.all(Array.from({ length: 50 }, tell));
    const after = await refOf(system, before.workflowId);
    return after.runId !== before.runId && after;
  });
}

/** Starts one of its occurrences at each call. */
async function occurrencesOf(system: System, name: string, change: Partial<Definition> = {}) {
  const { occurs } = await scheduled(system.client, name, change);
  return async (): Promise<Ref> => refOf(system, await occurs());
}

function at(system: System, { workflowId, runId }: Ref) {
  return system.client.workflow.getHandle(workflowId, runId);
}

function inPhase(system: System, ref: Ref, phase: OccurrenceMemo['phase']): Promise<true> {
  return eventually(`${ref.workflowId} is ${phase}`, async () => {
    const { status, memo } = await at(system, ref).describe();
    return occurrenceMemoIn(memo)?.phase === phase && (phase === 'over') === (status.name !== 'RUNNING');
  });
}

async function taskOf(system: System, ref: Ref): Promise<number> {
  return eventually(`${ref.workflowId} has a task`, async () => (await memoOf(at(system, ref)))?.task?.id);
}
