import type { Planned } from '../../activities/events.ts';
import type { AgentLine } from '../../domain/plan/agent-line.ts';
import type { Start, Waiting } from '../../domain/plan/decision.ts';
import type { Reason } from '../../domain/plan/reason.ts';
import { sayWaiting } from '../../words/reason.ts';
import { type Entry, type Item, info, type Line, MOST_OF_A_KIND, type Standing } from './line.ts';

const MOST_QUEUES = 20;
/** What differs from pass to pass although the reason is the same. */
const FLEETING = new Set([
  ...['untilMs', 'used', 'limit', 'probing', 'trying', 'taken', 'agents', 'reason', 'budget'],
]);

/** What a pass found and decided, in the words of the Python version where they are true here. */
export function planned(event: Planned): Entry[] {
  const { full, agents, starts } = event;
  const mayTake = ({ name, queue }: AgentLine, { wants, pool }: Start) =>
    wants === null ? queue === pool : name === wants;
  const isTry = (start: Start) =>
    !agents.some((agent) => mayTake(agent, start) && agent.health.state === 'well');
  return [
    registry(event),
    ...(full ? [queues(event), blocked(event), skipped(event)] : []),
    ...prioritized(starts),
    ...starts.filter((start) => !isTry(start)).map(starting),
    tries(starts.filter(isTry)),
  ];
}

function registry({ registry: { agents, mode } }: Planned): Standing {
  const names = agents.map(({ name, limit }) => `${name} ${limit}`);
  const types = [...new Set(agents.flatMap(({ queue }) => queue ?? []))].sort();
  const what = `${agents.length} agents${agents.length > 0 ? `, with slots: ${list(names)}` : ''}`;
  const legacy = 'Queue-based processing will be disabled. Using legacy agent_limits only.';
  const item = (id: string, text: string): Item => ({ id, value: text, say: () => info(text) });
  return {
    key: 'registry',
    now: [
      item('agents', `Loaded agent registry: ${what}${mode === 'legacy' ? `. ${legacy}` : ''}`),
      item('types', `Agent types (queues): ${types.length === 0 ? 'none' : list(types)}`),
    ],
  };
}

function queues({ tasks, runs, agents }: Planned): Standing {
  const withRun = new Set(runs.map(({ taskId }) => taskId));
  const unassigned = tasks.filter(
    ({ id, status, assignedTo }) => status === 'idle' && assignedTo === null && !withRun.has(id),
  );
  const active = new Set(runs.flatMap(({ taskId, state }) => (state === 'active' ? [taskId] : [])));
  const used = countBy(
    tasks.flatMap(({ id, status, assignedTo }) =>
      status === 'working' && active.has(id) ? (assignedTo ?? []) : [],
    ),
  );
  const names = [...new Set(agents.flatMap(({ queue }) => queue ?? []))].sort();
  const now = names.flatMap((queue): Item[] => {
    const members = agents.filter((agent) => agent.queue === queue);
    const free = members.map((agent) => ({ name: agent.name, free: freeSlots(agent, used) }));
    const total = free.reduce((sum, each) => sum + each.free, 0);
    const found = unassigned.filter((task) => task.queue === queue).length;
    const slots = `Processing queue '${queue}': ${total} available slots (${list(free.map((each) => `${each.name} ${each.free}`))})`;
    const depth = `Found ${found} unassigned tasks in queue '${queue}'`;
    return [
      { id: `${queue} slots`, value: slots, say: () => info(slots, { queue, availableSlots: total }) },
      { id: `${queue} depth`, value: depth, say: () => info(depth, { queue, unassigned: found }) },
    ];
  });
  const more = (unsaid: number) => info(`… and ${unsaid} more lines about queues`);
  return { key: 'queues', now, most: 2 * MOST_QUEUES, more };
}

/** Slots that the pass could fill: none while the agent is paused or unwell. */
function freeSlots(
  { name, limit, paused, poolPaused, stopped, poolStopped, poolHold, health }: AgentLine,
  used: ReadonlyMap<string, number>,
): number {
  const isOff = paused || poolPaused || stopped || poolStopped || poolHold;
  return isOff || health.state !== 'well' ? 0 : Math.max(0, limit - (used.get(name) ?? 0));
}

function blocked({ waiting }: Planned): Standing {
  const ids = waiting.filter(({ reason }) => isBlocked(reason)).map(({ taskId }) => String(taskId));
  if (ids.length === 0) return { key: 'blocked', now: [] };
  const text = `Filtered out ${ids.length} blocked task(s): ${list(ids)}. Blocked tasks skipped: ${ids.length}`;
  const say = () => info(text, { blockedSkipped: ids.length });
  return { key: 'blocked', now: [{ id: 'blocked', value: text, say }] };
}

/** Each task once for each reason. */
function skipped({ waiting }: Planned): Standing {
  const now = waiting.map((task: Waiting): Item => {
    const { taskId, reason, still } = task;
    const say = () => info(`Skipping task ${taskId}: ${sayWaiting(task)}`, { taskId, reason: reason.why });
    return { id: taskId, value: `${lasting(reason)} ${still ? lasting(still) : ''}`, say };
  });
  const more = (unsaid: number) =>
    info(`Skipping ${unsaid} more tasks that were not skipped before, or not for this reason`);
  return { key: 'skipped', now, how: 'once', most: MOST_OF_A_KIND, more };
}

function lasting(reason: Reason): string {
  const lasts = Object.entries(reason).filter(([name]) => !FLEETING.has(name));
  return lasts.map(([name, value]) => `${name}=${String(value).slice(0, 100)}`).join(' ');
}

function prioritized(starts: readonly Start[]): Line[] {
  const blockers = starts.filter(({ rank }) => rank.dependents > 0);
  if (blockers.length === 0) return [];
  const each = blockers.map(({ task, rank }) => `Task ${task.id} blocks ${rank.dependents} task(s)`);
  return [info(`Prioritizing ${blockers.length} blocker task(s): ${list(each)}`)];
}

/** A task of a pool is assigned when it has its slot. */
function starting({ task: { id: taskId }, wants, pool }: Start): Line {
  if (wants !== null)
    return info(`Starting task ${taskId}, which is assigned to ${wants}`, { taskId, agent: wants });
  return info(`Starting task ${taskId}, of queue ${pool}`, { taskId, queue: pool });
}

/** Whether an unwell agent works again is tried once in each interval, for as long as that takes. */
function tries(starts: readonly Start[]): Standing {
  const now = starts.map((start): Item => {
    return { id: `${start.task.id} ${start.wants ?? ''}`, value: '', say: () => starting(start) };
  });
  return { key: 'tries', how: 'occasions', now };
}

function isBlocked({ why }: Reason): boolean {
  return why === 'blocked' || why === 'cycle';
}

/** The first ten, and how many more there are. */
function list(texts: readonly string[]): string {
  const more = texts.length > 10 ? ` and ${texts.length - 10} more` : '';
  return texts.slice(0, 10).join(', ') + more;
}

function countBy(names: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return counts;
}
