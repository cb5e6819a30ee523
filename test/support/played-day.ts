import type { Course, Leg } from '../../domain/forecast/experience.ts';
import type { ForecastInput } from '../../domain/forecast/outset.ts';
import type { OpenRun } from '../../domain/plan/input.ts';
import { plan } from '../../domain/plan/plan.ts';
import { poolId } from '../../domain/semaphore-id.ts';
import { grantDue } from '../../domain/slots/grant.ts';
import { newPool, type Pool } from '../../domain/slots/pool.ts';
import type { Task } from '../../domain/task.ts';
import { agentOf, planInput, taskOf } from './tasks.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const RECIPES = ['build', 'review'];
const MAX_ATTEMPTS = 3;
const BACK_OFF_MS = MINUTE_MS;

/** On a busy day tasks come faster than they are done, until the afternoon. */
export type DayKind = 'quiet' | 'busy';
const MINUTES_BETWEEN: Record<DayKind, [morning: number, later: number]> = {
  quiet: [1.6, 2.6],
  busy: [0.9, 1.6],
};

/** Two pools of three agents each, of which some are slower than others. */
const AGENTS = ['ada', 'bob', 'cy', 'dee', 'eve', 'fay'].map((name, at) => ({
  ...agentOf(name, at % 3 === 0 ? 2 : 1, at < 3 ? 'dev' : 'qa'),
  pace: 0.7 + 0.15 * at,
}));

/** The backlog at one moment of the day, as a forecast is asked for then. */
export interface Moment {
  atMs: number;
  input: ForecastInput;
  /** Of the tasks that were over by then, and of those before the day. */
  courses: Course[];
}

export interface PlayedDay {
  moments: Moment[];
  /** Task id -> when it was over, in milliseconds since the epoch; absent: it never was. */
  endedMs: ReadonlyMap<number, number>;
}

/** Numbers from 0 to 1 that are the same each time (mulberry32). */
function numbersOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

interface Run {
  task: Task;
  agent: string;
  sinceMs: number;
  untilMs: number;
  fails: boolean;
  legs: Leg[];
}

/**
 * A day from 8 to 18 o'clock, and on until all is done. Tasks come all day, more in the morning, some before others; how long an
 * attempt takes differs by agent and recipe, and by chance; one in ten fails and is tried again; from 13 o'clock on everything
 * takes longer, and for 40 minutes then one agent is paused. Who starts is decided by the planner, and whose slot by the pool's
 * own rule; nothing here is the forecast's.
 */
export function playDay(beginMs: number, seed: number, kind: DayKind, before: readonly Course[]): PlayedDay {
  return new Day(beginMs, seed, kind, before).play();
}

class Day {
  readonly #next: () => number;
  readonly #beginMs: number;
  readonly #kind: DayKind;
  readonly #tasks = new Map<number, Task>();
  readonly #running = new Map<number, Run>();
  readonly #resting = new Map<number, Run>();
  readonly #parked = new Map<number, Run>();
  readonly #legs = new Map<number, Leg[]>();
  readonly #endedMs = new Map<number, number>();
  readonly #courses: Course[];
  readonly #moments: Moment[] = [];
  #lastId = 0;

  constructor(beginMs: number, seed: number, kind: DayKind, before: readonly Course[]) {
    this.#kind = kind;
    this.#beginMs = beginMs;
    this.#next = numbersOf(seed);
    this.#courses = [...before];
  }

  play(): PlayedDay {
    const dayIsOverMs = this.#beginMs + 10 * HOUR_MS;
    let atMs = this.#beginMs;
    let arrivalMs = atMs;
    for (let momentMs = atMs + HOUR_MS; ; ) {
      const ends = [...this.#running.values(), ...this.#resting.values()].map(({ untilMs }) => untilMs);
      const isOpen = arrivalMs < dayIsOverMs;
      const nextMs = Math.min(...ends, ...(isOpen ? [arrivalMs, momentMs] : []));
      if (nextMs === Number.POSITIVE_INFINITY) break;
      atMs = nextMs;
      this.#endAttempts(atMs);
      if (isOpen && atMs === arrivalMs) arrivalMs = this.#arrive(atMs);
      this.#start(atMs);
      if (!isOpen || atMs !== momentMs) continue;
      this.#moments.push({ atMs, input: this.#input(atMs), courses: [...this.#courses] });
      momentMs += HOUR_MS;
    }
    return { moments: this.#moments, endedMs: this.#endedMs };
  }

  /** Returns when the next one comes. */
  #arrive(atMs: number): number {
    this.#lastId += 1;
    const id = this.#lastId;
    const open = [...this.#tasks.keys()];
    const blocker = this.#next() < 0.1 ? open[Math.floor(this.#next() * open.length)] : undefined;
    const recipe = RECIPES[Math.floor(this.#next() * RECIPES.length)];
    this.#tasks.set(
      id,
      taskOf(id, {
        ...{ queue: this.#next() < 0.6 ? 'dev' : 'qa', priority: Math.floor(this.#next() * 3) },
        ...{ tags: [`recipe:${recipe}`], blockedByTaskId: blocker ?? null },
        createdAt: new Date(atMs).toISOString(),
      }),
    );
    const [morning, later] = MINUTES_BETWEEN[this.#kind];
    const meanMs = (atMs < this.#beginMs + 3 * HOUR_MS ? morning : later) * MINUTE_MS;
    return atMs - Math.log(1 - this.#next()) * meanMs;
  }

  #input(atMs: number): ForecastInput {
    const runOf =
      (state: OpenRun['state']) =>
      (run: Run): OpenRun => {
        return {
          taskId: run.task.id,
          semaphore: poolId(run.task.queue ?? ''),
          wants: null,
          agent: run.agent,
          state,
        };
      };
    const openRuns = [
      ...[...this.#running.values()].map(runOf('active')),
      ...[...this.#resting.values()].map(runOf('backing-off')),
      ...[...this.#parked.values()].map(runOf('parked')),
    ];
    const fromMs = this.#beginMs + 5 * HOUR_MS;
    const pausedAgents = atMs >= fromMs && atMs < fromMs + 40 * MINUTE_MS ? ['bob'] : [];
    const tasks = [...this.#tasks.values()].map((task) => ({
      ...task,
      isCurrentlyBlocked: this.#tasks.has(task.blockedByTaskId ?? 0),
    }));
    return {
      plan: planInput({ tasks, openRuns, agents: AGENTS, pausedAgents, nowMs: atMs }),
      runningSinceMs: new Map([...this.#running].map(([id, { sinceMs }]) => [id, sinceMs])),
      backsOffUntilMs: new Map([...this.#resting].map(([id, { untilMs }]) => [id, untilMs])),
      zones: [],
    };
  }

  #start(atMs: number): void {
    const input = this.#input(atMs);
    for (const { task: ref, semaphore, rank } of plan(input.plan).starts) {
      const task = this.#tasks.get(ref.id);
      const pool = this.#poolOf(semaphore, input);
      pool.waiters = [
        { workflowId: `task-${ref.id}`, runId: '', rank, rankedAtMs: 0, wants: null, sinceMs: atMs },
      ];
      const [grant] = grantDue(pool, atMs);
      if (task !== undefined && grant !== undefined) this.#begin(task, grant.agent, atMs);
    }
  }

  #poolOf(semaphore: string, { plan: { agents, nowMs } }: ForecastInput): Pool {
    const able = agents.filter(({ queue, paused }) => poolId(queue ?? '') === semaphore && !paused);
    const policy = { heartbeatTimeoutMs: 0, coolDownMs: 0, coolDownMaxMs: 0, passIntervalMs: 0 };
    const pool = newPool({
      ...policy,
      agents: able.map(({ name, limit }) => ({ name, limit, gooseQueue: '' })),
    });
    for (const { task, agent } of this.#running.values())
      pool.holders.push({ workflowId: `task-${task.id}`, runId: '', agent, fence: null, sinceMs: nowMs });
    return pool;
  }

  #begin(task: Task, agent: string, atMs: number): void {
    const pace = AGENTS.find(({ name }) => name === agent)?.pace ?? 1;
    const isSlow = atMs >= this.#beginMs + 5 * HOUR_MS;
    const meanMs = (task.tags.includes('recipe:review') ? 4 : 11) * MINUTE_MS * pace * (isSlow ? 1.2 : 1);
    // Of a log-normal distribution.
    const normal = Math.sqrt(-2 * Math.log(1 - this.#next())) * Math.cos(2 * Math.PI * this.#next());
    const fails = this.#next() < 0.1;
    const heldMs = Math.round(meanMs * Math.exp(0.5 * normal) * (fails ? 0.5 : 1));
    const working = { ...task, status: 'working', assignedTo: agent } as const;
    this.#tasks.set(task.id, working);
    const legs = this.#legs.get(task.id) ?? [];
    this.#running.set(task.id, { task, agent, sinceMs: atMs, untilMs: atMs + heldMs, fails, legs });
  }

  #endAttempts(atMs: number): void {
    for (const [id, run] of this.#resting) if (run.untilMs <= atMs) this.#resting.delete(id);
    for (const [id, run] of this.#running) {
      if (run.untilMs > atMs) continue;
      this.#running.delete(id);
      const used = run.legs.length + 1;
      const restedMs = run.fails && used < MAX_ATTEMPTS ? BACK_OFF_MS * 2 ** (used - 1) : 0;
      const legs = [...run.legs, { heldMs: run.untilMs - run.sinceMs, restedMs }];
      this.#legs.set(id, legs);
      if (!run.fails) this.#complete(run, legs, atMs);
      else {
        this.#tasks.set(id, run.task);
        if (used < MAX_ATTEMPTS) this.#resting.set(id, { ...run, untilMs: atMs + restedMs });
        else this.#parked.set(id, run);
      }
    }
  }

  #complete({ task, agent }: Run, legs: Leg[], atMs: number): void {
    this.#tasks.delete(task.id);
    this.#endedMs.set(task.id, atMs);
    const recipe = task.tags[0]?.slice('recipe:'.length) ?? null;
    this.#courses.push({ agent, recipe, legs });
  }
}
