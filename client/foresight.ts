import type { Client } from '@temporalio/client';
import type { Config } from '../config/config.ts';
import { daysFrom, isTimeZone } from '../config/zone-days.ts';
import type { ComingTasks, ForeseenTask, RestsOn } from '../contract/forecast.ts';
import { taskWorkflowId } from '../contract/ids.ts';
import { runStatus } from '../contract/messages.ts';
import type { AttemptPolicy } from '../domain/attempt/follow.ts';
import { pauseMs } from '../domain/attempt/follow.ts';
import { Experience } from '../domain/forecast/experience.ts';
import type { Foreseen } from '../domain/forecast/forecast.ts';
import type { ForecastInput } from '../domain/forecast/outset.ts';
import type { AgentLine } from '../domain/plan/agent-line.ts';
import type { ZoneDays } from '../domain/slots/tokens.ts';
import type { Task } from '../domain/task.ts';
import { endedRuns, historiesOf } from '../temporal/ended-runs.ts';
import { ask } from '../temporal/query.ts';
import type { KnownRun } from '../temporal/runs.ts';
import { readComing } from './coming-tasks.ts';
import { coursesOf } from './courses.ts';
import { planInputIn, readSnapshot, type Snapshot, type SnapshotDeps } from './snapshot.ts';

export type ForesightDeps = SnapshotDeps & { client: Client };

/** What a forecast is made from. */
export interface Known {
  snapshot: Snapshot;
  input: ForecastInput;
  experience: Experience;
  restsOn: RestsOn;
  coming: ComingTasks | null;
}

/** Of runs that ended, those that are listed, and those of them whose histories are read. */
const MOST_LISTED = 2_000;
const MOST_READ = 400;
/** Runs that are asked until when they back off. */
const MOST_ASKED = 40;

/** @throws what TinyTask fails with, without which nothing is known of tasks */
export async function readKnown(deps: ForesightDeps): Promise<Known> {
  const { client, config } = deps;
  const policy = policyOf(config);
  const [snapshot, past, { coming, about }] = await Promise.all([
    readSnapshot(deps),
    readCourses(client, policy),
    readComing(client, Date.now()),
  ]);
  const plan = planInputIn(snapshot);
  const input: ForecastInput = {
    plan,
    runningSinceMs: new Map(
      snapshot.runs.map(({ taskId, attempt, startedAtMs }) => [taskId, attempt?.startedAtMs ?? startedAtMs]),
    ),
    backsOffUntilMs: await backOffsOf(client, snapshot, policy),
    zones: zonesOf(plan.agents, plan.nowMs),
    coming,
  };
  const { courses, sinceMs, notOver } = past;
  const restsOn = { tasks: courses.length, sinceMs, notOver };
  return { snapshot, input, experience: new Experience(courses), restsOn, coming: about };
}

/** Of the days that a forecast may look ahead; there is no harm in more than a semaphore is told. */
const DAYS_AHEAD = 31;

/** UTC is that of a budget that somebody only thinks of. A zone that this host does not know is left out. */
function zonesOf(agents: readonly AgentLine[], nowMs: number): ZoneDays[] {
  const named = agents.flatMap(({ budget, poolBudget }) => [budget, poolBudget]);
  const zones = new Set(['UTC', ...named.flatMap((each) => each?.timeZone ?? [])]);
  return [...zones]
    .filter(isTimeZone)
    .map((timeZone) => ({ timeZone, days: daysFrom(timeZone, nowMs, DAYS_AHEAD) }));
}

/** The same tasks as people know them. */
export function titled(tasks: readonly Foreseen[], open: readonly Task[]): ForeseenTask[] {
  const known = new Map(open.map((task) => [task.id, task]));
  return tasks.map((each) => {
    const { title = '', queue = null } = known.get(each.taskId) ?? {};
    return { ...each, title, queue };
  });
}

async function readCourses(client: Client, policy: AttemptPolicy) {
  const { runs } = await endedRuns(client, { most: MOST_LISTED, continued: true });
  // One that left the line made no attempt.
  const newest = runs.filter(({ phase }) => phase !== 'waiting').slice(0, MOST_READ);
  const told = await historiesOf(client, newest);
  return coursesOf(
    newest.map((run, at) => ({ ...run, told: told[at] })),
    policy,
  );
}

/** As activities/policies.ts has it for runs that start. */
function policyOf(config: Config): AttemptPolicy {
  const {
    maxAttempts,
    backoffMs: backOffMs,
    backoffMaxMs: backOffMaxMs,
    maxWorkerLosses,
    maxRunsInARow,
  } = config;
  return { maxAttempts, backOffMs, backOffMaxMs, maxWorkerLosses, maxRunsInARow };
}

/** Until when each of them backs off: as it says itself, where a daemon is there to answer; else at the latest, by the rule. */
async function backOffsOf(
  client: Client,
  { runs, scheduler, nowMs }: Snapshot,
  policy: AttemptPolicy,
): Promise<ReadonlyMap<number, number>> {
  const resting = runs.filter(({ phase }) => phase === 'backing-off');
  const asked = scheduler.daemon === null ? [] : resting.slice(0, MOST_ASKED);
  const said = await Promise.all(asked.map(({ taskId }) => ask(client, taskWorkflowId(taskId), runStatus)));
  return new Map(
    resting.map((run, at) => [run.taskId, said[at]?.untilMs ?? nowMs + longestRestMs(run, policy)]),
  );
}

function longestRestMs({ memo }: KnownRun, policy: AttemptPolicy): number {
  const { used = 1, outages = 0 } = memo?.past ?? {};
  return pauseMs(Math.max(1, used, outages), policy);
}
