import { describe, expect, test } from 'vitest';
import { type AgentLine, agentLine, type PoolHold } from '../../../domain/plan/agent-line.ts';
import type { PlanInput } from '../../../domain/plan/input.ts';
import { plan, standingsOf } from '../../../domain/plan/plan.ts';
import { smallestChange } from '../../../domain/plan/smallest-change.ts';
import type { Hold } from '../../../domain/slots/breaker.ts';
import type { Health } from '../../../domain/slots/health.ts';
import { agentOf, lineRunOf, NOW_MS, type PlanDraft, planInput, taskOf } from '../../support/tasks.ts';

const dev = { queue: 'dev' };
const LATER_MS = NOW_MS + 60_000;
const cool: Health = { state: 'cooling-down', reason: 'quota', untilMs: LATER_MS, times: 1 };
const hold: PoolHold = { reason: 'quota', taken: 3, sinceMs: NOW_MS - 1, untilMs: LATER_MS };

/** Agents ada, bob and cy of a held pool were taken, dan was not; fay is of another pool. */
function held(change: Partial<PlanDraft>, how: Partial<PoolHold> = {}): PlanInput {
  const agents = ['ada', 'bob', 'cy', 'dan'].map((name) => agentOf(name, 2, 'dev'));
  const input = planInput({
    ...{ agents: [...agents, agentOf('fay', 1, 'qa')], lookAhead: 3 },
    health: { ada: cool, bob: cool, cy: cool },
    ...change,
  });
  return {
    ...input,
    agents: input.agents.map((agent): AgentLine => {
      if (agent.queue !== 'dev') return agent;
      const isTaken = agent.health.state !== 'well';
      return { ...agent, poolHold: { ...hold, ...how, ...(isTaken && { isTaken }) } };
    }),
  };
}

const starts = (input: PlanInput) => plan(input).starts.map(({ task }) => task.id);
const reasons = (input: PlanInput) =>
  Object.fromEntries(
    [...plan(input).waiting, ...plan(input).inLine].map(({ taskId, reason }) => [taskId, reason]),
  );
const told = { why: 'pool-held', queue: 'dev', untilMs: LATER_MS, reason: 'quota', taken: 3 };

describe('tasks of a held pool', () => {
  const tasks = [taskOf(1, dev), taskOf(2, { ...dev, assignedTo: 'dan' }), taskOf(3, { queue: 'qa' })];

  test('wait for one reason, whichever agent they want; others start', () => {
    const input = held({ tasks });
    expect(starts(input)).toEqual([3]);
    expect(reasons(input)).toEqual({ 1: told, 2: told });
  });

  test('one starts when it may try, and the others wait for it', () => {
    const input = held({ tasks }, { untilMs: NOW_MS });
    expect(starts(input)).toEqual([1, 3]);
    expect(reasons(input)).toEqual({ 2: { ...told, untilMs: NOW_MS, trying: true } });
  });

  test('also where only an agent that was taken may have it', () => {
    const input = held(
      { tasks: [taskOf(1, { ...dev, assignedTo: 'ada' }), taskOf(2, dev)] },
      { untilMs: NOW_MS },
    );
    expect(starts(input)).toEqual([1]);
  });

  test('none starts where the next of those in line tries', () => {
    const input = held({ tasks, openRuns: [lineRunOf(1)] }, { untilMs: NOW_MS });
    expect(starts(input)).toEqual([3]);
    expect(reasons(input)).toEqual({
      1: { why: 'slot-due' },
      2: { ...told, untilMs: NOW_MS, trying: true },
    });
  });

  test('or one is trying', () => {
    const input = held({ tasks, openRuns: [lineRunOf(1)] }, { trying: true });
    expect(starts(input)).toEqual([3]);
    expect(reasons(input)).toEqual({ 1: { ...told, trying: true }, 2: { ...told, trying: true } });
  });

  test('are told of a pause first, and of both by `explain`', () => {
    const input = held({ tasks: [taskOf(1, dev)], pausedPools: ['dev'] });
    expect(
      standingsOf(input)
        .get(1)
        ?.reasons.map(({ why }) => why),
    ).toEqual(['pool-paused', 'pool-held']);
  });

  test('are told of its budget beside that', () => {
    const figures = { used: 50, unknown: 0, unknownAttempts: 0, reserved: 0, unreserved: 0 };
    const poolBudget = {
      ...{ tokensPerDay: 50, timeZone: 'UTC' },
      today: { day: '2026-11-26', endsMs: LATER_MS, ...figures },
    };
    const budgets = Object.fromEntries(['ada', 'bob', 'cy', 'dan'].map((name) => [name, { poolBudget }]));
    const input = held({ tasks: [taskOf(1, dev)], budgets });
    const whys = standingsOf(input)
      .get(1)
      ?.reasons.map(({ why }) => why);
    expect(whys).toEqual(['pool-budget', 'pool-held']);
    expect(smallestChange(input, standingsOf(input), 1)).toMatchObject({ isEnough: true });
  });

  test('hear nothing of the cool-downs that the same trouble has caused', () => {
    const input = held({ tasks: [taskOf(1, dev)] });
    expect(standingsOf(input).get(1)?.reasons).toEqual([told]);
  });

  test('are started by time, or by a person who has it tried', () => {
    const input = held({ tasks: [taskOf(1, dev)] });
    expect(smallestChange(input, standingsOf(input), 1)).toEqual({
      needs: [
        [
          { do: 'wait', untilMs: LATER_MS },
          { do: 'resume-queue', queue: 'dev' },
        ],
      ],
      isEnough: true,
    });
    const trying = held({ tasks: [taskOf(1, dev)] }, { trying: true });
    expect(smallestChange(trying, standingsOf(trying), 1).needs).toEqual([[{ do: 'wait', untilMs: null }]]);
  });
});

describe('an agent of a held pool', () => {
  const told: Hold = {
    ...{
      state: 'cooling-down',
      reason: 'quota',
      sinceMs: 1,
      untilMs: 2,
      times: 1,
      agents: ['ada', 'bob', 'cy'],
    },
  };
  const known = { name: 'ada', limitByHand: null, paused: false, health: cool, quiet: false };
  const ada = agentOf('ada', 1, 'dev');
  const pool = { paused: false, agents: [known], hold: told };
  test.each<[string, typeof ada, typeof pool, PoolHold | undefined]>([
    ['that was taken', ada, pool, { reason: 'quota', taken: 3, sinceMs: 1, untilMs: 2, isTaken: true }],
    ['that was not', agentOf('dan', 1, 'dev'), pool, { reason: 'quota', taken: 3, sinceMs: 1, untilMs: 2 }],
    [
      'while one task tries',
      agentOf('dan', 1, 'dev'),
      { ...pool, hold: { ...told, canary: { workflowId: 'task-1', runId: 'r', untilMs: 9 } } },
      { reason: 'quota', taken: 3, sinceMs: 1, untilMs: 9, trying: true },
    ],
    ['without a pool', agentOf('ada', 1), pool, undefined],
  ])('%s', (_, agent, known, poolHold) => {
    expect(agentLine(agent, known).poolHold).toEqual(poolHold);
  });
});
