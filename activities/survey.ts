import { createHash } from 'node:crypto';
import { hostname } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { heartbeat } from '@temporalio/activity';
import type { Client } from '@temporalio/client';
import type { Config } from '../config/config.ts';
import type { AgentRegistry } from '../domain/agent.ts';
import { candidates } from '../domain/candidates.ts';
import { gooseQueue, semaphoreId } from '../domain/ids.ts';
import {
  type AgentLine,
  type DueStart,
  figuresOf,
  MAX_STARTS,
  type PassReport,
  packRuns,
  type SurveyInput,
  type SurveyResult,
  unpackRuns,
  WAITING_SHOWN,
} from '../domain/pass.ts';
import { type OpenRun, plan, type Start } from '../domain/plan.ts';
import type { Task } from '../domain/task.ts';
import type { TinyTask } from '../tinytask/client.ts';
import { type EnsuredSemaphore, ensureSemaphore } from './ensure-semaphore.ts';
import { type LastWords, pastOf } from './past.ts';
import { runSettings, slotPolicy } from './policies.ts';
import { reclaim } from './reclaim.ts';
import { reconcile } from './reconcile.ts';

export interface SurveyActivities {
  /** Looks at TinyTask, the agents and the open runs, and decides what starts. TinyTask down is in the report. */
  survey(input: SurveyInput): Promise<SurveyResult>;
}

export interface SurveyDeps {
  client: Client;
  tinytask: TinyTask;
  config: Config;
  loadAgents: () => Promise<AgentRegistry>;
}

const HEARTBEAT_MS = 2_000;
const CLOSING_MS = 1_000;
const SHORTEST_INTERVAL_MS = 1_000;

export function surveyActivities(deps: SurveyDeps): SurveyActivities {
  return {
    async survey(input) {
      const beat = setInterval(() => heartbeat(), HEARTBEAT_MS);
      try {
        return await survey(deps, input);
      } finally {
        clearInterval(beat);
      }
    },
  };
}

async function survey(deps: SurveyDeps, input: SurveyInput): Promise<SurveyResult> {
  const { config } = deps;
  const startedAtMs = Date.now();
  const registry = await deps.loadAgents();
  const errors: string[] = [];
  const warnings = [...registry.warnings];

  const open = await deps.tinytask.listOpen().catch((error: Error) => {
    errors.push(error.message);
    return undefined;
  });
  const believed = unpackRuns(input.runs);
  const found = input.full ? await reconcile(deps.client, believed) : undefined;
  const runs = found?.runs ?? believed;
  const asked = input.full ? await askSemaphores(deps, registry, input.paused) : undefined;
  const agents = asked?.map(({ line }) => line) ?? null;
  const unawareOfPause = (asked ?? [])
    .filter(({ schedulerPaused }) => schedulerPaused !== input.paused)
    .map(({ line }) => line.name);
  if (input.last?.by !== processName()) await tryAgain(deps.client, agents ?? []);
  await Promise.all((found?.bereaved ?? []).map((agent) => lookAtHolders(deps.client, agent)));
  const { loopIntervalMs } = config;
  const base = { agents, unawareOfPause, settings: runSettings(config), loopIntervalMs };
  const by = processName();
  const inForce = fingerprintOf([JSON.stringify(comparable(config)), JSON.stringify(registry.agents)]);
  warnings.push(...twoDaemons(input.last, by, inForce));
  const report = (change: Partial<PassReport>): PassReport => ({
    atMs: startedAtMs,
    tookMs: Date.now() - startedAtMs,
    started: [],
    waiting: [],
    waitingTotal: 0,
    errors,
    warnings,
    by,
    config: inForce,
    ...change,
    figures: {
      leasesScanned: runs.length,
      leasesReclaimed: 0,
      unassignedMatched: 0,
      assignedSpawned: 0,
      tasksSpawned: 0,
      blockedSkipped: 0,
      errors: errors.length,
      ...change.figures,
    },
  });
  if (open === undefined) {
    const { assignedByUs, first } = input;
    const counts = { idle: 0, working: 0, waiting: 0 };
    const nothing = { starts: [], changed: [], putFirst: [], fingerprint: '', assignedByUs, first, counts };
    return { ...base, ...nothing, report: report({}), runs: packRuns(runs) };
  }

  const taken = input.full
    ? await reclaim(deps, open, runs, errors)
    : { tasks: open, reclaimed: 0, ending: {} };
  const { tasks } = taken;
  const planned = plan({
    tasks,
    agents: registry.agents.map((agent) => ({
      ...agent,
      limit: limitByHand(agents, input, agent.name) ?? agent.limit,
    })),
    mode: registry.mode,
    openRuns: runs,
    health: agents === null ? input.health : healthOf(agents),
    pausedAgents: agents === null ? input.pausedAgents : pausedOf(agents),
    paused: input.paused,
    enabled: config.enabled,
    blockingDisabled: config.disableBlocking,
    assignedByUs: input.assignedByUs,
    ending: taken.ending,
    first: input.first,
    waitingPerAgent: input.once ? 0 : config.waitingPerAgent,
    maxStarts: MAX_STARTS,
    nowMs: startedAtMs,
  });
  const { starts, stillOpen } = await prepareStarts(deps, planned.starts, registry, input.assignedByUs);
  const runsNow = [...runs, ...stillOpen];
  const openIds = new Set(tasks.map((task) => task.id));
  const started = new Set(starts.map((start) => start.task.id));
  warnings.push(
    ...planned.cycles.map((ids) => `tasks ${ids.join(', ')} wait for each other: none of them can start`),
  );

  return {
    ...base,
    loopIntervalMs: untilNextPassMs(loopIntervalMs, taken.ending),
    starts,
    runs: input.full || stillOpen.length > 0 ? packRuns(runsNow) : null,
    assignedByUs: Object.fromEntries(
      Object.entries(input.assignedByUs).filter(
        ([id]) => openIds.has(Number(id)) && !started.has(Number(id)),
      ),
    ),
    changed: changedTasks(tasks, runs, input.full, found?.createdAt),
    putFirst: runs
      .filter((run) => run.state === 'active' && input.first.includes(run.taskId))
      .map(({ agent, taskId }) => ({ agent, taskId })),
    first: input.first.filter((id) => openIds.has(id) && !started.has(id) && !hasRun(runs, id)),
    fingerprint: fingerprintOf(candidates(tasks, [...runsNow, ...starts.map(asRun)])),
    counts: {
      idle: tasks.filter((task) => task.status === 'idle').length,
      working: tasks.filter((task) => task.status === 'working').length,
      waiting: planned.waiting.length,
    },
    report: report({
      waiting: planned.waiting.slice(0, WAITING_SHOWN),
      waitingTotal: planned.waiting.length,
      figures: figuresOf({
        planned,
        starts,
        scanned: runs.length,
        reclaimed: taken.reclaimed,
        errors: errors.length,
      }),
    }),
  };
}

/** Adds what the last run of each task left, and drops starts of tasks that turn out to have an open run. */
async function prepareStarts(
  deps: SurveyDeps,
  starts: Start[],
  registry: AgentRegistry,
  assignedByUs: SurveyInput['assignedByUs'],
) {
  const hostGroups = new Map(registry.agents.map((agent) => [agent.name, agent.hostGroup]));
  const stillOpen: OpenRun[] = [];
  const due = await Promise.all(
    starts.map(async (start): Promise<DueStart[]> => {
      const last = await pastOnceClosed(deps, start);
      if (last.open !== undefined) {
        stillOpen.push(last.open);
        return [];
      }
      const { past, notBeforeMs } = last;
      const before = start.pool === null ? undefined : assignedByUs[String(start.task.id)]?.agent;
      const takesOverFrom = before === undefined || before === start.agent ? null : before;
      return [
        { ...start, takesOverFrom, past, notBeforeMs, gooseQueue: gooseQueue(hostGroups.get(start.agent)) },
      ];
    }),
  );
  return { starts: due.flat(), stillOpen };
}

/** The scheduler takes the task's run for ended; one that has just said so needs a moment to close. */
async function pastOnceClosed({ client, config }: SurveyDeps, { task }: Start): Promise<LastWords> {
  const untilMs = Date.now() + CLOSING_MS;
  for (;;) {
    const last = await pastOf(client, task, config.heartbeatTimeoutMs);
    if (last.open?.state !== 'active' || Date.now() >= untilMs) return last;
    await sleep(CLOSING_MS / 10);
  }
}

async function lookAtHolders(client: Client, agent: string): Promise<void> {
  // A semaphore that is gone finds its holders when it comes back.
  await client.workflow
    .getHandle(semaphoreId(agent))
    .signal('look-at-holders')
    .catch(() => undefined);
}

/** A task that is to be reclaimed at a known time does not wait a whole interval longer. */
function untilNextPassMs(loopIntervalMs: number, ending: Record<string, number>): number {
  const dueMs = Math.min(...Object.values(ending)) - Date.now();
  return Math.min(loopIntervalMs, Math.max(SHORTEST_INTERVAL_MS, dueMs));
}

/** A process that schedules for the first time may have mended what made an agent unwell. */
async function tryAgain(client: Client, agents: AgentLine[]): Promise<void> {
  const unwell = agents.filter((agent) => agent.health.state === 'misconfigured');
  await Promise.all(
    unwell.map((agent) => client.workflow.getHandle(semaphoreId(agent.name)).signal('try-again')),
  );
}

async function askSemaphores(
  { client, config }: SurveyDeps,
  { agents }: AgentRegistry,
  paused: boolean,
): Promise<EnsuredSemaphore[]> {
  const asked: EnsuredSemaphore[] = [];
  for (let at = 0; at < agents.length; at += 25) {
    const some = agents.slice(at, at + 25);
    asked.push(
      ...(await Promise.all(
        some.map((agent) => ensureSemaphore(client, agent, slotPolicy(config, agent.limit), paused)),
      )),
    );
  }
  return asked;
}

/**
 * Open runs whose task is not theirs any more. While goose runs, its host watches the task itself; a missing
 * task of an active run is looked into on full passes only, since it usually has just been completed.
 */
function changedTasks(
  tasks: readonly Task[],
  runs: readonly OpenRun[],
  full: boolean,
  createdAt?: ReadonlyMap<number, string>,
): number[] {
  const byId = new Map(tasks.map((task) => [task.id, task]));
  return runs
    .filter((run) => {
      const task = byId.get(run.taskId);
      if (task === undefined) return full || run.state !== 'active';
      // TinyTask was reset: another task has the id now.
      if ((createdAt?.get(task.id) ?? task.createdAt) !== task.createdAt) return true;
      if (run.state === 'active' && task.status !== 'idle') return false;
      return task.assignedTo !== null && task.assignedTo !== run.agent;
    })
    .map((run) => run.taskId);
}

function limitByHand(agents: AgentLine[] | null, input: SurveyInput, name: string): number | undefined {
  if (agents === null) return input.limits[name];
  return agents.find((agent) => agent.name === name)?.limit;
}

function healthOf(agents: AgentLine[]) {
  return Object.fromEntries(agents.map((agent) => [agent.name, agent.health]));
}

function pausedOf(agents: AgentLine[]): string[] {
  return agents.filter((agent) => agent.paused).map((agent) => agent.name);
}

function hasRun(runs: readonly OpenRun[], taskId: number): boolean {
  return runs.some((run) => run.taskId === taskId);
}

function asRun({ task, agent, extra }: Start): OpenRun {
  return { taskId: task.id, agent, state: 'active', extra };
}

export function fingerprintOf(texts: Iterable<string>): string {
  return createHash('sha256')
    .update([...texts].sort().join('\n'))
    .digest('hex')
    .slice(0, 32);
}

export function processName(): string {
  return `${process.pid}@${hostname()}`;
}

/** The settings that decide what a pass does; where they lie on this host does not. */
function comparable(config: Config) {
  const { agentLimits, loopIntervalMs, enabled, disableBlocking, waitingPerAgent, mcpEndpoint } = config;
  return {
    agentLimits,
    loopIntervalMs,
    enabled,
    disableBlocking,
    waitingPerAgent,
    mcpEndpoint,
    ...runSettings(config),
  };
}

function twoDaemons(last: SurveyInput['last'], by: string, config: string): string[] {
  if (last === null || last.by === by || last.config === config) return [];
  return [`${last.by} and ${by} schedule with different configurations; give all daemons the same one`];
}
