import type { Client, WorkflowExecutionInfo } from '@temporalio/client';
import { tsToMs } from '@temporalio/common/lib/time.js';
import type { ActivityName, AttemptBeat, AttemptProgress } from '../contract/activities.ts';
import { AGENT, PHASE, QUEUE, TASK_ID } from '../contract/attributes.ts';
import { taskIdOf, taskWorkflowId } from '../contract/ids.ts';
import { inBatches } from '../contract/in-batches.ts';
import type { RunMemo } from '../contract/memos.ts';
import { runMemoIn } from '../contract/memos.ts';
import type { Phase } from '../contract/run.ts';
import type { Stuck } from '../contract/status.ts';
import { RUN_TASK } from '../contract/workflows.ts';
import { groupedBy } from '../domain/grouped.ts';
import { contentsOf, describeAny, stuckOf } from './described.ts';
import { RunsSeen } from './runs-seen.ts';

/** A `runTask` run as the server has it. */
export interface KnownRun {
  workflowId: string;
  runId: string;
  taskId: number;
  /** Whom it has or had a slot of, or whom its task wants; null: nobody yet. */
  agent: string | null;
  queue: string | null;
  phase: Phase;
  startedAtMs: number;
  /** Milliseconds since the epoch; null while it is open. */
  closedAtMs: number | null;
  /** It returned by itself; false for terminated, timed out and failed ones. */
  inOrder: boolean;
  /** It goes on as the next run of the workflow id. */
  continued: boolean;
  memo: RunMemo | null;
  /** It does not get on. */
  stuck?: Stuck;
  /** Its attempt on a goose host; null while there is none. */
  attempt: KnownAttempt | null;
}

/** Times in milliseconds since the epoch. */
export interface KnownAttempt {
  /** Null: it waits for a goose host. */
  startedAtMs: number | null;
  /** When its host was last heard of. */
  heardAtMs: number | null;
  /** `pid@host` */
  worker: string | null;
  /** Of the grant under which it goes on; absent: no host has begun, or it is of an earlier version. */
  fence?: number;
  /** When it was sent to the goose hosts; absent: not known. */
  sentAtMs?: number;
  /** What its host told of it last. */
  progress?: AttemptProgress;
}

/** Of one task; nobody resets it more often than that in a moment. */
const MOST_RUNS = 20;

/** The newest run of a workflow id, or the run that is named; undefined when the server knows none. */
export async function lookAtRun(
  client: Client,
  workflowId: string,
  runId?: string,
): Promise<KnownRun | undefined> {
  const described = await describeAny(client, workflowId, runId);
  if (described === undefined) return undefined;
  const stuck = stuckOf(described);
  return known(described, { attempt: attemptOf(described), ...(stuck && { stuck }) });
}

export function lastRunOf(client: Client, taskId: number): Promise<KnownRun | undefined> {
  return lookAtRun(client, taskWorkflowId(taskId));
}

/**
 * Open runs, by the server's list, each one then read by itself: the list lags, so absence from it proves
 * nothing, and presence is looked up.
 *
 * @param filter a clause on search attributes
 */
export async function openRuns(client: Client, filter?: string): Promise<KnownRun[]> {
  return stillOpen(await lookAtEach(client, await listOpenRuns(client, filter)));
}

/** Of the runs that the list is believed about, so many are read by themselves. */
const BESIDE = 200;

/**
 * The same for who can live with a list that lags by a second: read by themselves are the runs of which the list does not tell
 * enough, and of the others 200, which are others each time. So few runs are all read by themselves, and what thousands cost grows
 * with the list alone. Of a run that was not read it is not known how its attempt goes; whether it is stuck is as `seen` has it.
 *
 * @param seen of who looks again and again
 */
export async function openRunsByList(
  client: Client,
  tellsEnough: (listed: KnownRun) => boolean,
  seen = new RunsSeen(),
): Promise<KnownRun[]> {
  const byTelling = groupedBy(await listOpenRuns(client), tellsEnough);
  const [told = [], unsure = []] = [byTelling.get(true), byTelling.get(false)];
  const beside = seen.turnOf(told, BESIDE);
  const looked = new Set(beside);
  const read = await lookAtEach(client, [...unsure, ...beside]);
  const others = told.filter((run) => !looked.has(run));
  return seen.withOthers(stillOpen(read), others);
}

/** One for each workflow id: where a run goes on as a new one, the list may have both for a while. */
async function listOpenRuns(client: Client, filter?: string): Promise<KnownRun[]> {
  const query = `WorkflowType = "${RUN_TASK}" AND ExecutionStatus = "Running"`;
  const newest = new Map<string, KnownRun>();
  const all = filter === undefined ? query : `${query} AND ${filter}`;
  for await (const listed of client.workflow.list({ query: all, pageSize: 1_000 })) {
    const run = known(listed, { attempt: null });
    const other = newest.get(run.workflowId);
    if (other === undefined || other.startedAtMs < run.startedAtMs) newest.set(run.workflowId, run);
  }
  return [...newest.values()];
}

async function lookAtEach(client: Client, runs: readonly KnownRun[]): Promise<KnownRun[]> {
  const read = await inBatches(runs, ({ workflowId }) => lookAtRun(client, workflowId));
  return read.filter((run) => run !== undefined);
}

function stillOpen(runs: readonly KnownRun[]): KnownRun[] {
  return runs.filter((run) => run.closedAtMs === null);
}

/** Ids of the tasks that have an open run, by the server's list, which lags by a second or so. */
export async function tasksWithOpenRuns(client: Client): Promise<Set<number>> {
  const query = `WorkflowType = "${RUN_TASK}" AND ExecutionStatus = "Running"`;
  const ids = new Set<number>();
  for await (const { workflowId } of client.workflow.list({ query, pageSize: 1_000 })) {
    const taskId = taskIdOf(workflowId);
    if (taskId !== undefined) ids.add(taskId);
  }
  return ids;
}

/** Agents in one query. */
const AT_A_TIME = 50;

/** Open runs that these agents have or had a slot for, or whose tasks want them. */
export async function runsOfAgents(client: Client, agents: readonly string[]): Promise<KnownRun[]> {
  // Both that the list has of a task may be of different agents, and so of different queries.
  const found = new Map<string, KnownRun>();
  for (let at = 0; at < agents.length; at += AT_A_TIME) {
    const names = agents.slice(at, at + AT_A_TIME).map((name) => `"${name}"`);
    const runs = await openRuns(client, `${AGENT.name} IN (${names.join(', ')})`);
    for (const run of runs) found.set(run.workflowId, run);
  }
  return [...found.values()];
}

/** All runs of a workflow id, newest first, as the server's list has them. */
export async function runsOf(client: Client, workflowId: string): Promise<KnownRun[]> {
  const ids: { runId: string; startTime: Date }[] = [];
  for await (const run of client.workflow.list({ query: `WorkflowId = "${workflowId}"`, pageSize: 100 }))
    ids.push(run);
  ids.sort((a, b) => b.startTime.getTime() - a.startTime.getTime());
  const runs = await Promise.all(
    ids.slice(0, MOST_RUNS).map(({ runId }) => lookAtRun(client, workflowId, runId)),
  );
  return runs.filter((run) => run !== undefined);
}

/** How long processes of a run may live after it has closed: by its own timeout, which may be configured otherwise now. */
export function lingersMs({ memo }: KnownRun, configuredMs: number): number {
  return memo?.heartbeatTimeoutMs ?? configuredMs;
}

const RUN_GOOSE: ActivityName = 'runGoose';

type Description = Awaited<ReturnType<ReturnType<Client['workflow']['getHandle']>['describe']>>;

/** @param described what the list does not tell */
function known(
  run: Omit<WorkflowExecutionInfo, 'raw'>,
  described: Pick<KnownRun, 'attempt' | 'stuck'>,
): KnownRun {
  const attribute = ({ name }: { name: string }) => {
    const values = run.searchAttributes[name];
    return Array.isArray(values) ? String(values[0] ?? '') : '';
  };
  const memo = runMemoIn(run.memo);
  return {
    workflowId: run.workflowId,
    runId: run.runId,
    taskId: Number(attribute(TASK_ID)),
    agent: attribute(AGENT) || null,
    queue: attribute(QUEUE) || null,
    startedAtMs: run.startTime.getTime(),
    phase: attribute(PHASE) as Phase,
    closedAtMs: run.status.name === 'RUNNING' ? null : (run.closeTime?.getTime() ?? Date.now()),
    inOrder: run.status.name === 'COMPLETED',
    continued: run.status.name === 'CONTINUED_AS_NEW',
    memo: memo ?? null,
    ...described,
  };
}

function attemptOf({ raw }: Description): KnownAttempt | null {
  const activity = raw.pendingActivities?.find(({ activityType }) => activityType?.name === RUN_GOOSE);
  if (!activity) return null;
  const startedAtMs = activity.lastStartedTime ? tsToMs(activity.lastStartedTime) : null;
  const heardAtMs = activity.lastHeartbeatTime ? tsToMs(activity.lastHeartbeatTime) : startedAtMs;
  const [says] = contentsOf(activity.heartbeatDetails?.payloads);
  const { fence, ...told } = (says ?? {}) as Partial<AttemptBeat>;
  return {
    ...{ startedAtMs, heardAtMs, worker: activity.lastWorkerIdentity || null },
    ...(fence !== undefined && Number.isSafeInteger(fence) && { fence }),
    ...(activity.scheduledTime && { sentAtMs: tsToMs(activity.scheduledTime) }),
    progress: progressIn(told),
  };
}

/** Of whatever version of ours: what is no number there is not told. */
function progressIn({ begunMs, limitMs, tokens, turns }: AttemptProgress): AttemptProgress {
  const isCount = (value: unknown) => Number.isSafeInteger(value) && (value as number) >= 0;
  const known = Object.entries({ begunMs, limitMs, tokens, turns }).filter(([, value]) => isCount(value));
  return Object.fromEntries(known);
}
