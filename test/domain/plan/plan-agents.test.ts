import { describe, expect, test } from 'vitest';
import { plan } from '../../../domain/plan/plan.ts';
import type { Task } from '../../../domain/task.ts';
import { checkPlans } from '../../support/plan-rows.ts';
import { agentOf, atWork, lineRunOf, planInput, runOf, taskOf } from '../../support/tasks.ts';

const dev = { queue: 'dev' };
const ada = { assignedTo: 'ada' };

describe('whose slots', () => {
  const pool = [agentOf('ada', 1, 'dev'), agentOf('bob', 3, 'dev'), agentOf('cy', 9, 'qa')];
  const adas = atWork('ada', 9);
  checkPlans([
    [
      'an assigned task waits for its agent alone, in the line of its pool, whatever its queue',
      { tasks: [taskOf(1, { ...ada, queue: 'qa' })], agents: pool },
      ['1 ada@pool-dev'],
      {},
    ],
    [
      'in one of its own where it has no pool',
      { tasks: [taskOf(1, ada)], agents: [agentOf('ada', 1)] },
      ['1 ada@agent-ada'],
      {},
    ],
    [
      'though another has more room',
      { tasks: [taskOf(1, { ...ada, ...dev }), ...adas.tasks], agents: pool, openRuns: adas.openRuns },
      [],
      { 1: 'agent-full' },
    ],
    [
      'an unassigned one for any of its pool',
      { tasks: [taskOf(1, dev), taskOf(2, { queue: 'qa' })], agents: pool },
      ['1 pool-dev', '2 pool-qa'],
      {},
    ],
    [
      'as many as have slots in the whole pool',
      { tasks: [1, 2, 3, 4, 5].map((id) => taskOf(id, dev)), agents: pool },
      ['1 pool-dev', '2 pool-dev', '3 pool-dev', '4 pool-dev'],
      { 5: 'pool-full' },
    ],
    [
      'each start counts for the next, of its agent too',
      {
        tasks: [
          taskOf(1, { ...ada, priority: 1 }),
          ...[2, 3, 4, 5].map((id) => taskOf(id, dev)),
          taskOf(6, ada),
        ],
        agents: pool,
      },
      ['1 ada@pool-dev', '2 pool-dev', '3 pool-dev', '4 pool-dev'],
      { 5: 'pool-full', 6: 'agent-full' },
    ],
    [
      'runs that back off or are parked hold no slot',
      {
        tasks: [taskOf(1, dev), taskOf(8, { ...dev, ...ada }), taskOf(9, { ...dev, ...ada })],
        agents: [agentOf('ada', 1, 'dev')],
        openRuns: [runOf(8, 'ada', 'backing-off'), runOf(9, 'ada', 'parked')],
      },
      ['1 pool-dev'],
      { 8: 'backing-off', 9: 'parked' },
    ],
    [
      'who works counts as who has the task, also where its run was given another agent',
      {
        tasks: [taskOf(1, dev), ...adas.tasks],
        agents: [agentOf('ada', 1, 'dev'), agentOf('bob', 0, 'dev')],
        openRuns: [runOf(9, 'bob')],
      },
      [],
      { 1: 'pool-full' },
    ],
    [
      'an agent nobody knows',
      { tasks: [taskOf(1, { assignedTo: 'ghost', ...dev })], agents: pool },
      [],
      { 1: 'unknown-agent' },
    ],
    [
      'a queue nobody serves',
      { tasks: [taskOf(1, { queue: 'ops' })], agents: pool },
      [],
      { 1: 'no-agent-for-queue' },
    ],
    ['neither queue nor agent', { tasks: [taskOf(1)], agents: pool }, [], { 1: 'unassigned' }],
    [
      'no slots at all',
      { tasks: [taskOf(1, ada), taskOf(2, dev)], agents: [agentOf('ada', 0, 'dev')] },
      [],
      { 1: 'limit-zero', 2: 'limit-zero' },
    ],
    [
      'a paused agent is passed by',
      { tasks: [taskOf(1, dev), taskOf(2, { assignedTo: 'bob' })], agents: pool, pausedAgents: ['bob'] },
      ['1 pool-dev'],
      { 2: 'agent-paused' },
    ],
    [
      'its slots count for nobody',
      { tasks: [1, 2].map((id) => taskOf(id, dev)), agents: pool, pausedAgents: ['bob'] },
      ['1 pool-dev'],
      { 2: 'pool-full' },
    ],
    [
      'a pool of which every agent is paused',
      { tasks: [taskOf(1, dev)], agents: pool, pausedAgents: ['ada', 'bob'] },
      [],
      { 1: 'pool-unavailable' },
    ],
    [
      'a pool that is paused as a whole, and the assigned tasks of its agents; the others go on',
      {
        tasks: [taskOf(1, dev), taskOf(2, ada), taskOf(3, { queue: 'qa' })],
        agents: pool,
        pausedPools: ['dev'],
        first: [1],
      },
      ['3 pool-qa'],
      { 1: 'pool-paused', 2: 'pool-paused' },
    ],
    [
      'an agent without a pool is of no paused one',
      { tasks: [taskOf(1, { ...ada, ...dev })], agents: [agentOf('ada', 1)], pausedPools: ['dev'] },
      ['1 ada@agent-ada'],
      {},
    ],
    [
      'a limit lowered below what is held drains',
      {
        tasks: [taskOf(1, ada), ...atWork('ada', 7, 8, 9).tasks],
        agents: [agentOf('ada', 1)],
        openRuns: atWork('ada', 7, 8, 9).openRuns,
        lookAhead: 2,
      },
      [],
      { 1: 'agent-full' },
    ],
  ]);

  test('a start says from which pool it came, and a task that came with its agent says none', () => {
    const { starts } = plan(
      planInput({ tasks: [taskOf(1, dev), taskOf(2, { ...ada, ...dev })], agents: pool }),
    );
    expect(starts).toMatchObject([
      { task: { id: 1, createdAt: taskOf(1).createdAt }, queue: 'dev', pool: 'dev' },
      { task: { id: 2 }, queue: 'dev', pool: null },
    ]);
  });

  test('reasons carry what a person needs', () => {
    const agents = [agentOf('bob', 2, 'dev'), agentOf('ada', 1, 'dev')];
    const busy = [atWork('ada', 7), atWork('bob', 8, 9)];
    const openRuns = busy.flatMap((each) => each.openRuns);
    const tasks = [
      taskOf(1, dev),
      taskOf(2, ada),
      taskOf(3, { blockedByTaskId: 2 }),
      taskOf(4),
      taskOf(5, { parentTaskId: 4 }),
      taskOf(6, { parentTaskId: 4 }),
      ...busy.flatMap((each) => each.tasks),
    ];
    expect(plan(planInput({ tasks, agents, openRuns })).waiting).toEqual(
      expect.arrayContaining([
        { taskId: 1, reason: { why: 'pool-full', queue: 'dev', used: 3, held: 3, limit: 3 } },
        { taskId: 2, reason: { why: 'agent-full', agent: 'ada', used: 1, held: 1, limit: 1 } },
        { taskId: 3, reason: { why: 'blocked', by: 2 }, still: { why: 'unassigned' } },
        { taskId: 4, reason: { why: 'open-subtasks', ids: [5, 6] } },
      ]),
    );
    const paused = plan(planInput({ tasks: [taskOf(1, dev)], agents, pausedAgents: ['ada', 'bob'] }));
    expect(paused.waiting[0]?.reason).toEqual({
      ...{ why: 'pool-unavailable', queue: 'dev' },
      obstacles: [
        { why: 'agent-paused', agent: 'ada' },
        { why: 'agent-paused', agent: 'bob' },
      ],
    });
  });
});

describe('a task that we assigned', () => {
  const pool = [agentOf('ada', 1, 'dev'), agentOf('bob', 1, 'dev')];
  const byUs = { assignedByUs: { 1: { pool: 'dev', agent: 'ada' } } };
  const idleAgain = taskOf(1, { ...ada, ...dev });
  const busy = (agent: string, ...tasks: Task[]) => {
    const work = atWork(agent, 9);
    return { tasks: [...tasks, ...work.tasks], openRuns: work.openRuns };
  };
  checkPlans([
    [
      'may go to another agent of its pool',
      { ...busy('ada', idleAgain), agents: pool, ...byUs },
      ['1 pool-dev'],
      {},
    ],
    [
      'also when its agent is paused',
      { tasks: [idleAgain], agents: pool, pausedAgents: ['ada'], ...byUs },
      ['1 pool-dev'],
      {},
    ],
    [
      'which a person’s may not',
      { tasks: [idleAgain], agents: pool, pausedAgents: ['ada'] },
      [],
      { 1: 'agent-paused' },
    ],
    [
      'unless somebody else assigned it since',
      { ...busy('bob', taskOf(1, { assignedTo: 'bob', ...dev })), agents: pool, ...byUs },
      [],
      { 1: 'agent-full' },
    ],
    [
      'or moved it to another queue',
      {
        ...busy('ada', taskOf(1, { ...ada, queue: 'qa' })),
        agents: [...pool, agentOf('cy', 1, 'qa')],
        ...byUs,
      },
      [],
      { 1: 'agent-full' },
    ],
    [
      'also when its agent is gone',
      { tasks: [idleAgain], agents: [agentOf('bob', 1, 'dev')], ...byUs },
      ['1 pool-dev'],
      {},
    ],
    [
      'stays with its agent when nobody serves the pool any more',
      { tasks: [idleAgain], agents: [agentOf('ada', 1, 'qa')], ...byUs },
      ['1 ada@pool-qa'],
      {},
    ],
    [
      'stays with its agent in legacy mode',
      { tasks: [idleAgain], agents: [agentOf('ada', 1)], mode: 'legacy', ...byUs },
      ['1 ada@agent-ada'],
      {},
    ],
    [
      'in line for any of the pool it stays there',
      { ...busy('bob', idleAgain), agents: pool, openRuns: [lineRunOf(1), ...atWork('bob', 9).openRuns] },
      [],
      {},
      { inLine: { 1: 'slot-due' } },
    ],
  ]);
});

describe('legacy mode', () => {
  const agents = [agentOf('ada', 1)];
  checkPlans([
    [
      'assigned tasks run',
      { tasks: [taskOf(1, { ...ada, ...dev })], agents, mode: 'legacy' },
      ['1 ada@agent-ada'],
      {},
    ],
    [
      'others do not',
      { tasks: [taskOf(1, dev), taskOf(2)], agents, mode: 'legacy' },
      [],
      { 1: 'legacy-unassigned', 2: 'legacy-unassigned' },
    ],
    [
      'nor those of an agent without a limit',
      { tasks: [taskOf(1, { assignedTo: 'bob' })], agents, mode: 'legacy' },
      [],
      { 1: 'unknown-agent' },
    ],
  ]);
});
