import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { bundleWorkflowCode, DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import type { AgentRun } from './notes.ts';
import type { Stand } from './stand.ts';

export interface BareActivities {
  work(lane: number, sleepMs: number): Promise<void>;
}

export interface BareResult {
  workflowId: string;
  /** One per child, in the order of their start; the agent is the lane. */
  runs: Required<AgentRun>[];
  elapsedMs: number;
  startedMs: number;
}

export interface Bare {
  run(lanes: number, childrenPerLane: number, sleepMs: number): Promise<BareResult>;
  stop(): Promise<void>;
}

const TASK_QUEUE = 'bench-bare';
let bundle: Promise<{ code: string }> | undefined;

/** A worker with the bare workflows on the stand's server, set up as the scheduler's own workers are. */
export async function startBare({ server, client }: Stand): Promise<Bare> {
  if (bundle === undefined) {
    Runtime.install({ logger: new DefaultLogger('WARN') });
    const workflowsPath = fileURLToPath(new URL('./bare-workflows.js', import.meta.url));
    bundle = bundleWorkflowCode({ workflowsPath, logger: new DefaultLogger('WARN') });
  }
  let runs: Required<AgentRun>[] = [];
  const activities: BareActivities = {
    async work(lane, sleepMs) {
      const startMs = nowMs();
      if (sleepMs > 0) await sleep(sleepMs);
      runs.push({ taskId: 0, pid: 0, agent: String(lane), startMs, endMs: nowMs() });
    },
  };
  const connection = await NativeConnection.connect({ address: server.address });
  const worker = await Worker.create({
    connection,
    taskQueue: TASK_QUEUE,
    workflowBundle: await bundle,
    activities,
    maxCachedWorkflows: 500,
  });
  const done = worker.run();
  return {
    async run(lanes, childrenPerLane, sleepMs) {
      runs = [];
      const workflowId = `bare-${randomUUID()}`;
      const startedMs = nowMs();
      await client.workflow.execute('bareParent', {
        workflowId,
        taskQueue: TASK_QUEUE,
        args: [lanes, childrenPerLane, sleepMs],
      });
      const elapsedMs = nowMs() - startedMs;
      return { workflowId, runs: runs.sort((a, b) => a.startMs - b.startMs), elapsedMs, startedMs };
    },
    async stop() {
      worker.shutdown();
      await done;
      await connection.close();
    },
  };
}

/** Milliseconds since 1970, with fractions. */
function nowMs(): number {
  return performance.timeOrigin + performance.now();
}
