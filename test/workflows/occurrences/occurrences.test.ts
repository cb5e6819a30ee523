import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { askAdmission, lookInTheWay } from '../../../activities/occurrence/ask-admission.ts';
import { occurrencesUnderWay } from '../../../activities/occurrence/under-way.ts';
import { loadConfig } from '../../../config/load.ts';
import { MAIN_QUEUE, OCCURRENCES_ID, occurrenceId } from '../../../contract/ids.ts';
import {
  enterAnswered,
  enterOccurrence,
  occurrenceLeft,
  occurrencesClosed,
  occurrencesStatus,
} from '../../../contract/messages.ts';
import type { EnterAsked, Entered, OccurrenceRef } from '../../../contract/occurrence.ts';
import type { KnownOccurrence } from '../../../contract/occurrences-input.ts';
import { OCCURRENCES, SCHEDULED_RUN, type Workflows } from '../../../contract/workflows.ts';
import { eventually } from '../../support/eventually.ts';
import { startLimitedServer } from '../../support/limited-server.ts';
import { begunOf, definitionOf, PLANNED_MS } from '../../support/played-occurrences.ts';
import { answered, signalsTo, standIn } from '../../support/stand-ins.ts';
import { startStubbed } from '../../support/stubbed-scheduler.ts';

/** A history may have so many events before the server suggests to continue as new. */
const LONG = 150;

let server: Awaited<ReturnType<typeof startLimitedServer>>;
let worker: Awaited<ReturnType<typeof startStubbed>>;
beforeAll(async () => {
  server = await startLimitedServer({ 'limit.historyCount.suggestContinueAsNew': LONG });
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

/** Asks as an occurrence does, and waits for the answer that it is sent. */
async function enter(
  ref: OccurrenceRef,
  change: Partial<EnterAsked> = {},
  maxOccurrences = 0,
): Promise<Entered> {
  const { config } = loadConfig({ env: {}, cwd: '/nowhere' });
  const asking = randomUUID();
  const { atMs: _, ...all } = asked(ref, change);
  const deps = { client: server.client, config: { ...config, maxOccurrences } };
  await askAdmission(deps, { ...all, asking }, Date.now());
  return answered(server.client, ref.workflowId, enterAnswered.name, asking);
}

/** The same, once those in its way have been looked at. */
async function enterPast(...[ref, ...how]: Parameters<typeof enter>): Promise<Entered> {
  for (;;) {
    const answer = await enter(ref, ...how);
    const ids = inTheWay(answer);
    if (ids.length === 0 || (await lookInTheWay(server.client, ids)) === 0) return answer;
  }
}

function inTheWay(answer: Entered): string[] {
  if (answer.enter === 'now') return [];
  if (answer.enter !== 'not') return answer.waits.with;
  return [answer.because.why === 'overlap' ? answer.because.with : answer.because.by];
}

const admission = () => server.client.workflow.getHandle(OCCURRENCES_ID);
const known = async () => (await admission().query(occurrencesStatus)).known;
const told = async (ref: OccurrenceRef) =>
  (await signalsTo(server.client, ref.workflowId)).filter((name) => name !== 'enter-answered');

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

  test('drops what makes no sense', async () => {
    const ref = await open('c');
    for (const change of [{ jobKey: '../x' }, { maxPerJob: 0 }, { runId: 'no' }, { overlap: 'all' as never }])
      await admission().signal(enterOccurrence, asked(ref, change), 'wrong');
    await admission().signal(enterOccurrence, asked(ref), 'no name: at all');
    await admission().signal('left', { workflowId: 7 });
    await admission().signal('closed', 'all of them');
    expect(await enter(ref)).toEqual({ enter: 'now' });
    await admission().signal(occurrenceLeft, ref);
  });

  test('goes on as new when its history is long, and knows whom it knew', async () => {
    const [first, second] = [await open('d'), await open('d', 1)];
    await enter(first);
    const before = (await admission().describe()).runId;
    await eventually('it has gone on', async () => {
      expect(await enter(second)).toMatchObject({ enter: 'wait' });
      return (await admission().describe()).runId !== before;
    });
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

describe('one that looks at who is in its way', () => {
  test('is answered past one that was terminated, whatever the policy', async () => {
    for (const [schedule, overlap] of [
      ['e', 'allow'],
      ['f', 'skip'],
      ['g', 'buffer'],
      ['h', 'cancel'],
    ] as const) {
      const [first, second] = [await open(schedule), await open(schedule, 1)];
      expect(await enterPast(first, { overlap })).toEqual({ enter: 'now' });
      await server.client.workflow.getHandle(first.workflowId).terminate('by hand');
      expect(await enterPast(second, { overlap })).toEqual({ enter: 'now' });
      await admission().signal(occurrenceLeft, second);
    }
  });

  test('is not let past one whose id was used again, nor past one that lives', async () => {
    const [first, second] = [await open('i'), await open('i', 1)];
    await enterPast(first);
    expect(await enterPast(second)).toMatchObject({ enter: 'wait' });
    await server.client.workflow.getHandle(first.workflowId).terminate('by hand');
    await open('i');
    expect(await enterPast(second)).toEqual({ enter: 'now' });
    await admission().signal(occurrenceLeft, second);
  });

  test('has the smaller one of its own limit and that of the settings', async () => {
    const [first, second, third] = [await open('k'), await open('l'), await open('m')];
    await enterPast(first, { maxGlobal: 5 }, 2);
    await enterPast(second, {}, 2);
    expect(await enterPast(third, { maxGlobal: 5 }, 2)).toMatchObject({
      waits: { for: 'all-schedules', limit: 2 },
    });
    expect(await enterPast(third, { maxGlobal: 1 }, 2)).toMatchObject({ waits: { limit: 1 } });
    expect(await enterPast(third, {}, 0)).toEqual({ enter: 'now' });
    for (const ref of [first, second, third]) await admission().signal(occurrenceLeft, ref);
  });

  test('is answered where thousands wait', async () => {
    await admission().terminate('by hand');
    const name = 'n'.repeat(40);
    const first = await open('s');
    const known = Array.from({ length: 3_000 }, (__, n): KnownOccurrence => {
      const workflowId = occurrenceId(`${name}${n}`, PLANNED_MS);
      const ref = n === 0 ? first : { workflowId, runId: crypto.randomUUID() };
      const { force: _, atMs: askedMs, ...rest } = asked(ref);
      const limits = { schedule: name, jobKey: name, maxPerJob: null, maxGlobal: 1 };
      return { ...rest, ...limits, askedMs, ...(n === 0 && { enteredMs: askedMs }) };
    });
    await server.client.workflow.start(OCCURRENCES, {
      ...{ workflowId: OCCURRENCES_ID, taskQueue: MAIN_QUEUE, args: [{ carried: { known } }] },
    });
    expect(await enterPast(await open('t'), { maxGlobal: 1, priority: 1 })).toMatchObject({ enter: 'wait' });
  });
});
