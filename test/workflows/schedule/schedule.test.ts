import { ApplicationFailure } from '@temporalio/common';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { scheduleActivities } from '../../../activities/schedule/schedule.ts';
import type { KeepInput, KeepResult, ScheduleActivities } from '../../../contract/activities.ts';
import { occurrenceId, occurrenceIdBase, scheduleWorkflowId } from '../../../contract/ids.ts';
import { scheduleMemoIn } from '../../../contract/memos.ts';
import {
  backfill,
  beginOccurrence,
  decideMissed,
  define,
  deleteSchedule,
  pauseSchedule,
  skipNext,
} from '../../../contract/messages.ts';
import type { BackfillAsked } from '../../../contract/schedule.ts';
import { eventually } from '../../support/eventually.ts';
import { startLimitedServer } from '../../support/limited-server.ts';
import { definitionOf, scheduleAt, standInBegins, startScheduleWorker } from '../../support/schedules.ts';
import { wished } from '../../support/wished.ts';

// The workflow of a schedule on a real server, which does not tick: what it has done outside is played.
vi.setConfig({ maxConcurrency: 20 });

const HOUR_MS = 3_600_000;
/** By name of the schedule: what keepSchedule does. */
const keeps = new Map<string, (input: KeepInput) => Promise<KeepResult>>();
const kept: KeepInput[] = [];
const lost = new Set<string>();
const unreadable = new Set<string>();
/** By name: until then it is not computed when it is due. */
const gates = new Map<string, Promise<void>>();
const waiting = new Set<string>();
const real = () => scheduleActivities({ client: server.client });
let end = () => {};
const ended = new Promise<never>((_, reject) => {
  end = () => reject(new Error('the test is over'));
});
ended.catch(() => undefined);

const played: ScheduleActivities = {
  async keepSchedule(input) {
    kept.push(input);
    return keeps.get(input.name)?.(input) ?? { nextMs: [] };
  },
  async dueTimes({ definition: { name, timing }, afterMs, untilMs }) {
    if (unreadable.has(name)) throw ApplicationFailure.nonRetryable('nobody can read this');
    if (gates.has(name)) waiting.add(name);
    await gates.get(name);
    const everyMs = timing.kind === 'every' ? timing.everyMs : HOUR_MS;
    const after = (ms: number, count: number) =>
      Array.from({ length: count }, (_, n) => (Math.floor(ms / everyMs) + 1 + n) * everyMs);
    const dueMs = after(afterMs, 2_000).filter((ms) => ms <= untilMs);
    return {
      dueMs: dueMs.slice(-1_000),
      more: Math.max(0, dueMs.length - 1_000),
      nextMs: after(untilMs, 20),
      days: [],
    };
  },
  async occurrencesThere(ids) {
    if (ids.some((id) => id.startsWith(occurrenceIdBase('silent')))) return real().occurrencesThere(ids);
    return ids
      .filter((id) => !lost.has(id))
      .map((workflowId) => ({ workflowId, runId: crypto.randomUUID(), closedAtMs: null }));
  },
};

let server: Awaited<ReturnType<typeof startLimitedServer>>;
let worker: Awaited<ReturnType<typeof startScheduleWorker>>;
beforeAll(async () => {
  server = await startLimitedServer({ 'limit.historyCount.suggestContinueAsNew': 60 });
  worker = await startScheduleWorker(server.address, server.client, played);
});
afterAll(async () => {
  end();
  await worker?.stop();
  await server?.stop();
});

const at = (name: string) => scheduleAt(server.client, name);
const hourly = (name: string, change = {}) =>
  definitionOf(name, { timing: { kind: 'every', everyMs: HOUR_MS }, ...change });
const memoOf = async (name: string) => scheduleMemoIn((await at(name).handle.describe()).memo);

function begins(name: string, plannedMs: number, change: object = {}) {
  const asked = {
    workflowId: occurrenceId(name, plannedMs),
    runId: crypto.randomUUID(),
    trigger: 'plan',
  } as const;
  return standInBegins(server.client, name, { ...asked, plannedMs, atMs: plannedMs + 50, ...change });
}

describe.concurrent('what the server is told', () => {
  test('may take long: who asked is told that it is not in force yet, and occurrences begin', async () => {
    keeps.set('slow', () => ended);
    const defined = at('slow').define(hourly('slow'));
    await eventually('it is there', async () => (await at('slow').status()).memo.schedule.version === 1);
    expect(await begins('slow', Date.now() + 1_000)).toMatchObject({ begun: { number: 1 } });
    expect(await defined).toMatchObject({ defined: true, version: 1, inForce: false });
  });

  test('may be refused, which is a problem until an edit is taken', async () => {
    keeps.set('bad', async () => ({ nextMs: [], refused: 'no such zone' }));
    expect(await at('bad').define(hourly('bad'))).toMatchObject({ defined: true, inForce: false });
    const troubles = async () => (await memoOf('bad'))?.now.problems;
    await eventually('it is told', troubles);
    expect(await troubles()).toEqual([{ problem: 'not-kept', text: 'no such zone' }]);
    keeps.delete('bad');
    expect(await at('bad').define(hourly('bad'), 1)).toMatchObject({ version: 2, inForce: true });
    await eventually('it is well', async () => (await troubles()) === undefined);
  });

  test('is what is wanted last', async () => {
    await at('last').define(hourly('last'));
    for (let version = 1; version < 6; version++) {
      const edit = at('last').define(hourly('last', { priority: version }), version);
      await Promise.all([edit, at('last').pause(), ...(version % 2 ? [] : [at('last').resume()])]);
    }
    const told = kept.filter(({ name }) => name === 'last').at(-1)?.wanted;
    const { schedule } = (await at('last').status()).memo;
    expect(told).toEqual({ definition: schedule.definition, paused: schedule.pause !== undefined });
    expect(schedule).toMatchObject({ version: 6, definition: { priority: 5 } });
  });
});

test.concurrent('much that happens to it fills no history, and nothing is lost', async () => {
  await at('busy').define(hourly('busy', { overlap: 'allow' }));
  const from = Date.now() + 1_000;
  const { runId } = await at('busy').handle.describe();
  for (let n = 0; n < 60; n += 10) {
    const ticks = Array.from({ length: 10 }, (_, k) => begins('busy', from + (n + k) * 1_000));
    const edit = at('busy').define(hourly('busy', { priority: n }), 1 + n / 10);
    // While it continues as new, it answers before the server is told.
    expect(await edit).toMatchObject({ defined: true });
    for (const each of await Promise.all(ticks)) expect(each).toHaveProperty('begun');
  }
  const { memo, history } = await at('busy').status();
  expect([memo.now.count, history.length, memo.schedule.version]).toEqual([60, 60, 7]);
  expect((await at('busy').handle.describe()).runId).not.toBe(runId);
  await eventually('the server is told', async () => (await at('busy').status()).inForce);
  expect(await memoOf('busy')).toEqual(memo);
});

test.concurrent('a wrong content is refused, and changes nothing', async () => {
  const failure = (error: unknown) => (error as Error).message;
  const { handle } = at('right');
  await at('right').define(hourly('right'));
  const before = await memoOf('right');
  for (const wrong of [
    null,
    { definition: 3 },
    { definition: { ...hourly('right'), catchUpMs: 1 }, expects: 1 },
  ])
    await expect(wished(handle, define, wrong as never).catch(failure)).resolves.toMatch(
      /^define was asked with a wrong content: it .*must/,
    );
  await handle.signal(beginOccurrence, { trigger: 'x' } as never, 'a');
  await handle.signal('occurrence-ended', { nonsense: true });
  await handle.signal('occurrence-ended');
  expect(await memoOf('right')).toEqual(before);
});

test.concurrent('one that nobody defines takes nothing else, and ends by itself', async () => {
  const handle = await server.client.workflow.start('schedule', {
    ...{ workflowId: scheduleWorkflowId('nobody'), taskQueue: 'tinyscheduler', args: [{ name: 'nobody' }] },
  });
  await expect(wished(handle, pauseSchedule, undefined)).rejects.toMatchObject({
    message: 'there is no schedule nobody',
    type: 'no-such-schedule',
  });
  expect(await begins('nobody', Date.now())).toEqual({ not: { why: 'no-such-schedule' } });
  await handle.result();
});

test.concurrent('what is no schedule fails with what is wrong', async () => {
  for (const given of [undefined, null, 'x', { name: 'other' }]) {
    const handle = await server.client.workflow.start('schedule', {
      ...{ workflowId: scheduleWorkflowId(`wrong-${typeof given}-${given}`.replace(/\W+/g, '-')) },
      ...{ taskQueue: 'tinyscheduler', args: [given] },
    });
    await expect(handle.result()).rejects.toMatchObject({ cause: { type: 'not-a-schedule' } });
  }
});

test.concurrent('a backfill starts what has not begun, once', async () => {
  // Seldom enough that no time comes while this test runs.
  const seldom = definitionOf('back', { timing: { kind: 'every', everyMs: HOUR_MS } });
  await at('back').define(seldom);
  const now = Math.floor(Date.now() / HOUR_MS) * HOUR_MS;
  const ask = (asked: BackfillAsked) => wished(at('back').handle, backfill, asked);
  const span = { fromMs: now - 5 * HOUR_MS, toMs: now - HOUR_MS };
  const { started, there } = await ask(span);
  expect([started, there]).toEqual([[5, 4, 3, 2, 1].map((n) => occurrenceId('back', now - n * HOUR_MS)), 0]);
  await eventually('all are done', async () => {
    const { history } = await at('back').status();
    return history.length === 5 && history.every(({ ended: over }) => over?.end === 'done');
  });
  expect(await ask({ fromMs: span.fromMs, toMs: span.toMs })).toEqual({ started: [], there: 5 });
  expect(await ask({ fromMs: now - 1_500 * HOUR_MS, toMs: now })).toMatchObject({
    started: [],
    tooMany: 1_501,
  });
  expect(await ask({ fromMs: now + HOUR_MS, toMs: now + 2 * HOUR_MS })).toEqual({ started: [], there: 0 });
  const { history } = await at('back').status();
  expect(history.map(({ trigger }) => trigger)).toEqual(Array(5).fill('backfill'));
});

test.concurrent('one that the server has lost has failed', async () => {
  await at('dropped').define(hourly('dropped'));
  const plannedMs = Date.now();
  await begins('dropped', plannedMs);
  lost.add(occurrenceId('dropped', plannedMs));
  await eventually('it has failed', async () => {
    const [line] = (await at('dropped').status()).history;
    return line?.ended?.end === 'failed' && line.ended.reason === 'the server knows nothing of it any more';
  });
});

test.concurrent('what the server has not started is started here, and ends as it does', async () => {
  await at('silent').define(
    definitionOf('silent', { timing: { kind: 'every', everyMs: 10_000 }, catchUpMs: 600_000 }),
  );
  await eventually('one is over', async () => {
    const { history } = await at('silent').status();
    return history.some((line) => line.ended !== undefined);
  });
  const { history } = await at('silent').status();
  expect(history.map(({ number, ended: over }) => [number, over?.end])[0]).toEqual([1, 'done']);
});

test.concurrent('what cannot be read is refused, and harms nothing else', async () => {
  unreadable.add('unread');
  await at('unread').define(hourly('unread'));
  const now = Date.now();
  await expect(
    wished(at('unread').handle, backfill, { fromMs: now - HOUR_MS, toMs: now }),
  ).rejects.toMatchObject({ message: 'nobody can read this' });
  expect(await at('unread').status()).toMatchObject({ history: [] });
});

test.concurrent('one that is deleted while something is asked of it answers, and ends', async () => {
  await at('gone').define(hourly('gone'));
  const { handle } = at('gone');
  let computed = () => {};
  gates.set('gone', new Promise((resolve) => (computed = resolve)));
  const skipped = () => wished(handle, skipNext, { plannedMs: Date.now() + 7 * 86_400_000 });
  const first = skipped();
  await eventually('it is at work', () => waiting.has('gone'));
  const second = skipped();
  await eventually('the second has come', async () => {
    const { events } = await handle.fetchHistory();
    return events?.filter((each) => each.workflowExecutionSignaledEventAttributes).length === 3;
  });
  const deleted = wished(handle, deleteSchedule, undefined);
  await eventually('it is not kept any more', () =>
    kept.some(({ name, wanted }) => name === 'gone' && wanted === 'absent'),
  );
  gates.delete('gone');
  computed();
  expect(await Promise.all([first, second])).toEqual([{ skipped: null }, { skipped: null }]);
  expect(await deleted).toEqual({ open: 0 });
  await handle.result();
});

test.concurrent('a cancellation by hand ends none, since nobody else knows what it knows', async () => {
  await at('halted').define(hourly('halted'));
  await at('halted').handle.cancel();
  expect(await at('halted').pause()).toEqual({ wasPaused: false });
  expect(await at('halted').runNow({ evenIfPaused: true })).toMatchObject({ started: true });
});

test.concurrent('one that waited for a worker beyond the catch-up window is too late', async () => {
  await at('waited').define(hourly('waited', { catchUpMs: 10_000 }));
  const plannedMs = Date.now() + 1;
  const atMs = plannedMs + 50;
  await eventually('it is late', () => Date.now() > plannedMs + 10_500);
  expect(await begins('waited', plannedMs, { atMs })).toMatchObject({ not: { why: 'too-late' } });
});

test.concurrent('a missed time is run once by hand, also if its schedule forgets that it has started it', async () => {
  await at('again').define(hourly('again'));
  const plannedMs = Date.now() + 500;
  expect(
    await begins('again', plannedMs, { newestDueMs: plannedMs + 60_000, atMs: plannedMs + 40_000 }),
  ).toMatchObject({ not: { why: 'superseded' } });
  const workflowId = `${occurrenceId('again', plannedMs)}-missed`;
  const args = [{ schedule: 'again', trigger: 'missed', plannedMs }];
  await server.client.workflow.start('scheduledRun', { workflowId, taskQueue: 'tinyscheduler', args });
  const answer = await wished(at('again').handle, decideMissed, { plannedMs, decide: 'run' });
  expect(answer).toEqual({ decided: 'run', workflowId });
});

describe.concurrent('a time that was missed is made up for once', () => {
  /** With such a time; gives it. */
  async function missed(name: string): Promise<number> {
    await at(name).define(definitionOf(name));
    const plannedMs = (Math.floor(Date.now() / 1_000) + 2) * 1_000;
    const late = { newestDueMs: plannedMs + 60_000, atMs: plannedMs + 40_000 };
    expect(await begins(name, plannedMs, late)).toMatchObject({ not: { why: 'superseded' } });
    await eventually('it is of the past', () => Date.now() > plannedMs);
    return plannedMs;
  }
  const fill = (name: string, ms: number) => wished(at(name).handle, backfill, { fromMs: ms, toMs: ms });
  const run = (name: string, plannedMs: number) =>
    wished(at(name).handle, decideMissed, { plannedMs, decide: 'run' });
  async function begun(name: string, ms: number): Promise<string[]> {
    const { history } = await at(name).status();
    const lines = history.filter(({ plannedMs, number }) => plannedMs === ms && number !== undefined);
    return lines.map(({ workflowId }) => workflowId);
  }

  test('though two backfill it, and one wants what was missed to be run', async () => {
    const ms = await missed('filled');
    const workflowId = `${occurrenceId('filled', ms)}-backfill`;
    const asked = await Promise.all([fill('filled', ms), fill('filled', ms)]);
    expect(asked.flatMap(({ started }) => started)).toEqual([workflowId]);
    expect(asked.map(({ there }) => there).sort()).toEqual([0, 1]);
    expect(await run('filled', ms)).toEqual({ decided: 'no-such-time' });
    await eventually('it has begun', async () => (await begun('filled', ms)).length > 0);
    expect(await begun('filled', ms)).toEqual([workflowId]);
  });

  test('though it is backfilled, too', async () => {
    const ms = await missed('decided');
    const workflowId = `${occurrenceId('decided', ms)}-missed`;
    expect(await run('decided', ms)).toEqual({ decided: 'run', workflowId });
    expect(await fill('decided', ms)).toEqual({ started: [], there: 1 });
    await eventually('it has begun', async () => (await begun('decided', ms)).length > 0);
    expect(await begun('decided', ms)).toEqual([workflowId]);
  });
});
