import type { Forecast, ForeseenTask, WhatIf } from '../../contract/forecast.ts';
import type { Span } from '../../domain/forecast/forecast.ts';
import { sayBasis, sayChangeOf, sayForeseen, sayMoveOfAll } from '../../words/forecast.ts';
import { sayProblems } from '../../words/problem.ts';
import { isoTime } from './iso-time.ts';
import { snakeKeys } from './snake-keys.ts';

/** A forecast as one JSON object, times in ISO 8601. */
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

/** What a change would do, as one JSON object. */
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
