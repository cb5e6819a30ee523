import type { Agent } from '../../domain/agent.ts';
import type { AgentLine } from '../../domain/pass.ts';
import { type OpenRun, type Plan, type PlanInput, plan } from '../../domain/plan.ts';
import type { Rank } from '../../domain/rank.ts';
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

export function runOf(taskId: number, agent: string, state: OpenRun['state'] = 'active'): OpenRun {
  return { taskId, agent, state, extra: false };
}

export function extraRunOf(taskId: number, agent: string): OpenRun {
  return { taskId, agent, state: 'active', extra: true };
}

export function rankOfTask(id: number, change: Partial<Rank> = {}): Rank {
  return { first: false, dependents: 0, priority: 0, createdAt: MADE_AT, id, ...change };
}

export function planInput(change: Partial<PlanInput> = {}): PlanInput {
  return {
    tasks: [],
    agents: [],
    mode: 'queue',
    openRuns: [],
    health: {},
    pausedAgents: [],
    paused: false,
    enabled: true,
    blockingDisabled: false,
    assignedByUs: {},
    ending: {},
    first: [],
    waitingPerAgent: 0,
    maxStarts: 50,
    nowMs: NOW_MS,
    ...change,
  };
}

/** A plan in short: `42 ada` for each start (with a `+` where it starts beyond the slots), and why the others wait. */
export function planOf(change: Partial<PlanInput>): { starts: string[]; waiting: Record<number, string> } {
  const made = plan(planInput(change));
  return { starts: startsOf(made), waiting: whyOf(made) };
}

export function startsOf({ starts }: Plan): string[] {
  return starts.map(({ task, agent, extra }) => `${task.id} ${agent}${extra ? '+' : ''}`);
}

export function whyOf({ waiting }: Plan): Record<number, string> {
  return Object.fromEntries(waiting.map(({ taskId, reason }) => [taskId, reason.why]));
}

export function agentLineOf(name: string): AgentLine {
  return { name, queue: null, limit: 1, limitByHand: null, paused: false, health: { state: 'well' } };
}
