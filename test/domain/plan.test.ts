import { describe, expect, test } from 'vitest';
import type { Health } from '../../domain/health.ts';
import { type PlanInput, plan } from '../../domain/plan.ts';
import { agentOf, extraRunOf, NOW_MS, planInput, planOf, runOf, taskOf } from '../support/tasks.ts';

const dev = { queue: 'dev' };
const ada = { assignedTo: 'ada' };
const sick: Health = { state: 'cooling-down', reason: 'answered 500', untilMs: NOW_MS + 1, times: 1 };
const dueProbe: Health = { ...sick, untilMs: NOW_MS };
const probed: Health = { ...dueProbe, probing: true };
const broken: Health = { state: 'misconfigured', reason: 'no recipe', untilMs: NOW_MS + 1, times: 1 };

type Row = [name: string, input: Partial<PlanInput>, starts: string[], waiting: Record<number, string>];

function check(rows: Row[]): void {
  test.each(rows)('%s', (_, input, starts, waiting) => {
    expect(planOf(input)).toEqual({ starts, waiting });
  });
}

describe('what must not start, and why', () => {
  const one = [agentOf('ada', 5, 'dev')];
  check([
    ['nothing to do', { agents: one }, [], {}],
    ['an idle task starts', { tasks: [taskOf(1, dev)], agents: one }, ['1 ada'], {}],
    [
      'one with a run does not, and is no news',
      { tasks: [taskOf(1, dev)], agents: one, openRuns: [runOf(1, 'ada')] },
      [],
      {},
    ],
    [
      'one that backs off',
      { tasks: [taskOf(1, dev)], agents: one, openRuns: [runOf(1, 'ada', 'backing-off')] },
      [],
      { 1: 'backing-off' },
    ],
    [
      'one that is parked',
      { tasks: [taskOf(1, dev)], agents: one, openRuns: [runOf(1, 'ada', 'parked')] },
      [],
      { 1: 'parked' },
    ],
    [
      'one whose last run may still be alive',
      { tasks: [taskOf(1, { ...dev, status: 'working' })], agents: one, ending: { 1: NOW_MS + 1 } },
      [],
      { 1: 'run-ending' },
    ],
    [
      'one that somebody else works on',
      { tasks: [taskOf(1, { ...ada, status: 'working' })], agents: one },
      [],
      { 1: 'working-elsewhere' },
    ],
    [
      'a complete or archived one is not looked at',
      {
        tasks: [taskOf(1, { ...dev, status: 'complete' }), taskOf(2, { ...dev, archivedAt: 'then' })],
        agents: one,
      },
      [],
      {},
    ],
    [
      'one that waits for another',
      { tasks: [taskOf(1, dev), taskOf(2, { ...dev, blockedByTaskId: 1 })], agents: one },
      ['1 ada'],
      { 2: 'blocked' },
    ],
    [
      'one whose blocker is complete',
      { tasks: [taskOf(2, { ...dev, blockedByTaskId: 1, isCurrentlyBlocked: false })], agents: one },
      ['2 ada'],
      {},
    ],
    [
      'a circle, and what hangs off it',
      {
        tasks: [
          taskOf(1, { ...dev, blockedByTaskId: 2 }),
          taskOf(2, { ...dev, blockedByTaskId: 1 }),
          taskOf(3, { ...dev, blockedByTaskId: 1 }),
        ],
        agents: one,
      },
      [],
      { 1: 'cycle', 2: 'cycle', 3: 'blocked' },
    ],
    [
      'blockers do not count where blocking is disabled',
      {
        tasks: [taskOf(1, { ...dev, blockedByTaskId: 2 }), taskOf(2, { ...dev, blockedByTaskId: 1 })],
        agents: one,
        blockingDisabled: true,
      },
      ['1 ada', '2 ada'],
      {},
    ],
    [
      'a parent waits for its open subtasks',
      { tasks: [taskOf(1, dev), taskOf(2, { ...dev, parentTaskId: 1 })], agents: one },
      ['2 ada'],
      { 1: 'open-subtasks' },
    ],
    [
      'also for one that is being worked on',
      {
        tasks: [taskOf(1, dev), taskOf(2, { ...dev, parentTaskId: 1, status: 'working' })],
        agents: one,
        openRuns: [runOf(2, 'ada')],
      },
      [],
      { 1: 'open-subtasks' },
    ],
    [
      'a subtask whose parent is not open starts',
      { tasks: [taskOf(2, { ...dev, parentTaskId: 1 })], agents: one },
      ['2 ada'],
      {},
    ],
    [
      'nothing in a pause',
      {
        tasks: [taskOf(1, dev), taskOf(2, { ...dev, blockedByTaskId: 1 })],
        agents: one,
        paused: true,
        first: [1],
      },
      [],
      { 1: 'scheduler-paused', 2: 'blocked' },
    ],
    [
      'nothing while disabled',
      { tasks: [taskOf(1, dev)], agents: one, enabled: false, first: [1] },
      [],
      { 1: 'scheduler-disabled' },
    ],
    [
      'a task put first is not put past its blocker',
      {
        tasks: [taskOf(1, { ...dev, status: 'working' }), taskOf(2, { ...dev, blockedByTaskId: 1 })],
        agents: one,
        first: [2],
        openRuns: [runOf(1, 'ada')],
      },
      [],
      { 2: 'blocked' },
    ],
    [
      'nor past the pause of its agent',
      { tasks: [taskOf(1, ada)], agents: one, first: [1], pausedAgents: ['ada'] },
      [],
      { 1: 'agent-paused' },
    ],
  ]);
});

describe('who goes first', () => {
  const one = [agentOf('ada', 1, 'dev')];
  check([
    [
      'the blocker of others',
      {
        tasks: [
          taskOf(1, { ...dev, priority: 9 }),
          taskOf(2, dev),
          taskOf(3, { ...dev, blockedByTaskId: 2 }),
        ],
        agents: one,
      },
      ['2 ada'],
      { 1: 'pool-full', 3: 'blocked' },
    ],
    [
      'counted over all queues and agents, and through chains',
      {
        tasks: [
          taskOf(1, { ...dev, priority: 9 }),
          taskOf(2, { ...dev, priority: 5 }),
          taskOf(3, { queue: 'qa', blockedByTaskId: 1 }),
          taskOf(4, { assignedTo: 'ghost', blockedByTaskId: 2 }),
          taskOf(5, { queue: 'qa', blockedByTaskId: 4 }),
        ],
        agents: one,
      },
      ['2 ada'],
      { 1: 'pool-full', 3: 'blocked', 4: 'blocked', 5: 'blocked' },
    ],
    [
      'also by those that run',
      {
        tasks: [
          taskOf(1, { ...dev, priority: 9 }),
          taskOf(2, dev),
          taskOf(3, { status: 'working', blockedByTaskId: 2 }),
        ],
        agents: one,
        openRuns: [runOf(3, 'bob')],
      },
      ['2 ada'],
      { 1: 'pool-full' },
    ],
    [
      'by priority where blocking is disabled',
      {
        tasks: [
          taskOf(1, { ...dev, priority: 9 }),
          taskOf(2, dev),
          taskOf(3, { ...dev, blockedByTaskId: 2 }),
        ],
        agents: one,
        blockingDisabled: true,
      },
      ['1 ada'],
      { 2: 'pool-full', 3: 'pool-full' },
    ],
    [
      'one put first, though it is the last in every other way',
      {
        tasks: [
          taskOf(1, { ...dev, priority: 9 }),
          taskOf(2, dev),
          taskOf(3, { ...dev, blockedByTaskId: 1 }),
        ],
        agents: one,
        first: [2],
      },
      ['2 ada'],
      { 1: 'pool-full', 3: 'blocked' },
    ],
    [
      'never over a limit',
      { tasks: [taskOf(1, ada), taskOf(2, ada)], agents: one, first: [2], openRuns: [runOf(1, 'ada')] },
      [],
      { 2: 'agent-full' },
    ],
  ]);

  test('those that wait are listed in the order in which they would go', () => {
    const { waiting } = plan(
      planInput({
        tasks: [
          taskOf(1),
          taskOf(2, { ...dev, priority: 3 }),
          taskOf(3, { blockedByTaskId: 2, priority: 2 }),
          taskOf(4, { ...dev, priority: 1 }),
        ],
      }),
    );
    expect(waiting.map(({ taskId }) => taskId)).toEqual([2, 3, 4, 1]);
  });
});

describe('which agent', () => {
  const pool = [agentOf('ada', 1, 'dev'), agentOf('bob', 3, 'dev'), agentOf('cy', 9, 'qa')];
  check([
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
        { taskId: 3, reason: { why: 'blocked', by: 2 } },
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
  check([
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
      { tasks: [taskOf(1, { ...ada, queue: 'qa' })], agents: pool, openRuns: busy, ...byUs },
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
  check([
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

describe('an unwell agent', () => {
  const solo = [agentOf('ada', 5, 'dev')];
  const pool = [agentOf('ada', 5, 'dev'), agentOf('bob', 1, 'dev')];
  const three = [taskOf(1, dev), taskOf(2, dev), taskOf(3, ada)];
  const cooling = 'agent-cooling-down';
  check([
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
      'nothing waits there either',
      { tasks: three, agents: solo, health: { ada: sick }, waitingPerAgent: 2 },
      [],
      { 1: cooling, 2: cooling, 3: cooling },
    ],
    [
      'the rest of the pool goes on',
      { tasks: three, agents: pool, health: { ada: sick } },
      ['1 bob'],
      { 2: 'pool-full', 3: cooling },
    ],
    [
      'then one task probes it',
      { tasks: three, agents: solo, health: { ada: dueProbe }, waitingPerAgent: 2 },
      ['1 ada'],
      { 2: cooling, 3: cooling },
    ],
    [
      'and no second one beside it',
      { tasks: three, agents: solo, health: { ada: probed }, openRuns: [runOf(9, 'ada')] },
      [],
      { 1: cooling, 2: cooling, 3: cooling },
    ],
    [
      'a long run from before does not keep the probe away',
      { tasks: three, agents: solo, health: { ada: dueProbe }, openRuns: [runOf(9, 'ada')] },
      ['1 ada'],
      { 2: cooling, 3: cooling },
    ],
    [
      'but a limit does',
      {
        tasks: [taskOf(3, ada)],
        agents: [agentOf('ada', 1)],
        health: { ada: dueProbe },
        openRuns: [runOf(9, 'ada')],
        waitingPerAgent: 2,
      },
      [],
      { 3: 'agent-full' },
    ],
  ]);
});

describe('beyond the slots', () => {
  const solo = [agentOf('ada', 1, 'dev')];
  const running = runOf(9, 'ada');
  const nine = taskOf(9, { ...ada, status: 'working' });
  const low = (id: number) => taskOf(id, { ...dev, priority: 1 });
  const high = (id: number) => taskOf(id, { ...dev, priority: 5 });
  check([
    [
      'one or two more may wait for each agent',
      { tasks: [1, 2, 3, 4].map(low), agents: solo, waitingPerAgent: 2 },
      ['1 ada', '2 ada+', '3 ada+'],
      { 4: 'pool-full' },
    ],
    [
      'no more than those that wait already allow',
      {
        tasks: [low(1), low(2), low(3), nine],
        agents: solo,
        openRuns: [running, extraRunOf(1, 'ada')],
        waitingPerAgent: 2,
      },
      ['2 ada+'],
      { 3: 'pool-full' },
    ],
    [
      'only when every agent of the pool is full',
      {
        tasks: [1, 2, 3].map(low),
        agents: [agentOf('ada', 1, 'dev'), agentOf('bob', 2, 'dev')],
        waitingPerAgent: 1,
      },
      ['1 bob', '2 ada', '3 bob'],
      {},
    ],
    [
      'a better one takes the place of the worst that waits',
      {
        tasks: [low(1), high(2), low(3), nine],
        agents: solo,
        openRuns: [running, extraRunOf(1, 'ada')],
        waitingPerAgent: 1,
      },
      ['2 ada+'],
      { 3: 'pool-full' },
    ],
    [
      'each place once',
      {
        tasks: [low(1), high(2), high(3), nine],
        agents: solo,
        openRuns: [running, extraRunOf(1, 'ada')],
        waitingPerAgent: 1,
      },
      ['2 ada+'],
      { 3: 'pool-full' },
    ],
    [
      'a worse one does not',
      {
        tasks: [high(1), low(2), nine],
        agents: solo,
        openRuns: [running, extraRunOf(1, 'ada')],
        waitingPerAgent: 1,
      },
      [],
      { 2: 'pool-full' },
    ],
    [
      'not the place of one that was started for a free slot',
      {
        tasks: [low(1), high(2)],
        agents: solo,
        openRuns: [runOf(1, 'ada'), runOf(8, 'ada')],
        waitingPerAgent: 1,
      },
      [],
      { 2: 'pool-full' },
    ],
    // It would be sent home by the semaphore, and started again, for ever.
    [
      'nor of one that has got its slot since',
      {
        tasks: [taskOf(1, { ...ada, status: 'working' }), high(2), high(3)],
        agents: solo,
        openRuns: [extraRunOf(1, 'ada'), extraRunOf(2, 'ada')],
        waitingPerAgent: 1,
      },
      [],
      { 3: 'pool-full' },
    ],
    [
      'one put first takes the place of any other',
      {
        tasks: [high(1), low(2), nine],
        agents: solo,
        openRuns: [running, extraRunOf(1, 'ada')],
        waitingPerAgent: 1,
        first: [2],
      },
      ['2 ada+'],
      {},
    ],
    [
      'an agent without slots has no places either',
      { tasks: [low(1)], agents: [agentOf('ada', 0, 'dev')], waitingPerAgent: 2 },
      [],
      { 1: 'limit-zero' },
    ],
  ]);
});

describe('starts in one go', () => {
  const tasks = [1, 2, 3, 4].map((id) => taskOf(id, dev));
  check([
    [
      'are limited, best first',
      { tasks, agents: [agentOf('ada', 9, 'dev')], maxStarts: 2 },
      ['1 ada', '2 ada'],
      { 3: 'starts-limited', 4: 'starts-limited' },
    ],
    [
      'and only those wait for the next go that would start in it',
      { tasks, agents: [agentOf('ada', 3, 'dev')], maxStarts: 2 },
      ['1 ada', '2 ada'],
      { 3: 'starts-limited', 4: 'pool-full' },
    ],
  ]);
});
