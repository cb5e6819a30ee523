import { describe, expect, test } from 'vitest';
import { plan } from '../../../domain/plan/plan.ts';
import type { Health } from '../../../domain/slots/health.ts';
import { checkPlans } from '../../support/plan-rows.ts';
import { agentOf, atWork, lineRunOf, NOW_MS, planInput, runOf, taskOf } from '../../support/tasks.ts';

const dev = { queue: 'dev' };
const ada = { assignedTo: 'ada' };
const sick: Health = { state: 'cooling-down', reason: 'answered 500', untilMs: NOW_MS + 1, times: 1 };
const dueProbe: Health = { ...sick, untilMs: NOW_MS };
const probed: Health = { ...dueProbe, probing: true };
const broken: Health = { state: 'misconfigured', reason: 'no recipe', untilMs: NOW_MS + 1, times: 1 };
const cooling = 'agent-cooling-down';

describe('an unwell agent', () => {
  const solo = [agentOf('ada', 5, 'dev')];
  const pool = [agentOf('ada', 5, 'dev'), agentOf('bob', 1, 'dev')];
  const three = [taskOf(1, dev), taskOf(2, dev), taskOf(3, ada)];
  const nine = atWork('ada', 9);
  checkPlans([
    [
      'gets nothing while it cools down',
      { tasks: three, agents: solo, health: { ada: sick } },
      [],
      { 1: cooling, 2: cooling, 3: cooling },
    ],
    [
      'nor while it is misconfigured',
      { tasks: three, agents: solo, health: { ada: broken } },
      [],
      { 1: 'agent-misconfigured', 2: 'agent-misconfigured', 3: 'agent-misconfigured' },
    ],
    [
      'no run is put in line for it either',
      { tasks: three, agents: solo, health: { ada: sick }, lookAhead: 2 },
      [],
      { 1: cooling, 2: cooling, 3: cooling },
    ],
    [
      'the rest of the pool goes on',
      { tasks: three, agents: pool, health: { ada: sick } },
      ['1 pool-dev'],
      { 2: 'pool-full', 3: cooling },
    ],
    [
      'one task more than the others take goes to a pool, to probe it',
      {
        tasks: [1, 2, 3, 4].map((id) => taskOf(id, dev)),
        agents: [agentOf('ada', 5, 'dev'), agentOf('bob', 2, 'dev')],
        health: { ada: dueProbe },
      },
      ['1 pool-dev', '2 pool-dev', '3 pool-dev'],
      { 4: 'pool-full' },
    ],
    [
      'then one task probes it',
      { tasks: three, agents: solo, health: { ada: dueProbe }, lookAhead: 2 },
      ['1 pool-dev'],
      { 2: cooling, 3: cooling },
    ],
    [
      'also one that is in line',
      { tasks: three, agents: solo, health: { ada: dueProbe }, openRuns: [lineRunOf(2)], lookAhead: 2 },
      ['1 pool-dev'],
      { 3: cooling },
      { inLine: { 2: cooling } },
    ],
    [
      'and no second one beside it',
      {
        tasks: [...three, ...nine.tasks],
        agents: solo,
        health: { ada: probed },
        openRuns: nine.openRuns,
      },
      [],
      { 1: cooling, 2: cooling, 3: cooling },
    ],
    [
      'a long run from before does not keep the probe away',
      {
        tasks: [...three, ...nine.tasks],
        agents: solo,
        health: { ada: dueProbe },
        openRuns: nine.openRuns,
      },
      ['1 pool-dev'],
      { 2: cooling, 3: cooling },
    ],
    [
      'those in line take the places of the others while none of its slots is free',
      {
        tasks: [...[1, 2, 4].map((id) => taskOf(id, dev)), ...nine.tasks, ...atWork('bob', 8).tasks],
        agents: [agentOf('ada', 1, 'dev'), agentOf('bob', 1, 'dev')],
        health: { bob: dueProbe },
        openRuns: [lineRunOf(1), lineRunOf(2), ...nine.openRuns, ...atWork('bob', 8).openRuns],
        lookAhead: 2,
      },
      [],
      { 4: 'pool-full' },
      { inLine: { 1: 'pool-full', 2: 'pool-full' } },
    ],
    [
      'but a limit does',
      {
        tasks: [taskOf(3, ada), ...nine.tasks],
        agents: [agentOf('ada', 1)],
        health: { ada: dueProbe },
        openRuns: nine.openRuns,
        lookAhead: 2,
      },
      [],
      { 3: 'agent-full' },
    ],
  ]);
});

describe('beyond the slots', () => {
  const solo = [agentOf('ada', 1, 'dev')];
  const nine = atWork('ada', 9);
  const low = (id: number) => taskOf(id, { ...dev, priority: 1 });
  const high = (id: number) => taskOf(id, { ...dev, priority: 5 });
  const full = 'pool-full';
  checkPlans([
    [
      'one or two more are in line for each agent',
      { tasks: [1, 2, 3, 4].map(low), agents: solo, lookAhead: 2 },
      ['1 pool-dev', '2 pool-dev', '3 pool-dev'],
      { 4: full },
    ],
    [
      'counted over the pool',
      {
        tasks: [1, 2, 3, 4, 5, 6].map(low),
        agents: [agentOf('ada', 1, 'dev'), agentOf('bob', 2, 'dev')],
        lookAhead: 1,
      },
      [1, 2, 3, 4, 5].map((id) => `${id} pool-dev`),
      { 6: full },
    ],
    ['none where the places are 0', { tasks: [low(1), low(2)], agents: solo }, ['1 pool-dev'], { 2: full }],
    [
      'a run in line has its place before a new task of a worse rank',
      {
        tasks: [high(1), low(2), ...nine.tasks],
        agents: solo,
        openRuns: [...nine.openRuns, lineRunOf(1)],
        lookAhead: 1,
      },
      [],
      { 2: full },
      { inLine: { 1: full } },
    ],
    [
      'and one that waits for the agent alone takes a place of its pool',
      {
        tasks: [taskOf(1, { ...ada, priority: 9 }), low(2), ...nine.tasks],
        agents: solo,
        openRuns: [...nine.openRuns, lineRunOf(1, { wants: 'ada' })],
        lookAhead: 1,
      },
      [],
      { 2: full },
      { inLine: { 1: 'agent-full' } },
    ],
    [
      'no more than those in line leave',
      {
        tasks: [low(1), low(2), low(3), ...nine.tasks],
        agents: solo,
        openRuns: [...nine.openRuns, lineRunOf(1)],
        lookAhead: 2,
      },
      ['2 pool-dev'],
      { 3: full },
      { inLine: { 1: full } },
    ],
    // It overtakes them in the line; none of them goes home for it.
    [
      'a better task starts although the places are taken by worse ones, which stay',
      {
        tasks: [low(1), low(2), high(3), ...nine.tasks],
        agents: solo,
        openRuns: [...nine.openRuns, lineRunOf(1), lineRunOf(2)],
        lookAhead: 2,
      },
      ['3 pool-dev'],
      {},
      { inLine: { 1: full, 2: full } },
    ],
    [
      'as many of them as there are places, whoever is in line already',
      {
        tasks: [low(1), high(2), high(3), ...nine.tasks],
        agents: solo,
        openRuns: [...nine.openRuns, lineRunOf(1)],
        lookAhead: 1,
      },
      ['2 pool-dev'],
      { 3: full },
      { inLine: { 1: full } },
    ],
    [
      'one put first is before all of them',
      {
        tasks: [high(1), low(2), ...nine.tasks],
        agents: solo,
        openRuns: [...nine.openRuns, lineRunOf(1)],
        lookAhead: 1,
        first: [2],
      },
      ['2 pool-dev'],
      {},
      { inLine: { 1: full } },
    ],
    [
      'the slot that is free is for the best, new or not',
      { tasks: [low(1), high(2)], agents: solo, openRuns: [lineRunOf(1)], lookAhead: 1 },
      ['2 pool-dev'],
      {},
      { inLine: { 1: full } },
    ],
    [
      'runs that back off or are parked are not in line',
      {
        tasks: [low(1), low(8), low(9)],
        agents: solo,
        openRuns: [runOf(8, 'ada', 'backing-off'), runOf(9, 'ada', 'parked')],
      },
      ['1 pool-dev'],
      { 8: 'backing-off', 9: 'parked' },
    ],
    [
      'an agent without slots has no places either',
      { tasks: [low(1)], agents: [agentOf('ada', 0, 'dev')], lookAhead: 2 },
      [],
      { 1: 'limit-zero' },
    ],
    [
      'nor has one that is paused',
      {
        tasks: [low(1), low(2), low(3)],
        agents: [...solo, agentOf('bob', 1, 'dev')],
        pausedAgents: ['bob'],
        lookAhead: 1,
      },
      ['1 pool-dev', '2 pool-dev'],
      { 3: full },
    ],
  ]);
});

describe('a line of 1,000', () => {
  const agents = [agentOf('ada', 0, 'qa'), agentOf('bob', 1_200, 'dev'), agentOf('cy', 1, 'ops')];
  const inLine = (count: number) => ({
    tasks: Array.from({ length: count }, (_, at) => taskOf(at + 1, dev)),
    openRuns: Array.from({ length: count }, (_, at) => lineRunOf(at + 1)),
  });
  const nine = atWork('bob', ...Array.from({ length: 1_200 }, (_, at) => 5_000 + at));
  const planWith = (count: number, change: { first?: number[] } = {}) => {
    const line = inLine(count);
    const better = [3_001, 3_002].map((id) => taskOf(id, { ...dev, priority: 9 }));
    return plan(
      planInput({
        tasks: [...line.tasks, ...better, taskOf(3_003, { queue: 'ops' }), ...nine.tasks],
        agents,
        openRuns: [...line.openRuns, ...nine.openRuns],
        lookAhead: 2_000,
        ...change,
      }),
    );
  };
  const started = (...of: Parameters<typeof planWith>) => planWith(...of).starts.map(({ task }) => task.id);

  test('takes one more, and then no more: the other pools go on', () => {
    expect(started(998)).toEqual([3_001, 3_002, 3_003]);
    expect(started(999)).toEqual([3_001, 3_003]);
    expect(started(1_000)).toEqual([3_003]);
    expect(planWith(1_000).waiting).toMatchObject([
      { taskId: 3_001, reason: { why: 'pool-full' } },
      { taskId: 3_002, reason: { why: 'pool-full' } },
    ]);
  });

  test('but for what a person puts first', () => {
    expect(started(1_000, { first: [3_002] })).toEqual([3_002, 3_003]);
  });
});
