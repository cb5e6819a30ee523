import fc from 'fast-check';
import type { Agent } from '../../domain/agent.ts';
import type { OpenRun, PlanInput } from '../../domain/plan/input.ts';
import { semaphoreOf } from '../../domain/semaphore-id.ts';
import type { Health } from '../../domain/slots/health.ts';
import { isOpen, type Task } from '../../domain/task.ts';
import { NOW_MS, planInput, taskOf } from './tasks.ts';

export const AGENTS = ['ada', 'bob', 'cy', 'dee'];
export const anyAgent = fc.constantFrom(...AGENTS);
/** Of so many cases in one it is another. */
export const seldom = <T>(cases: number, usual: T, other: fc.Arbitrary<T>) =>
  fc.oneof({ weight: cases - 1, arbitrary: fc.constant(usual) }, { weight: 1, arbitrary: other });

/** A task with what may become of its run: `fits`: as the planner starts it. */
const anyDraft = fc.record({
  task: fc.record({
    status: fc.constantFrom<Task['status']>('idle', 'idle', 'idle', 'idle', 'working', 'working', 'complete'),
    archivedAt: seldom<string | null>(20, null, fc.constant('2026-01-01T00:00:00Z')),
    assignedTo: seldom<string | null>(3, null, fc.constantFrom(...AGENTS, 'ghost')),
    queue: fc.constantFrom('dev', 'dev', 'dev', 'dev', 'qa', 'ops', null),
    priority: fc.integer({ min: -1, max: 2 }),
    createdAt: fc.constantFrom('2025-12-31T00:00:00Z', '2026-01-01T00:00:00Z'),
    blockedByTaskId: seldom<number | null>(8, null, fc.integer({ min: 1, max: 16 })),
    parentTaskId: seldom<number | null>(8, null, fc.integer({ min: 1, max: 16 })),
  }),
  run: fc.constantFrom('none', 'none', 'none', 'fits', 'fits', 'fits', 'odd', 'backing-off', 'parked'),
  odd: fc.record({
    semaphore: fc.constantFrom('pool-dev', 'pool-qa', 'agent-ada'),
    wants: fc.option(fc.constantFrom(...AGENTS, 'ghost'), { nil: null, freq: 2 }),
  }),
});
type Draft = typeof anyDraft extends fc.Arbitrary<infer T> ? T : never;

function tasksOf(drafts: readonly Draft[]): Task[] {
  const tasks = drafts.map(({ task }, at) => taskOf(at + 1, task));
  const isBlocked = ({ blockedByTaskId }: Task) =>
    tasks.some((blocker) => blocker.id === blockedByTaskId && isOpen(blocker));
  return tasks.map((task) => ({ ...task, isCurrentlyBlocked: isBlocked(task) }));
}

function runsOf(drafts: readonly Draft[], agents: readonly Agent[]): OpenRun[] {
  return drafts.flatMap(({ task: { assignedTo, queue, status }, run, odd }, at): OpenRun[] => {
    if (run === 'none') return [];
    const agent = agents.find(({ name }) => name === assignedTo);
    const own = agent && { semaphore: semaphoreOf(agent), wants: agent.name };
    const fits = own ?? { semaphore: `pool-${queue}`, wants: null };
    const has = status === 'working' || run === 'parked' || run === 'backing-off' ? assignedTo : null;
    return [
      {
        taskId: at + 1,
        ...(run === 'odd' ? odd : fits),
        agent: has,
        state: run === 'backing-off' || run === 'parked' ? run : 'active',
      },
    ];
  });
}

export const anyHealth: fc.Arbitrary<Health> = fc.oneof(
  { weight: 3, arbitrary: fc.constant<Health>({ state: 'well' }) },
  fc.record({
    state: fc.constantFrom('cooling-down' as const, 'misconfigured' as const),
    reason: fc.constant('it broke'),
    untilMs: fc.constantFrom(NOW_MS - 1, NOW_MS, NOW_MS + 1),
    times: fc.constant(1),
  }),
);

/** Whatever the planner may be given. */
export const anyInput: fc.Arbitrary<PlanInput> = fc
  .record({
    drafts: fc.array(anyDraft, { maxLength: 14 }),
    agents: fc.uniqueArray(
      fc.record({
        name: anyAgent,
        limit: fc.constantFrom(0, 1, 1, 2, 3),
        queue: fc.constantFrom('dev', 'dev', 'dev', 'qa'),
      }),
      { selector: (agent) => agent.name, minLength: 1 },
    ),
    mode: seldom<PlanInput['mode']>(15, 'queue', fc.constant('legacy' as const)),
    health: fc.dictionary(anyAgent, anyHealth, { noNullPrototype: true }),
    pausedAgents: seldom<string[]>(3, [], fc.subarray(AGENTS, { maxLength: 1 })),
    quietAgents: seldom<string[]>(8, [], fc.subarray(AGENTS, { maxLength: 1 })),
    pausedPools: seldom<string[]>(15, [], fc.constantFrom(['dev'], ['qa'])),
    paused: seldom(20, false, fc.constant(true)),
    enabled: seldom(20, true, fc.constant(false)),
    blockingDisabled: seldom(5, false, fc.constant(true)),
    assignedByUs: fc.dictionary(
      fc.integer({ min: 1, max: 14 }).map(String),
      fc.record({ pool: fc.constantFrom('dev', 'dev', 'qa'), agent: anyAgent }),
      { noNullPrototype: true },
    ),
    dying: fc.dictionary(fc.integer({ min: 1, max: 14 }).map(String), fc.constant(NOW_MS + 1), {
      maxKeys: 1,
      noNullPrototype: true,
    }),
    first: fc.uniqueArray(fc.integer({ min: 1, max: 16 }), { maxLength: 2 }),
    lookAhead: fc.nat({ max: 2 }),
    maxStarts: fc.constantFrom(0, 2, 50, 50, 50),
    nowMs: fc.constant(NOW_MS),
  })
  .map(({ drafts, ...input }) => {
    const openRuns = runsOf(drafts, input.agents);
    // Only of a task without a run its last run may be dying.
    const withRun = new Set(openRuns.map(({ taskId }) => String(taskId)));
    const dying = Object.entries(input.dying).filter(([id]) => !withRun.has(id));
    return planInput({ ...input, tasks: tasksOf(drafts), openRuns, dying: Object.fromEntries(dying) });
  });
