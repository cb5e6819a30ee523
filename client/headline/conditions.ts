import { deedOf } from '../../contract/by-hand.ts';
import type { Condition, Level, StuckBy } from '../../contract/headline.ts';
import type { AgentAtWork, Look, OpenTask } from '../../contract/listings.ts';
import type { TaskAtWork } from '../../contract/running.ts';
import type { AgentStatus, Problem, ScheduleTrouble } from '../../contract/status.ts';
import type { Reason } from '../../domain/plan/reason.ts';
import { isUsedUp } from '../../domain/slots/tokens.ts';

/** A host with room takes an attempt within a second or so. */
const TAKEN_MS = 60_000;

/** Tasks that could start, beside free slots, and since when. */
export interface NotStarted {
  count: number;
  sinceMs: number;
}

/** What is not as usual, the worst first. `lateMs`: a last pass that is longer ago is late. */
export function conditionsIn(look: Look, lateMs: number, notStarted: NotStarted | undefined): Condition[] {
  const all = [
    ...ofScheduler(look, lateMs),
    ...ofProblems(look.status.problems),
    ...ofAgents(look),
    ...(notStarted === undefined ? [] : [{ what: 'not-started', ...notStarted } as const]),
    ...ofTasks(look),
  ];
  return all.sort((a, b) => rankOf(a) - rankOf(b));
}

const LEVELS: readonly Level[] = ['wrong', 'notice', 'ok'];
const WORST_FIRST: readonly Condition['what'][] = [
  ...(['unseen', 'nobody', 'no-pass', 'no-tinytask', 'workflows-stuck', 'lost', 'agents-stuck'] as const),
  ...(['no-host', 'not-started', 'unserved', 'off', 'not-notified', 'schedules', 'parked'] as const),
  ...(['agents-off', 'budget', 'placeless', 'problems'] as const),
];

function rankOf(condition: Condition): number {
  return LEVELS.indexOf(levelOf(condition)) * WORST_FIRST.length + WORST_FIRST.indexOf(condition.what);
}

/** How bad it is. */
export function levelOf(condition: Condition): Level {
  switch (condition.what) {
    case 'unseen':
    case 'no-tinytask':
    case 'no-pass':
    case 'workflows-stuck':
    case 'lost':
    case 'no-host':
    case 'not-started':
    case 'unserved':
      return 'wrong';
    case 'nobody':
      return condition.work ? 'wrong' : 'notice';
    case 'agents-stuck':
      return condition.wanted ? 'wrong' : 'notice';
    case 'off':
    case 'agents-off':
    case 'budget':
    case 'parked':
    case 'placeless':
    case 'schedules':
    case 'not-notified':
    case 'problems':
      return 'notice';
  }
}

function ofScheduler({ status, tasks, atMs }: Look, lateMs: number): Condition[] {
  const { exists, daemon, enabled, stopped, paused, deeds, lastPass } = status;
  const work = tasks === null || tasks.length > 0;
  const off = (how: 'paused' | 'agents-stopped', did: 'pause' | 'stop-agents') => {
    const deed = deedOf(deeds, [did]);
    return { what: 'off', how, ...(deed && { deed }) } as const;
  };
  const isLate = daemon !== null && lastPass !== null && atMs - lastPass.atMs > lateMs;
  return [
    ...(daemon === null ? [{ what: 'nobody', neverStarted: !exists, work } as const] : []),
    ...(isLate ? [{ what: 'no-pass', sinceMs: lastPass.atMs } as const] : []),
    // Of what holds at the same time the first outlasts the others.
    ...(!enabled
      ? [{ what: 'off', how: 'disabled' } as const]
      : stopped
        ? [off('agents-stopped', 'stop-agents')]
        : paused
          ? [off('paused', 'pause')]
          : []),
  ];
}

function ofProblems(problems: readonly Problem[]): Condition[] {
  const of = (...kinds: Problem['what'][]) => problems.filter(({ what }) => kinds.includes(what));
  const stuck = of('stuck').length;
  const troubles = problems.flatMap((problem) => (problem.what === 'schedule' ? [problem] : []));
  const more = problems.reduce((sum, each) => sum + (each.what === 'more-schedules' ? each.count : 0), 0);
  const troubled = new Set(troubles.map(({ schedule }) => schedule)).size + more;
  const others = of('complaint', 'last-pass', 'warning', 'api', 'cycle');
  const [first] = troubles;
  const [other] = others;
  const undelivered = problems.flatMap((each) => (each.what === 'notifications' ? [each.sinceMs] : []));
  return [
    ...(of('failed').length > 0 ? [{ what: 'no-tinytask' } as const] : []),
    ...(stuck > 0 ? [{ what: 'workflows-stuck', count: stuck } as const] : []),
    ...(troubled > 0
      ? [{ what: 'schedules', count: troubled, ...(first && { first: plain(first) }) } as const]
      : []),
    // Whoever is not told by a message hears of it by this line alone.
    ...(undelivered.length > 0 ? [{ what: 'not-notified', sinceMs: Math.min(...undelivered) } as const] : []),
    ...(other === undefined ? [] : [{ what: 'problems', count: others.length, first: other } as const]),
  ];
}

function plain({ schedule, trouble }: ScheduleTrouble): ScheduleTrouble {
  return { schedule, trouble };
}

function ofAgents(look: Look): Condition[] {
  const { agents } = look.agents;
  const known = agents.filter(({ leaving }) => !leaving);
  const of = known.length;
  const off = known.filter(isOff);
  const stuck = known.flatMap((agent) => stuckBy(agent, look) ?? []);
  const by: Partial<Record<StuckBy, number>> = {};
  for (const why of stuck) by[why] = (by[why] ?? 0) + 1;
  const holds = known.flatMap(({ poolHold }) => (poolHold ? [poolHold.sinceMs] : []));
  const spent = known.filter((agent) => !isOff(agent) && isSpent(agent)).length;
  const [deed] = off.flatMap(({ deeds = [] }) => deeds).sort((a, b) => b.atMs - a.atMs);
  const wanted = (look.tasks ?? []).some(waitsForSlot) || look.atWork.some(isUntaken(look.atMs));
  // Of the other reasons nobody knows since when they hold.
  const sinceMs = by.held === stuck.length && holds.length > 0 ? { sinceMs: Math.min(...holds) } : {};
  return [
    ...(stuck.length > 0
      ? [{ what: 'agents-stuck', count: stuck.length, of, by, wanted, ...sinceMs } as const]
      : []),
    ...(off.length > 0
      ? [{ what: 'agents-off', count: off.length, of, ...(deed && { deed }) } as const]
      : []),
    ...(spent > 0 ? [{ what: 'budget', agents: spent } as const] : []),
  ];
}

/** A person has turned it off, or its pool. */
export function isOff({ paused, poolPaused, stopped, poolStopped }: AgentStatus): boolean {
  return paused || poolPaused || stopped === true || poolStopped === true;
}

function isSpent({ budget, poolBudget }: AgentAtWork): boolean {
  return [budget, poolBudget].some((each) => each?.today != null && isUsedUp(each, each.today));
}

/** What keeps an agent from work that has slots and that nobody has turned off; undefined: nothing does. */
export function stuckBy(agent: AgentAtWork, { atWork, atMs }: Look): StuckBy | undefined {
  const { name, limit, leaving, poolHold, health, tryIsDue } = agent;
  if (leaving || limit === 0 || isOff(agent)) return undefined;
  if (poolHold !== undefined) return 'held';
  if (health.state !== 'well' && !tryIsDue) return health.state;
  const dead = atWork.filter(
    (run) => run.agent === name && (run.state === 'interrupted' || isUntaken(atMs)(run)),
  );
  return dead.length >= limit ? 'host' : undefined;
}

/** It has a slot, and no goose host has taken it for longer than one with room needs. */
function isUntaken(atMs: number): (run: TaskAtWork) => boolean {
  return ({ state, sinceMs }) => state === 'waiting-for-host' && atMs - sinceMs > TAKEN_MS;
}

const UNSERVED: readonly Reason['why'][] = ['no-agent-for-queue', 'unknown-agent'];
const PLACELESS: readonly Reason['why'][] = ['unassigned', 'legacy-unassigned'];

function ofTasks({ status, tasks, atWork, atMs }: Look): Condition[] {
  const waiting = (tasks ?? []).filter(({ phase }) => phase === 'waiting');
  const by = (reasons: readonly Reason['why'][]) =>
    waiting.filter(({ waits }) => waits !== null && reasons.includes(waits.reason.why));
  const [unserved, placeless] = [by(UNSERVED), by(PLACELESS)];
  const lost = countLost(status.interrupted.length, tasks);
  const untaken = atWork.filter(isUntaken(atMs)).map((run) => run.sinceMs);
  const heard = atWork.flatMap(({ state, heardMs }) => (state === 'interrupted' ? [heardMs] : []));
  const sinceMs =
    lost > heard.length || heard.includes(null) ? {} : { sinceMs: Math.min(...heard.map(Number)) };
  const named = unserved.flatMap(({ waits }) => queueIn(waits?.reason));
  // Those that are assigned to nobody's name are of no queue.
  const queues = named.length < unserved.length ? [] : [...new Set(named)].sort();
  return [
    ...(lost > 0 ? [{ what: 'lost', count: lost, ...sinceMs } as const] : []),
    ...(untaken.length > 0
      ? [{ what: 'no-host', count: untaken.length, sinceMs: Math.min(...untaken) } as const]
      : []),
    ...(unserved.length > 0 ? [{ what: 'unserved', tasks: unserved.length, queues } as const] : []),
    ...(placeless.length > 0 ? [{ what: 'placeless', tasks: placeless.length } as const] : []),
    ...(status.parked.length > 0 ? [{ what: 'parked', tasks: status.parked.length } as const] : []),
  ];
}

function queueIn(reason: Reason | undefined): string[] {
  return reason?.why === 'no-agent-for-queue' ? [reason.queue] : [];
}

/** Runs whose host is gone, and tasks of which the run was ended from outside. */
export function countLost(interrupted: number, tasks: readonly OpenTask[] | null): number {
  const dying = (tasks ?? []).filter(({ waits }) => waits?.reason.why === 'run-dying');
  return interrupted + dying.length;
}

/** It has no slot, and it is no other task that keeps it. */
export function waitsForSlot({ phase }: OpenTask): boolean {
  return phase === 'waiting' || phase === 'waiting-for-slot';
}
