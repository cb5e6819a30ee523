import type { Client } from '@temporalio/client';
import { semaphoreMemo } from '../activities/memos.ts';
import { type KnownRun, openRuns } from '../activities/runs.ts';
import { loadAgents } from '../config/agent-control.ts';
import type { Config } from '../config/config.ts';
import { WELL } from '../domain/health.ts';
import { SCHEDULER_ID } from '../domain/ids.ts';
import type { TinyTask } from '../tinytask/client.ts';
import type { SchedulerStatus } from '../workflows/messages.ts';
import { planNow } from './plan-now.ts';
import type { AgentStatus, RunLine, Status } from './scheduler-client.ts';

export interface StatusDeps {
  client: Client;
  tinytask: TinyTask;
  config: Config;
}

/** A daemon's watch beats every two seconds. */
const DAEMON_SILENT_MS = 15_000;
const QUERY_MS = 3_000;
const WAITING_SHOWN = 20;

/**
 * Where everything stands. It is read from the server and TinyTask, so it is true also when no worker of
 * ours lives; only what a live scheduler knows (the last pass) is missing then.
 */
export async function readStatus(deps: StatusDeps): Promise<Status> {
  const { client } = deps;
  const [scheduler, runs, answer] = await Promise.all([
    describeScheduler(client),
    openRuns(client),
    ask<SchedulerStatus>(client, SCHEDULER_ID, 'status'),
  ]);
  const paused = answer?.paused ?? scheduler.paused;
  const problems: string[] = [];
  const agents = await agentLines(deps, runs, answer);
  const planned = await planNow(deps, { openRuns: runs, answer, agents, paused }).catch((error: Error) => {
    problems.push(error.message);
    return undefined;
  });
  problems.push(
    ...(answer?.lastPass?.errors ?? []).map((error) => `in the last pass: ${error}`),
    ...(answer?.lastPass?.warnings ?? []),
  );
  const lines = runs.map(runLine);
  const at = (phase: RunLine['phase']) => lines.filter((line) => line.phase === phase);
  return {
    scheduler: !scheduler.exists
      ? 'never-started'
      : scheduler.daemon === null
        ? 'no-daemon'
        : paused
          ? 'paused'
          : 'running',
    paused,
    daemon: scheduler.daemon,
    agents,
    running: at('running'),
    queued: at('waiting'),
    backingOff: at('backing-off'),
    parked: at('parked'),
    waiting: planned?.slice(0, WAITING_SHOWN) ?? [],
    waitingTotal: planned?.length ?? 0,
    lastPass: answer?.lastPass ?? null,
    problems: [...new Set(problems)],
  };
}

async function describeScheduler(client: Client) {
  try {
    const { status, memo, raw } = await client.workflow.getHandle(SCHEDULER_ID).describe();
    const watch = raw.pendingActivities?.find(
      (activity) => activity.activityType?.name === 'watch' || activity.activityType?.name === 'survey',
    );
    const seconds = Number(watch?.lastHeartbeatTime?.seconds ?? watch?.lastStartedTime?.seconds ?? 0);
    const alive = Date.now() - seconds * 1_000 < DAEMON_SILENT_MS;
    return {
      exists: status.name === 'RUNNING',
      paused: memo?.paused === true,
      daemon: alive ? (watch?.lastWorkerIdentity ?? null) : null,
    };
  } catch {
    return { exists: false, paused: false, daemon: null };
  }
}

/** The answer to a query, or undefined when nobody is there to answer. */
export async function ask<T>(
  client: Client,
  workflowId: string,
  query: string,
  runId?: string,
): Promise<T | undefined> {
  try {
    return await client.connection.withDeadline(Date.now() + QUERY_MS, () =>
      client.workflow.getHandle(workflowId, runId).query<T>(query),
    );
  } catch {
    return undefined;
  }
}

async function agentLines(
  { client, config }: StatusDeps,
  runs: KnownRun[],
  answer: SchedulerStatus | undefined,
): Promise<AgentStatus[]> {
  // What the daemon schedules with, else what it would read here.
  const known =
    answer !== undefined && answer.agents.length > 0
      ? answer.agents
      : (await loadAgents(config, { keep: false })).agents.map(({ name, queue, limit }) => ({
          name,
          queue: queue ?? null,
          limit,
        }));
  return Promise.all(
    known.map(async ({ name, queue, limit }) => {
      const memo = await semaphoreMemo(client, name);
      const count = (phase: string) => runs.filter((run) => run.agent === name && run.phase === phase).length;
      return {
        name,
        queue,
        limit: memo?.limitByHand ?? limit,
        held: count('running'),
        waiting: count('waiting'),
        paused: memo?.paused ?? false,
        health: memo?.health ?? WELL,
      };
    }),
  );
}

function runLine(run: KnownRun): RunLine {
  return {
    taskId: run.taskId,
    agent: run.agent,
    queue: run.queue,
    phase: run.phase,
    attempt: run.memo?.past.number ?? 0,
    startedAtMs: run.startedAtMs,
    says: null,
  };
}
