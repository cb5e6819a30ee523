import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import type { RunStatus } from '../../domain/run.ts';
import type { Slots } from '../../domain/slots.ts';
import { AGENTS } from './rules.ts';
import { listTasks, type TaskRow } from './tinytask-calls.ts';

const LOOK_MS = 1_000;

export interface Ending {
  /** What is not as it has to be; empty when all is well. */
  wrong: string[];
  complete: number;
  /** Why tasks are parked, and how many for each reason. */
  parked: Record<string, number>;
  blocked: number;
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
    }));
    if (ending.wrong.length === 0 || Date.now() > untilMs || !goOn()) return ending;
    await sleep(LOOK_MS);
  }
}

async function look(client: Client, tinytask: string): Promise<Ending> {
  const tasks = await listTasks(tinytask);
  const open = tasks.filter(({ status }) => status !== 'complete');
  const ending: Ending = { wrong: [], complete: tasks.length - open.length, parked: {}, blocked: 0 };
  const waits = new Set<number>();
  for (const task of open) {
    if (task.status === 'working') {
      ending.wrong.push(`task ${task.id} is working`);
    } else if (task.is_currently_blocked) {
      waits.add(task.blocked_by_task_id ?? 0);
      ending.blocked += 1;
    } else {
      await judgeIdle(client, task, ending);
    }
  }
  for (const blocker of waits)
    if (!open.some(({ id }) => id === blocker))
      ending.wrong.push(`task ${blocker} is not open, and yet it blocks`);
  for (const { name } of AGENTS) {
    const slots = await client.workflow.getHandle(`agent-${name}`).query<Slots>('status');
    if (slots.holders.length + slots.dying.length + slots.waiters.length > 0)
      ending.wrong.push(
        `the slots of ${name} are not free: held ${slots.holders.map((each) => each.workflowId)}, dying ${slots.dying.map((each) => each.workflowId)}, waiting ${slots.waiters.map((each) => each.workflowId)}`,
      );
  }
  return ending;
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
  const reason = run.says.replace(/[0-9]+/g, 'N').slice(0, 100);
  const key = `${task.assigned_to}: ${reason}`;
  ending.parked[key] = (ending.parked[key] ?? 0) + 1;
}
