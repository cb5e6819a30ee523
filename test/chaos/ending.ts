import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import type { RunStatus } from '../../contract/run.ts';
import { isAgent, isServed, namesNothing } from './agents.ts';
import { askSemaphore, SEMAPHORE_IDS } from './semaphores.ts';
import { listTasks, type TaskRow } from './tinytask-calls.ts';

const LOOK_MS = 1_000;

export interface Ending {
  /** What is not as it has to be; empty when all is well. */
  wrong: string[];
  complete: number;
  /** Why tasks are parked, and how many for each reason. */
  parked: Record<string, number>;
  blocked: number;
  /** Whom nobody serves: a person has seen to that. */
  astray: number;
}

/** Waits until every task is complete, or idle with a true reason, and every slot is free; or says what is not. */
export async function waitForEnd(
  client: Client,
  tinytask: string,
  deadlineMs: number,
  goOn: () => boolean,
): Promise<Ending> {
  const untilMs = Date.now() + deadlineMs;
  for (;;) {
    const ending = await look(client, tinytask).catch((error: Error) => ({
      wrong: [`the end could not be looked at: ${error.message}`],
      complete: 0,
      parked: {},
      blocked: 0,
      astray: 0,
    }));
    if (ending.wrong.length === 0 || Date.now() > untilMs || !goOn()) return ending;
    await sleep(LOOK_MS);
  }
}

async function look(client: Client, tinytask: string): Promise<Ending> {
  const tasks = await listTasks(tinytask);
  const open = tasks.filter(({ status }) => status !== 'complete');
  const ending: Ending = {
    wrong: [],
    complete: tasks.length - open.length,
    parked: {},
    blocked: 0,
    astray: 0,
  };
  const waits = new Set<number>();
  for (const task of open) {
    if (task.status === 'working') {
      ending.wrong.push(`task ${task.id} is working`);
    } else if (task.is_currently_blocked) {
      waits.add(task.blocked_by_task_id ?? 0);
      ending.blocked += 1;
    } else if (isAstray(task)) {
      ending.astray += 1;
    } else {
      await judgeIdle(client, task, ending);
    }
  }
  for (const blocker of waits)
    if (!open.some(({ id }) => id === blocker))
      ending.wrong.push(`task ${blocker} is not open, and yet it blocks`);
  for (const id of SEMAPHORE_IDS) {
    const { holders, dying, waiters } = await askSemaphore(client, id);
    if (holders.length + dying.length + waiters.length > 0)
      ending.wrong.push(
        `the slots of ${id} are not free: held ${holders.map((each) => each.workflowId)}, dying ${dying.map((each) => each.workflowId)}, waiting ${waiters.map((each) => each.workflowId)}`,
      );
  }
  return ending;
}

/** With nobody whom we know, and in no queue of theirs. */
function isAstray({ assigned_to: agent, queue_name: queue }: TaskRow): boolean {
  return agent === null ? !isServed(queue) : !isAgent(agent);
}

async function judgeIdle(client: Client, task: TaskRow, ending: Ending): Promise<void> {
  const run = await client.workflow
    .getHandle(`task-${task.id}`)
    .query<RunStatus>('status')
    .catch(() => undefined);
  if (run?.phase !== 'parked') {
    ending.wrong.push(`task ${task.id} of ${task.assigned_to} is idle (${run?.phase ?? 'no run'})`);
    return;
  }
  const ofTag = /recipe/.test(run.says);
  // Cancelled, lost or given away time and again before its tag was found out.
  if (namesNothing(task.tags) && !ofTag && !/by hand|in a row/.test(run.says))
    ending.wrong.push(
      `task ${task.id} has the tag ${task.tags}, and is parked for something else: ${run.says}`,
    );
  if (!namesNothing(task.tags) && ofTag)
    ending.wrong.push(`task ${task.id} of ${task.assigned_to} is parked for a recipe: ${run.says}`);
  const reason = run.says.replace(/[0-9]+/g, 'N').slice(0, 100);
  const key = `${task.assigned_to}: ${reason}`;
  ending.parked[key] = (ending.parked[key] ?? 0) + 1;
}
