import type { Agent } from '../../domain/agent.ts';
import type { AgentLine } from '../../domain/plan/agent-line.ts';
import type { Start, Waiting } from '../../domain/plan/decision.ts';
import type { OpenRun, PlanInput } from '../../domain/plan/input.ts';
import { plan } from '../../domain/plan/plan.ts';
import type { Rank } from '../../domain/rank.ts';
import { type Health, WELL } from '../../domain/slots/health.ts';
import type { Task } from '../../domain/task.ts';

/** 2026-01-01, 00:00:00 UTC: when every task was made and every plan is made, unless a test says otherwise. */
export const NOW_MS = Date.UTC(2026, 0, 1);
export const MADE_AT = '2026-01-01T00:00:00Z';

/** An idle task that nothing keeps from starting. One with a blocker counts as blocked unless `change` says not. */
export function taskOf(id: number, change: Partial<Task> = {}): Task {
  return {
    id,
    title: `task ${id}`,
    description: null,
    status: 'idle',
    assignedTo: null,
    previousAssignedTo: null,
    createdBy: 'tester',
    priority: 0,
    tags: [],
    parentTaskId: null,
    queue: null,
    blockedByTaskId: null,
    createdAt: MADE_AT,
    updatedAt: MADE_AT,
    archivedAt: null,
    isCurrentlyBlocked: (change.blockedByTaskId ?? null) !== null,
    ...change,
  };
}

export function agentOf(name: string, limit: number, queue?: string): Agent {
  return queue === undefined ? { name, limit } : { name, limit, queue };
}

/** A run of pool dev that has, or had, a slot of this agent. */
export function runOf(
  taskId: number,
  agent: string,
  state: OpenRun['state'] = 'active',
  change: Partial<OpenRun> = {},
): OpenRun {
  return { taskId, semaphore: 'pool-dev', wants: null, agent, state, ...change };
}

/** A run in line for a slot of any agent of pool dev. */
export function lineRunOf(taskId: number, change: Partial<OpenRun> = {}): OpenRun {
  return { taskId, semaphore: 'pool-dev', wants: null, agent: null, state: 'active', ...change };
}

/** Tasks that this agent works on, and their runs. */
export function atWork(agent: string, ...ids: number[]): { tasks: Task[]; openRuns: OpenRun[] } {
  return {
    tasks: ids.map((id) => taskOf(id, { queue: 'dev', assignedTo: agent, status: 'working' })),
    openRuns: ids.map((id) => runOf(id, agent)),
  };
}

export function rankOfTask(id: number, change: Partial<Rank> = {}): Rank {
  return { first: false, dependents: 0, priority: 0, createdAt: MADE_AT, id, ...change };
}

/** An input of the planner, with what the semaphores tell of agents and pools beside the agents. */
export interface PlanDraft extends Omit<PlanInput, 'agents'> {
  agents: readonly Agent[];
  health: Readonly<Record<string, Health>>;
  pausedAgents: readonly string[];
  quietAgents: readonly string[];
  pausedPools: readonly string[];
  /** By agent. */
  budgets: Readonly<Record<string, Pick<AgentLine, 'budget' | 'poolBudget' | 'tokensPerRun'>>>;
}

export function planInput({
  agents = [],
  health = {},
  pausedAgents = [],
  quietAgents = [],
  pausedPools = [],
  budgets = {},
  ...change
}: Partial<PlanDraft> = {}): PlanInput {
  return {
    tasks: [],
    agents: agents.map(({ name, limit, queue = null }) => ({
      ...{ name, limit, queue, limitByHand: null, health: health[name] ?? WELL },
      ...{ paused: pausedAgents.includes(name), quiet: quietAgents.includes(name) },
      poolPaused: queue !== null && pausedPools.includes(queue),
      ...budgets[name],
    })),
    mode: 'queue',
    openRuns: [],
    paused: false,
    enabled: true,
    blockingDisabled: false,
    assignedByUs: {},
    dying: {},
    first: [],
    lookAhead: 0,
    maxStarts: 50,
    nowMs: NOW_MS,
    ...change,
  };
}

/** A plan in short. */
export interface ShortPlan {
  /** `42 pool-dev`, or `42 ada@pool-dev` where only ada may have it. */
  starts: string[];
  /** Why each of the others waits, or is in line. */
  waiting: Record<number, string>;
  inLine: Record<number, string>;
  misplaced: number[];
}

export function planOf(change: Partial<PlanDraft>): ShortPlan {
  const { starts, waiting, inLine, misplaced } = plan(planInput(change));
  return { starts: starts.map(sayStart), waiting: whyOf(waiting), inLine: whyOf(inLine), misplaced };
}

function sayStart({ task, wants, semaphore }: Start): string {
  return `${task.id} ${wants === null ? '' : `${wants}@`}${semaphore}`;
}

function whyOf(waiting: readonly Waiting[]): Record<number, string> {
  return Object.fromEntries(waiting.map(({ taskId, reason }) => [taskId, reason.why]));
}

export function agentLineOf(name: string): AgentLine {
  return {
    ...{ name, queue: null, limit: 1, limitByHand: null, paused: false, poolPaused: false, quiet: false },
    health: { state: 'well' },
  };
}
