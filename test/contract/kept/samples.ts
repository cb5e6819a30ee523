import type { Deed } from '../../../contract/by-hand.ts';
import type { RunMemo, SchedulerMemo, SemaphoreMemo } from '../../../contract/memos.ts';
import type { PackedAgents, PackedRuns, PassReport } from '../../../contract/pass.ts';
import type { Resume, RunInput } from '../../../contract/run.ts';
import type { SchedulerInput } from '../../../contract/scheduler-input.ts';
import type { SemaphoreInput } from '../../../contract/semaphore-input.ts';
import type { Budget } from '../../../domain/budget.ts';
import type { AgentLine } from '../../../domain/plan/agent-line.ts';
import type { Rank } from '../../../domain/rank.ts';
import type { RunRules } from '../../../domain/run-rules.ts';
import type { AgentSlots, KnownOfAgent } from '../../../domain/slots/agent-slots.ts';
import type { Hold } from '../../../domain/slots/breaker.ts';
import type { PoolPolicy } from '../../../domain/slots/pool.ts';
import type { Ledger } from '../../../domain/slots/tokens.ts';
import { NOTIFIER_SAMPLES } from './notifier-samples.ts';
import { OCCURRENCE_SAMPLES } from './occurrence-samples.ts';
import { SCHEDULE_SAMPLES } from './schedule-samples.ts';
import type { Whole } from './whole.ts';

const T = 1_764_000_000_000;
const run = { workflowId: 'task-42', runId: '01a21620-1e76-715a-8ea2-673faa33c2ad' };
const rank: Whole<Rank> = {
  ...{ first: true, dependents: 2, priority: 3, createdAt: '2026-01-01T00:00:00Z', id: 42 },
};
const past = { number: 7, used: 2, lost: 1, unfinished: 1, outages: 1 };
const health = {
  ...{ state: 'cooling-down' as const, reason: 'quota', untilMs: T, times: 2, probing: true as const },
};
const budget: Whole<Budget> = { tokensPerDay: 200_000, timeZone: 'Europe/Berlin' };
const before = { day: '2025-11-23', used: 9_000, unknownAttempts: 1, unknown: 3_000 };
const today = { ...before, day: '2025-11-24', endsMs: T, reserved: 4_000, unreserved: 1 };
const ledger: Whole<Ledger> = { today, past: [before] };
const known: Whole<KnownOfAgent> = {
  ...{ name: 'ada', limitByHand: 2, paused: true, stopped: true, health, quiet: true },
  tokens: {
    ...ledger,
    open: [{ ...run, fence: T, recipe: 'ada', tokens: 4_000, elsewhere: true }],
    ...{ took: [{ recipe: 'ada', runs: 3, tokens: 4_000.5 }], settled: [T - 1] },
  },
};
const rules: Whole<RunRules> = {
  ...{ maxRuntimeMs: 7_200_000, stallMs: 0, maxAttempts: 5, maxTokens: 200_000 },
  ...{ env: ['OPENAI_API_KEY'], launchPrefix: ['nice', '-n', '10'] },
  ...{ completion: 'agent', verify: { command: ['npm', 'test'], maxRuntimeSec: 600 } },
};
const policy: Whole<PoolPolicy> = {
  agents: [{ name: 'ada', limit: 3, gooseQueue: 'tinyscheduler-goose', rules, budget }],
  ...{ heartbeatTimeoutMs: 15_000, coolDownMs: 60_000, coolDownMaxMs: 3_600_000, passIntervalMs: 30_000 },
  budget,
  zones: [{ timeZone: 'Europe/Berlin', days: [{ day: '2025-11-24', endsMs: T }] }],
};
const complaints = [{ signal: 'set-limit', says: 'agent ada was sent set-limit with "x"', atMs: T }];
const serves = {
  ...{ host: 'h', basePath: '/b', stateDir: '/b/.state', tinytask: 'http://localhost:3000/mcp' },
  mark: { id: 42, createdAt: '2026-01-01T00:00:00Z' },
};
const deeds: Whole<Deed[]> = [{ did: 'stop-agents', agent: 'ada', by: 'ann@h', note: 'disk full', atMs: T }];
const hold: Whole<Hold> = {
  ...{ state: 'cooling-down', reason: 'quota', sinceMs: T, untilMs: T, times: 2, agents: ['ada'] },
  canary: { ...run, untilMs: T },
};
const pools = {
  'pool-dev': { paused: true, stopped: true as const, hold, agents: [known], tokens: ledger },
};

const resume: Whole<Extract<Resume, { phase: 'backing-off' }>> = {
  ...{ phase: 'backing-off', untilMs: T, reason: 'goose exited', handedTo: 'bob', lookDue: true },
  agent: 'ada',
};

const runInput: Whole<RunInput> = {
  task: { id: 42, createdAt: '2026-01-01T00:00:00Z' },
  ...{ semaphore: 'pool-dev', wants: 'ada', queue: 'dev', pool: 'dev', assignee: 'ada', assignedByUs: true },
  ...{ recipe: 'r', occurrence: 'occurrence-nightly-2026-01-01T02:00:00Z' },
  ...{ rank, rankedAtMs: T, past, notBeforeMs: T },
  settings: {
    ...{ maxAttempts: 3, backOffMs: 1_000, backOffMaxMs: 60_000, maxWorkerLosses: 3, maxRunsInARow: 3 },
    ...{ maxRuntimeMs: 3_600_000, killGraceMs: 5_000, heartbeatTimeoutMs: 15_000 },
  },
  parkedBefore: { why: 'attempt 3 of 3 failed', by: 'ann@h', note: 'mended', atMs: T },
  ...{ verdict: 'agent-failed', resume },
};

const agentKind: Whole<Omit<AgentLine, 'name'>> = {
  ...{
    queue: 'dev',
    limit: 2,
    limitByHand: 2,
    paused: true,
    poolPaused: true,
    stopped: true,
    poolStopped: true,
    quiet: true,
    health,
    budget: { ...budget, ...ledger },
    poolBudget: { ...budget, ...ledger },
    tokensPerRun: 4_000,
  },
  poolHold: {
    ...{ reason: 'quota', taken: 3, sinceMs: T, untilMs: T, trying: true, isTaken: true },
  },
};

const lastPass: Whole<PassReport> = {
  ...{ atMs: T, tookMs: 12, started: [{ taskId: 1, agent: 'ada', queue: 'dev' }] },
  figures: {
    ...{ leasesScanned: 1, leasesReclaimed: 2, unassignedMatched: 3, assignedSpawned: 4, tasksSpawned: 7 },
    ...{ blockedSkipped: 5, errors: 6 },
  },
  waiting: [{ taskId: 2, reason: { why: 'blocked', by: 1 }, still: { why: 'unassigned' } }],
  ...{
    waitingTotal: 1,
    errors: ['e'],
    warnings: ['w'],
    cycles: ['c'],
    blockingOff: true,
    by: '1@h',
    config: 'c',
    build: '0.1.0 1',
  },
};

type Packed = 'runs' | 'agents';
const schedulerInput: Whole<Omit<SchedulerInput, Packed>> & {
  runs: PackedRuns;
  agents: PackedAgents;
} = {
  ...{ pass: 9, paused: true, stopped: true, enabled: false, serves },
  inForce: { mode: 'queue', enabled: false, blockingDisabled: true },
  first: [42],
  runs: [
    ['pool-dev', 'active', 'ada', [['ada', 42, 43]]],
    ['pool-dev', 'parked', null, [[null, 44]]],
  ],
  assignedByUs: { 42: { pool: 'dev', agent: 'ada' } },
  ...{ pools, ranks: { 42: '!2/3' }, toldChanges: { 44: 'gone' }, semaphores: ['pool-dev'] },
  ...{
    agents: { kinds: [agentKind], agents: [['ada', 0]] },
    agentsMark: 'm',
    lastPass,
    counts: { idle: 1, working: 2, waiting: 3 },
    complaints,
    deeds,
  },
  answers: [{ id: 'a-1', answer: { state: 'refused', type: null, says: 'The pass failed.' }, atMs: T }],
};

const agentSlots: Whole<AgentSlots> = {
  ...known,
  limit: 3,
  gooseQueue: 'tinyscheduler-goose',
  budget,
  probe: run,
};

const semaphoreInput: Whole<SemaphoreInput> = {
  ...{ semaphore: 'pool-dev', policy, moved: [known], schedulerPaused: true, fresh: true, fencesFrom: T },
  before: { paused: true, stopped: true, hold, agents: [known], tokens: ledger },
  deeds,
  carried: {
    pool: {
      ...{
        policy,
        agents: [agentSlots],
        paused: true,
        stopped: true,
        schedulerPaused: true,
        fence: T,
        fencesFrom: T,
      },
      waiters: [{ ...run, rank, rankedAtMs: T, wants: 'ada', recipe: 'r', sinceMs: T, found: true }],
      expected: [{ rank, wants: 'ada', untilMs: T }],
      holders: [{ ...run, agent: 'ada', fence: T, found: true, sinceMs: T }],
      dying: [{ ...run, agent: 'ada', fence: T, freeAtMs: T }],
      ranks: [{ rank, atMs: T }],
      breaker: { troubles: [{ agent: 'ada', state: 'cooling-down', reason: 'quota', atMs: T }], hold },
      tokens: ledger,
    },
    ...{ complaints, deeds, secondLook: { agents: ['ada'], atMs: T }, lookedAtMs: T },
  },
};

const runMemo: Whole<RunMemo> = {
  ...{ past, createdAt: '2026-01-01T00:00:00Z', semaphore: 'pool-dev', wants: 'ada', rank, rankedAtMs: T },
  ...{ heartbeatTimeoutMs: 15_000, why: 'goose exited', verdict: 'agent-failed' },
  parkedBefore: { why: 'attempt 3 of 3 failed', by: 'ann@h', note: 'mended', atMs: T },
};

const semaphoreMemo: Whole<SemaphoreMemo> = {
  ...{ policy, paused: true, stopped: true, schedulerPaused: true, fencesFrom: T, agents: [known] },
  ...{ tokens: ledger, complaints, deeds, hold },
};

const schedulerMemo: Whole<SchedulerMemo> = {
  ...{ paused: true, stopped: true, enabled: false, serves, complaints, deeds },
};

/** What runs and memos that are weeks old may have, each with all of its fields. */
export const SAMPLES = {
  ...{ runInput, schedulerInput, semaphoreInput, runMemo, semaphoreMemo, schedulerMemo },
  ...OCCURRENCE_SAMPLES,
  ...SCHEDULE_SAMPLES,
  ...NOTIFIER_SAMPLES,
};
