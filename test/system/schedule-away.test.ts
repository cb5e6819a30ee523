import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as rest } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import type { SchedulesClient } from '../../client/schedules-client.ts';
import { schedulesOf } from '../../client/schedules-connected.ts';
import { OCCURRENCES_ID, occurrenceId, occurrenceTag } from '../../contract/ids.ts';
import { occurrencesStatus } from '../../contract/messages.ts';
import type { NotBegun, Occurrence } from '../../contract/occurrence.ts';
import type { Definition } from '../../domain/schedule/definition.ts';
import type { Task } from '../../domain/task.ts';
import type { Workers } from '../../workers/workers.ts';
import { eventually } from '../support/eventually.ts';
import { atWork, letGo, UNTIL_LET_GO } from '../support/gates.ts';
import { impatientWorkflows } from '../support/impatient-workflows.ts';
import { definitionOf, SELDOM } from '../support/schedules.ts';
import { DEVELOPER, type System, startSystem } from '../support/system.ts';
import { newTask } from '../support/task-runs.ts';

// What becomes of schedules while something is away, or they are. Two systems, so that nobody waits for both outages in turn.
// The watchdog waits for seconds instead of minutes.
vi.setConfig({ testTimeout: 240_000, maxConcurrency: 10 });

interface Place {
  system: System;
  schedules: SchedulesClient;
  workers: Workers;
}

const places: Place[] = [];
beforeAll(async () => {
  places.push(...(await Promise.all([startPlace(), startPlace()])));
});
afterAll(() => Promise.all(places.map(({ system }) => system.stop())));

async function startPlace(): Promise<Place> {
  const system = await startSystem(impatientWorkflows);
  await system.agents([
    { agentName: 'ada', agentType: 'dev', limit: 4 },
    { agentName: 'bob', agentType: 'gated', limit: 4 },
  ]);
  await system.recipe('ada', 'MODEL: say Done.');
  await system.recipe('bob', UNTIL_LET_GO, DEVELOPER);
  Object.assign(system.env, { TINYSCHEDULER_LOOP_INTERVAL_SEC: '1', TINYSCHEDULER_KILL_GRACE_SEC: '1' });
  // By which a scheduler knows its TinyTask.
  await newTask(system, {});
  return { system, schedules: schedulesOf(system.client), workers: await system.start('daemon') };
}

function placeAt(at: number): Place {
  const place = places[at];
  if (place === undefined) throw new Error('it has not been started');
  return place;
}

const PERIOD_MS = 5_000;
const AWAY_MS = 45_000;
/** A tick that comes later has missed its time: `LATE_MS`, and a second for what happens before it asks. */
const LATE_MS = 31_000;

function everyFive(name: string, change: Partial<Definition> = {}): Definition {
  return definitionOf(name, {
    ...{ timing: { kind: 'every', everyMs: PERIOD_MS }, overlap: 'allow', catchUpMs: 600_000 },
    ...{ work: { kind: 'task', title: `${name} {{count}}`, agent: 'ada' } },
    ...change,
  });
}

const seldom = (name: string, change: Partial<Definition> = {}) =>
  everyFive(name, { timing: SELDOM, ...change });

/** Of the plan and by hand, oldest first. It is asked for again and again, which is to cost little; a busy machine may not answer in time. */
async function linesOf({ schedules }: Place, name: string): Promise<Occurrence[]> {
  await rest(250);
  const newestFirst = await eventually('somebody answers', () =>
    schedules.history({ schedule: name, limit: 500 }),
  );
  return newestFirst.toReversed();
}

const isPlanned = ({ trigger }: Occurrence) => trigger === 'plan';
const endIs = ({ ended }: Occurrence, end: string) => ended?.end === end;
const whyOf = ({ ended }: Occurrence): NotBegun['why'] | undefined =>
  ended?.end === 'left-out' ? ended.because.why : undefined;

/** By the workflow ids of the occurrences that have made them; archived ones too. */
async function tasksOf({ system }: Place): Promise<(id: string) => Task[]> {
  const all = await system.tinytask.list({ includeArchived: true, limit: 1_000 });
  return (id) => all.filter(({ tags }) => tags.includes(occurrenceTag(id)));
}

interface Span {
  fromMs: number;
  untilMs: number;
}
const dueIn = ({ fromMs, untilMs }: Span, periodMs = PERIOD_MS): number[] => {
  const first = Math.floor(fromMs / periodMs) + 1;
  const last = Math.floor(untilMs / periodMs);
  return Array.from({ length: last - first + 1 }, (_, at) => (first + at) * periodMs);
};
const within =
  ({ fromMs, untilMs }: Span) =>
  (ms: number) =>
    ms > fromMs && ms <= untilMs;

/** Waits until each time of a span has its line, and each line is over. Gives the lines of the plan in that span. */
function settled(place: Place, name: string, span: Span): Promise<Occurrence[]> {
  const isIn = within(span);
  return eventually(`all of ${name} are over`, async () => {
    const lines = (await linesOf(place, name)).filter((line) => isPlanned(line) && isIn(line.plannedMs));
    const known = new Set(lines.map(({ plannedMs }) => plannedMs));
    const isKnown = dueIn(span).every((ms) => known.has(ms));
    if (!isKnown || lines.some(({ ended }) => ended === undefined))
      throw new Error(`${dueIn(span).filter((ms) => !known.has(ms))} ${JSON.stringify(lines)}`);
    return lines;
  });
}

/** They are off for a while; from the last moment at which they certainly were on, until they certainly were again. */
async function away(place: Place, isServerToo: boolean): Promise<Span & { backMs: number }> {
  await place.workers.stop();
  const fromMs = Date.now();
  const comesBack = isServerToo ? await place.system.withoutServer() : async () => undefined;
  await rest(AWAY_MS);
  const backMs = Date.now();
  await comesBack();
  place.workers = await place.system.start('daemon');
  return { fromMs, backMs, untilMs: Date.now() };
}

/** What `schedule missed` lists is what was missed, and each of it can be run or skipped once. */
async function decided(
  place: Place,
  superseded: readonly Occurrence[],
  tooLate: readonly Occurrence[],
  span: Span,
): Promise<void> {
  const { schedules } = place;
  const isIn = within({ ...span, untilMs: Math.max(...tooLate.map(({ plannedMs }) => plannedMs)) });
  const listed = async (name: string) =>
    (await schedules.missed(span.fromMs))
      .filter(({ schedule, plannedMs }) => schedule === name && isIn(plannedMs))
      .map(({ plannedMs, times, because }) => [plannedMs, times, because.why]);
  const wanted = (lines: readonly Occurrence[], why: string) =>
    lines.map(({ plannedMs }) => [plannedMs, 1, why]);
  await eventually('both are listed', async () =>
    Promise.all([listed('patient'), listed('strict')]).then((all) => all.every((each) => each.length > 0)),
  );
  const missed = wanted(superseded, 'superseded');
  expect(await listed('patient')).toEqual(expect.arrayContaining(missed));
  expect(await listed('strict')).toEqual(wanted(tooLate, 'too-late'));

  const [first, second] = superseded.map(({ plannedMs }) => plannedMs);
  const ran = await schedules.decide('patient', first ?? 0, 'run');
  expect(ran).toMatch(/^occurrence-patient-/);
  expect(await schedules.decide('patient', second ?? 0, 'skip')).toBeNull();
  for (const how of ['run', 'skip'] as const)
    await expect(schedules.decide('patient', first ?? 0, how)).rejects.toMatchObject({
      code: 'no-such-time',
    });
  await eventually('it is done', async () =>
    (await linesOf(place, 'patient')).some((line) => line.workflowId === ran && endIs(line, 'done')),
  );
  const tasks = await tasksOf(place);
  expect(tasks(ran ?? '')).toHaveLength(1);
  expect(tasks(occurrenceId('patient', second ?? 0))).toEqual([]);
  const left = (await listed('patient')).map(([plannedMs]) => plannedMs);
  expect(left).not.toContain(first);
  expect(left).not.toContain(second);
}

/** Starts one by hand; its workflow id and task. */
async function occurs({ system, schedules }: Place, name: string) {
  const { occurrence: id } = await schedules.runNow(name);
  const taskId = await eventually(
    `${id} has a task`,
    async () => (await schedules.occurrence(id))?.memo?.task?.id,
  );
  return { id, taskId, title: (await system.tinytask.get(taskId))?.title };
}

function ended(place: Place, name: string, id: string): Promise<Occurrence> {
  return eventually(`${id} is over`, async () =>
    (await linesOf(place, name)).find((line) => line.workflowId === id && line.ended !== undefined),
  );
}

const hashOf = (text: string) => createHash('sha256').update(text).digest('hex');

describe.concurrent('one thing is away', () => {
  test('an edit changes the next occurrence, and nothing of the one that is under way', async () => {
    const place = placeAt(1);
    const { system, schedules } = place;
    const recipe = join(system.dir, 'recipes', 'bob.yaml');
    const work = { kind: 'task', title: 'before {{count}}', agent: 'bob' } as const;
    const line = await schedules.create(seldom('edited', { work }));
    const was = hashOf(await readFile(recipe, 'utf8'));
    const first = await occurs(place, 'edited');
    await atWork(system, first.taskId, ['bob']);

    await system.recipe('bob', `${UNTIL_LET_GO}\nMODEL: say Twice.`, DEVELOPER);
    const is = hashOf(await readFile(recipe, 'utf8'));
    const changed = { ...line.definition, work: { ...work, title: 'after {{count}}' } };
    expect(await schedules.edit(changed, line.version)).toMatchObject({ version: 2 });
    await expect(schedules.edit(line.definition, line.version)).rejects.toMatchObject({
      code: 'schedule-changed',
    });
    expect(await linesOf(place, 'edited')).toMatchObject([{ workflowId: first.id, version: 1 }]);
    const second = await occurs(place, 'edited');
    await letGo(system, first.taskId);
    expect(await ended(place, 'edited', first.id)).toMatchObject({
      ...{ version: 1, number: 1, recipeHash: was },
      ended: { end: 'done', task: { id: first.taskId }, attempts: 1 },
    });
    await letGo(system, second.taskId);
    expect(await ended(place, 'edited', second.id)).toMatchObject({
      ...{ version: 2, number: 2, recipeHash: is },
      ended: { end: 'done', task: { id: second.taskId } },
    });
    expect([first.title, second.title]).toEqual(['before 1', 'after 2']);
    expect((await system.tinytask.get(first.taskId))?.title).toBe('before 1');
    expect(was).not.toBe(is);
  });

  test('a pause over several periods fires nothing, and nothing is made up for when it is over', async () => {
    const place = placeAt(1);
    const { schedules } = place;
    await schedules.create(
      everyFive('paused', { overlap: 'skip', timing: { kind: 'every', everyMs: 3_000 } }),
    );
    const begun = async () => (await linesOf(place, 'paused')).filter(({ number }) => number !== undefined);
    await eventually('one has begun', async () => (await begun()).length > 0);
    await schedules.pause('paused', { note: 'for a while' });
    // What the server started before it was told may still ask, and is refused.
    const fromMs = (await schedules.show('paused')).pause?.atMs ?? 0;
    await rest(10_000);
    const untilMs = Date.now();
    await schedules.resume('paused');
    await eventually('it goes on', async () => (await begun()).some(({ plannedMs }) => plannedMs > untilMs));
    const isIn = within({ fromMs, untilMs });
    expect(fromMs).toBeGreaterThan(0);
    expect((await begun()).filter(({ plannedMs }) => isIn(plannedMs))).toEqual([]);
    // A time between its making and the server's word of that may have been missed.
    const missed = (await schedules.missed(fromMs)).filter(({ schedule }) => schedule === 'paused');
    expect(missed.filter(({ plannedMs }) => isIn(plannedMs))).toEqual([]);
    const tasks = await tasksOf(place);
    const timesInPause = dueIn({ fromMs, untilMs }, 3_000);
    expect(timesInPause.length).toBeGreaterThan(2);
    for (const ms of timesInPause) expect([ms, tasks(occurrenceId('paused', ms))]).toEqual([ms, []]);
    await schedules.delete('paused');
  });

  test('one whose end has passed in a pause is finished when it goes on, still known, and lives again by a new end', async () => {
    const place = placeAt(1);
    const { schedules } = place;
    const endMs = Date.now() + 4_000;
    const made = await schedules.create(
      everyFive('short', { endMs, timing: { kind: 'every', everyMs: 2_000 } }),
      {
        paused: true,
      },
    );
    await rest(endMs + 1_000 - Date.now());
    expect(await schedules.resume('short')).toBe(true);
    await eventually('it is finished', async () => (await schedules.show('short')).state === 'finished');
    expect((await schedules.list()).schedules.map(({ name }) => name)).toContain('short');
    expect(await linesOf(place, 'short')).toEqual([]);
    await expect(schedules.runNow('short')).rejects.toMatchObject({ code: 'schedule-finished' });
    await schedules.edit({ ...made.definition, endMs: Date.now() + 60_000 }, made.version);
    const lines = await eventually('it fires', async () => {
      const all = await linesOf(place, 'short');
      return all.some((line) => endIs(line, 'done')) && all;
    });
    expect(lines.filter(({ plannedMs }) => plannedMs <= endMs)).toEqual([]);
    expect(await schedules.show('short')).toMatchObject({ state: 'active', version: 2 });
    await schedules.delete('short');
  });

  describe.concurrent('TinyTask', () => {
    test.sequential('is down when an occurrence begins: it makes one task when TinyTask is back, and has not failed', async () => {
      const place = placeAt(0);
      const { system, schedules } = place;
      await schedules.create(seldom('down'));
      const back = await system.withoutTinyTask();
      const { occurrence: id, taskId } = await schedules.runNow('down');
      expect(taskId).toBeNull();
      await rest(20_000);
      expect(await linesOf(place, 'down')).toMatchObject([{ workflowId: id, number: 1 }]);
      await back();
      const line = await ended(place, 'down', id);
      expect(line).toMatchObject({ number: 1, ended: { end: 'done', attempts: 1 } });
      expect((await tasksOf(place))(id)).toHaveLength(1);
      expect((await schedules.show('down')).now).toMatchObject({ badInARow: 0, count: 1 });
    });

    test.sequential('is emptied while an occurrence follows its task: that one has failed, with why, and blocks nobody', async () => {
      const place = placeAt(0);
      const { system, schedules } = place;
      const rules = { jobKey: 'one', maxPerJob: 1, overlap: 'skip' } as const;
      const work = { kind: 'task', title: 'x', agent: 'bob' } as const;
      await schedules.create(seldom('emptied', { ...rules, work }));
      await schedules.create(seldom('after', rules));
      const first = await occurs(place, 'emptied');
      await atWork(system, first.taskId, ['bob']);
      await system.emptyTinyTask();
      expect(await ended(place, 'emptied', first.id)).toMatchObject({
        ended: { end: 'failed', reason: 'its task was deleted', task: { id: first.taskId } },
      });
      await eventually('its goose is gone', async () => (await system.gooses()).length === 0);
      const next = await occurs(place, 'after');
      expect(await ended(place, 'after', next.id)).toMatchObject({ ended: { end: 'done' } });
      const { known } = await system.client.workflow.getHandle(OCCURRENCES_ID).query(occurrencesStatus);
      expect(known.map(({ workflowId }) => workflowId)).not.toContain(first.id);
    });
  });
});

describe('off for a while', () => {
  test.concurrent.each([{ what: 'everything', at: 0, isServerToo: true }])(
    '$what: the newest time begins, all others are known, and a person decides about them',
    async ({ at, isServerToo }) => {
      const place = placeAt(at);
      const { schedules } = place;
      await schedules.create(everyFive('patient'));
      await schedules.create(everyFive('strict', { catchUpMs: 10_000 }));
      for (const name of ['patient', 'strict'])
        await eventually(`${name} has done one`, async () =>
          (await linesOf(place, name)).some((line) => endIs(line, 'done')),
        );
      const off = await away(place, isServerToo);
      const seen = { fromMs: off.fromMs, untilMs: off.untilMs + PERIOD_MS };
      const [patient, strict] = await Promise.all([
        settled(place, 'patient', seen),
        settled(place, 'strict', seen),
      ]);
      // No second occurrence of a time, and no second line.
      const times = dueIn(seen);
      expect(patient.map(({ plannedMs }) => plannedMs)).toEqual(times);
      expect(strict.map(({ plannedMs }) => plannedMs)).toEqual(times);

      const missed = patient.filter(({ plannedMs }) => plannedMs < off.backMs - LATE_MS);
      const newestMs = times.findLast((ms) => ms <= off.backMs) ?? 0;
      expect(missed.length).toBeGreaterThan(1);
      for (const line of missed) {
        expect([line.plannedMs, whyOf(line), line.number]).toEqual([line.plannedMs, 'superseded', undefined]);
        const { because } = line.ended as { because: { byMs: number } };
        expect(because.byMs).toBeGreaterThanOrEqual(newestMs);
      }
      expect(patient.find(({ plannedMs }) => plannedMs === newestMs)).toMatchObject({
        ended: { end: 'done' },
      });

      const outside = strict.filter(({ plannedMs }) => plannedMs < off.backMs - 10_000);
      expect(outside.length).toBeGreaterThan(4);
      for (const { plannedMs, number, ended } of outside)
        expect([plannedMs, number, ended]).toEqual([
          ...[plannedMs, undefined],
          { end: 'left-out', because: { why: 'too-late', catchUpMs: 10_000 } },
        ]);

      const tasks = await tasksOf(place);
      for (const { workflowId, ended } of [...patient, ...strict])
        expect([workflowId, tasks(workflowId).length]).toEqual([workflowId, ended?.end === 'done' ? 1 : 0]);
      await decided(place, [...missed], outside, seen);
      for (const name of ['patient', 'strict']) await schedules.delete(name);
    },
  );
});
