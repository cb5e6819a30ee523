import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import type { OccurrenceActivities } from '../../contract/activities.ts';
import { OCCURRENCES_ID, occurrenceTag, scheduleTag } from '../../contract/ids.ts';
import { occurrencesStatus, runChanged } from '../../contract/messages.ts';
import type { Definition } from '../../domain/schedule/definition.ts';
import { startDaemon } from '../support/daemon-process.ts';
import { eventually } from '../support/eventually.ts';
import { atWork, letGo, UNTIL_LET_GO } from '../support/gates.ts';
import { startHoldingProxy } from '../support/holding-proxy.ts';
import { memoOf, occurrenceEnd, reaches, scheduled as scheduledBy } from '../support/occurrences.ts';
import { DEVELOPER, type System, startSystem } from '../support/system.ts';
import { newTask } from '../support/task-runs.ts';
import { httpClient } from '../support/tool-clients.ts';

vi.setConfig({ maxConcurrency: 10 });

const LOOK: keyof OccurrenceActivities = 'lookAtTaskOfOccurrence';

let system: System;
beforeAll(async () => {
  system = await startSystem();
  await system.agents([
    { agentName: 'ada', agentType: 'dev', limit: 8 },
    { agentName: 'bob', agentType: 'bad', limit: 1 },
  ]);
  await system.recipe('ada', UNTIL_LET_GO, DEVELOPER);
  await system.recipe('bob', 'MODEL: empty');
  Object.assign(system.env, {
    TINYSCHEDULER_LOOP_INTERVAL_SEC: '1',
    TINYSCHEDULER_KILL_GRACE_SEC: '1',
    TINYSCHEDULER_MAX_ATTEMPTS: '1',
  });
  // By which a scheduler knows its TinyTask, under whatever address.
  await newTask(system, {});
});
afterAll(() => system.stop());

const scheduled = (name: string, change: Partial<Definition> = {}) =>
  scheduledBy(system.client, name, change);
const at = (id: string) => system.client.workflow.getHandle(id);
const endOf = (id: string) => occurrenceEnd(at(id));

/** It has a task, and goose works on it. */
async function works(id: string): Promise<number> {
  const task = await eventually(`${id} has a task`, async () => (await memoOf(at(id)))?.task?.id);
  await atWork(system, task, ['ada']);
  return task;
}

/** All tasks that an occurrence has made, archived ones too. */
async function tasksOf(id: string) {
  const all = await system.tinytask.list({ includeArchived: true, limit: 1_000 });
  return all.filter(({ tags }) => tags.includes(occurrenceTag(id)));
}

test('a worker that is killed between the making of a task and its note leaves one task that can be run', async () => {
  const proxy = await startHoldingProxy(system.endpoint);
  const daemon = await startDaemon({ ...system.env, TINYSCHEDULER_MCP_ENDPOINT: proxy.endpoint });
  const { occurs } = await scheduled('killed');
  const held = proxy.holdAnswer('create_task');
  const id = await occurs();
  await held;
  const exited = once(daemon, 'exit');
  daemon.kill('SIGKILL');
  await exited;
  // A first try may also be carried out late.
  const tags = [scheduleTag('killed'), occurrenceTag(id)];
  const stray = await newTask(system, { createdBy: 'tinyscheduler', title: 'killed 1', tags });
  expect(await tasksOf(id)).toMatchObject(
    Array.from({ length: 2 }, () => ({ queue: null, assignedTo: null })),
  );

  await system.start('daemon');
  const task = await works(id);
  expect(task).not.toBe(stray.id);
  const tidied = () => tasksOf(id).then((all) => all.filter(({ archivedAt }) => archivedAt !== null));
  await eventually('the stray is archived', async () => (await tidied()).length === 1);
  expect(await tidied()).toMatchObject([{ id: stray.id, status: 'idle', assignedTo: null }]);
  await letGo(system, task);
  expect(await endOf(id)).toMatchObject({ end: 'done', task: { id: task }, attempts: 1 });
});

/** How often it has looked at its task. */
async function looksOf(id: string): Promise<number> {
  const { events } = await at(id).fetchHistory();
  const looks = new Set(
    events?.flatMap(({ eventId, activityTaskScheduledEventAttributes: sent }) =>
      sent?.activityType?.name === LOOK ? [String(eventId)] : [],
    ),
  );
  const over = events?.flatMap(
    ({ activityTaskCompletedEventAttributes: done }) => done?.scheduledEventId ?? [],
  );
  return (over ?? []).filter((scheduled) => looks.has(String(scheduled))).length;
}

describe('an occurrence', () => {
  test.concurrent('makes one task, follows it, and is done with it; its schedule knows all of it', async () => {
    const { occurs, status } = await scheduled('good', { priority: 10 });
    const id = await occurs();
    const task = await works(id);
    expect(await tasksOf(id)).toMatchObject([
      {
        ...{ id: task, title: 'good 1', queue: 'dev', priority: 10 },
        tags: [scheduleTag('good'), occurrenceTag(id)],
      },
    ]);
    const goose = await httpClient('2025', { url: `${system.endpoint}/mcp` });
    await goose.call('add_link', { task_id: task, url: 'https://git/pull/7' });
    await goose.close();
    await letGo(system, task);
    const done = {
      ...{ end: 'done', task: { id: task }, verdict: 'completed', attempts: 1, agent: 'ada' },
      links: ['https://git/pull/7'],
    };
    expect(await endOf(id)).toMatchObject({
      ...done,
      tokens: expect.any(Number),
      log: expect.stringContaining(`task_${task}_`),
    });
    const [line] = await eventually('its schedule knows', async () => {
      const { history } = await status();
      return history[0]?.ended && history;
    });
    expect(line).toMatchObject({ workflowId: id, number: 1, ended: done, enteredMs: expect.any(Number) });
    const { known } = await at(OCCURRENCES_ID).query(occurrencesStatus);
    expect(known.map(({ workflowId }) => workflowId)).not.toContain(id);
  });

  test.concurrent('is not over before the goose that has completed its task, and knows what that took', async () => {
    const { occurs } = await scheduled('early', { overlap: 'skip' });
    const id = await occurs();
    const task = await works(id);
    await system.tinytask.update(task, { status: 'complete' });
    await at(id).signal(runChanged, { taskId: task, state: 'active', agent: 'ada' });
    await eventually('it has looked', async () => (await looksOf(id)) > 1);
    // The next one would meet that goose.
    expect(await endOf(await occurs())).toMatchObject({
      end: 'left-out',
      because: { why: 'overlap', with: id },
    });
    expect(await system.gooses()).toContain(task);
    await letGo(system, task);
    const took = { verdict: 'completed', attempts: 1, tokens: expect.any(Number), agent: 'ada' };
    expect(await endOf(id)).toMatchObject({ end: 'done', ...took });
  });

  test.concurrent('fails as its task does, with the reason', async () => {
    const work = { kind: 'task' as const, title: 'x', queue: 'bad' };
    const { occurs, status } = await scheduled('bad', { work });
    const id = await occurs();
    expect(await endOf(id)).toMatchObject({
      ...{ end: 'failed', failedAs: 'occurrence-failed', verdict: 'agent-failed', attempts: 1 },
      reason: expect.stringContaining('attempt 1 of 1 failed'),
    });
    await eventually('its schedule knows', async () => (await status()).memo.now.badInARow === 1);
  });

  test.concurrent('that is cancelled by hand ends its goose, and archives its task with why', async () => {
    const { occurs } = await scheduled('stopped');
    const id = await occurs();
    const task = await works(id);
    await at(id).cancel();
    expect(await endOf(id)).toMatchObject({
      end: 'cancelled',
      failedAs: 'occurrence-cancelled',
      reason: 'cancelled by hand',
    });
    expect(await system.gooses()).not.toContain(task);
    expect((await system.tinytask.get(task))?.archivedAt).not.toBeNull();
    expect((await system.comments(task)).at(-1)).toContain('cancelled by hand');
  });

  test.concurrent('waits while as many of its job key are under way as may be, of whatever schedule', async () => {
    const rules = { jobKey: 'db', maxPerJob: 1 };
    const [first, second, third] = await Promise.all([
      scheduled('one', rules),
      scheduled('two', rules),
      scheduled('three', { ...rules, priority: 20 }),
    ]);
    const one = await first.occurs();
    const task = await works(one);
    const two = await second.occurs();
    expect((await reaches(at(two), 'waiting')).waits).toEqual({
      for: 'job-key',
      jobKey: 'db',
      limit: 1,
      with: [one],
    });
    const three = await third.occurs();
    await reaches(at(three), 'waiting');
    await letGo(system, task);
    // The more urgent one, though it came later.
    const next = await works(three);
    expect(await memoOf(at(two))).toMatchObject({ phase: 'waiting' });
    expect(await tasksOf(two)).toEqual([]);
    await letGo(system, next);
    await letGo(system, await works(two));
    for (const id of [one, two, three]) expect(await endOf(id)).toMatchObject({ end: 'done' });
  });
});

describe('an occurrence that is due while the one before it is not over', () => {
  test.concurrent('is left out by skip, and not after a termination', async () => {
    const { occurs } = await scheduled('skips', { overlap: 'skip' });
    const first = await occurs();
    const task = await works(first);
    const second = await occurs();
    expect(await endOf(second)).toMatchObject({ end: 'left-out', because: { why: 'overlap', with: first } });
    await at(first).terminate('by hand');
    const third = await occurs();
    const next = await works(third);
    for (const each of [task, next]) await letGo(system, each);
    expect(await endOf(third)).toMatchObject({ end: 'done' });
  });

  test.concurrent('waits by buffer, the newest alone', async () => {
    const { occurs } = await scheduled('buffers', { overlap: 'buffer' });
    const first = await occurs();
    const task = await works(first);
    const second = await occurs();
    expect((await reaches(at(second), 'waiting')).waits).toEqual({ for: 'overlap', with: [first] });
    const third = await occurs();
    expect(await endOf(second)).toMatchObject({ end: 'left-out', because: { why: 'replaced', by: third } });
    await letGo(system, task);
    await letGo(system, await works(third));
    expect(await endOf(third)).toMatchObject({ end: 'done' });
  });

  test.concurrent('has the one before it stopped by cancel', async () => {
    const { occurs } = await scheduled('cancels', { overlap: 'cancel' });
    const first = await occurs();
    const task = await works(first);
    const second = await occurs();
    expect(await endOf(first)).toMatchObject({ end: 'cancelled', reason: expect.stringContaining(second) });
    expect(await system.gooses()).not.toContain(task);
    await letGo(system, await works(second));
    expect(await endOf(second)).toMatchObject({ end: 'done' });
  });
});
