import { expect, test } from 'vitest';
import { agentLine, type PoolKnown } from '../../../domain/plan/agent-line.ts';
import { planInput } from '../../../domain/plan/input.ts';
import { type Health, WELL } from '../../../domain/slots/health.ts';
import { agentLineOf, agentOf, NOW_MS } from '../../support/tasks.ts';

const sick: Health = { state: 'cooling-down', reason: 'quota', untilMs: NOW_MS, times: 2 };
const ada = agentOf('ada', 3, 'dev');
const alone = agentOf('ada', 3);
const known = { name: 'ada', limitByHand: null, paused: false, health: WELL, quiet: false };
const bobs = { name: 'bob', limitByHand: 9, paused: true, health: sick, quiet: false };

test.each<[string, typeof ada, PoolKnown | undefined, Partial<ReturnType<typeof agentLine>>]>([
  ['nothing is told', ada, undefined, {}],
  ['of another one only', ada, { paused: false, agents: [bobs] }, {}],
  ['it is paused', ada, { paused: false, agents: [{ ...known, paused: true }] }, { paused: true }],
  ['its pool is paused', ada, { paused: true, agents: [] }, { poolPaused: true }],
  [
    'both are paused',
    ada,
    { paused: true, agents: [{ ...known, paused: true }] },
    { paused: true, poolPaused: true },
  ],
  [
    'it has no pool, and its semaphore is paused',
    alone,
    { paused: true, agents: [] },
    { queue: null, paused: true },
  ],
  ['it is quiet', ada, { paused: false, agents: [{ ...known, quiet: true }] }, { quiet: true }],
  ['it is unwell', ada, { paused: false, agents: [bobs, { ...known, health: sick }] }, { health: sick }],
  [
    'a limit by hand',
    ada,
    { paused: false, agents: [{ ...known, limitByHand: 0 }] },
    { limit: 0, limitByHand: 0 },
  ],
])('an agent with what its semaphore tells: %s', (_, agent, pool, change) => {
  expect(agentLine(agent, pool)).toEqual({ ...agentLineOf('ada'), queue: 'dev', limit: 3, ...change });
});

test('the planner gets what is known of the agents and what the scheduler remembers', () => {
  const agents = [{ ...agentLineOf('ada'), queue: 'dev', poolPaused: true, health: sick }];
  const remembered = { paused: true, first: [3], assignedByUs: { 3: { pool: 'dev', agent: 'ada' } } };
  const inForce = { mode: 'legacy' as const, enabled: false, blockingDisabled: true };
  const about = { tasks: [], agents, openRuns: [], dying: { 7: 1 }, lookAhead: 2, nowMs: NOW_MS };
  const survey = { ...remembered, told: { 1: 'gone' } };
  expect(planInput({ ...about, inForce, remembered: survey })).toEqual({
    ...about,
    ...inForce,
    ...remembered,
    maxStarts: 50,
  });
});
