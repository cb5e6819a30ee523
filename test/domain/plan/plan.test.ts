import { describe, expect, test } from 'vitest';
import { plan } from '../../../domain/plan/plan.ts';
import { checkPlans } from '../../support/plan-rows.ts';
import { agentOf, atWork, lineRunOf, NOW_MS, planInput, runOf, taskOf } from '../../support/tasks.ts';

const dev = { queue: 'dev' };
const ada = { assignedTo: 'ada' };

describe('what must not start, and why', () => {
  const one = [agentOf('ada', 5, 'dev')];
  checkPlans([
    ['nothing to do', { agents: one }, [], {}],
    ['an idle task starts', { tasks: [taskOf(1, dev)], agents: one }, ['1 pool-dev'], {}],
    [
      'one whose run is in line does not start again',
      { tasks: [taskOf(1, dev)], agents: one, openRuns: [lineRunOf(1)] },
      [],
      {},
      { inLine: { 1: 'slot-due' } },
    ],
    ['one that runs does not, and is no news', { agents: one, ...atWork('ada', 1) }, [], {}],
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
      { tasks: [taskOf(1, { ...dev, status: 'working' })], agents: one, dying: { 1: NOW_MS + 1 } },
      [],
      { 1: 'run-dying' },
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
      ['1 pool-dev'],
      { 2: 'blocked' },
    ],
    [
      'one whose blocker is complete',
      { tasks: [taskOf(2, { ...dev, blockedByTaskId: 1, isCurrentlyBlocked: false })], agents: one },
      ['2 pool-dev'],
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
      ['1 pool-dev', '2 pool-dev'],
      {},
    ],
    [
      'a parent waits for its open subtasks',
      { tasks: [taskOf(1, dev), taskOf(2, { ...dev, parentTaskId: 1 })], agents: one },
      ['2 pool-dev'],
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
      ['2 pool-dev'],
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
  checkPlans([
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
      ['2 pool-dev'],
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
      ['2 pool-dev'],
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
      ['2 pool-dev'],
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
      ['1 pool-dev'],
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
      ['2 pool-dev'],
      { 1: 'pool-full', 3: 'blocked' },
    ],
    [
      'never over a limit',
      {
        tasks: [...atWork('ada', 1).tasks, taskOf(2, ada)],
        agents: one,
        first: [2],
        openRuns: [runOf(1, 'ada')],
      },
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

describe('starts in one go', () => {
  const tasks = [1, 2, 3, 4].map((id) => taskOf(id, dev));
  checkPlans([
    [
      'are limited, best first',
      { tasks, agents: [agentOf('ada', 9, 'dev')], maxStarts: 2 },
      ['1 pool-dev', '2 pool-dev'],
      { 3: 'starts-limited', 4: 'starts-limited' },
    ],
    [
      'and only those wait for the next go that would start in it',
      { tasks, agents: [agentOf('ada', 3, 'dev')], maxStarts: 2 },
      ['1 pool-dev', '2 pool-dev'],
      { 3: 'starts-limited', 4: 'pool-full' },
    ],
  ]);
});
