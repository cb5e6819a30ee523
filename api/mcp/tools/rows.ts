import { isoTime } from '../../../client/json/iso-time.ts';
import type { OpenTask } from '../../../contract/listings.ts';
import type { ScheduleLine } from '../../../contract/schedule.ts';
import { cut } from '../../../domain/cut.ts';
import { dueNextMs } from '../../../domain/schedule/due-next.ts';
import { sayOpenTask } from '../../../words/open-task.ts';
import { sayTiming } from '../../../words/schedule-timing.ts';

const TITLE = { chars: 80, bytes: 320 };
const WHY = { chars: 160, bytes: 640 };

/** In one line and short: an answer is read by a model, which pays for each word. */
export const short = (text: string, most = WHY) => cut(text.replace(/\s+/g, ' ').trim(), most);

export function taskRow(task: OpenTask): Record<string, unknown> {
  const { taskId, title, phase, agent, queue, priority } = task;
  return {
    ...{ task_id: String(taskId), title: short(title, TITLE), phase, agent, queue, priority },
    why: short(sayOpenTask(task)),
  };
}

export function taskLine(task: OpenTask): string {
  return `${task.taskId} ${JSON.stringify(short(task.title, TITLE))}: ${short(sayOpenTask(task))}`;
}

/** Without what its tasks are told to do: that is its author's. */
export function scheduleRow(line: ScheduleLine): Record<string, unknown> {
  const { name, state, definition, nextMs, skips, now, pause, by } = line;
  const { timing, timeZone, work, priority } = definition;
  const last = now.last;
  return {
    ...{ task_id: name, task_type: typeOf(line), state, when: sayTiming(timing, timeZone) },
    title: work.kind === 'task' ? short(work.title, TITLE) : short(work.command, TITLE),
    ...{ priority, next: nextMs.map(isoTime), left_out: skips.map(isoTime) },
    ...{ open: now.open, count: now.count, by: by ?? null },
    paused: pause ? { by: pause.by ?? null, note: pause.note ?? null, at: isoTime(pause.atMs) } : null,
    last: last ? { at: isoTime(last.endedMs), end: last.end, reason: last.reason ?? null } : null,
  };
}

/** How it stands, in short, before and after a deed. */
export function scheduleStanding(line: ScheduleLine): Record<string, unknown> {
  return { state: line.state, open: line.now.open, next: isoTime(dueNextMs(line) ?? null) };
}

export function typeOf({ definition: { timing, work } }: ScheduleLine): 'scheduled' | 'cron' | 'custom' {
  if (work.kind === 'command') return 'custom';
  return timing.kind === 'at' ? 'scheduled' : 'cron';
}
