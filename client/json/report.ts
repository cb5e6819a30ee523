import type {
  AgentWorkload,
  EndedWork,
  Report,
  ReportedScheduler,
  ReportedTask,
  Spread,
  WorkOf,
} from '../../contract/report.ts';
import { sayWaiting } from '../../words/reason.ts';
import { sayGaps, sayReportProblems } from '../../words/report.ts';
import { isoTime } from './iso-time.ts';

const HOUR_MS = 3_600_000;
/** Under which tasks without an agent are found, as the Python version has it. */
const NOBODY = 'unassigned';

/**
 * The report as one JSON object, with the keys of the Python version's workload reporter and more. Where there are no tasks, a
 * figure of those keys is 0, as it was there. Any other figure that is not known is null.
 */
export function reportJson(report: Report): Record<string, unknown> {
  const { atMs, asked, summary, agents, priorities, ages, tasks, scheduler, ended } = report;
  return {
    summary: {
      total_open_tasks: summary.open,
      total_idle: summary.idle,
      total_working: summary.working,
      total_complete: asked.statuses.includes('complete') ? summary.complete : null,
      total_agents: summary.agentsWithWork.length,
      agents_with_work: summary.agentsWithWork,
    },
    agent_breakdown: breakdown(agents),
    priority_distribution: {
      by_priority: Object.fromEntries(priorities.byPriority.map(({ priority, tasks: n }) => [priority, n])),
      highest_priority: priorities.byPriority.at(0)?.priority ?? 0,
      lowest_priority: priorities.byPriority.at(-1)?.priority ?? 0,
      average_priority: rounded(priorities.average ?? 0),
    },
    age_metrics: {
      oldest_task_age_hours: hours(ages.oldest?.ageMs ?? 0),
      newest_task_age_hours: hours(ages.newest?.ageMs ?? 0),
      average_task_age_hours: hours(ages.averageMs ?? 0),
      oldest_task_id: ages.oldest?.taskId ?? 0,
      newest_task_id: ages.newest?.taskId ?? 0,
      tasks_from_the_future: ages.ahead,
    },
    tasks: tasks.map(taskJson),
    generated_at: isoTime(atMs),
    asked: { status: asked.statuses, agent: asked.agent ?? null, since: isoTime(asked.sinceMs ?? null) },
    ...schedulerJson(scheduler),
    ended: ended && endedJson(ended, atMs),
    problems: sayReportProblems(report.problems),
  };
}

function schedulerJson(known: ReportedScheduler | null): Record<string, unknown> {
  if (known === null) return { scheduler: null, pools: null, phases: null, reasons: null };
  const { state, pools, phases, reasons } = known;
  return {
    scheduler: state.scheduler,
    pools: pools.map(({ inLine, ...pool }) => ({ ...pool, in_line: inLine })),
    phases: Object.fromEntries(phases.map(({ phase, tasks }) => [phase, tasks])),
    reasons: Object.fromEntries(reasons.map(({ why, tasks }) => [why, tasks])),
  };
}

function breakdown(agents: readonly AgentWorkload[]): Record<string, unknown> {
  const names = new Set(agents.map(({ agent }) => agent));
  const nobody = names.has(NOBODY) ? `(${NOBODY})` : NOBODY;
  return Object.fromEntries(
    agents.map(({ agent, total, idle, working, complete, taskIds }) => [
      agent ?? nobody,
      {
        ...{ agent_name: agent ?? nobody, total_tasks: total },
        ...{ idle_tasks: idle, working_tasks: working, complete_tasks: complete, task_ids: taskIds },
      },
    ]),
  );
}

function taskJson({ task, ageMs, phase, waits }: ReportedTask): Record<string, unknown> {
  return {
    ...{ id: task.id, title: task.title, description: task.description, status: task.status },
    ...{ assigned_to: task.assignedTo, created_by: task.createdBy, priority: task.priority, tags: task.tags },
    ...{ created_at: task.createdAt, updated_at: task.updatedAt },
    age_hours: ageMs === null ? null : hours(ageMs),
    // TinyTask tells them for one task at a time only.
    ...{ comment_count: null, link_count: null },
    ...{ queue: task.queue, blocked_by: task.blockedByTaskId, parent: task.parentTaskId, phase },
    ...{ reason: waits?.reason.why ?? null, says: waits && sayWaiting(waits) },
  };
}

function endedJson(ended: EndedWork, atMs: number): Record<string, unknown> {
  const { sinceMs, keptForMs, runs, read, more, ends, completedPerHour, waiting, running, verdicts } = ended;
  return {
    ...{ since: isoTime(sinceMs), kept_for_hours: keptForMs === null ? null : hours(keptForMs) },
    ...{ runs, runs_read: read, more },
    ends: Object.fromEntries(ends.map(({ end, runs: n }) => [end, n])),
    completed_per_hour: completedPerHour === null ? null : rounded(completedPerHour),
    waiting_sec: waiting && spreadJson(waiting),
    running_sec: running && spreadJson(running),
    verdicts: Object.fromEntries(verdicts.map(({ verdict, attempts }) => [verdict, attempts])),
    tokens_by_agent: ended.byAgent.map((work) => ({ agent: work.name, ...workJson(work) })),
    tokens_by_recipe: ended.byRecipe.map((work) => ({ recipe: work.name, ...workJson(work) })),
    not_known: sayGaps(ended, atMs),
  };
}

export function spreadJson({ of, meanMs, p50Ms, p90Ms, mostMs }: Spread): Record<string, number> {
  return { of, mean: meanMs / 1_000, p50: p50Ms / 1_000, p90: p90Ms / 1_000, most: mostMs / 1_000 };
}

function workJson({ attempts, tokens, unknownTokens }: WorkOf): Record<string, unknown> {
  return { attempts, tokens, attempts_with_unknown_tokens: unknownTokens };
}

function hours(ms: number): number {
  return rounded(ms / HOUR_MS);
}

/** To two places. */
function rounded(figure: number): number {
  return Math.round(figure * 100) / 100;
}
