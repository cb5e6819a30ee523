import { expect, test } from 'vitest';
import { plan } from '../../../domain/plan/plan.ts';
import type { Health } from '../../../domain/slots/health.ts';
import { sayWaiting } from '../../../words/reason.ts';
import {
  agentOf,
  atWork,
  lineRunOf,
  NOW_MS,
  type PlanDraft,
  planInput,
  runOf,
  taskOf,
} from '../../support/tasks.ts';

const unwell = (state: 'cooling-down' | 'misconfigured'): Health => {
  return { state, reason: 'why', untilMs: NOW_MS + 60_000, times: 1 };
};
const agents = [agentOf('ada', 1, 'dev')];
const dev = { queue: 'dev' };
const busy = atWork('ada', 9);

/** A first reason, and what is told beside it. */
const ROWS: [name: string, input: Partial<PlanDraft>, reason: string, still: string | undefined][] = [
  ['paused, and nothing else', { paused: true, tasks: [taskOf(1, dev)] }, 'scheduler-paused', undefined],
  ['paused, with nobody named', { paused: true, tasks: [taskOf(1)] }, 'scheduler-paused', 'unassigned'],
  ['disabled, with nobody named', { enabled: false, tasks: [taskOf(1)] }, 'scheduler-disabled', 'unassigned'],
  [
    'disabled and paused: the headline says the second',
    { enabled: false, paused: true, tasks: [taskOf(1, dev)] },
    'scheduler-disabled',
    undefined,
  ],
  [
    'paused, in a queue that nobody serves',
    { paused: true, tasks: [taskOf(1, { queue: 'none' })] },
    'scheduler-paused',
    'no-agent-for-queue',
  ],
  [
    'paused, with an agent that nobody knows',
    { paused: true, tasks: [taskOf(1, { assignedTo: 'eve' })] },
    'scheduler-paused',
    'unknown-agent',
  ],
  [
    'paused, and so is the agent',
    { paused: true, pausedAgents: ['ada'], tasks: [taskOf(1, { assignedTo: 'ada' })] },
    'scheduler-paused',
    'agent-paused',
  ],
  [
    'paused, with an agent that cannot run',
    { paused: true, health: { ada: unwell('misconfigured') }, tasks: [taskOf(1, dev)] },
    'scheduler-paused',
    'agent-misconfigured',
  ],
  [
    'paused; a cool-down is over by itself',
    { paused: true, health: { ada: unwell('cooling-down') }, tasks: [taskOf(1, dev)] },
    'scheduler-paused',
    undefined,
  ],
  [
    'paused; a slot becomes free by itself',
    { paused: true, openRuns: busy.openRuns, tasks: [...busy.tasks, taskOf(1, dev)] },
    'scheduler-paused',
    undefined,
  ],
  [
    'paused, and so is the queue',
    { paused: true, pausedPools: ['dev'], tasks: [taskOf(1, dev)] },
    'scheduler-paused',
    'pool-paused',
  ],
  [
    'in line, and only the scheduler is paused',
    { paused: true, openRuns: [lineRunOf(1)], tasks: [taskOf(1, dev)] },
    'scheduler-paused',
    undefined,
  ],
  [
    'in line for an agent that is paused, under a pause of the scheduler',
    { paused: true, pausedAgents: ['ada'], openRuns: [lineRunOf(1)], tasks: [taskOf(1, dev)] },
    'scheduler-paused',
    'agent-paused',
  ],
  [
    'in line while disabled and paused, in a queue that is paused too: the headline says the second',
    {
      ...{ enabled: false, paused: true, pausedPools: ['dev'] },
      ...{ openRuns: [lineRunOf(1)], tasks: [taskOf(1, dev)] },
    },
    'scheduler-disabled',
    'pool-paused',
  ],
  [
    'parked, and blocked: that is for its run to find out',
    {
      openRuns: [runOf(1, 'ada', 'parked')],
      tasks: [taskOf(1, { ...dev, blockedByTaskId: 7 }), taskOf(7, dev)],
    },
    'parked',
    undefined,
  ],
  [
    'blocked, and then nobody to take it',
    { tasks: [taskOf(1, { blockedByTaskId: 7 }), taskOf(7, dev)] },
    'blocked',
    'unassigned',
  ],
  [
    'a parent needs nobody: it is complete with its last subtask',
    { tasks: [taskOf(1), taskOf(2, { ...dev, parentTaskId: 1 })] },
    'open-subtasks',
    undefined,
  ],
  [
    'a parent that TinyTask shows as working, since its subtask is',
    { tasks: [taskOf(1, { status: 'working' }), taskOf(2, { ...dev, parentTaskId: 1 })] },
    'open-subtasks',
    undefined,
  ],
  [
    'legacy mode under a pause',
    { paused: true, mode: 'legacy', tasks: [taskOf(1, dev)] },
    'scheduler-paused',
    'legacy-unassigned',
  ],
];

test.each(ROWS)('what will still hold: %s', (_, input, reason, still) => {
  const { waiting, inLine } = plan(planInput({ agents, ...input }));
  const first = [...waiting, ...inLine].find(({ taskId }) => taskId === 1);
  expect([first?.reason.why, first?.still?.why]).toEqual([reason, still]);
});

test('both are said', () => {
  const [only] = plan(planInput({ agents, paused: true, tasks: [taskOf(1)] })).waiting;
  expect(only && sayWaiting(only)).toBe(
    'the scheduler is paused (`resume` goes on); and has neither a queue nor an agent; give it one',
  );
});
