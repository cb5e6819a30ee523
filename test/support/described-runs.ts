import { type Client, WorkflowNotFoundError } from '@temporalio/client';
import { msToTs } from '@temporalio/common/lib/time.js';
import type { RunMemo } from '../../contract/memos.ts';
import type { Phase } from '../../contract/run.ts';

/** A run as the server would describe it. */
export interface DescribedRun {
  taskId: number;
  /** Null: nobody yet. */
  agent: string | null;
  phase: Phase;
  /** Null: it is open. */
  closedAtMs: number | null;
  /** It has a goose activity. */
  atAttempt?: boolean;
  /** When its goose host was last heard of; absent: none has taken it. */
  heardAtMs?: number;
  memo?: Partial<RunMemo>;
}

/** A client of a server that has these runs, and nothing else; it is asked as the real one would be. */
export function clientOf(runs: () => readonly DescribedRun[]): Client {
  const list = async function* () {
    for (const run of runs()) if (run.closedAtMs === null) yield { workflowId: `task-${run.taskId}` };
  };
  const getHandle = (workflowId: string) => ({
    workflowId,
    describe: async () => {
      const run = runs().find(({ taskId }) => `task-${taskId}` === workflowId);
      if (run === undefined) throw new WorkflowNotFoundError('none', workflowId, undefined);
      return description(run);
    },
  });
  return { workflow: { list, getHandle } } as unknown as Client;
}

function description({ taskId, agent, phase, closedAtMs, atAttempt, heardAtMs, memo }: DescribedRun) {
  const heard = heardAtMs === undefined ? {} : { lastStartedTime: msToTs(heardAtMs) };
  return {
    workflowId: `task-${taskId}`,
    runId: `run-${taskId}`,
    status: { name: closedAtMs === null ? 'RUNNING' : 'TERMINATED' },
    startTime: new Date(0),
    ...(closedAtMs !== null && { closeTime: new Date(closedAtMs) }),
    searchAttributes: { TaskId: [String(taskId)], ...(agent !== null && { Agent: [agent] }), Phase: [phase] },
    memo: memo && { run: memo },
    raw: { pendingActivities: atAttempt ? [{ activityType: { name: 'runGoose' }, ...heard }] : [] },
  };
}
