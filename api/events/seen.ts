import { isoTime } from '../../client/json/iso-time.ts';
import { taskLineJson } from '../../client/json/tasks.ts';
import type { Look, OpenTask } from '../../contract/listings.ts';
import type { AgentStatus } from '../../contract/status.ts';
import type { EventName } from './told.ts';

/** Something of which a change is told. */
interface Thing {
  event: 'scheduler' | 'agent' | 'task';
  /** Another one when there is something new to tell. */
  mark: string;
  data: () => object;
}

/** All that is told of, by a key. */
export type Seen = ReadonlyMap<string, Thing>;

export interface Change {
  event: EventName;
  data: object;
}

/** What a look shows. While TinyTask does not answer, tasks are as they were. */
export function seenIn(look: Look, before: Seen | undefined): Seen {
  const { status, tasks } = look;
  const things = new Map<string, Thing>([['scheduler', schedulerIn(look)]]);
  for (const agent of status.agents) things.set(`agent ${agent.name}`, agentThing(agent));
  if (tasks !== null) for (const task of tasks) things.set(`task ${task.taskId}`, taskThing(task));
  else for (const [key, thing] of before ?? []) if (thing.event === 'task') things.set(key, thing);
  return things;
}

function schedulerIn({ status }: Look): Thing {
  const { scheduler, paused, enabled, daemon, problems } = status;
  const data = {
    scheduler,
    paused,
    stopped: status.stopped === true,
    enabled,
    daemon,
    problems: problems.length,
  };
  return { event: 'scheduler', mark: JSON.stringify(data), data: () => data };
}

function agentThing(agent: AgentStatus): Thing {
  const { name, queue, held, limit, waiting, paused, poolPaused, health } = agent;
  const data = {
    ...{ name, queue, held, limit, waiting, paused: paused || poolPaused },
    stopped: agent.stopped === true || agent.poolStopped === true,
    ...{ held_pool: agent.poolHold !== undefined, leaving: agent.leaving === true, health: health.state },
    until: health.state === 'well' ? null : isoTime(health.untilMs),
  };
  return { event: 'agent', mark: JSON.stringify(data), data: () => data };
}

function taskThing(task: OpenTask): Thing {
  const { phase, agent, pool, queue, priority, run, waits } = task;
  const mark = [phase, agent, pool, queue, priority, run?.attempt, waits?.reason.why, waits?.still?.why].join(
    '\n',
  );
  return { event: 'task', mark, data: () => taskLineJson(task) };
}

/** What is new, and what is gone. */
export function changesBetween(before: Seen, now: Seen): Change[] {
  const changes: Change[] = [];
  for (const [key, { event, mark, data }] of now)
    if (before.get(key)?.mark !== mark) changes.push({ event, data: data() });
  for (const [key, { event }] of before) {
    if (now.has(key)) continue;
    const name = key.slice(event.length + 1);
    if (event === 'task') changes.push({ event: 'task-gone', data: { task_id: Number(name) } });
    else if (event === 'agent') changes.push({ event: 'agent-gone', data: { name } });
  }
  return changes;
}
