import type { Told } from '../../client/follow/backlog.ts';
import type { Happening } from '../../client/follow/event-log.ts';
import { isoTime } from '../../client/json/iso-time.ts';
import { jsonText } from '../../client/json/json-text.ts';
import { scheduleNowJson, schedulesCountsJson } from '../../client/json/schedules/now.ts';
import { agentStatusJson, statusJson } from '../../client/json/status.ts';
import { taskLineJson } from '../../client/json/tasks.ts';
import type { AgentStatus } from '../../contract/status.ts';

/** Of the tasks in a snapshot, where a client has not said how many: those with a run come first. */
export const TASKS_SHOWN = 500;
const SCHEDULES_SHOWN = 500;

/** An event as it goes to clients. */
export interface ToldBytes extends Told {
  bytes: Buffer;
  isSnapshot: boolean;
}

export function asTold(id: string, number: number, happening: Happening, tasks = TASKS_SHOWN): ToldBytes {
  // JSON has no line breaks, which would end it.
  const text = `id: ${id}\nevent: ${happening.event}\ndata: ${jsonText(dataOf(happening, tasks))}\n\n`;
  const bytes = Buffer.from(text);
  return { number, size: bytes.length, bytes, isSnapshot: happening.event === 'snapshot' };
}

function dataOf(happening: Happening, tasks: number): object {
  switch (happening.event) {
    case 'snapshot':
      return snapshotJson(happening, tasks);
    case 'scheduler': {
      const { scheduler, paused, stopped, enabled, daemon, problems } = happening.scheduler;
      return { scheduler, paused, stopped: stopped === true, enabled, daemon, problems: problems.length };
    }
    case 'agent':
      return agentJson(happening.agent);
    case 'agent-gone':
      return { name: happening.name };
    case 'task':
      return taskLineJson(happening.task);
    case 'task-gone':
      return { task_id: happening.taskId };
    case 'schedule':
      return scheduleNowJson(happening.schedule);
    case 'schedule-gone':
      return { name: happening.name };
    case 'connection':
      return { ok: happening.ok, code: happening.code };
  }
}

/** As in a snapshot, so that it takes the place of what was there. */
function agentJson(agent: AgentStatus): object {
  const { health } = agent;
  return {
    ...agentStatusJson(agent),
    ...{ held_pool: agent.poolHold !== undefined, leaving: agent.leaving === true },
    until: health.state === 'well' ? null : isoTime(health.untilMs),
  };
}

/** The open tasks of which there are more than these are listed by GET /api/tasks. */
function snapshotJson(
  { look: { atMs, status, tasks }, schedules }: Extract<Happening, { event: 'snapshot' }>,
  most: number,
): object {
  return {
    at: isoTime(atMs),
    state: { ...statusJson(status), schedules: schedulesCountsJson(schedules) },
    tasks: tasks?.slice(0, most).map(taskLineJson) ?? null,
    tasks_total: tasks?.length ?? null,
    schedules: schedules?.schedules.slice(0, SCHEDULES_SHOWN).map(scheduleNowJson) ?? null,
  };
}
