import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { enter as activity } from '../../../activities/occurrence/enter.ts';
import { occurrencesUnderWay } from '../../../activities/occurrence/under-way.ts';
import { loadConfig } from '../../../config/load.ts';
import { OCCURRENCES_ID, occurrenceId } from '../../../contract/ids.ts';
import {
  enterOccurrence,
  occurrenceLeft,
  occurrencesClosed,
  occurrencesStatus,
} from '../../../contract/messages.ts';
import type { EnterAsked, Entered, OccurrenceRef } from '../../../contract/occurrence.ts';
import { OCCURRENCES, SCHEDULED_RUN, type Workflows } from '../../../contract/workflows.ts';
import { fulfilled } from '../../../temporal/fulfilled.ts';
import { eventually } from '../../support/eventually.ts';
import { startLimitedServer } from '../../support/limited-server.ts';
import { begunOf, definitionOf, PLANNED_MS } from '../../support/played-occurrences.ts';
import { received, signalsTo, standIn } from '../../support/stand-ins.ts';
import { startStubbed } from '../../support/stubbed-scheduler.ts';

vi.setConfig({ testTimeout: 60_000 });

/** The server takes so many updates in one run, and says so at nine tenths of it. */
const UPDATES = 30;

let server: Awaited<ReturnType<typeof startLimitedServer>>;
let worker: Awaited<ReturnType<typeof startStubbed>>;
beforeAll(async () => {
  server = await startLimitedServer({ 'history.maxTotalUpdates': UPDATES });
  worker = await startStubbed(
    server.address,
    { occurrencesUnderWay: () => occurrencesUnderWay(server.client) },
    { daemon: false },
  );
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
  const start = { workflow: OCCURRENCES, args: [{}] };
  const question = {
    ...{ workflowId: OCCURRENCES_ID, start, wish: enterOccurrence },
    args: [asked(ref, change)] as [EnterAsked],
  };
  return fulfilled(server.client, question, { withinMs: 30_000 });
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
      await expect(enter(ref, change)).rejects.toMatchObject({ name: 'Refused' });
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

test('an admission that was terminated finds who was let in before', async () => {
  const working = async (schedule: string, phase: 'waiting' | 'working') => {
    const workflowId = occurrenceId(schedule, PLANNED_MS);
    const begun = begunOf(definitionOf(schedule, { jobKey: 'lost', maxPerJob: 1 }));
    const memo = { occurrence: { schedule, plannedMs: PLANNED_MS, phase, begun } };
    const start = { workflowId, taskQueue: 'nobody', args: [{ schedule }] as [{ schedule: string }], memo };
    const { firstExecutionRunId: runId } = await server.client.workflow.start<Workflows['scheduledRun']>(
      SCHEDULED_RUN,
      start,
    );
    return { workflowId, runId };
  };
  const [first, , ended] = [
    await working('o', 'working'),
    await working('p', 'waiting'),
    await working('q', 'working'),
  ];
  await server.client.workflow.getHandle(ended.workflowId).terminate('by hand');
  await eventually(
    'the server lists it',
    async () => (await occurrencesUnderWay(server.client)).length === 1,
  );
  await admission().terminate('by hand');
  const next = await open('r');
  const lost = { jobKey: 'lost', maxPerJob: 1 };
  expect(await enter(next, lost)).toMatchObject({ enter: 'wait', waits: { with: [first.workflowId] } });
  await admission().signal(occurrenceLeft, first);
  await eventually('it is told', async () => (await told(next)).length === 1);
  expect(await enter(next, lost)).toEqual({ enter: 'now' });
});

describe('what an occurrence asks with its activity', () => {
  const asks = (ref: OccurrenceRef, change: Partial<EnterAsked> = {}, maxOccurrences = 0) => {
    const { config } = loadConfig({ env: {}, cwd: '/nowhere' });
    const { atMs: _, ...all } = asked(ref, change);
    return activity({ client: server.client, config: { ...config, maxOccurrences } }, all, Date.now);
  };

  test('is answered past one that was terminated, whatever the policy', async () => {
    for (const [schedule, overlap] of [
      ['e', 'allow'],
      ['f', 'skip'],
      ['g', 'buffer'],
      ['h', 'cancel'],
    ] as const) {
      const [first, second] = [await open(schedule), await open(schedule, 1)];
      expect(await asks(first, { overlap })).toEqual({ enter: 'now' });
      await server.client.workflow.getHandle(first.workflowId).terminate('by hand');
      expect(await asks(second, { overlap })).toEqual({ enter: 'now' });
      await admission().signal(occurrenceLeft, second);
    }
  });

  test('is not let past one whose id was used again, nor past one that lives', async () => {
    const [first, second] = [await open('i'), await open('i', 1)];
    await asks(first);
    expect(await asks(second)).toMatchObject({ enter: 'wait' });
    await server.client.workflow.getHandle(first.workflowId).terminate('by hand');
    await open('i');
    expect(await asks(second)).toEqual({ enter: 'now' });
    await admission().signal(occurrenceLeft, second);
  });

  test('stops the earlier ones where the policy says so', async () => {
    const [first, second] = [await open('j'), await open('j', 1)];
    await asks(first, { overlap: 'cancel', maxPerJob: null });
    expect(await asks(second, { overlap: 'cancel', maxPerJob: null })).toMatchObject({
      enter: 'cancel-first',
      cancel: [first],
    });
    expect(await received(server.client, first.workflowId)).toEqual([
      { name: 'make-way', content: second.workflowId },
    ]);
    for (const ref of [first, second]) await admission().signal(occurrenceLeft, ref);
  });

  test('has the smaller one of its own limit and that of the settings', async () => {
    const [first, second, third] = [await open('k'), await open('l'), await open('m')];
    await asks(first, { maxGlobal: 5 }, 2);
    await asks(second, {}, 2);
    expect(await asks(third, { maxGlobal: 5 }, 2)).toMatchObject({
      waits: { for: 'all-schedules', limit: 2 },
    });
    expect(await asks(third, { maxGlobal: 1 }, 2)).toMatchObject({ waits: { limit: 1 } });
    expect(await asks(third, {}, 0)).toEqual({ enter: 'now' });
    for (const ref of [first, second, third]) await admission().signal(occurrenceLeft, ref);
  });

  test('fails for good where it makes no sense', async () => {
    const ref = await open('n');
    await expect(asks(ref, { maxPerJob: -1 })).rejects.toMatchObject({ nonRetryable: true });
  });
});
