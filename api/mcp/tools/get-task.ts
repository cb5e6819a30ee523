import { z } from 'zod';
import { attemptJson } from '../../../client/json/attempt.ts';
import type { SchedulerClient } from '../../../client/scheduler-client.ts';
import type { Look } from '../../../contract/listings.ts';
import { sayAttemptFacts } from '../../../words/attempt-facts.ts';
import { sayOpenTask } from '../../../words/open-task.ts';
import { sayScheduleLine } from '../../../words/tool-answer.ts';
import { scheduleRow, short, taskRow } from './rows.ts';
import { READ_AGE_MS, type Told, taskId, tool } from './tool.ts';
import { whichOf } from './which.ts';

const shape = z.strictObject({ task_id: taskId });
const MOST_ATTEMPTS = 5;
const NEXT_TIMES = 5;

export const getTask = tool({
  ...{ name: 'scheduler_get_task', scope: 'read', idempotent: true, shape },
  about: 'One task with its attempts, or one schedule by name. Without descriptions and logs',
  async run({ task_id: text }, desk) {
    const which = await whichOf(desk, text);
    return desk.scheduler.use(async (client) => {
      if ('schedule' in which) {
        const line = await client.schedules.line(which.schedule, NEXT_TIMES);
        return { summary: `${sayScheduleLine(line)}.`, facts: scheduleRow(line) };
      }
      return taskTold(client, await desk.look.within(READ_AGE_MS), which.taskId);
    });
  },
});

async function taskTold(client: SchedulerClient, look: Look, taskId: number): Promise<Told> {
  const [task, all] = await Promise.all([client.task(taskId), client.attempts(taskId)]);
  const open = look.tasks?.find((each) => each.taskId === taskId);
  const attempts = all.slice(-MOST_ATTEMPTS);
  const state = task.archivedAt !== null ? 'archived' : task.status;
  const why = open === undefined ? '' : `: ${short(sayOpenTask(open))}`;
  return {
    summary: `Task ${taskId} ${JSON.stringify(short(task.title))} is ${state}${why}.`,
    lines: attempts.map((attempt) => short(sayAttemptFacts(attempt))),
    facts: {
      ...{ ...(open && taskRow(open)), task_id: String(taskId), title: short(task.title), status: state },
      ...{ assigned_to: task.assignedTo, queue: task.queue, priority: task.priority },
      ...{ blocked_by: task.blockedByTaskId, added: task.createdAt, created_by: task.createdBy },
      attempts: attempts.map(attemptTold),
      attempts_total: all.length,
    },
  };
}

/** Without where its log is. */
function attemptTold(attempt: Parameters<typeof attemptJson>[0]): Record<string, unknown> {
  const { log: _, run_id: __, reason, ...told } = attemptJson(attempt);
  return { ...told, reason: typeof reason === 'string' ? short(reason) : null };
}
