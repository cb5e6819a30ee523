import { WithStartWorkflowOperation } from '@temporalio/client';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { MAIN_QUEUE, OCCURRENCES_ID, occurrenceId } from '../../../contract/ids.ts';
import {
  enterOccurrence,
  occurrenceLeft,
  occurrencesClosed,
  occurrencesStatus,
} from '../../../contract/messages.ts';
import type { EnterAsked, Entered, OccurrenceRef } from '../../../contract/occurrence.ts';
import { OCCURRENCES } from '../../../contract/workflows.ts';
import { eventually } from '../../support/eventually.ts';
import { startLimitedServer } from '../../support/limited-server.ts';
import { PLANNED_MS } from '../../support/played-occurrences.ts';
import { signalsTo, standIn } from '../../support/stand-ins.ts';
import { startStubbed } from '../../support/stubbed-scheduler.ts';

vi.setConfig({ testTimeout: 60_000 });

/** The server takes so many updates in one run, and says so at nine tenths of it. */
const UPDATES = 30;

let server: Awaited<ReturnType<typeof startLimitedServer>>;
let worker: Awaited<ReturnType<typeof startStubbed>>;
beforeAll(async () => {
  server = await startLimitedServer({ 'history.maxTotalUpdates': UPDATES });
  worker = await startStubbed(server.address, {}, { daemon: false });
});
afterAll(async () => {
  await worker?.stop();
  await server?.stop();
});

async function open(schedule: string, number = 0): Promise<OccurrenceRef> {
  const workflowId = occurrenceId(schedule, PLANNED_MS + 60_000 * number);
  return { workflowId, runId: await standIn(server.client, workflowId) };
}

function asked(ref: OccurrenceRef, change: Partial<EnterAsked> = {}): EnterAsked {
  const schedule = ref.workflowId.split('-')[1] ?? '';
  return {
    ...{ ...ref, schedule, jobKey: schedule, maxPerJob: 1, maxGlobal: null, overlap: 'allow' },
    ...{ priority: 0, plannedMs: PLANNED_MS, force: false, atMs: Date.now(), ...change },
  };
}

function enter(ref: OccurrenceRef, change: Partial<EnterAsked> = {}): Promise<Entered> {
  const startWorkflowOperation = new WithStartWorkflowOperation(OCCURRENCES, {
    ...{
      workflowId: OCCURRENCES_ID,
      taskQueue: MAIN_QUEUE,
      args: [{}],
      workflowIdConflictPolicy: 'USE_EXISTING',
    },
  });
  startWorkflowOperation.workflowHandle().catch(() => undefined);
  return server.client.workflow.executeUpdateWithStart(enterOccurrence, {
    ...{ args: [asked(ref, change)], startWorkflowOperation },
  });
}

const admission = () => server.client.workflow.getHandle(OCCURRENCES_ID);
const known = async () => (await admission().query(occurrencesStatus)).known;
const told = (ref: OccurrenceRef) => signalsTo(server.client, ref.workflowId);

describe('the admission', () => {
  test('lets in whom it may, and tells the next when one has left, or was found closed', async () => {
    const [first, second, third] = [await open('a'), await open('a', 1), await open('a', 2)];
    expect(await enter(first)).toEqual({ enter: 'now' });
    expect(await enter(second)).toMatchObject({
      enter: 'wait',
      waits: { for: 'job-key', with: [first.workflowId] },
    });
    expect(await enter(third, { plannedMs: PLANNED_MS + 1 })).toMatchObject({ enter: 'wait' });
    expect((await known()).find(({ runId }) => runId === second.runId)?.waits).toMatchObject({
      for: 'job-key',
    });
    await admission().signal(occurrenceLeft, first);
    await eventually('it is told', async () => (await told(second)).join() === 'ask-to-enter');
    expect(await told(third)).toEqual([]);
    expect(await enter(second)).toEqual({ enter: 'now' });
    await admission().signal(occurrencesClosed, [second]);
    await eventually('it is told', async () => (await told(third)).join() === 'ask-to-enter');
    await admission().signal(occurrenceLeft, third);
  });

  test('takes one that cannot be told for gone, and tells the next', async () => {
    const [first, second, third] = [await open('b'), await open('b', 1), await open('b', 2)];
    await enter(first);
    await enter(second);
    await enter(third, { plannedMs: PLANNED_MS + 1 });
    await server.client.workflow.getHandle(second.workflowId).terminate('by hand');
    await admission().signal(occurrenceLeft, first);
    await eventually('it is told', async () => (await told(third)).join() === 'ask-to-enter');
    expect((await known()).map(({ workflowId }) => workflowId)).not.toContain(second.workflowId);
    await admission().signal(occurrenceLeft, third);
  });

  test('refuses what makes no sense, and drops such signals', async () => {
    const ref = await open('c');
    for (const change of [{ jobKey: '../x' }, { maxPerJob: 0 }, { runId: 'no' }, { overlap: 'all' as never }])
      await expect(enter(ref, change)).rejects.toMatchObject({ name: 'WorkflowUpdateFailedError' });
    await admission().signal('left', { workflowId: 7 });
    await admission().signal('closed', 'all of them');
    expect(await enter(ref)).toEqual({ enter: 'now' });
    await admission().signal(occurrenceLeft, ref);
  });

  test('goes on as new before the server takes no more, and knows whom it knew', async () => {
    const [first, second] = [await open('d'), await open('d', 1)];
    await enter(first);
    const before = (await admission().describe()).runId;
    for (let times = 0; times < 2 * UPDATES; times += 1)
      expect(await enter(second)).toMatchObject({ enter: 'wait' });
    expect((await admission().describe()).runId).not.toBe(before);
    await admission().signal(occurrenceLeft, first);
    await eventually('it is told', async () => (await told(second)).length === 1);
    expect(await enter(second)).toEqual({ enter: 'now' });
  });
});
