import { describe, expect, test } from 'vitest';
import { plan } from '../../domain/plan.ts';
import { checkPlans } from '../support/plan-rows.ts';
import { agentOf, planInput, runOf, taskOf } from '../support/tasks.ts';

const dev = { queue: 'dev' };
const ada = { assignedTo: 'ada' };

describe('which agent', () => {
  const pool = [agentOf('ada', 1, 'dev'), agentOf('bob', 3, 'dev'), agentOf('cy', 9, 'qa')];
  checkPlans([
    [
      'an assigned task goes to its agent, whatever its queue',
      { tasks: [taskOf(1, { ...ada, queue: 'qa' })], agents: pool },
      ['1 ada'],
      {},
    ],
    [
      'though another has more room',
      { tasks: [taskOf(1, { ...ada, ...dev })], agents: pool, openRuns: [runOf(9, 'ada')] },
      [],
      { 1: 'agent-full' },
    ],
    [
      'an unassigned one to the most free slots of its pool',
      { tasks: [taskOf(1, dev)], agents: pool },
      ['1 bob'],
      {},
    ],
    [
      'each start counts for the next',
      { tasks: [1, 2, 3, 4, 5].map((id) => taskOf(id, dev)), agents: pool },
      ['1 bob', '2 bob', '3 ada', '4 bob'],
      { 5: 'pool-full' },
    ],
    [
      'equally free: the one with the fewest running',
      {
        tasks: [taskOf(1, dev)],
        agents: [agentOf('ada', 3, 'dev'), agentOf('bob', 2, 'dev')],
        openRuns: [runOf(8, 'ada')],
      },
      ['1 bob'],
      {},
    ],
    [
      'else by name',
      { tasks: [taskOf(1, dev)], agents: [agentOf('bob', 2, 'dev'), agentOf('ada', 2, 'dev')] },
      ['1 ada'],
      {},
    ],
    [
      'runs that back off or are parked hold no slot',
      {
        tasks: [taskOf(1, dev)],
        agents: [agentOf('ada', 1, 'dev')],
        openRuns: [runOf(8, 'ada', 'backing-off'), runOf(9, 'ada', 'parked')],
      },
      ['1 ada'],
      {},
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
      ['1 ada'],
      { 2: 'agent-paused' },
    ],
    [
      'a pool that is paused',
      { tasks: [taskOf(1, dev)], agents: pool, pausedAgents: ['ada', 'bob'] },
      [],
      { 1: 'pool-unavailable' },
    ],
    [
      'a limit lowered below what is held drains',
      {
        tasks: [taskOf(1, ada)],
        agents: [agentOf('ada', 1)],
        openRuns: [runOf(7, 'ada'), runOf(8, 'ada'), runOf(9, 'ada')],
        waitingPerAgent: 2,
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
    const openRuns = [runOf(7, 'ada'), runOf(8, 'bob'), runOf(9, 'bob')];
    const tasks = [
      taskOf(1, dev),
      taskOf(2, ada),
      taskOf(3, { blockedByTaskId: 2 }),
      taskOf(4),
      taskOf(5, { parentTaskId: 4 }),
      taskOf(6, { parentTaskId: 4 }),
    ];
    expect(plan(planInput({ tasks, agents, openRuns })).waiting).toEqual(
      expect.arrayContaining([
        { taskId: 1, reason: { why: 'pool-full', queue: 'dev', used: 3, limit: 3 } },
        { taskId: 2, reason: { why: 'agent-full', agent: 'ada', used: 1, limit: 1 } },
        { taskId: 3, reason: { why: 'blocked', by: 2 }, still: { why: 'unassigned' } },
        { taskId: 4, reason: { why: 'open-subtasks', ids: [5, 6] } },
      ]),
    );
    const paused = plan(planInput({ tasks: [taskOf(1, dev)], agents, pausedAgents: ['ada', 'bob'] }));
    expect(paused.waiting[0]?.reason).toMatchObject({
      queue: 'dev',
      agents: expect.stringMatching(/^ada .*; bob /),
    });
  });
});

describe('a task that we assigned', () => {
  const pool = [agentOf('ada', 1, 'dev'), agentOf('bob', 1, 'dev')];
  const byUs = { assignedByUs: { 1: { pool: 'dev', agent: 'ada' } } };
  const busy = [runOf(9, 'ada')];
  const idleAgain = [taskOf(1, { ...ada, ...dev })];
  checkPlans([
    [
      'may go to another agent of its pool',
      { tasks: idleAgain, agents: pool, openRuns: busy, ...byUs },
      ['1 bob'],
      {},
    ],
    [
      'unless somebody else assigned it since',
      {
        tasks: [taskOf(1, { assignedTo: 'bob', ...dev })],
        agents: pool,
        openRuns: [runOf(9, 'bob')],
        ...byUs,
      },
      [],
      { 1: 'agent-full' },
    ],
    [
      'or moved it to another queue',
      {
        tasks: [taskOf(1, { ...ada, queue: 'qa' })],
        agents: [...pool, agentOf('cy', 1, 'qa')],
        openRuns: busy,
        ...byUs,
      },
      [],
      { 1: 'agent-full' },
    ],
    [
      'also when its agent is gone',
      { tasks: idleAgain, agents: [agentOf('bob', 1, 'dev')], ...byUs },
      ['1 bob'],
      {},
    ],
    [
      'stays with its agent when nobody serves the pool any more',
      { tasks: idleAgain, agents: [agentOf('ada', 1, 'qa')], ...byUs },
      ['1 ada'],
      {},
    ],
    [
      'stays with its agent in legacy mode',
      { tasks: idleAgain, agents: [agentOf('ada', 1)], mode: 'legacy', ...byUs },
      ['1 ada'],
      {},
    ],
  ]);
});

describe('legacy mode', () => {
  const agents = [agentOf('ada', 1)];
  checkPlans([
    ['assigned tasks run', { tasks: [taskOf(1, { ...ada, ...dev })], agents, mode: 'legacy' }, ['1 ada'], {}],
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
