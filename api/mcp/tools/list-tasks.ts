import { z } from 'zod';
import type { EndedRun } from '../../../contract/listings.ts';
import { sayEndedRun } from '../../../words/ended-run.ts';
import { counted } from '../../../words/number.ts';
import { sayListed, sayScheduleLine } from '../../../words/tool-answer.ts';
import { encodeCursor } from '../../routes/cursor.ts';
import { placeAfter, tasksIn } from '../../routes/tasks.ts';
import { isIn } from './counts.ts';
import { scheduleRow, short, taskLine, taskRow, typeOf } from './rows.ts';
import { type Desk, name, READ_AGE_MS, refuse, type Told, tool } from './tool.ts';

const shape = z.strictObject({
  task_type: z
    .enum(['immediate', 'scheduled', 'cron', 'custom'])
    .optional()
    .describe('Default immediate: open tasks. Others: schedules of that type'),
  status: z
    .enum(['running', 'pending', 'blocked', 'parked', 'completed', 'failed'])
    .optional()
    .describe('completed and failed: among the 100 runs that ended last'),
  agent: name.optional(),
  queue: name.optional(),
  limit: z.coerce.number().int().min(1).max(100).optional().describe('Default 20'),
  cursor: z.string().max(500).optional().describe('next_cursor of the page before'),
});
type Asked = z.output<typeof shape>;

const ROWS = 20;
/** Runs that ended last; each costs a look at its history. */
const ENDED = 100;

export const listTasks = tool({
  ...{ name: 'scheduler_list_tasks', scope: 'read', idempotent: true, shape },
  about: 'List tasks in the order in which they go, each with why it waits. 20 rows a page',
  run(asked, desk) {
    const { task_type: type = 'immediate', status } = asked;
    if (type !== 'immediate') return listSchedules(asked, type, desk);
    return status === 'completed' || status === 'failed'
      ? listEnded(asked, status, desk)
      : listOpen({ ...asked, status }, desk);
  },
});

type OpenStatus = Exclude<Asked['status'], 'completed' | 'failed'>;

async function listOpen(
  { status, agent, queue, limit = ROWS, cursor }: Asked & { status?: OpenStatus | undefined },
  { look }: Desk,
): Promise<Told> {
  const seen = await look.within(READ_AGE_MS);
  const found = tasksIn(seen).filter(
    (task) =>
      (status === undefined || isIn(status, task)) &&
      (agent === undefined || task.agent === agent) &&
      (queue === undefined || task.queue === queue || task.pool === queue),
  );
  const start = cursor === undefined ? 0 : placeAfter(found, cursor, 'line');
  const page = found.slice(start, start + limit);
  const last = page.at(-1);
  const end = start + page.length;
  const next =
    last !== undefined && end < found.length ? { sort: 'line' as const, id: last.taskId, at: end } : null;
  return {
    summary: sayListed(page.length, found.length, counted(found.length, `${status ?? 'open'} task`)),
    lines: page.map(taskLine),
    facts: { tasks: page.map(taskRow), total: found.length, next_cursor: next && encodeCursor(next) },
  };
}

async function listEnded(
  { agent, queue, limit = ROWS, cursor }: Asked,
  status: 'completed' | 'failed',
  { scheduler }: Desk,
): Promise<Told> {
  if (cursor !== undefined) refuse('cursor', 'what has ended has one page: give a limit of up to 100');
  const { runs } = await scheduler.use((client) =>
    client.endedRuns({ limit: ENDED, ...(agent !== undefined && { agent }) }),
  );
  const found = runs
    .filter((run) => run.end !== 'left-line' && (queue === undefined || run.queue === queue))
    .filter((run) => (run.end === 'complete') === (status === 'completed'));
  const page = found.slice(0, limit);
  return {
    summary: sayListed(
      page.length,
      found.length,
      `${found.length} ${status} among the last ${runs.length} that ended`,
    ),
    lines: page.map((run) => `${run.taskId}: ${short(sayEndedRun(run))}`),
    facts: { tasks: page.map(endedRow), total: found.length, next_cursor: null },
  };
}

function endedRow(run: EndedRun): Record<string, unknown> {
  const { taskId, agent, queue, endedAtMs, end, verdict } = run;
  const ended = new Date(endedAtMs).toISOString();
  return {
    task_id: String(taskId),
    agent,
    queue,
    ended,
    end,
    verdict: verdict?.kind ?? null,
    why: short(sayEndedRun(run)),
  };
}

async function listSchedules(
  { status, agent, queue, limit = ROWS, cursor }: Asked,
  type: 'scheduled' | 'cron' | 'custom',
  { scheduler }: Desk,
): Promise<Told> {
  if (status !== undefined) refuse('status', 'only tasks have one, so leave out task_type');
  const page = await scheduler.use((client) =>
    client.schedules.list({ limit, ...(cursor !== undefined && { cursor }) }),
  );
  const found = page.schedules.filter((line) => {
    const { work } = line.definition;
    const of: { agent?: string; queue?: string } = work.kind === 'task' ? work : {};
    return (
      typeOf(line) === type &&
      (agent === undefined || of.agent === agent) &&
      (queue === undefined || of.queue === queue)
    );
  });
  const more = page.cursor === null ? '' : ', and more on the next page';
  return {
    summary: sayListed(found.length, found.length, `${counted(found.length, `${type} schedule`)}${more}`),
    lines: found.map(sayScheduleLine),
    facts: { tasks: found.map(scheduleRow), next_cursor: page.cursor },
  };
}
