import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Health } from '../../domain/health.ts';
import { type OpenRun, type Plan, type PlanInput, plan } from '../../domain/plan.ts';
import { compareRank } from '../../domain/rank.ts';
import { sayReason } from '../../domain/reason.ts';
import { isOpen, type Task } from '../../domain/task.ts';
import { agentOf, NOW_MS, planInput, taskOf } from '../support/tasks.ts';

const AGENTS = ['ada', 'bob', 'cy', 'dee'];
const anyAgentName = fc.constantFrom(...AGENTS, 'ghost');
const anyQueue = fc.option(fc.constantFrom('dev', 'qa', 'ops'), { nil: null });

const anyTasks: fc.Arbitrary<Task[]> = fc
  .array(
    fc.record({
      status: fc.constantFrom<Task['status']>('idle', 'idle', 'idle', 'idle', 'working', 'complete'),
      archivedAt: fc.constantFrom(null, null, null, null, null, '2026-01-01T00:00:00Z'),
      assignedTo: fc.option(anyAgentName, { nil: null, freq: 1 }),
      queue: anyQueue,
      priority: fc.integer({ min: -1, max: 2 }),
      createdAt: fc.constantFrom('2025-12-31T00:00:00Z', '2026-01-01T00:00:00Z'),
      blockedByTaskId: fc.option(fc.integer({ min: 1, max: 16 }), { nil: null, freq: 1 }),
      parentTaskId: fc.option(fc.integer({ min: 1, max: 16 }), { nil: null, freq: 1 }),
    }),
    { maxLength: 14 },
  )
  .map((drafts) => {
    const tasks = drafts.map((draft, at) => taskOf(at + 1, draft));
    const isBlocked = ({ blockedByTaskId }: Task) =>
      tasks.some((blocker) => blocker.id === blockedByTaskId && isOpen(blocker));
    return tasks.map((task) => ({ ...task, isCurrentlyBlocked: isBlocked(task) }));
  });

const anyHealth: fc.Arbitrary<Health> = fc.oneof(
  { weight: 3, arbitrary: fc.constant<Health>({ state: 'well' }) },
  fc.record({
    state: fc.constantFrom('cooling-down' as const, 'misconfigured' as const),
    reason: fc.constant('it broke'),
    untilMs: fc.constantFrom(NOW_MS - 1, NOW_MS, NOW_MS + 1),
    times: fc.constant(1),
  }),
);

const anyInput: fc.Arbitrary<PlanInput> = fc.record({
  tasks: anyTasks,
  agents: fc.uniqueArray(
    fc.record({
      name: fc.constantFrom(...AGENTS),
      limit: fc.nat({ max: 3 }),
      queue: fc.constantFrom('dev', 'qa'),
    }),
    { selector: (agent) => agent.name },
  ),
  mode: fc.constantFrom('queue' as const, 'queue' as const, 'queue' as const, 'legacy' as const),
  openRuns: fc.uniqueArray(
    fc.record({
      taskId: fc.integer({ min: 1, max: 20 }),
      agent: anyAgentName,
      state: fc.constantFrom<OpenRun['state']>('active', 'active', 'backing-off', 'parked'),
      extra: fc.boolean(),
    }),
    { selector: (run) => run.taskId, maxLength: 6 },
  ),
  health: fc.dictionary(fc.constantFrom(...AGENTS), anyHealth, { noNullPrototype: true }),
  pausedAgents: fc.subarray(AGENTS, { maxLength: 1 }),
  paused: fc.constantFrom(false, false, false, false, true),
  enabled: fc.constantFrom(true, true, true, true, false),
  blockingDisabled: fc.constantFrom(false, false, false, true),
  assignedByUs: fc.dictionary(
    fc.integer({ min: 1, max: 14 }).map(String),
    fc.record({ pool: fc.constantFrom('dev', 'qa'), agent: fc.constantFrom(...AGENTS) }),
    { noNullPrototype: true },
  ),
  ending: fc.dictionary(fc.integer({ min: 1, max: 14 }).map(String), fc.constant(NOW_MS + 1), {
    maxKeys: 1,
    noNullPrototype: true,
  }),
  first: fc.uniqueArray(fc.integer({ min: 1, max: 16 }), { maxLength: 2 }),
  waitingPerAgent: fc.nat({ max: 2 }),
  maxStarts: fc.constantFrom(0, 2, 50),
  nowMs: fc.constant(NOW_MS),
});

function holds(name: string, property: (input: PlanInput, made: Plan) => void): void {
  test(name, () => {
    fc.assert(
      fc.property(anyInput, (input) => property(input, plan(input))),
      { numRuns: 500 },
    );
  });
}

describe('whatever the tasks, agents and runs are', () => {
  holds('no agent is given more than its slots and its places to wait', (input, { starts }) => {
    for (const agent of input.agents) {
      const active = input.openRuns.filter((run) => run.agent === agent.name && run.state === 'active');
      const free = Math.max(0, agent.limit - active.length);
      const given = starts.filter((start) => start.agent === agent.name);
      const replaced = given.length === 0 ? 0 : active.filter((run) => run.extra).length;
      expect(given.filter((start) => !start.extra).length).toBeLessThanOrEqual(free);
      expect(given.filter((start) => start.extra).length).toBeLessThanOrEqual(
        input.waitingPerAgent + replaced,
      );
      if (input.waitingPerAgent === 0) expect(given.length).toBeLessThanOrEqual(free);
      if ((input.health[agent.name]?.state ?? 'well') !== 'well') expect(given.length).toBeLessThanOrEqual(1);
    }
  });

  holds('with no places to wait free slots stay free only for want of tasks', (input) => {
    const { starts, waiting } = plan({ ...input, waitingPerAgent: 0, maxStarts: 50 });
    for (const { reason } of waiting) {
      if (reason.why !== 'agent-full') continue;
      const agent = input.agents.find(({ name }) => name === reason.agent);
      const active = input.openRuns.filter(
        (run) => run.agent === reason.agent && run.state === 'active',
      ).length;
      const given = starts.filter((start) => start.agent === reason.agent).length;
      expect(active + given).toBeGreaterThanOrEqual(agent?.limit ?? 0);
    }
  });

  holds(
    'no task starts twice, with an open run, blocked, before its subtasks, or in a pause',
    (input, { starts }) => {
      const open = input.tasks.filter(isOpen);
      const ids = starts.map((start) => start.task.id);
      expect(new Set(ids).size).toBe(ids.length);
      expect(starts.length).toBeLessThanOrEqual(input.maxStarts);
      if (input.paused || !input.enabled) expect(starts).toEqual([]);
      for (const { task: ref, agent, pool } of starts) {
        const task = open.find(({ id }) => id === ref.id);
        expect(task).toMatchObject({ status: 'idle', createdAt: ref.createdAt });
        expect(input.openRuns.some((run) => run.taskId === ref.id)).toBe(false);
        expect(task?.isCurrentlyBlocked && !input.blockingDisabled).toBe(false);
        expect(open.some((other) => other.parentTaskId === ref.id)).toBe(false);
        expect(input.pausedAgents).not.toContain(agent);
        if (pool === null) expect(task?.assignedTo).toBe(agent);
        else expect(input.agents).toContainEqual(expect.objectContaining({ name: agent, queue: pool }));
        if (input.mode === 'legacy' && task?.assignedTo === null)
          throw new Error('an unassigned task in legacy mode');
      }
    },
  );

  holds(
    'every open task starts, has a run in hand, or has exactly one reason',
    (input, { starts, waiting }) => {
      const inHand = new Set(input.openRuns.filter((run) => run.state === 'active').map((run) => run.taskId));
      const seen = [...starts.map((start) => start.task.id), ...waiting.map(({ taskId }) => taskId)];
      const expected = input.tasks.filter((task) => isOpen(task) && !inHand.has(task.id));
      expect(seen.sort((a, b) => a - b)).toEqual(expected.map((task) => task.id));
      for (const { reason } of waiting) expect(sayReason(reason)).toMatch(/^\S.*[^.\s]$/);
    },
  );

  holds('better ranked tasks start first', (_, { starts }) => {
    const ranks = starts.map((start) => start.rank);
    expect([...ranks].sort(compareRank)).toEqual(ranks);
  });

  test('the order of the input does not matter', () => {
    const shuffled = <T>(items: readonly T[]) => fc.shuffledSubarray([...items], { minLength: items.length });
    const twice = anyInput.chain((input) =>
      fc.tuple(
        fc.constant(input),
        fc.record({
          tasks: shuffled(input.tasks),
          agents: shuffled(input.agents),
          openRuns: shuffled(input.openRuns),
          first: shuffled(input.first),
        }),
      ),
    );
    fc.assert(
      fc.property(twice, ([input, order]) => {
        expect(plan({ ...input, ...order })).toEqual(plan(input));
      }),
      { numRuns: 500 },
    );
  });

  test('the next plan finds nothing left to start, and replaces nothing that this one started', () => {
    fc.assert(
      fc.property(anyInput, (input) => {
        const { starts, waiting } = plan({ ...input, maxStarts: 50 });
        const runs = starts.map(
          ({ task, agent, extra }): OpenRun => ({ taskId: task.id, agent, state: 'active', extra }),
        );
        // One that was there before may be replaced, and is gone only when the semaphore has sent it home.
        fc.pre(input.openRuns.every((run) => !run.extra));
        const then = plan({ ...input, maxStarts: 50, openRuns: [...input.openRuns, ...runs] });
        const probes = then.starts.filter((start) => (input.health[start.agent]?.state ?? 'well') !== 'well');
        expect(then.starts.length - probes.length).toBe(0);
        expect(then.waiting.length + probes.length).toBe(waiting.length);
      }),
      { numRuns: 300 },
    );
  });
});

test('10,000 tasks and 50 agents take less than a second', () => {
  const tasks = Array.from({ length: 10_000 }, (_, at) =>
    taskOf(at + 1, {
      queue: `queue-${at % 10}`,
      priority: at % 7,
      assignedTo: at % 5 === 0 ? `agent-${at % 50}` : null,
      blockedByTaskId: at % 3 === 0 && at > 0 ? at : null,
      parentTaskId: at % 11 === 0 && at > 0 ? at - 1 : null,
    }),
  );
  const agents = Array.from({ length: 50 }, (_, at) => agentOf(`agent-${at}`, 5, `queue-${at % 10}`));
  const openRuns = Array.from({ length: 200 }, (_, at): OpenRun => {
    return { taskId: 20_000 + at, agent: `agent-${at % 50}`, state: 'active', extra: false };
  });
  const started = performance.now();
  const made = plan(planInput({ tasks, agents, openRuns, waitingPerAgent: 2 }));
  expect(performance.now() - started).toBeLessThan(1_000);
  expect(made.starts).toHaveLength(50);
  expect(made.starts.length + made.waiting.length).toBe(10_000);
});
