import type { Forecast, ForeseenTask, WhatIf } from '../../../contract/forecast.ts';
import type { Span } from '../../../domain/forecast/forecast.ts';
import {
  sayBasis,
  sayBasisShort,
  sayChangeOf,
  sayComing,
  sayForecastOf,
  sayForeseen,
  sayMove,
  sayMoveOfAll,
  sayOutlook,
  sayRestsOn,
  saySpan,
} from '../../../words/forecast.ts';
import { sayProblems } from '../../../words/problem.ts';
import { sayScheduler } from '../../../words/scheduler.ts';
import { isoTime } from './iso-time.ts';
import { paragraph, quotation } from './print.ts';
import { snakeKeys } from './snake-keys.ts';
import { table } from './table.ts';

const HEAD = ['TASK', 'POOL', 'AGENT', 'START', 'END', 'LENGTH BY', 'HOW'];
const TOLD = 'Of two times the first is as likely as not, and the second holds nine times in ten.';

/** For people: one task, or all of them, the first `most` in a table. `across`: columns of the terminal. */
export function forecastText(forecast: Forecast, { most, one, across }: Shown): string {
  const [only] = forecast.tasks;
  if (one && only !== undefined)
    return paragraph(...sayForecastOf(only, forecast), ...sayComing(forecast), ...around(forecast));
  if (forecast.tasks.length === 0) return paragraph('No task is open.', ...around(forecast));
  const rows = forecast.tasks.slice(0, most).map((task) => rowOf(task, forecast.atMs));
  const more = forecast.tasks.length - rows.length;
  return [
    table([HEAD, ...rows], across),
    '',
    paragraph(
      ...(more === 0 ? [] : [`And ${more} more: --limit shows them, --json all.`]),
      TOLD,
      ...sayOutlook(forecast, forecast.atMs),
      `It rests on ${sayRestsOn(forecast.restsOn)}.`,
      ...sayComing(forecast),
      ...around(forecast),
    ),
  ].join('\n');
}

export interface Shown {
  most: number;
  /** One task was asked about. */
  one: boolean;
  across: number | undefined;
}

function around(about: Forecast | WhatIf): string[] {
  const headline =
    about.scheduler === 'running'
      ? []
      : [`As if the scheduler ran, but it does not: ${sayScheduler(about)}.`];
  return [...headline, ...sayProblems(about.problems).map((problem) => `Problem: ${problem}`)];
}

function rowOf(task: ForeseenTask, nowMs: number): string[] {
  const times = task.is === 'kept' ? ['-', '-'] : [startOf(task, nowMs), saySpan(task.end, nowMs)];
  return [
    ...[String(task.taskId), task.queue ?? '-', task.agent ?? '-', ...times, sayBasisShort(task)],
    sayForeseen(task),
  ];
}

function startOf({ is, start }: ForeseenTask, nowMs: number): string {
  return is === 'with-subtasks' ? '-' : saySpan(start, nowMs);
}

/** The same as one JSON object, times in ISO 8601. */
export function forecastJson(forecast: Forecast): Record<string, unknown> {
  const { atMs, scheduler, tasks, end, ending, kept, unknown, draws } = forecast;
  return {
    ...{ at: isoTime(atMs), scheduler, draws, rests_on: restsOnJson(forecast) },
    coming: comingJson(forecast),
    backlog: { end: spanJson(end), ending, kept, unknown },
    tasks: tasks.map(taskJson),
    problems: sayProblems(forecast.problems),
  };
}

function restsOnJson({ restsOn }: Forecast | WhatIf): Record<string, unknown> {
  return { tasks: restsOn.tasks, since: isoTime(restsOn.sinceMs), not_over: restsOn.notOver };
}

function comingJson({ coming }: Forecast | WhatIf): Record<string, unknown> | null {
  if (coming === null) return null;
  const { tasks, schedules, schedulesMore, untilMs } = coming;
  return { tasks, schedules, schedules_more: schedulesMore, until: isoTime(untilMs) };
}

const spanJson = (span: Span | null) => span && { p50: isoTime(span.p50Ms), p90: isoTime(span.p90Ms) };

function taskJson(task: ForeseenTask): Record<string, unknown> {
  const { taskId, title, queue, agent, is, reason, keptBy, start, end, basis } = task;
  return {
    ...{ task_id: taskId, title, queue, agent, is, start: spanJson(start), end: spanJson(end) },
    reason: reason?.why ?? null,
    kept_by: keptBy && { task_id: keptBy.taskId, reason: keptBy.reason.why },
    basis: { level: basis.level, tasks: basis.runs, says: sayBasis(task) },
    says: sayForeseen(task),
  };
}

const SHOWN = 10;

/** What a change would do, for people. */
export function whatIfText(about: WhatIf): string {
  const { changes, starts, waits, keeps, frees, moved, movedMore, after, atMs, restsOn } = about;
  const nothing = [starts, waits, keeps, frees, moved].every((list) => list.length === 0);
  return paragraph(
    `What if ${changes.map(sayChangeOf).join(' and ')}? Nothing is changed by asking.`,
    ...(nothing ? ['It makes no difference to the tasks that are open now.'] : []),
    ...list('Starts now', starts),
    ...list('Starts now without it, and would wait', waits),
    ...list('Would not start by itself any more', keeps),
    ...list('Would start by itself again', frees),
    ...(nothing ? [] : [sayMoveOfAll(about)]),
    ...sayOutlook(after, atMs).map((line) => `With it: ${line}`),
    ...moved.map(({ taskId, title, byMs, before, after: then }) => {
      const times = `${saySpan(before, atMs)} → ${saySpan(then, atMs)}`;
      return `  task ${taskId} "${quotation(title)}": its end ${sayMove(byMs)} (${times})`;
    }),
    ...(movedMore === 0 ? [] : [`  and the ends of ${movedMore} more move`]),
    `It rests on ${sayRestsOn(restsOn)}.`,
    ...sayComing(about),
    ...around(about),
  );
}

function list(head: string, tasks: readonly ForeseenTask[]): string[] {
  if (tasks.length === 0) return [];
  const more = tasks.length - SHOWN;
  return [
    `${head}: ${tasks.length}`,
    ...tasks
      .slice(0, SHOWN)
      .map((task) => `  task ${task.taskId} "${quotation(task.title)}": ${sayForeseen(task)}`),
    ...(more > 0 ? [`  and ${more} more`] : []),
  ];
}

/** The same as one JSON object. */
export function whatIfJson(about: WhatIf): Record<string, unknown> {
  const { atMs, scheduler, changes, before, after, starts, waits, keeps, frees, moved, movedMore } = about;
  const outlook = ({ end, ending, kept, unknown }: WhatIf['before']) => {
    return { end: spanJson(end), ending, kept, unknown };
  };
  return {
    ...{ at: isoTime(atMs), scheduler, rests_on: restsOnJson(about), coming: comingJson(about) },
    changes: changes.map((change) => snakeKeys({ ...change, says: sayChangeOf(change) })),
    ...{ before: outlook(before), after: outlook(after), says: sayMoveOfAll(about) },
    ...{ starts: starts.map(taskJson), waits: waits.map(taskJson) },
    ...{ keeps: keeps.map(taskJson), frees: frees.map(taskJson) },
    moved: moved.map((each) => ({
      ...{ task_id: each.taskId, title: each.title, seconds: Math.round(each.byMs / 1_000) },
      ...{ before: spanJson(each.before), after: spanJson(each.after) },
    })),
    moved_more: movedMore,
    problems: sayProblems(about.problems),
  };
}
