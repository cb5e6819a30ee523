import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { AgentLine } from '../../../domain/plan/agent-line.ts';
import type { InLine, Plan } from '../../../domain/plan/decision.ts';
import type { OpenRun, PlanInput } from '../../../domain/plan/input.ts';
import { plan } from '../../../domain/plan/plan.ts';
import type { Reason } from '../../../domain/plan/reason.ts';
import { compareRank, countWaits, type Rank, rankOf } from '../../../domain/rank.ts';
import { semaphoreOf } from '../../../domain/semaphore-id.ts';
import { isOpen, type Task } from '../../../domain/task.ts';
import { sayReason } from '../../../words/reason.ts';
import { anyInput } from '../../support/any-plan.ts';
import { processorMs } from '../../support/processor-time.ts';
import { agentOf, lineRunOf, planInput, taskOf } from '../../support/tasks.ts';

test('what is tried out below has everything in it', () => {
  const seen = new Set<string>();
  for (const input of fc.sample(anyInput, { numRuns: 1_000, seed: 1 })) {
    const { starts, waiting, inLine, misplaced } = plan(input);
    for (const { wants } of starts) seen.add(wants === null ? 'starts of a pool' : 'starts of an agent');
    for (const { reason } of waiting) seen.add(`waits: ${reason.why}`);
    for (const { reason } of inLine) seen.add(`in line: ${reason.why}`);
    if (misplaced.length > 0) seen.add('misplaced');
  }
  expect([...seen]).toEqual(expect.arrayContaining(['starts of a pool', 'starts of an agent', 'misplaced']));
  const both = [
    'agent-full',
    'pool-full',
    'agent-paused',
    'agent-cooling-down',
    'pool-paused',
    'scheduler-paused',
  ];
  for (const why of both)
    expect([...seen]).toEqual(expect.arrayContaining([`waits: ${why}`, `in line: ${why}`]));
  for (const why of ['slot-due', 'pool-unavailable', 'limit-zero']) expect(seen).toContain(`in line: ${why}`);
  for (const why of ['blocked', 'cycle', 'open-subtasks', 'parked']) expect(seen).toContain(`waits: ${why}`);
});

function holds(name: string, property: (input: PlanInput, made: Plan) => void): void {
  test(name, () => {
    fc.assert(
      fc.property(anyInput, (input) => property(input, plan(input))),
      { numRuns: 500 },
    );
  });
}

const byId = (a: number, b: number) => a - b;
/** Runs that hold a slot of the agent, as TinyTask tells. */
function running(input: PlanInput, name: string): number {
  return input.openRuns.filter(({ taskId, state, agent, wants }) => {
    const task = input.tasks.find((each) => each.id === taskId);
    return state === 'active' && task?.status === 'working' && (task.assignedTo ?? agent ?? wants) === name;
  }).length;
}
/** Why nothing may be started on the agent now, if so. */
function heldBack({ nowMs }: PlanInput, agent: AgentLine): Reason['why'][] {
  const { limit, paused, poolPaused, quiet, health } = agent;
  const is = (why: Reason['why'], holding: boolean) => (holding ? [why] : []);
  const away = health.state !== 'well' && (health.untilMs > nowMs || health.probing === true);
  return [
    ...is('limit-zero', limit === 0),
    ...is('pool-paused', poolPaused),
    ...is('agent-paused', paused),
    ...is('agent-quiet', quiet),
    ...is('agent-cooling-down', away && health.state === 'cooling-down'),
    ...is('agent-misconfigured', away && health.state === 'misconfigured'),
  ];
}
/** So many runs, in line or new, the agent has room for. */
function roomOf(input: PlanInput, agent: AgentLine): number {
  if (heldBack(input, agent).length > 0) return 0;
  const free = agent.limit - running(input, agent.name);
  if (agent.health.state !== 'well') return Math.min(1, Math.max(0, free));
  return Math.max(0, free + input.lookAhead);
}
const sum = (numbers: number[]) => numbers.reduce((all, each) => all + each, 0);
/** Who may have what waits at this semaphore, or for this agent alone. */
const takersOf = (input: PlanInput, semaphore: string, wants: string | null) =>
  input.agents.filter((agent) => (wants === null ? semaphoreOf(agent) === semaphore : agent.name === wants));

describe('whatever the tasks, agents and runs are', () => {
  holds('nobody is given more than its free slots and its places in line', (input, { starts }) => {
    for (const agent of input.agents) {
      const own = starts.filter(({ wants }) => wants === agent.name);
      expect(own.length).toBeLessThanOrEqual(roomOf(input, agent));
    }
    for (const semaphore of new Set(starts.map((start) => start.semaphore))) {
      const rooms = takersOf(input, semaphore, null).map((agent) => roomOf(input, agent));
      const given = starts.filter((start) => start.semaphore === semaphore);
      expect(given.length).toBeLessThanOrEqual(sum(rooms));
    }
  });

  holds('a run in line has its place before whatever is of a worse rank', (input, made) => {
    const places = [...made.starts, ...made.inLine].sort((a, b) => compareRank(a.rank, b.rank));
    for (const start of made.starts) {
      const before = places.slice(0, places.indexOf(start) + 1);
      if (start.wants === null) {
        // One that waits for a single agent may be in line beyond the places of that one, and takes none of the others'.
        const ofAnybody = before.filter(
          (place) => place.semaphore === start.semaphore && wantsOf(input, place) === null,
        );
        const rooms = takersOf(input, start.semaphore, null).map((agent) => roomOf(input, agent));
        expect(ofAnybody.length).toBeLessThanOrEqual(sum(rooms));
      } else {
        const own = before.filter((place) => wantsOf(input, place) === start.wants);
        const [agent] = takersOf(input, start.semaphore, start.wants);
        expect(agent && own.length).toBeLessThanOrEqual(agent ? roomOf(input, agent) : 0);
      }
    }
  });

  holds('what is of a worse rank changes nothing for a task', (input, made) => {
    for (const run of made.inLine) {
      const without = plan({
        ...input,
        openRuns: input.openRuns.filter((each) => each.taskId !== run.taskId),
      });
      expect(fatesBefore(without, run.rank, input)).toEqual(fatesBefore(made, run.rank, input));
    }
  });

  holds('with no places to wait free slots stay free only for want of tasks', (input) => {
    const { starts, waiting, inLine } = plan({ ...input, lookAhead: 0, maxStarts: 50 });
    const given = [...starts, ...inLine];
    for (const { reason } of [...waiting, ...inLine]) {
      if (reason.why !== 'agent-full' && reason.why !== 'pool-full') continue;
      expect(reason.used).toBeGreaterThanOrEqual(reason.limit);
      const isTaker = (agent: AgentLine) =>
        reason.why === 'pool-full' ? agent.queue === reason.queue : agent.name === reason.agent;
      const takers = input.agents.filter(isTaker);
      const semaphores = takers.map(semaphoreOf);
      const well = takers.filter(
        (agent) => heldBack(input, agent).length === 0 && agent.health.state === 'well',
      );
      // Who is well is counted, and every one of those who count is there or has been given something.
      expect(reason.limit).toBeGreaterThanOrEqual(sum(well.map(({ limit }) => limit)));
      expect(reason.used).toBeLessThanOrEqual(
        sum(takers.map(({ name }) => running(input, name))) +
          given.filter(({ semaphore }) => semaphores.includes(semaphore)).length,
      );
    }
  });

  holds(
    'no task starts twice, with an open run, blocked, before its subtasks, or in a pause',
    (input, made) => {
      const { starts } = made;
      const open = input.tasks.filter(isOpen);
      const ids = starts.map((start) => start.task.id);
      expect(new Set(ids).size).toBe(ids.length);
      expect(starts.length).toBeLessThanOrEqual(input.maxStarts);
      if (input.paused || !input.enabled) expect(starts).toEqual([]);
      for (const { task: ref, wants, pool, queue, semaphore } of starts) {
        const task = open.find(({ id }) => id === ref.id);
        expect(task).toMatchObject({ status: 'idle', createdAt: ref.createdAt, queue });
        expect(input.openRuns.some((run) => run.taskId === ref.id)).toBe(false);
        expect(task?.isCurrentlyBlocked && !input.blockingDisabled).toBe(false);
        expect(open.some((other) => other.parentTaskId === ref.id)).toBe(false);
        const takers = takersOf(input, semaphore, wants);
        expect(takers.some((agent) => heldBack(input, agent).length === 0)).toBe(true);
        // Of a pool, or of the one agent whom the task is assigned to, and not both.
        if (pool === null) expect(task?.assignedTo).toBe(wants);
        else expect([wants, queue, semaphore]).toEqual([null, pool, `pool-${pool}`]);
        if (pool === null) expect(takers.map(semaphoreOf)).toEqual([semaphore]);
        if (input.mode === 'legacy') expect(task?.assignedTo).not.toBe(null);
      }
    },
  );

  holds(
    'a task that a person has assigned is for that agent alone, wherever it waits',
    (input, { starts }) => {
      for (const { task: ref, wants } of starts) {
        const { assignedTo = null, queue = null } = input.tasks.find(({ id }) => id === ref.id) ?? {};
        const ours = input.assignedByUs[ref.id];
        if (assignedTo !== null && (ours?.agent !== assignedTo || ours.pool !== queue))
          expect(wants).toBe(assignedTo);
      }
    },
  );

  holds(
    'every open task starts, waits, is in line, is misplaced or is in hand, and is one of these only',
    (input, { starts, waiting, inLine, misplaced }) => {
      const open = input.tasks.filter(isOpen);
      const runs = new Map(input.openRuns.map((run) => [run.taskId, run]));
      const stateOf = (id: number) => runs.get(id)?.state;
      const isIdle = (id: number) => open.some((task) => task.id === id && task.status === 'idle');
      const working = open.filter(({ id, status }) => stateOf(id) === 'active' && status === 'working');
      const seen = [
        starts.map(({ task }) => task.id),
        waiting.map(({ taskId }) => taskId),
        inLine.map(({ taskId }) => taskId),
        misplaced,
        working.map(({ id }) => id),
      ];
      expect(seen.flat().sort(byId)).toEqual(open.map(({ id }) => id));
      const waitsFor = (id: number) => stateOf(id) === 'active' && isIdle(id);
      expect([...inLine.map(({ taskId }) => taskId), ...misplaced].sort(byId)).toEqual(
        open.map(({ id }) => id).filter(waitsFor),
      );
      for (const { taskId, reason } of waiting) {
        const state = stateOf(taskId);
        // Of a run that backs off or is parked that is the reason, and of no other task.
        const ofRun = reason.why === 'backing-off' || reason.why === 'parked' ? reason.why : undefined;
        expect(ofRun).toBe(state);
        expect(sayReason(reason)).toMatch(/^\S.*[^.\s]$/);
      }
    },
  );

  holds('every run in line has the reason of whose slots it waits for', (input, { inLine }) => {
    for (const line of inLine) {
      const run = input.openRuns.find(({ taskId }) => taskId === line.taskId);
      expect(run?.semaphore).toBe(line.semaphore);
      const takers = takersOf(input, line.semaphore, run?.wants ?? null);
      expect(reasonsOf(input, takers, run?.wants ?? null)).toContain(line.reason.why);
      expect(namesOf(line.reason).every((name) => takers.some((agent) => agent.name === name))).toBe(true);
      const hasSlot = takers.some(({ name, limit }) => running(input, name) < limit);
      if (line.reason.why === 'slot-due') expect(hasSlot).toBe(true);
      // Nobody else can be about to probe an agent of which no slot is free.
      if ('probing' in line.reason) expect(hasSlot).toBe(true);
    }
  });

  holds('better ranked tasks start first, and stand before others in line', (input, { starts, inLine }) => {
    const open = input.tasks.filter(isOpen);
    const waits = countWaits(input.blockingDisabled ? [] : open);
    const first = new Set(input.first);
    // From the tasks themselves, not as the plan has it.
    const rankOfId = (id: number) => rankOf(open.find((task) => task.id === id) as Task, waits, first);
    for (const ids of [starts.map(({ task }) => task.id), inLine.map(({ taskId }) => taskId)]) {
      const ranks = ids.map(rankOfId);
      for (const [at, rank] of ranks.entries()) {
        const next = ranks[at + 1];
        if (next !== undefined) expect(compareRank(rank, next)).toBeLessThan(0);
      }
    }
    // With what the semaphores order by.
    for (const { task, rank } of starts) expect(rank).toEqual(rankOfId(task.id));
    for (const { taskId, rank } of inLine) expect(rank).toEqual(rankOfId(taskId));
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

  test('the input stays as it is', () => {
    fc.assert(
      fc.property(anyInput, (input) => {
        plan(frozen(structuredClone(input)));
      }),
      { numRuns: 500 },
    );
  });

  test('the next plan starts nothing, and finds in line and well placed what this one started', () => {
    fc.assert(
      fc.property(anyInput, (input) => {
        const { starts, waiting, inLine, misplaced } = plan({ ...input, maxStarts: 50 });
        const runs = starts.map(({ task, semaphore, wants }): OpenRun => {
          return lineRunOf(task.id, { semaphore, wants, agent: wants });
        });
        const then = plan({ ...input, maxStarts: 50, openRuns: [...input.openRuns, ...runs] });
        expect(then.starts).toEqual([]);
        expect(then.misplaced).toEqual(misplaced);
        expect(then.waiting.map(({ taskId }) => taskId)).toEqual(waiting.map(({ taskId }) => taskId));
        const lined = [...inLine.map(({ taskId }) => taskId), ...runs.map(({ taskId }) => taskId)];
        expect(then.inLine.map(({ taskId }) => taskId).sort(byId)).toEqual(lined.sort(byId));
      }),
      { numRuns: 500 },
    );
  });

  test('what is misplaced and planned anew is misplaced no more', () => {
    fc.assert(
      fc.property(anyInput, (input) => {
        const away = new Set(plan(input).misplaced);
        const left = { ...input, openRuns: input.openRuns.filter(({ taskId }) => !away.has(taskId)) };
        const anew = plan({ ...left, maxStarts: 50 });
        const runs = anew.starts.map(({ task, semaphore, wants }): OpenRun => {
          return lineRunOf(task.id, { semaphore, wants, agent: wants });
        });
        expect(plan({ ...left, openRuns: [...left.openRuns, ...runs] }).misplaced).toEqual([]);
      }),
      { numRuns: 500 },
    );
  });
});

/** Whoever changes anything of it gets a TypeError. */
function frozen<T>(data: T): T {
  if (typeof data === 'object' && data !== null) Object.values(Object.freeze(data)).forEach(frozen);
  return data;
}

/** What becomes of each task of a better rank than this one. */
function fatesBefore({ starts, waiting, inLine, misplaced }: Plan, rank: Rank, input: PlanInput) {
  const open = input.tasks.filter(isOpen);
  const waits = countWaits(input.blockingDisabled ? [] : open);
  const first = new Set(input.first);
  const better = new Set(
    open.filter((task) => compareRank(rankOf(task, waits, first), rank) < 0).map(({ id }) => id),
  );
  return [
    ...starts.map(({ task, semaphore, wants }) => [task.id, 'starts', semaphore, wants] as const),
    ...[...waiting, ...inLine].map(({ taskId, reason }) => [taskId, reason] as const),
    ...misplaced.map((id) => [id, 'misplaced'] as const),
  ].filter(([id]) => better.has(id));
}

/** Whom a start or a run in line wants. */
function wantsOf(input: PlanInput, place: Plan['starts'][number] | InLine): string | null {
  if ('wants' in place) return place.wants;
  return input.openRuns.find(({ taskId }) => taskId === place.taskId)?.wants ?? null;
}

/** Which reasons a run that only these agents may take can have. */
function reasonsOf(input: PlanInput, takers: PlanInput['agents'], wants: string | null): Reason['why'][] {
  if (!input.enabled) return ['scheduler-disabled'];
  if (input.paused) return ['scheduler-paused'];
  const held = takers.map((agent) => heldBack(input, agent));
  const probing = takers.flatMap(({ health: { state } }) => {
    return state === 'well' ? [] : [`agent-${state}` as const];
  });
  const full = wants === null ? 'pool-full' : 'agent-full';
  const isHeld = held.every((reasons) => reasons.length > 0);
  if (isHeld) return [...held.flat(), ...(held.length > 1 ? ['pool-unavailable' as const] : [])];
  const isWell = takers.some((agent) => heldBack(input, agent).length === 0 && agent.health.state === 'well');
  // Once one task probes the last of them, it is held back for the others.
  return ['slot-due', full, ...(isWell ? [] : [...probing, 'pool-unavailable' as const])];
}

function namesOf(reason: Reason): string[] {
  return 'agent' in reason && reason.agent !== null ? [reason.agent] : [];
}

test('10,000 tasks, 1,000 of them in line, and 50 agents take less than a second', () => {
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
  const inLine = tasks.filter(({ priority }) => priority === 0).slice(0, 1_000);
  const openRuns = inLine.map(({ id, queue, assignedTo: wants }) =>
    lineRunOf(id, { semaphore: `pool-${queue}`, wants }),
  );
  const input = planInput({ tasks, agents, openRuns, lookAhead: 2 });
  let made = plan(planInput());
  const tookMs = processorMs(() => {
    made = plan(input);
  });
  expect(tookMs).toBeLessThan(1_000);
  expect(made.starts).toHaveLength(50);
  expect(made.starts.length + made.waiting.length + made.inLine.length + made.misplaced.length).toBe(10_000);
  expect(made.inLine.length + made.misplaced.length).toBe(1_000);
});
