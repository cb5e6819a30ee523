import { expect, test } from 'vitest';
import { groupByCause } from '../../../domain/plan/backlog.ts';
import { standingsOf } from '../../../domain/plan/plan.ts';
import { agentOf, atWork, lineRunOf, planInput, runOf, taskOf } from '../../support/tasks.ts';

const dev = { queue: 'dev' };
const agents = [agentOf('ada', 1, 'dev')];
const from = (first: number, many: number) => Array.from({ length: many }, (_, at) => first + at);

test('a backlog by cause, the largest group first', () => {
  const busy = atWork('ada', 1);
  const tasks = [
    ...busy.tasks,
    // Two of these are in line, where each finds one more before it.
    ...from(10, 12).map((id) => taskOf(id, dev)),
    // A chain of four behind a parked task, and one beside it.
    taskOf(30, dev),
    ...from(31, 3).map((id) => taskOf(id, { ...dev, blockedByTaskId: id - 1 })),
    taskOf(34, { ...dev, blockedByTaskId: 30 }),
    ...from(40, 2).map((id) => taskOf(id, { queue: 'none' })),
    taskOf(50, { ...dev, blockedByTaskId: 77 }),
    ...[60, 61].map((id) => taskOf(id, dev)),
  ];
  const parked = [runOf(30, 'ada', 'parked'), runOf(60, 'ada', 'parked'), runOf(61, 'ada', 'parked')];
  const standings = standingsOf(
    planInput({ agents, tasks, openRuns: [...busy.openRuns, ...parked, lineRunOf(10), lineRunOf(11)] }),
  );
  const causes: Record<number, string> = { 30: 'it broke', 60: 'no key', 61: 'no key' };
  const { groups, ...rest } = groupByCause(standings, (id) => causes[id]);
  const said = groups.map(({ reason, behind, cause, count, taskIds }) => [
    ...[count, reason?.why ?? 'gone', behind, cause, taskIds],
  ]);
  expect(said).toEqual([
    [12, 'pool-full', null, null, from(10, 10)],
    [4, 'parked', 30, null, [31, 32, 33, 34]],
    [2, 'no-agent-for-queue', null, null, [40, 41]],
    [2, 'parked', null, 'no key', [60, 61]],
    [1, 'parked', null, 'it broke', [30]],
    [1, 'gone', 77, null, [50]],
  ]);
  expect(rest).toEqual({ moreGroups: 0, moreTasks: 0, running: 1 });
});

test('how much a run has used makes no other cause', () => {
  const tasks = [1, 2, 3].map((id) => taskOf(id, dev));
  const openRuns = tasks.map(({ id }) => runOf(id, 'ada', 'parked'));
  const used = (id: number) => (id === 3 ? 'no key' : `goose has used ${id}012 tokens, more than 900`);
  const { groups } = groupByCause(standingsOf(planInput({ agents, tasks, openRuns })), used);
  expect(groups.map(({ cause, taskIds }) => [cause, taskIds])).toEqual([
    ['goose has used … tokens, more than 900', [1, 2]],
    ['no key', [3]],
  ]);
});

test('a chain of 10,000 is one group, and thousands of causes are cut', () => {
  const chain = from(1, 10_000).map((id) => taskOf(id, id === 1 ? dev : { ...dev, blockedByTaskId: id - 1 }));
  const one = groupByCause(standingsOf(planInput({ agents, tasks: chain })), () => undefined);
  expect(one.groups.map(({ count, behind }) => [count, behind])).toEqual([
    [9_999, 1],
    [1, null],
  ]);
  const tasks = from(1, 3_000).map((id) => taskOf(id, { queue: `q${id}` }));
  const many = groupByCause(standingsOf(planInput({ agents, tasks })), () => undefined);
  expect([many.groups.length, many.moreGroups, many.moreTasks]).toEqual([50, 2_950, 2_950]);
});
