import { type Client, WorkflowNotFoundError } from '@temporalio/client';
import { defaultPayloadConverter } from '@temporalio/common';
import { msToTs } from '@temporalio/common/lib/time.js';
import type { RunMemo } from '../../contract/memos.ts';
import type { Phase, RunResult } from '../../contract/run.ts';
import { POOL_SEMAPHORE, SCHEDULE } from '../../contract/workflows.ts';

/** A run as the server would describe it. */
export interface DescribedRun {
  taskId: number;
  /** Null: nobody yet. */
  agent: string | null;
  phase: Phase;
  /** Absent: long ago. */
  startedAtMs?: number;
  /** Null: it is open. */
  closedAtMs: number | null;
  /** It has a goose activity. */
  atAttempt?: boolean;
  /** When its goose host was last heard of; absent: none has taken it. */
  heardAtMs?: number;
  /** What the heartbeats of its attempt say. */
  beat?: unknown;
  /** Where a task has several; the newest one last. */
  runId?: string;
  /** How it ended; absent: from outside. */
  ended?: 'COMPLETED' | 'TERMINATED';
  /** What it returned. */
  result?: Pick<RunResult, 'end'>;
  /** The run that it was reset from. */
  resetFrom?: string;
  memo?: Partial<RunMemo>;
  /** So often its workflow task has failed. */
  failures?: number;
  /** Of its history, where that is read whole. */
  events?: object[];
  /** Identity of the worker that has its goose activity. */
  worker?: string;
}

/** A signal that was sent to whatever workflow, or that it was cancelled. */
export interface Signalled {
  workflowId: string;
  name: string;
  content: unknown;
}

/**
 * A client of a server that has these runs, and nothing else; it is asked as the real one would be. Semaphores are started,
 * and say nothing.
 *
 * @param heard gets the signals, which every workflow takes
 */
export function clientOf(runs: () => readonly DescribedRun[], heard: Signalled[] = []): Client {
  const all = () => runs().map(description);
  const list = async function* ({ query = '' } = {}) {
    if (query.includes(POOL_SEMAPHORE) || query.includes(`"${SCHEDULE}"`)) return;
    const workflowId = /^WorkflowId = "(.*)"$/.exec(query)?.[1];
    for (const run of all())
      if (workflowId === undefined ? run.status.name === 'RUNNING' : run.workflowId === workflowId) yield run;
  };
  const getHandle = (workflowId: string, runId?: string) => {
    const find = () => {
      const isIt = (run: { workflowId: string; runId: string }) =>
        run.workflowId === workflowId && (runId === undefined || run.runId === runId);
      const at = all().findLastIndex(isIt);
      if (at < 0) throw new WorkflowNotFoundError('none', workflowId, runId);
      return at;
    };
    return {
      workflowId,
      describe: async () => all()[find()],
      result: async () => runs()[find()]?.result,
      fetchHistory: async () => ({ events: runs()[find()]?.events ?? [] }),
      signal: async ({ name }: { name: string }, content: unknown) =>
        void heard.push({ workflowId, name, content }),
      cancel: async () => void heard.push({ workflowId, name: 'cancel', content: undefined }),
    };
  };
  const getWorkflowExecutionHistory = async ({ execution }: { execution: { runId: string } }) => {
    const run = runs().find((each) => runIdOf(each) === execution.runId);
    const about = { originalExecutionRunId: run?.resetFrom ?? execution.runId };
    return { history: { events: [{ workflowExecutionStartedEventAttributes: about }] } };
  };
  return {
    options: { namespace: 'default' },
    withDeadline: (_untilMs: number, ask: () => Promise<unknown>) => ask(),
    workflow: { list, getHandle, start: async () => {} },
    workflowService: { getWorkflowExecutionHistory },
  } as unknown as Client;
}

const runIdOf = ({ runId, taskId }: DescribedRun) => runId ?? `run-${taskId}`;

function description(run: DescribedRun) {
  const { taskId, agent, phase, closedAtMs, atAttempt, memo, heardAtMs, ended = 'TERMINATED' } = run;
  const heard = {
    ...(heardAtMs !== undefined && { lastStartedTime: msToTs(heardAtMs) }),
    ...(run.beat !== undefined && {
      heartbeatDetails: { payloads: [defaultPayloadConverter.toPayload(run.beat)] },
    }),
    ...(run.worker !== undefined && { lastWorkerIdentity: run.worker }),
  };
  return {
    workflowId: `task-${taskId}`,
    runId: runIdOf(run),
    status: { name: closedAtMs === null ? 'RUNNING' : ended },
    startTime: new Date(run.startedAtMs ?? closedAtMs ?? 0),
    ...(closedAtMs !== null && { closeTime: new Date(closedAtMs) }),
    searchAttributes: { TaskId: [String(taskId)], ...(agent !== null && { Agent: [agent] }), Phase: [phase] },
    memo: memo && { run: memo },
    raw: {
      ...(run.failures !== undefined && { pendingWorkflowTask: { attempt: run.failures + 1 } }),
      pendingActivities: atAttempt ? [{ activityType: { name: 'runGoose' }, ...heard }] : [],
    },
  };
}
