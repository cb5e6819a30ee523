import type { Deed } from '../contract/by-hand.ts';
import { type PassReport, startedOf } from '../contract/pass.ts';
import type {
  AgentStatus,
  Problem,
  RunLine,
  SchedulerState,
  SchedulerWord,
  Status,
} from '../contract/status.ts';
import type { BudgetLine } from '../domain/plan/agent-line.ts';
import { semaphoreName, semaphoreOf } from '../domain/semaphore-id.ts';
import { isTryDue, WELL } from '../domain/slots/health.ts';
import { spentNow } from '../domain/slots/tokens.ts';
import type { KnownRun } from '../temporal/runs.ts';
import { runLine } from './run-line.ts';
import { slotsHeld } from './slots-held.ts';
import { readSnapshot, type Snapshot, type SnapshotDeps } from './snapshot.ts';

/** Where everything stands. */
export async function readStatus(deps: SnapshotDeps): Promise<Status> {
  return statusOf(await readSnapshot(deps), deps.config.heartbeatTimeoutMs);
}

/** @param silentMs a goose host that was not heard of for so long is gone */
export function statusOf(snapshot: Snapshot, silentMs: number): Status {
  const { answer, planned } = snapshot;
  const lines = runLines(snapshot, silentMs);
  const at = (...states: RunLine['state'][]) => lines.filter((line) => states.includes(line.state));
  const queues = new Map(snapshot.tasks.map(({ id, queue }) => [id, queue]));
  const withRun = new Set(lines.map((line) => line.taskId));
  // A task with a run is told of with that.
  const waiting = planned === undefined ? [] : waitingOf(planned).filter((task) => !withRun.has(task.taskId));
  return {
    ...stateOf(snapshot.scheduler),
    agents: agentStatuses(snapshot),
    running: at('running'),
    interrupted: at('interrupted'),
    queued: asInLine(at('waiting-for-slot', 'waiting-for-host'), snapshot),
    backingOff: at('backing-off'),
    parked: at('parked'),
    waiting: waiting.map((task) => ({ ...task, queue: queues.get(task.taskId) ?? null })),
    lastPass: answer?.lastPass ?? null,
    ...(snapshot.api && 'url' in snapshot.api && { api: snapshot.api }),
    problems: problemsOf(snapshot),
  };
}

/** What is wrong now, with the tasks, the scheduler and the configuration. */
export function problemsOf({
  problems,
  troubled,
  complaints,
  scheduler,
  answer,
  warnings,
  planned,
  older,
  inForce,
  api,
  notifying,
}: Snapshot): Problem[] {
  // What TinyTask failed the last pass with, and fails with now, is told once.
  const now = problems.flatMap((problem) => (problem.what === 'failed' ? [problem.failure.text] : []));
  const errors = (answer?.lastPass?.errors ?? []).filter((text) => !now.includes(text));
  const warned = scheduler.daemon === null ? warnings : warningsOf(answer?.lastPass, planned);
  return [
    ...problems,
    ...complaints.map(({ signal, says: text }) => ({ what: 'complaint', signal, text }) as const),
    ...errors.map((text) => ({ what: 'last-pass', text }) as const),
    ...troubled.troubles.map((trouble) => ({ what: 'schedule', ...trouble }) as const),
    ...(troubled.more > 0 ? [{ what: 'more-schedules', count: troubled.more } as const] : []),
    ...warned.map((text) => ({ what: 'warning', text }) as const),
    ...(inForce.blockingDisabled ? [{ what: 'blocking-off' } as const] : []),
    ...(api && 'trouble' in api ? [{ what: 'api', ...api } as const] : []),
    ...(notifying ? [{ what: 'notifications', ...notifying } as const] : []),
    ...(older === undefined ? [] : [{ what: 'older-tinytask', ...older } as const]),
    ...(planned?.cycles ?? []).map((ids) => ({ what: 'cycle', ids }) as const),
  ];
}

/** What only the last pass can tell: what it saw may be over, and what is seen now is told as it is now. */
function warningsOf(lastPass: PassReport | null | undefined, planned: Snapshot['planned']): string[] {
  const { warnings = [], cycles = [] } = lastPass ?? {};
  return planned === undefined ? [...warnings, ...cycles] : warnings;
}

/** By task, since the server tells them in any order. */
export function runLines({ runs, scheduler, answer, planned, nowMs }: Snapshot, silentMs: number): RunLine[] {
  const served = scheduler.daemon !== null || answer !== undefined;
  const inLine = new Map((planned?.inLine ?? []).map((task) => [task.taskId, task]));
  const lines = runs.map((run) => {
    const line = runLine(run, served, silentMs, nowMs);
    const waiting = line.state === 'waiting-for-slot' ? inLine.get(line.taskId) : undefined;
    if (waiting === undefined) return line;
    const { reason, still } = waiting;
    return { ...line, waits: { reason, ...(still && { still }) } };
  });
  return lines.sort((a, b) => a.taskId - b.taskId);
}

/** Those that have a slot, then those in line, the next one first. */
function asInLine(lines: RunLine[], { planned }: Snapshot): RunLine[] {
  const places = new Map((planned?.inLine ?? []).map(({ taskId }, place) => [taskId, place]));
  const placeOf = ({ taskId }: RunLine) => places.get(taskId) ?? -1;
  return lines.sort((a, b) => placeOf(a) - placeOf(b));
}

/** Every open task without a run and why it has none, those that would start now first. */
export function waitingOf({ starts, waiting }: NonNullable<Snapshot['planned']>): Status['waiting'] {
  const about = starts.map(startedOf).map(({ taskId, ...whose }) => {
    return { taskId, reason: { why: 'starting' as const, ...whose } };
  });
  return [...about, ...waiting];
}

export function stateOf(scheduler: Snapshot['scheduler']): SchedulerState {
  const { exists, enabled, paused, stopped, deeds, daemon } = scheduler;
  return {
    ...{ scheduler: wordOf(scheduler), exists, paused, enabled, daemon },
    ...(stopped && { stopped }),
    ...(deeds && { deeds }),
  };
}

/** What decides whether anything starts; the first that holds. */
export function wordOf({
  exists,
  enabled,
  paused,
  stopped,
  daemon,
}: Omit<SchedulerState, 'scheduler' | 'stopped'> & { stopped?: boolean | undefined }): SchedulerWord {
  if (!enabled) return 'disabled';
  if (stopped) return 'agents-stopped';
  if (paused) return 'paused';
  if (!exists) return 'never-started';
  return daemon === null ? 'no-daemon' : 'running';
}

/** Agents that have left the configuration, and still run something. */
function leaving({ agents, runs }: Snapshot): AgentStatus[] {
  const known = new Set(agents.map(({ name }) => name));
  const left = new Map<string, AgentStatus>();
  for (const { phase, agent, memo } of runs) {
    if (phase !== 'running' || agent === null || known.has(agent)) continue;
    const whose = memo === null ? undefined : semaphoreName(memo.semaphore);
    const queue = whose !== undefined && 'queue' in whose ? whose.queue : null;
    const held = (left.get(agent)?.held ?? 0) + 1;
    left.set(agent, {
      ...{ name: agent, queue, limit: 0, held, waiting: 0, paused: false, poolPaused: false },
      ...{ health: WELL, leaving: true },
    });
  }
  return [...left.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** The day may be over since its semaphore has told. */
export function upToDate(budget: BudgetLine, nowMs: number): BudgetLine {
  return { ...budget, today: budget.today && spentNow(budget.today, nowMs) };
}

/** Those of the configuration, then those that have left it. */
export function agentStatuses(snapshot: Snapshot): AgentStatus[] {
  return [...snapshot.agents.map((agent) => agentStatus(agent, snapshot)), ...leaving(snapshot)];
}

function agentStatus(agent: Snapshot['agents'][number], { runs, deeds, nowMs }: Snapshot): AgentStatus {
  const { name, queue, limit, paused, poolPaused, stopped, poolStopped, poolHold, health } = agent;
  const { budget, poolBudget } = agent;
  const semaphore = semaphoreOf(agent);
  const held = slotsHeld(
    runs.filter((run) => run.agent === name),
    limit,
  );
  const mayTake = ({ phase, memo }: KnownRun) =>
    phase === 'waiting' && memo?.semaphore === semaphore && (memo.wants ?? name) === name;
  const waiting = runs.filter(mayTake).length;
  const isAbout = ({ agent: whose, did }: Deed) =>
    whose === undefined ? true : whose === name && (did !== 'set-limit' || agent.limitByHand !== null);
  const about = (deeds.get(semaphore) ?? []).filter(isAbout);
  const tryIsDue = health.state !== 'well' && isTryDue(health, nowMs);
  return {
    ...{ name, queue, limit, held, waiting, paused, poolPaused, health },
    ...(tryIsDue && { tryIsDue }),
    ...(stopped && { stopped }),
    ...(poolStopped && { poolStopped }),
    ...(poolHold && { poolHold }),
    ...(budget && { budget: upToDate(budget, nowMs) }),
    ...(poolBudget && { poolBudget: upToDate(poolBudget, nowMs) }),
    ...(about.length > 0 && { deeds: about }),
  };
}
