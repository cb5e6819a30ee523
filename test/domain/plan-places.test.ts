import { describe } from 'vitest';
import type { Health } from '../../domain/health.ts';
import { checkPlans, type PlanRow } from '../support/plan-rows.ts';
import { agentOf, extraRunOf, NOW_MS, runOf, taskOf } from '../support/tasks.ts';

const dev = { queue: 'dev' };
const ada = { assignedTo: 'ada' };
const sick: Health = { state: 'cooling-down', reason: 'answered 500', untilMs: NOW_MS + 1, times: 1 };
const dueProbe: Health = { ...sick, untilMs: NOW_MS };
const probed: Health = { ...dueProbe, probing: true };
const broken: Health = { state: 'misconfigured', reason: 'no recipe', untilMs: NOW_MS + 1, times: 1 };

describe('an unwell agent', () => {
  const solo = [agentOf('ada', 5, 'dev')];
  const pool = [agentOf('ada', 5, 'dev'), agentOf('bob', 1, 'dev')];
  const three = [taskOf(1, dev), taskOf(2, dev), taskOf(3, ada)];
  const cooling = 'agent-cooling-down';
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
      'which gets the probe of a pool only where nobody well has more room',
      {
        tasks: [taskOf(1, dev), taskOf(2, dev), taskOf(3, dev)],
        agents: [agentOf('ada', 5, 'dev'), agentOf('bob', 2, 'dev')],
        health: { ada: dueProbe },
      },
      ['1 bob', '2 ada', '3 bob'],
      {},
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
  checkPlans([
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
    ...[true, false].map(
      (turned): PlanRow => [
        `the worst is the worst, however the runs are listed (${turned})`,
        {
          tasks: [low(1), taskOf(2, { ...dev, priority: 3 }), high(3), nine],
          agents: solo,
          openRuns: turned
            ? [running, extraRunOf(3, 'ada'), extraRunOf(1, 'ada')]
            : [extraRunOf(1, 'ada'), extraRunOf(3, 'ada'), running],
          waitingPerAgent: 2,
        },
        ['2 ada+'],
        {},
      ],
    ),
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
