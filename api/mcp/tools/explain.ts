import { z } from 'zod';
import { backlogJson, explanationJson } from '../../../client/json/explain.ts';
import { sayBacklog } from '../../../words/backlog.ts';
import { sayExplanation } from '../../../words/explanation.ts';
import { sayScheduleLine } from '../../../words/tool-answer.ts';
import { scheduleRow, short } from './rows.ts';
import { type Told, taskId, tool } from './tool.ts';
import { whichOf } from './which.ts';

const shape = z.strictObject({ task_id: taskId.optional() });
const LINE = { chars: 400, bytes: 1_600 };
const MOST_LINES = 30;

export const explain = tool({
  ...{ name: 'scheduler_explain', scope: 'read', idempotent: true, shape },
  about:
    'Why a task does not run, what it waits for, and the least that would start it. Without task_id: all open tasks by cause',
  async run({ task_id: text }, desk) {
    if (text === undefined)
      return desk.scheduler.use(async (client) => backlogTold(await client.explainAll()));
    const which = await whichOf(desk, text);
    return desk.scheduler.use(async (client) => {
      if ('taskId' in which) return taskTold(await client.explain(which.taskId));
      const line = await client.schedules.line(which.schedule, 1);
      return { summary: `${sayScheduleLine(line)}.`, facts: scheduleRow(line) };
    });
  },
});

function taskTold(about: Parameters<typeof explanationJson>[0]): Told {
  const [summary = '', ...lines] = bounded(sayExplanation(about));
  const json = explanationJson(about);
  const {
    task_id: id,
    title,
    status,
    assigned_to,
    queue,
    scheduler,
    reason,
    still,
    run,
    place,
    change,
  } = json;
  return {
    summary,
    lines,
    facts: {
      ...{ task_id: String(id), title: short(String(title)), status, assigned_to, queue, scheduler },
      ...{ reason, still, run, place, change, attempts_total: about.attemptsTotal },
      waits_for: about.hangsOn.map(({ taskId: each }) => String(each)),
    },
  };
}

const MOST_GROUPS = 20;

function backlogTold(backlog: Parameters<typeof backlogJson>[0]): Told {
  const [summary = '', ...lines] = bounded(sayBacklog(backlog));
  const { groups, ...rest } = backlogJson(backlog) as { groups: object[] };
  return { summary, lines, facts: { ...rest, groups: groups.slice(0, MOST_GROUPS) } };
}

function bounded(lines: readonly string[]): string[] {
  const more = lines.length - MOST_LINES;
  return [
    ...lines.slice(0, MOST_LINES).map((line) => short(line, LINE)),
    ...(more > 0 ? [`and ${more} lines more`] : []),
  ];
}
