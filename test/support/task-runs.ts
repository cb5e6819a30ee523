import { PHASE } from '../../contract/attributes.ts';
import { taskWorkflowId } from '../../contract/ids.ts';
import type { Phase, RunResult } from '../../contract/run.ts';
import { poolId } from '../../domain/semaphore-id.ts';
import type { AgentSlots } from '../../domain/slots/agent-slots.ts';
import type { Pool } from '../../domain/slots/pool.ts';
import { type KnownRun, lastRunOf } from '../../temporal/runs.ts';
import type { NewTask } from '../../tinytask/task-arguments.ts';
import { eventually } from './eventually.ts';
import type { System } from './system.ts';

/** A task for tests: `title` is for the reader of a failed test only. */
export function newTask(system: System, task: Partial<NewTask>) {
  return system.tinytask.create({ title: 'test', createdBy: 'test', ...task });
}

export function inPhase(system: System, taskId: number, phase: Phase): Promise<KnownRun> {
  return eventually(`task ${taskId} is ${phase}`, async () => {
    const run = await lastRunOf(system.client, taskId);
    return run?.closedAtMs === null && run.phase === phase ? run : undefined;
  });
}

/** The id of a task of this agent whose run was cancelled, and stays parked. Its recipe has to take a while. */
export async function parkedTask(system: System, agent: string): Promise<number> {
  const { id } = await newTask(system, { assignedTo: agent });
  await inPhase(system, id, 'running');
  await system.client.workflow.getHandle(taskWorkflowId(id)).cancel();
  await inPhase(system, id, 'parked');
  return id;
}

/** The task's goose lives, and what it does is past the start of its process. */
export function gooseLives(system: System, taskId: number): Promise<true> {
  return eventually(`a goose works on task ${taskId}`, async () =>
    (await system.gooses()).includes(taskId) ? true : undefined,
  );
}

/** A goose works on it, and the server lists its run as one at work, a moment later: which is what commands read. */
export async function listedAtWork(system: System, taskId: number): Promise<void> {
  await gooseLives(system, taskId);
  const query = `WorkflowId = "${taskWorkflowId(taskId)}" AND ExecutionStatus = "Running" AND ${PHASE.name} = "running"`;
  await eventually(
    `the run of task ${taskId} is listed`,
    async () => (await system.client.workflow.count(query)).count === 1,
  );
}

export function gooseGone(system: System, taskId: number): Promise<true> {
  return eventually(`no goose works on task ${taskId}`, async () =>
    (await system.gooses()).includes(taskId) ? undefined : true,
  );
}

export function inStatus(system: System, taskId: number, status: string) {
  return eventually(`task ${taskId} is ${status}`, async () => {
    const task = await system.tinytask.get(taskId);
    return task?.status === status ? task : undefined;
  });
}

/** What the task's newest run returned, once it has ended. */
export function runResult(system: System, taskId: number): Promise<RunResult> {
  return eventually(`the run of task ${taskId} has ended`, async () => {
    const run = await lastRunOf(system.client, taskId);
    if (run === undefined || run.closedAtMs === null) return undefined;
    const { workflowId, runId } = run;
    return system.client.workflow.getHandle(workflowId, runId).result() as Promise<RunResult>;
  });
}

/** What the semaphore of a queue knows of its pool. */
export function slotsOf(system: System, queue: string): Promise<Pool> {
  return system.client.workflow.getHandle(poolId(queue)).query<Pool>('status');
}

/** What it knows of one agent; where it is not said of which, of the one that is called like its queue. */
export async function agentIn(system: System, queue: string, name = queue): Promise<AgentSlots> {
  const agent = (await slotsOf(system, queue)).agents.find((each) => each.name === name);
  if (agent === undefined) throw new Error(`pool ${queue} has no agent ${name}`);
  return agent;
}

/** The tasks in line, best rank first. */
export async function lineOf(system: System, queue: string): Promise<number[]> {
  const { waiters } = await slotsOf(system, queue);
  return waiters.map(({ rank }) => rank.id);
}

export function signalTask(system: System, taskId: number, signal: string): Promise<void> {
  return system.client.workflow.getHandle(taskWorkflowId(taskId)).signal(signal);
}
