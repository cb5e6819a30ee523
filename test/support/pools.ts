import type { VerdictKind } from '../../domain/attempt/verdict.ts';
import type { Rank } from '../../domain/rank.ts';
import type { AgentSlots } from '../../domain/slots/agent-slots.ts';
import { release } from '../../domain/slots/give-back.ts';
import { grantDue } from '../../domain/slots/grant.ts';
import type { Health } from '../../domain/slots/health.ts';
import { request } from '../../domain/slots/line.ts';
import { agentOf, newPool, type Pool, type PoolPolicy } from '../../domain/slots/pool.ts';
import type { RunRef } from '../../domain/slots/run-ref.ts';
import { rankOfTask } from './tasks.ts';

/** When everything happens, unless a test says otherwise; milliseconds since the epoch. */
export const T = 1_000_000;
export const HEARTBEAT_TIMEOUT_MS = 15_000;
export const COOL_DOWN_MS = 30_000;

/** Agents and their slots: `{ ada: 1, bob: 2 }`. */
export type Limits = Record<string, number>;

export function poolPolicy(limits: Limits): PoolPolicy {
  return {
    agents: Object.entries(limits).map(([name, limit]) => ({ name, limit, gooseQueue: `goose-${name}` })),
    heartbeatTimeoutMs: HEARTBEAT_TIMEOUT_MS,
    coolDownMs: COOL_DOWN_MS,
    coolDownMaxMs: 600_000,
    passIntervalMs: 60_000,
  };
}

/** A pool with these agents, of whom `known` is known besides. */
export function poolOf(limits: Limits, known: Record<string, Partial<AgentSlots>> = {}): Pool {
  const pool = newPool(poolPolicy(limits));
  for (const [name, change] of Object.entries(known)) Object.assign(theAgent(pool, name), change);
  return pool;
}

export function theAgent(pool: Pool, name: string): AgentSlots {
  const agent = agentOf(pool, name);
  if (agent === undefined) throw new Error(`the pool has no agent ${name}`);
  return agent;
}

export function unwell(untilMs: number, state: 'cooling-down' | 'misconfigured' = 'cooling-down'): Health {
  return { state, reason: 'it broke', untilMs, times: 1 };
}

export const verdict = (kind: VerdictKind) => ({ kind, reason: 'it broke' });
export const runOfTask = (id: number, runId = `run-${id}`): RunRef => ({ workflowId: `task-${id}`, runId });

/** The run of a task, as it gives back a slot or its host speaks of one. */
export const ofTask = (id: number, fence: number) => ({ ...runOfTask(id), fence });
/** The run of a task, as it is found closed. */
export const closed = (id: number, closedAtMs = T) => ({ ...runOfTask(id), closedAtMs });

/** Whether a change left the pool as it was. */
export function isUntouched(pool: Pool, change: (pool: Pool) => void): boolean {
  const before = JSON.stringify(pool);
  change(pool);
  return JSON.stringify(pool) === before;
}

/** The run of a task asks for a slot; `rankedAtMs` is when its rank was found. */
export function ask(
  pool: Pool,
  id: number,
  {
    wants = null,
    rank = {},
    rankedAtMs = T,
  }: { wants?: string | null; rank?: Partial<Rank>; rankedAtMs?: number } = {},
) {
  return request(pool, { ...runOfTask(id), rank: rankOfTask(id, rank), rankedAtMs, wants }, T);
}

/** What is granted now, best rank first: `1 ada` gives task 1 a slot of ada. */
export function granted(pool: Pool, nowMs = T): string[] {
  return grantDue(pool, nowMs).map(({ workflowId, agent }) => `${idOf(workflowId)} ${agent}`);
}

/** These tasks ask and are granted a slot each. */
export function held(pool: Pool, ...ids: number[]): void {
  for (const id of ids) ask(pool, id);
  const got = granted(pool);
  if (got.length !== ids.length) throw new Error(`granted only ${got.join(', ')}`);
}

/** The run of a task gives back the slot that it holds. */
export function giveBack(pool: Pool, id: number, kind: VerdictKind | null = null, nowMs = T): void {
  release(pool, { ...runOfTask(id), fence: fenceOf(pool, id), verdict: kind && verdict(kind) }, nowMs);
}

export function fenceOf(pool: Pool, id: number): number {
  const fence = pool.holders.find(({ workflowId }) => workflowId === `task-${id}`)?.fence;
  if (fence === undefined || fence === null) throw new Error(`task ${id} holds no slot with a fence`);
  return fence;
}

/** The tasks in line, best rank first. */
export function inLine(pool: Pool): number[] {
  return pool.waiters.map(({ workflowId }) => idOf(workflowId));
}

/** Who holds a slot of whom: `1 ada`. */
export function holding(pool: Pool): string[] {
  return pool.holders.map(({ workflowId, agent }) => `${idOf(workflowId)} ${agent}`);
}

const idOf = (workflowId: string) => Number(workflowId.slice('task-'.length));
