import type { Client } from '@temporalio/client';
import type { ComingTasks } from '../contract/forecast.ts';
import { scheduleMemoIn } from '../contract/memos.ts';
import type { ScheduleMemo } from '../contract/schedule.ts';
import type { ComingTask } from '../domain/forecast/outset.ts';
import { COMMANDS_AGENT, type Definition } from '../domain/schedule/definition.ts';
import { nextTimes } from './schedules/next-times.ts';
import { OPEN_SCHEDULES } from './schedules/there.ts';

/** Later ones come after whatever is open now, as a rule. */
const AHEAD_MS = 86_400_000;
/** Of a short interval not all can be played. */
const MOST_OF_ONE = 100;
const MOST = 500;
const SCHEDULES_READ = 1_000;
const NAMED = 5;

/** Tasks that schedules will make within a day, the soonest first, and what people are told of that; by one call. */
export async function readComing(
  client: Client,
  nowMs: number,
): Promise<{ coming: ComingTask[]; about: ComingTasks | null }> {
  const memos: ScheduleMemo[] = [];
  let read = 0;
  for await (const { memo } of client.workflow.list({ query: OPEN_SCHEDULES, pageSize: SCHEDULES_READ })) {
    const known = scheduleMemoIn(memo);
    if (known !== undefined) memos.push(known);
    read += 1;
    if (read === SCHEDULES_READ) break;
  }
  return comingOf(memos, nowMs);
}

export function comingOf(
  memos: readonly ScheduleMemo[],
  nowMs: number,
): { coming: ComingTask[]; about: ComingTasks | null } {
  const untilMs = nowMs + AHEAD_MS;
  const all = memos.flatMap((memo) => dueOf(memo, nowMs, untilMs)).sort((a, b) => a.dueMs - b.dueMs);
  const coming = all
    .slice(0, MOST)
    .map(({ definition, dueMs }, at) => comingTask(definition, dueMs, -1 - at));
  const [first] = all;
  if (first === undefined) return { coming, about: null };
  const names = [...new Set(all.slice(0, MOST).map(({ definition }) => definition.name))];
  const beyond = all[MOST];
  return {
    coming,
    about: {
      tasks: coming.length,
      schedules: names.slice(0, NAMED),
      schedulesMore: Math.max(0, names.length - NAMED),
      untilMs: beyond?.dueMs ?? untilMs,
    },
  };
}

interface Due {
  definition: Definition;
  dueMs: number;
}

/** None of one that is paused or finished, or of which it is known that it is due later. */
function dueOf({ schedule, now }: ScheduleMemo, nowMs: number, untilMs: number): Due[] {
  const { definition, pause, finished, skips = [] } = schedule;
  if (pause !== undefined || finished || (now.nextMs ?? 0) > untilMs) return [];
  return nextTimes(definition, skips, { afterMs: nowMs, count: MOST_OF_ONE })
    .filter((dueMs) => dueMs <= untilMs && !skips.includes(dueMs))
    .map((dueMs) => ({ definition, dueMs }));
}

/** As its occurrence will make it. */
function comingTask({ work, priority }: Definition, dueMs: number, id: number): ComingTask {
  const at = new Date(dueMs).toISOString();
  const whose =
    work.kind === 'task'
      ? { queue: work.queue ?? null, assignedTo: work.agent ?? null }
      : { queue: null, assignedTo: COMMANDS_AGENT };
  const recipe = work.kind === 'task' && work.recipe !== undefined ? [`recipe:${work.recipe}`] : [];
  return {
    dueMs,
    task: {
      ...{
        id,
        title: '',
        description: null,
        status: 'idle',
        createdBy: '',
        priority,
        tags: recipe,
        ...whose,
      },
      ...{ previousAssignedTo: null, parentTaskId: null, blockedByTaskId: null, archivedAt: null },
      ...{ createdAt: at, updatedAt: at, isCurrentlyBlocked: false },
    },
  };
}
