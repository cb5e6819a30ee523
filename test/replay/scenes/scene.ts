import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { poolId } from '../../../domain/semaphore-id.ts';
import { lastRunOf } from '../../../temporal/runs.ts';
import { startDaemon } from '../../support/daemon-process.ts';
import { eventually } from '../../support/eventually.ts';
import type { System } from '../../support/system.ts';

export type Ref = { workflowId: string; runId: string };

/** A run worth keeping, and what its history has to show for it. */
export interface Kept {
  name: string;
  ref: Ref;
  /** Attributes of events, names of signals and of activities. */
  shows: string[];
}

/** A script for the model whose goose goes on when its task is let go. */
export function untilLetGo(after: string): string {
  return `MODEL: shell touch at-{{ task_id }}; until [ -e go-{{ task_id }} ]; do sleep 0.1; done\n${after}`;
}

/** A goose that starts from now on has connected to its tools, and waits to be let go. */
export async function waitsToGo(system: System, taskId: number): Promise<void> {
  const mark = join(system.dir, `at-${taskId}`);
  await rm(mark, { force: true });
  await eventually(`goose of task ${taskId} is at work`, async () => existsSync(mark));
}

export async function runOf(system: System, taskId: number): Promise<Ref> {
  return eventually(`a run of task ${taskId}`, async () => {
    const run = await lastRunOf(system.client, taskId);
    return run && { workflowId: run.workflowId, runId: run.runId };
  });
}

/** The newest run of a workflow. */
export async function refOf(system: System, id: string): Promise<Ref> {
  const { workflowId, runId } = await system.client.workflow.getHandle(id).describe();
  return { workflowId, runId };
}

export function semaphoreRun(system: System, queue: string): Promise<Ref> {
  return refOf(system, poolId(queue));
}

const daemons = new Set<ChildProcess>();

export async function daemonWith(system: System, settings: Record<string, string>) {
  const named = Object.entries(settings).map(([name, value]) => [`TINYSCHEDULER_${name}`, value]);
  const daemon = await startDaemon({ ...system.env, ...Object.fromEntries(named) });
  daemons.add(daemon);
  return daemon;
}

/** Those that a scene that failed has left. */
export async function endDaemons(): Promise<void> {
  for (const daemon of daemons) await endBy('SIGTERM', daemon);
}

export async function endBy(signal: NodeJS.Signals, daemon: ChildProcess): Promise<void> {
  daemon.kill(signal);
  daemons.delete(daemon);
  if (daemon.exitCode === null && daemon.signalCode === null) await once(daemon, 'exit');
}
