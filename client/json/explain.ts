import type { Attempt, CommentedAttempt } from '../../contract/attempts.ts';
import type { TaskOccurrence } from '../../contract/occurrence-of-task.ts';
import type { Backlog, Cause, Explanation } from '../../contract/status.ts';
import type { Reason } from '../../domain/plan/reason.ts';
import { sayAttemptFacts } from '../../words/attempt-facts.ts';
import { sayGroup } from '../../words/backlog.ts';
import { sayExplanation } from '../../words/explanation.ts';
import { sayTaskOccurrence } from '../../words/occurrence-of-task.ts';
import { sayProblems } from '../../words/problem.ts';
import { sayReason } from '../../words/reason.ts';
import { sayChange, sayRemedy } from '../../words/remedy.ts';
import { sayRun } from '../../words/run.ts';
import { isoTime } from './iso-time.ts';
import { snake } from './snake-keys.ts';

/** Why a task is where it is, as one JSON object; times in ISO 8601. */
export function explanationJson(about: Explanation): Record<string, unknown> {
  const { task, run, told, waits, place, change } = about;
  const { id, title, status, assignedTo, queue, archived } = task;
  return {
    ...{ task_id: id, title, status, assigned_to: assignedTo, queue, archived },
    scheduler: about.scheduler,
    occurrence: about.occurrence === undefined ? null : occurrenceJson(about.occurrence),
    run: run && {
      ...{ state: run.state, agent: run.agent, attempt: run.attempt, cause: run.cause ?? null },
      ...{ since: isoTime(told?.sinceMs ?? run.sinceMs), until: isoTime(told?.untilMs ?? null) },
      says: sayRun(run),
    },
    reason: waits?.reason.why ?? null,
    still: waits?.still?.why ?? null,
    reasons: about.reasons.map(reasonJson),
    hangs_on: about.hangsOn.map(causeJson),
    hangs_on_more: about.hangsOnMore,
    place: place && {
      ...{ place: place.place, before: place.before, holders: place.holders },
      holders_total: place.holdersTotal,
    },
    change: change && {
      needs: change.needs.map((need) =>
        need.map((each) => ({ ...inSnakeCase(each), says: sayRemedy(each) })),
      ),
      ...{ enough: change.isEnough, says: sayChange(change) ?? null },
    },
    attempts: about.attempts.map(attemptJson),
    attempts_total: about.attemptsTotal,
    problems: sayProblems(about.problems),
    says: sayExplanation(about),
  };
}

function occurrenceJson(about: TaskOccurrence): Record<string, unknown> {
  const { workflowId, known } = about;
  return {
    ...{ occurrence: workflowId, schedule: known?.schedule ?? null, phase: known?.phase ?? null },
    planned: isoTime(known?.plannedMs ?? null),
    is_its_task: known?.task === 'this',
    waits_for: known?.waits === undefined ? null : inSnakeCase(known.waits),
    says: sayTaskOccurrence(about),
  };
}

/** What keeps all open tasks, as one JSON object. */
export function backlogJson(backlog: Backlog): Record<string, unknown> {
  const { scheduler, open, running, groups, moreGroups, moreTasks, problems } = backlog;
  return {
    ...{ scheduler, open, running },
    groups: groups.map((group) => {
      const { reason, behind, cause, count, taskIds } = group;
      return {
        ...{ reason: reason && reasonJson(reason), behind, cause, count, task_ids: taskIds },
        says: sayGroup(group),
      };
    }),
    ...{ more_groups: moreGroups, more_tasks: moreTasks, problems: sayProblems(problems) },
  };
}

/** The facts of a reason, and the sentence. */
function reasonJson(reason: Reason): Record<string, unknown> {
  return { ...inSnakeCase(reason), says: sayReason(reason) };
}

function causeJson({
  taskId,
  as,
  title,
  reasons,
  run,
  told,
  again,
  on,
  more,
}: Cause): Record<string, unknown> {
  return {
    ...{ task_id: taskId, as, title },
    reasons: reasons?.map(reasonJson) ?? null,
    run: run && { state: run.state, agent: run.agent, cause: run.cause ?? null },
    ...{ since: isoTime(told?.sinceMs ?? null), until: isoTime(told?.untilMs ?? null) },
    ...(again && { again }),
    ...{ hangs_on: on.map(causeJson), hangs_on_more: more ?? 0 },
  };
}

const UNKNOWN_OF_ATTEMPT = {
  ...{ agent: null, host: null, started: null, verdict: null, reason: null, log: null },
  ...{ seconds: null, turns: null, tokens: null, end: null },
};

function attemptJson(attempt: Attempt | CommentedAttempt): Record<string, unknown> {
  const { number, runId, state } = attempt;
  const about = { attempt: number, run_id: runId, state };
  const ended = isoTime(attempt.endedAtMs);
  const says = sayAttemptFacts(attempt);
  if (attempt.state === 'commented')
    return { ...about, ...UNKNOWN_OF_ATTEMPT, ended, comment: attempt.comment, says };
  const { agent, host, sentAtMs, startedAtMs, verdict, log, logTrouble, seconds, turns, tokens, end } =
    attempt;
  return {
    ...{ ...about, agent, host, started: isoTime(startedAtMs ?? sentAtMs), ended },
    ...{ verdict: verdict?.kind ?? null, reason: verdict?.reason ?? null },
    log: log === null ? null : [log, logTrouble ?? []].flat().join(' '),
    ...{ seconds, turns, tokens, end, comment: null, says },
  };
}

/** Facts of a union under the names that JSON has elsewhere: `untilMs` as `until`, a time; null as it is. */
function inSnakeCase(facts: object): Record<string, unknown> {
  const named = Object.entries(facts).map(([key, value]) => {
    if (key.endsWith('Ms')) return [snake(key.slice(0, -2)), isoTime(value as number | null)];
    return [snake(key), Array.isArray(value) ? value.map(facet) : facet(value)];
  });
  return Object.fromEntries(named);
}

const facet = (value: unknown) => (typeof value === 'object' && value !== null ? inSnakeCase(value) : value);
