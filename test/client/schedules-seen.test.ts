import { expect, test, vi } from 'vitest';
import { explainTask } from '../../client/explain.ts';
import { explanationJson } from '../../client/json/explain.ts';
import { readPools } from '../../client/pools.ts';
import { readStatus } from '../../client/status.ts';
import type { OccurrenceMemo } from '../../contract/occurrence.ts';
import type { ScheduleMemo } from '../../contract/schedule.ts';
import type { TinyTask } from '../../tinytask/client.ts';
import { configOf, type Place, registryOf, serverOf } from '../support/place.ts';
import { taskOf } from '../support/tasks.ts';

vi.mock('../../config/agent-control.ts', () => ({ loadAgents: async () => registryOf({ agents: [] }) }));

const ID = 'occurrence-nightly-2026-11-26T02:00:00Z';
const ofOccurrence = { tags: ['schedule:nightly', `occurrence:${ID}`] };

function depsOf(place: Omit<Place, 'agents'>) {
  const all = { ...place, agents: [] };
  const client = serverOf(all);
  const listed: string[] = [];
  const { list } = client.workflow;
  client.workflow.list = ((asked: { query: string }) => {
    listed.push(asked.query);
    return list(asked);
  }) as typeof list;
  const tinytask = {
    listOpen: async () => all.tasks,
    get: async (id: number) => ({ ...all.tasks.find((task) => task.id === id), comments: [] }),
  } as unknown as TinyTask;
  return { client, tinytask, config: configOf(all), listed };
}

function troubled(name: string, count = 1): ScheduleMemo {
  const problems = Array.from({ length: count }, () => ({ problem: 'not-kept', text: 'no' }));
  return { schedule: { definition: { name } }, now: { problems } } as unknown as ScheduleMemo;
}

test('schedules in trouble are read by one call, and how many more there are by one more', async () => {
  const few = depsOf({ tasks: [], troubled: [troubled('a', 2), troubled('b', 0)] });
  expect((await readStatus(few)).problems).toMatchObject([
    { what: 'schedule', schedule: 'a' },
    { what: 'schedule', schedule: 'a' },
  ]);
  expect(few.listed.filter((query) => query.includes('"troubled"'))).toHaveLength(1);

  const many = Array.from({ length: 40 }, (_, at) => troubled(`s${at}`));
  const { problems } = await readStatus(depsOf({ tasks: [], troubled: many }));
  expect(problems).toHaveLength(11);
  expect(problems.at(-1)).toEqual({ what: 'more-schedules', count: 30 });
});

const memo = { schedule: 'nightly', plannedMs: Date.UTC(2026, 10, 26, 2), phase: 'working' } as const;
const task = taskOf(1, ofOccurrence);
const ref = { id: 1, createdAt: task.createdAt };

test.each<[string, { memo: OccurrenceMemo; status?: string } | undefined, object | null]>([
  ['made it', { memo: { ...memo, task: ref } }, { task: 'this', phase: 'working' }],
  ['has made another one', { memo: { ...memo, task: { ...ref, id: 2 } } }, { task: { another: { id: 2 } } }],
  [
    'has made another one of this number',
    { memo: { ...memo, task: { ...ref, createdAt: '2020-01-01T00:00:00Z' } } },
    { task: { another: { id: 1 } } },
  ],
  ['has made none', { memo: { ...memo, phase: 'beginning' } }, { task: 'none', phase: 'beginning' }],
  ['was terminated', { memo: { ...memo, task: ref }, status: 'TERMINATED' }, { task: 'this', phase: 'lost' }],
  ['is over', { memo: { ...memo, phase: 'over' }, status: 'FAILED' }, { phase: 'over' }],
  ['is not there', undefined, null],
])('the occurrence that a tag names is looked up: it %s', async (_, occurrence, known) => {
  const occurrences = occurrence === undefined ? {} : { [ID]: occurrence };
  const about = await explainTask(depsOf({ tasks: [task], occurrences }), 1);
  if (known === null) expect(about.occurrence).toEqual({ workflowId: ID, known });
  else expect(about.occurrence).toMatchObject({ workflowId: ID, known });
  expect(explanationJson(about).occurrence).toMatchObject({
    occurrence: ID,
    is_its_task: about.occurrence?.known?.task === 'this',
  });
});

test('a task without such a tag costs no call', async () => {
  const about = await explainTask(depsOf({ tasks: [taskOf(1, { tags: ['occurrence:scheduler'] })] }), 1);
  expect(about).not.toHaveProperty('occurrence');
  expect(explanationJson(about).occurrence).toBeNull();
});

test('a task that an occurrence has not given away is no task without a place, but for one that it gives to nobody', async () => {
  const tasks = [task, taskOf(2), taskOf(3, { tags: [...ofOccurrence.tags, 'for:nobody'] })];
  expect((await readPools(depsOf({ tasks }))).placeless).toBe(2);
});
