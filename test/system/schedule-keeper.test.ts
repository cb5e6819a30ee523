import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as rest } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { scheduleActivities } from '../../activities/schedule/schedule.ts';
import { PHASE } from '../../contract/attributes.ts';
import { occurrenceId } from '../../contract/ids.ts';
import { scheduleMemoIn } from '../../contract/memos.ts';
import { decideMissed, deleteSchedule, skipNext } from '../../contract/messages.ts';
import { markOf, putSchedule, tickingSchedule } from '../../temporal/schedules.ts';
import { buildOnce } from '../support/build.ts';
import { eventually } from '../support/eventually.ts';
import { startLimitedServer } from '../support/limited-server.ts';
import { definitionOf, scheduleAt, startScheduleWorker } from '../support/schedules.ts';
import { wished } from '../support/wished.ts';

// Schedules with a real server, which ticks. Their occurrences are stubs, and the watchdog waits for seconds instead of minutes.
vi.setConfig({ maxConcurrency: 4 });

let server: Awaited<ReturnType<typeof startLimitedServer>>;
let worker: Awaited<ReturnType<typeof startScheduleWorker>>;
beforeAll(async () => {
  server = await startLimitedServer({});
  worker = await startScheduleWorker(server.address, server.client);
});
afterAll(async () => {
  await worker?.stop();
  await server?.stop();
});

const at = (name: string) => scheduleAt(server.client, name);
const countOf = async (name: string) => (await at(name).status()).memo.now.count;
/** So that it is no burden for the tests that follow. */
const remove = (name: string) => wished(at(name).handle, deleteSchedule, undefined);
const ticking = (name: string) => tickingSchedule(server.client, name);

async function phaseOf(name: string): Promise<unknown> {
  const { searchAttributes } = await at(name).handle.describe();
  return searchAttributes[PHASE.name]?.[0];
}

test.concurrent('it ticks, does not over several periods while it is paused, and goes on after that', async () => {
  const nightly = at('nightly');
  expect(await nightly.define(definitionOf('nightly'))).toMatchObject({
    ...{ defined: true, version: 1, inForce: true },
    nextMs: expect.any(Array),
  });
  await eventually('two ticks', async () => (await countOf('nightly')) >= 2);
  expect(await nightly.pause('for a while')).toEqual({ wasPaused: false });
  expect(await ticking('nightly')).toMatchObject({ paused: true });
  const before = await countOf('nightly');
  await rest(4_500);
  expect([await countOf('nightly'), await phaseOf('nightly')]).toEqual([before, 'paused']);
  expect(await nightly.runNow()).toMatchObject({ because: 'paused', pause: { note: 'for a while' } });
  expect(await nightly.runNow({ evenIfPaused: true })).toMatchObject({ started: true });
  expect([await nightly.resume(), await nightly.resume()]).toEqual([
    { wasPaused: true },
    { wasPaused: false },
  ]);
  await eventually('it ticks again', async () => (await countOf('nightly')) >= before + 3);
  const { memo } = await nightly.handle.describe();
  expect(scheduleMemoIn(memo)).toMatchObject({ schedule: { version: 1 }, now: { badInARow: 0 } });
  const { history, pauses = [] } = await nightly.status();
  const [pause] = pauses;
  if (pause === undefined) throw new Error('the pause is not remembered');
  const begun = history.filter(({ number, trigger }) => number !== undefined && trigger === 'plan');
  const isIn = ({ plannedMs }: { plannedMs: number }) =>
    plannedMs > pause.fromMs && plannedMs <= pause.untilMs;
  expect([pauses.length, begun.filter(isIn)]).toEqual([1, []]);
  expect(pause.untilMs - pause.fromMs).toBeGreaterThan(4_000);
  await remove('nightly');
});

test.concurrent('one that is over stays known, and an edit brings it back', async () => {
  const few = definitionOf('few', { remaining: 2 });
  await at('few').define(few);
  const state = async (name: string) => scheduleMemoIn((await at(name).handle.describe()).memo);
  await eventually('it is over', async () => (await state('few'))?.schedule.finished);
  await eventually('it ticks no more', async () => (await ticking('few')) === undefined);
  const begun = async () => (await at('few').status()).history.filter(({ number }) => number !== undefined);
  expect((await begun()).length).toBe(2);
  expect(await at('few').runNow({ force: true })).toMatchObject({ because: 'finished' });
  expect(await at('few').define({ ...few, remaining: 1 }, 1)).toMatchObject({ version: 2, inForce: true });
  await eventually('the third one', async () => (await begun()).length === 3);

  const soon = new Date(Date.now() + 1_500).toISOString();
  const once = definitionOf('once', { timing: { kind: 'at', at: soon.slice(0, 19).replace('T', ' ') } });
  await at('once').define(once);
  // It may have begun late, when it was over.
  await eventually('it has begun', async () => (await countOf('once')) === 1);
  await eventually('it is over', async () => (await state('once'))?.schedule.finished);
  expect(await state('once')).toMatchObject({ now: { count: 1 }, schedule: { version: 1 } });
});

test.concurrent('one that was asked for while there was no worker, and due before there was one, begins late', async ({
  onTestFinished,
}) => {
  const other = await startLimitedServer({});
  onTestFinished(() => other.stop());
  const late = scheduleAt(other.client, 'late');
  const soonMs = Math.ceil(Date.now() / 1_000 + 1) * 1_000;
  const soon = new Date(soonMs).toISOString().slice(0, 19).replace('T', ' ');
  const asked = late.define(definitionOf('late', { timing: { kind: 'at', at: soon } }));
  const off = scheduleAt(other.client, 'off');
  const askedOff = off.define(definitionOf('off', { timing: { kind: 'at', at: soon } }), null, {
    paused: true,
  });
  await rest(soonMs + 100 - Date.now());
  const serving = await startScheduleWorker(other.address, other.client);
  onTestFinished(() => serving.stop());
  expect(await asked).toMatchObject({ defined: true });
  await eventually('it has begun', async () => (await late.status()).memo.now.count === 1);
  expect((await late.status()).memo.schedule).toMatchObject({ finished: true });
  // That it begins paused counts from when it was asked for, too.
  expect(await askedOff).toMatchObject({ defined: true });
  await off.resume();
  await eventually('it is over', async () => (await off.status()).memo.schedule.finished);
  expect(await off.status()).toMatchObject({ memo: { now: { count: 0 } }, history: [] });
});

test.concurrent('an end that comes while it is paused', async () => {
  const short = definitionOf('short', { endMs: Date.now() + 3_000 });
  await at('short').define(short, null, { paused: true });
  await rest(5_000);
  expect(await at('short').resume()).toEqual({ wasPaused: true });
  await eventually('it is over', async () => (await at('short').status()).memo.schedule.finished);
  expect((await at('short').status()).history).toEqual([]);
  const { endMs: _, ...endless } = short;
  await at('short').define(endless, 1);
  await eventually('it ticks', async () => (await countOf('short')) >= 1);
  await remove('short');
});

test.concurrent('deleted at the server behind our back, it is noticed, told and mended, and what was missed is known', async () => {
  const lost = at('lost');
  await lost.define(definitionOf('lost', { timing: { kind: 'every', everyMs: 2_000 } }));
  await eventually('a tick', async () => (await countOf('lost')) >= 1);
  await server.client.schedule.getHandle('lost').delete();
  await eventually('it is told', async () => (await phaseOf('lost')) === 'troubled');
  await eventually('it is mended', async () => (await ticking('lost')) !== undefined);
  await eventually('it is well again', async () => (await phaseOf('lost')) === 'active');
  const { history, auditedMs } = await lost.status();
  const known = history.filter(({ plannedMs }) => plannedMs <= auditedMs);
  const times = known.map(({ plannedMs }) => plannedMs);
  const first = times[0] as number;
  expect(times).toEqual(times.map((_, n) => first + n * 2_000));
  expect(history.filter(({ ended }) => ended?.end === 'failed')).toEqual([]);
  const [missed] = known.filter(({ ended }) => ended?.end === 'left-out');
  if (missed === undefined) throw new Error('nothing was missed');
  const ask = { plannedMs: missed.plannedMs, decide: 'run' } as const;
  expect(await wished(lost.handle, decideMissed, ask)).toMatchObject({ decided: 'run' });
  expect(await wished(lost.handle, decideMissed, ask)).toEqual({ decided: 'no-such-time' });
  await remove('lost');
});

test.concurrent('of two edits at once the second is told', async () => {
  const both = at('both');
  await both.define(definitionOf('both', { timing: { kind: 'every', everyMs: 3_600_000 } }));
  const edits = await Promise.all(
    [1, 2].map((priority) => both.define(definitionOf('both', { priority }), 1)),
  );
  expect(edits.filter(({ defined }) => defined)).toMatchObject([{ version: 2, inForce: true }]);
  expect(edits.filter(({ defined }) => !defined)).toMatchObject([{ because: 'changed', version: 2 }]);
  expect(await both.define(definitionOf('both'))).toMatchObject({ defined: false, because: 'exists' });
});

test.concurrent('what was left out by hand is, and one that is killed has failed', async () => {
  const waits = definitionOf('waits', {
    ...{ timing: { kind: 'every', everyMs: 2_000 }, work: { kind: 'task', title: 'wait' } },
  });
  await at('waits').define(waits);
  const { handle, status } = at('waits');
  const { skipped } = await wished(handle, skipNext, {});
  const [killed] = await eventually('one began', async () => {
    const begun = (await status()).history.filter(({ number }) => number !== undefined);
    return begun.length >= 2 && begun;
  });
  await eventually('the time has come', async () =>
    (await status()).history.some(
      ({ plannedMs, ended }) =>
        plannedMs === skipped && ended?.end === 'left-out' && ended.because.why === 'skipped',
    ),
  );
  await server.client.workflow.getHandle(killed?.workflowId ?? '').terminate('by a test');
  await eventually('it has failed', async () =>
    (await status()).history.some(
      ({ workflowId, ended }) =>
        workflowId === killed?.workflowId &&
        ended?.end === 'failed' &&
        ended.reason === 'its workflow was terminated',
    ),
  );
  await remove('waits');
});

test.concurrent('deleted, nothing of it starts any more, and what runs goes on', async () => {
  const gone = at('gone');
  await gone.define(definitionOf('gone', { work: { kind: 'task', title: 'wait' } }));
  await eventually('one began', async () => (await countOf('gone')) >= 1);
  const { memo, history } = await gone.status();
  const runs = history.find(({ number }) => number !== undefined);
  const { open } = await wished(gone.handle, deleteSchedule, undefined);
  expect(open).toBeGreaterThanOrEqual(memo.now.open);
  await gone.handle.result();
  expect(await ticking('gone')).toBeUndefined();
  const { status } = await server.client.workflow.getHandle(runs?.workflowId ?? '').describe();
  expect(status.name).toBe('RUNNING');
  // The name is free again.
  expect(await gone.define(definitionOf('gone'), 7)).toMatchObject({ defined: false, because: 'deleted' });
  expect(await gone.define(definitionOf('gone'))).toMatchObject({ defined: true, version: 1 });
  await remove('gone');
});

test.concurrent('ids by hand are those of no planned time', async () => {
  const hand = at('hand');
  await hand.define(definitionOf('hand', { timing: { kind: 'every', everyMs: 3_600_000 } }));
  const ran = await Promise.all([1, 2, 3].map(() => hand.runNow()));
  const ids = ran.map((each) => (each.started ? each.workflowId : ''));
  expect(new Set(ids).size).toBe(3);
  for (const id of ids) expect(id).toMatch(/^occurrence-hand-20..-..-..T..:..:..Z-now(-\d)?$/);
  expect(ids).not.toContain(occurrenceId('hand', Date.now()));
  await eventually('all are done', async () => {
    const { history } = await hand.status();
    // A full hour may come meanwhile.
    const byHand = history.filter(({ trigger }) => trigger === 'run-now');
    return byHand.length === 3 && byHand.every(({ ended }) => ended?.end === 'done');
  });
});

test.concurrent('an update by whoever has not seen the last one is not taken; nor is what the server cannot keep', async () => {
  const { keepSchedule } = scheduleActivities({ client: server.client });
  const definition = definitionOf('raw', { timing: { kind: 'every', everyMs: 3_600_000 } });
  const variant = (n: number) => ({ definition: { ...definition, catchUpMs: 60_000 + n }, paused: false });
  const put = async (n: number, over: Parameters<typeof putSchedule>[2]) => {
    await putSchedule(server.client, variant(n), over);
    return ticking('raw');
  };
  const before = await put(0, undefined);
  expect(before?.nextMs).toHaveLength(10);
  expect(await put(1, undefined)).toMatchObject({ mark: markOf(variant(0)) });
  const seen = await put(1, before);
  expect(seen).toMatchObject({ mark: markOf(variant(1)) });
  expect(await put(2, before)).toMatchObject({ mark: markOf(variant(1)) });
  // A worker that was away comes back with what it saw, when another one has deleted it.
  await keepSchedule({ name: 'raw', wanted: 'absent' });
  await keepSchedule({ name: 'raw', wanted: 'absent' });
  expect(await put(3, seen)).toBeUndefined();
  const wanted = { definition, paused: true };
  expect(await keepSchedule({ name: 'raw', wanted })).toMatchObject({ changed: true });
  expect(await keepSchedule({ name: 'raw', wanted })).not.toHaveProperty('changed');
  expect(await keepSchedule({ name: 'raw', wanted, anew: true })).toMatchObject({ changed: true });
  await server.client.schedule.getHandle('raw').unpause();
  expect(await keepSchedule({ name: 'raw', wanted })).toMatchObject({ changed: true });
  expect(await ticking('raw')).toMatchObject({ paused: true });
  const timings = [
    { kind: 'every', everyMs: 200 },
    { kind: 'cron', cron: 'nonsense' },
  ] as const;
  for (const timing of timings) {
    const wrong = { definition: { ...definition, timing }, paused: false };
    expect(await keepSchedule({ name: 'raw', wanted: wrong })).toMatchObject({ refused: expect.any(String) });
  }
});

test.concurrent('a worker that is killed in the middle of an edit loses none of it', async ({
  onTestFinished,
}) => {
  const other = await startLimitedServer({});
  const workers: ChildProcess[] = [];
  onTestFinished(async () => {
    for (const each of workers) each.kill('SIGKILL');
    await other.stop();
  });
  const build = await buildOnce();
  const start = async () => {
    const script = fileURLToPath(new URL('../fixtures/schedule-worker.mjs', import.meta.url));
    const given = JSON.stringify({ build, address: other.address });
    const child = spawn(process.execPath, [script, given], { stdio: ['ignore', 'pipe', 'inherit'] });
    workers.push(child);
    await once(child.stdout, 'data');
    return child;
  };
  const killed = scheduleAt(other.client, 'killed');
  const hourly = (priority: number) => ({
    ...definitionOf('killed', { timing: { kind: 'every', everyMs: 3_600_000 }, priority }),
    catchUpMs: 60_000 + priority,
  });
  let serving = await start();
  await killed.define(hourly(0));
  for (const [n, delayMs] of [0, 8, 25].entries()) {
    const next = start();
    const edit = killed.define(hourly(n + 1), n + 1);
    await rest(delayMs);
    serving.kill('SIGKILL');
    serving = await next;
    expect(await edit).toMatchObject({ defined: true, version: n + 2 });
  }
  const wanted = { definition: hourly(3), paused: false };
  await eventually('the server has the last one', async () => {
    const there = await tickingSchedule(other.client, 'killed');
    return there?.mark === markOf(wanted) && (await killed.status()).inForce;
  });
  expect((await killed.status()).memo.schedule).toMatchObject({ version: 4, definition: wanted.definition });
});
