import type { RunLine, ScheduleTrouble, Status } from '../../contract/status.ts';
import type { Condition, Sight } from '../../domain/notify/condition.ts';
import { lateFromMs } from '../../domain/notify/late.ts';
import type { BudgetLine } from '../../domain/plan/agent-line.ts';
import { stepOf } from '../../domain/slots/tokens.ts';
import type { KnownAttempt } from '../../temporal/runs.ts';
import { isOff } from '../headline/conditions.ts';
import type { Snapshot } from '../snapshot.ts';
import { statusOf } from '../status.ts';
import { absenceOf } from './absence.ts';

/** So much of a budget is used, in percent, that people are told. */
const TOLD_FROM = 80;

/** @param silentMs as `statusOf` has it @param maxRuntimeMs of a run whose agent has no limit of its own */
export function sightOf(
  snapshot: Snapshot,
  { silentMs, maxRuntimeMs }: { silentMs: number; maxRuntimeMs: number },
): Sight {
  const status = statusOf(snapshot, silentMs);
  const present = conditionsOf(snapshot, status, maxRuntimeMs);
  const { more } = snapshot.troubled;
  return { present, absence: (key) => absenceOf(key, { status, present, more }) };
}

function conditionsOf(snapshot: Snapshot, status: Status, maxRuntimeMs: number): Condition[] {
  const runs = new Map(snapshot.runs.map((run) => [run.taskId, run]));
  return [
    ...status.parked.map((run) => parked(run, runs.get(run.taskId)?.memo?.verdict ?? null)),
    ...status.agents.flatMap(unwell),
    ...status.running.flatMap((run) => {
      const limitMs = snapshot.rules.get(run.agent ?? '')?.maxRuntimeMs ?? maxRuntimeMs;
      return late(run, runs.get(run.taskId)?.attempt ?? null, limitMs, snapshot.nowMs);
    }),
    ...snapshot.troubled.troubles.map(troubled),
    ...moreSchedules(snapshot.troubled.more),
    ...status.agents.flatMap(({ name, budget }) => used(`agent/${name}`, { agent: name }, budget)),
    ...ofPools(status.agents),
  ];
}

function parked({ taskId, agent, attempt }: RunLine, verdict: Verdict): Condition {
  const facts = { kind: 'parked' as const, taskId, agent, attempt, verdict };
  return { key: `parked/${taskId}`, level: Math.max(1, attempt), facts };
}

type Verdict = Extract<Condition['facts'], { kind: 'parked'; taskId: number }>['verdict'];

/** One that a person has paused or stopped is as that person wants it, and one that leaves, too. */
function unwell(agent: Status['agents'][number]): Condition[] {
  const { name, queue, health } = agent;
  if (agent.leaving || isOff(agent) || health.state === 'well') return [];
  const facts = { kind: 'unwell' as const, agent: name, queue, state: health.state };
  return [{ key: `unwell/${name}`, level: 1, facts }];
}

/** Between two attempts, and while the result of one is written back, there is none that could be late. */
function late(
  { taskId, agent, attempt: number }: RunLine,
  attempt: KnownAttempt | null,
  configuredMs: number,
  nowMs: number,
): Condition[] {
  if (agent === null || attempt?.startedAtMs == null) return [];
  // As it was begun: what is configured now is for the attempts after it.
  const { begunMs: startedMs = attempt.startedAtMs, limitMs = configuredMs } = attempt.progress ?? {};
  const fromMs = lateFromMs(startedMs, limitMs);
  if (nowMs < fromMs) return [];
  const facts = { kind: 'late' as const, taskId, agent, attempt: number, startedMs, limitMs };
  return [{ key: `late/${taskId}`, level: Math.max(1, number), sinceMs: fromMs, facts }];
}

function troubled({ schedule, trouble }: ScheduleTrouble): Condition {
  const { problem } = trouble;
  const key = `schedule/${schedule}/${problem}`;
  const facts = { kind: 'schedule' as const, schedule, problem };
  switch (problem) {
    case 'bad-ends':
      return { key, level: 1, facts: { ...facts, count: trouble.inARow } };
    case 'missed':
      return { key, level: 1, facts: { ...facts, count: trouble.count } };
    case 'did-not-fire':
      return { key, level: 1, sinceMs: trouble.dueMs, facts };
    case 'not-kept':
      return { key, level: 1, facts };
  }
}

/** Of many in trouble the server is asked about some. */
function moreSchedules(more: number): Condition[] {
  return more === 0 ? [] : [{ key: 'schedule/more', level: 1, facts: { kind: 'schedule', more } }];
}

/** Each agent of a pool tells of its pool's budget. */
function ofPools(agents: Status['agents']): Condition[] {
  const pools = new Map(
    agents.flatMap(({ queue, poolBudget }) => (queue && poolBudget ? [[queue, poolBudget]] : [])),
  );
  return [...pools].flatMap(([queue, budget]) => used(`pool/${queue}`, { queue }, budget));
}

function used(
  whose: string,
  who: { agent: string } | { queue: string },
  budget: BudgetLine | undefined,
): Condition[] {
  if (!budget?.today) return [];
  const percent = stepOf(budget, budget.today);
  if (percent < TOLD_FROM || percent === 50 || percent === 0) return [];
  const { used: told, unknown, day } = budget.today;
  const { tokensPerDay } = budget;
  const facts = { kind: 'budget' as const, percent, used: told + unknown, tokensPerDay, day, ...who };
  // Of each day by itself, since no look may see the time between two that are used up.
  return [{ key: `budget/${whose}/${day}`, level: percent, facts }];
}
