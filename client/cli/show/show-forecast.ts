import type { Forecast, ForeseenTask, WhatIf } from '../../../contract/forecast.ts';
import {
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
import { paragraph, quotation } from './print.ts';
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
