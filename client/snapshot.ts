import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import type { QueryDefinition } from '@temporalio/common';
import { tsToMs } from '@temporalio/common/lib/time.js';
import proto, { type temporal } from '@temporalio/proto';
import { loadAgents } from '../config/agent-control.ts';
import type { Config } from '../config/config.ts';
import type { ActivityName } from '../contract/activities.ts';
import type { ApiServed } from '../contract/api-served.ts';
import type { Deed } from '../contract/by-hand.ts';
import { type Complaint, standing } from '../contract/complaint.ts';
import { SCHEDULER_ID } from '../contract/ids.ts';
import type { SchedulerMemo } from '../contract/memos.ts';
import { planState, type SchedulerStatus, schedulerStatus } from '../contract/messages.ts';
import type { NotifyingTrouble, OlderTinyTask, Problem, Stuck } from '../contract/status.ts';
import type { Agent, AgentRegistry } from '../domain/agent.ts';
import { budgetOf } from '../domain/budget.ts';
import { type AgentLine, agentLine } from '../domain/plan/agent-line.ts';
import type { Plan } from '../domain/plan/decision.ts';
import { type InForce, type PlanInput, planInput } from '../domain/plan/input.ts';
import { plan } from '../domain/plan/plan.ts';
import type { RunRules } from '../domain/run-rules.ts';
import { semaphoreOf } from '../domain/semaphore-id.ts';
import type { Task } from '../domain/task.ts';
import { readApiServed } from '../embedded/presence/api-trouble.ts';
import { describeOpen, stuckOf } from '../temporal/described.ts';
import { toBeTakenBack } from '../temporal/left-working.ts';
import { schedulerMemoOf, semaphoreMemoOf } from '../temporal/memos.ts';
import { type NotifierTrouble, notifierTrouble } from '../temporal/notifier.ts';
import { asOpenRun } from '../temporal/past.ts';
import { ask } from '../temporal/query.ts';
import { type Known, rememberedByHistory } from '../temporal/remembered.ts';
import { type KnownRun, openRunsByList } from '../temporal/runs.ts';
import type { RunsSeen } from '../temporal/runs-seen.ts';
import { NO_TROUBLE, type Troubled, troubledSchedules } from '../temporal/troubled-schedules.ts';
import type { TinyTask } from '../tinytask/client.ts';
import { TinyTaskError } from '../tinytask/errors.ts';
import { schedulerError } from '../words/errors.ts';
import { failureOf } from './errors.ts';

export interface SnapshotDeps {
  /** Undefined where there is no server: then nothing runs. */
  client: Client | undefined;
  /** Undefined: it is not asked, so nothing is known of tasks. */
  tinytask: Pick<TinyTask, 'listOpen' | 'kind' | 'speaks'> | undefined;
  config: Config;
  /** Of who looks again and again; absent: it is looked once. */
  runsSeen?: RunsSeen;
}

/** The scheduler, as the server has it. */
export interface SchedulerFacts extends SchedulerMemo {
  exists: boolean;
  /** The daemon that watches TinyTask, as `pid@host`; null where none lives. */
  daemon: string | null;
  /** It does not get on. */
  stuck?: Stuck | undefined;
}

/** Everything at one moment, from which each command tells its part: so no two of them can tell different things. */
export interface Snapshot {
  scheduler: SchedulerFacts;
  /** What a scheduler that lives says; undefined where nobody is there to answer. */
  answer: SchedulerStatus | undefined;
  /** Agents and switches of who schedules; of this configuration where nobody does. */
  inForce: InForce;
  agents: AgentLine[];
  /** By agent, how its runs are limited and started: as its semaphore has it, where there is one. */
  rules: ReadonlyMap<string, RunRules>;
  /** By semaphore, what people did. */
  deeds: ReadonlyMap<string, readonly Deed[]>;
  runs: KnownRun[];
  /** What is open in TinyTask; empty while it does not answer. */
  tasks: readonly Task[];
  /** What a pass would do now. Undefined while TinyTask does not answer: then the problem is in `problems`. */
  planned: Plan | undefined;
  /** What TinyTask has not got; undefined for TinyTask 2, and while it does not answer. */
  older: OlderTinyTask | undefined;
  /** From what it was planned. */
  planInput: PlanInput | undefined;
  /** Schedules that a person should look at. */
  troubled: Troubled;
  /** Messages to people wait. */
  notifying?: NotifyingTrouble | undefined;
  /** What is wrong with TinyTask and with workflows. */
  problems: Problem[];
  /** What people sent that could not be done. */
  complaints: Complaint[];
  /** What a person should know of the agents' file, as sentences. */
  warnings: string[];
  /** Absent: nobody serves it on this host, or is to. */
  api?: ApiServed | undefined;
  nowMs: number;
}

/** A daemon takes what is scheduled for it in a moment. */
const TAKEN_WITHIN_MS = 8_000;
const STUCK_SHOWN = 5;
/** Where no daemon lives there is seldom anybody to answer: a `run --once` that is at work. */
const NOBODY_MS = 700;
/** Between two runs of the scheduler there is no watch for a moment. */
const LOOK_AGAIN_MS = 200;
const LOOKS = 12;

/**
 * Reads the server, TinyTask and, where nobody schedules, the files here. It is true also when no worker of ours lives.
 * Throws when the server does not answer; a TinyTask that does not is a problem.
 */
export async function readSnapshot(deps: SnapshotDeps): Promise<Snapshot> {
  const { client, tinytask, config, runsSeen } = deps;
  const scheduler = client ? await readScheduler(client) : NO_SCHEDULER;
  const said = <T>(query: QueryDefinition<T>) =>
    client && scheduler.exists
      ? ask(client, SCHEDULER_ID, query, scheduler.daemon === null ? { withinMs: NOBODY_MS } : {})
      : undefined;
  const [answer, state, runs, troubled, registry, tasks, notifier] = await Promise.all([
    said(schedulerStatus),
    tinytask && said(planState),
    // How an attempt goes the list does not tell.
    client ? openRunsByList(client, ({ phase }) => phase !== 'running', runsSeen) : [],
    client ? troubledSchedules(client) : NO_TROUBLE,
    loadAgents(config, { keep: false }),
    tinytask && openTasks(tinytask),
    client ? notifierTrouble(client) : NO_NOTIFIER,
  ]);
  const theirs = scheduler.daemon === null ? null : (answer?.inForce ?? null);
  const inForce = theirs ?? {
    mode: registry.mode,
    enabled: scheduler.daemon === null ? config.enabled : scheduler.enabled,
    blockingDisabled: config.disableBlocking,
  };
  const { agents, rules, deeds, complaints, stuck } = await agentLines(
    client,
    theirs ? answer?.agents : undefined,
    registry,
  );
  const nowMs = Date.now();
  const ofRuns = runs.map((run) => run.stuck);
  const problems = problemsSeen(tasks, [scheduler.stuck, notifier.stuck, ...stuck, ...ofRuns]);
  const open = tasks instanceof TinyTaskError ? undefined : tasks;
  const input = open && (await inputOf(open));
  return {
    scheduler: { ...scheduler, enabled: inForce.enabled },
    ...{ answer, inForce, agents, rules, deeds, runs, troubled, problems },
    older: tinytask && (await olderTinyTask(tinytask)),
    notifying: notifier.trouble,
    complaints: standing([...(scheduler.complaints ?? []), ...complaints], nowMs),
    warnings: theirs ? [] : registry.warnings,
    api: readApiServed(config.stateDir),
    tasks: open ?? [],
    planned: input && plan(input),
    planInput: input,
    nowMs,
  };

  async function inputOf(open: readonly Task[]): Promise<PlanInput> {
    const known = runs.map(asOpenRun);
    return planInput({
      tasks: open,
      openRuns: known,
      ...{ agents, inForce },
      remembered: {
        ...(state ?? (await knownOtherwise(client, scheduler))),
        paused: scheduler.paused || scheduler.stopped === true,
        stopped: scheduler.stopped,
      },
      dying: client ? await toBeTakenBack({ client, config }, open, known) : {},
      // What would start only to wait in line does not start.
      lookAhead: 0,
      nowMs: Date.now(),
    });
  }
}

/** What is wrong with TinyTask and with workflows that do not get on. */
function problemsSeen(
  tasks: readonly Task[] | TinyTaskError | undefined,
  stuck: (Stuck | undefined)[],
): Problem[] {
  const stuckOnes = stuck.filter((each) => each !== undefined).slice(0, STUCK_SHOWN);
  return [
    ...(tasks instanceof TinyTaskError ? [{ what: 'failed', failure: failureOf(tasks) } as const] : []),
    ...stuckOnes.map((each) => ({ what: 'stuck', ...each }) as const),
  ];
}

/** What there is to plan. @throws what TinyTask fails with, without which nothing is known of tasks */
export function planInputIn({ planInput: input, problems }: Snapshot): PlanInput {
  if (input !== undefined) return input;
  const failed = problems.find((problem) => problem.what === 'failed');
  if (failed === undefined) throw new Error('TinyTask has not answered, and nobody said why');
  throw schedulerError(failed.failure);
}

/** Where no worker is there to ask. */
async function knownOtherwise(client: Client | undefined, { exists }: SchedulerFacts): Promise<Known> {
  if (client === undefined || !exists) return { first: [], assignedByUs: {} };
  return rememberedByHistory(client);
}

/** A TinyTask that does not answer is told of beside what is known all the same. */
async function openTasks(
  tinytask: NonNullable<SnapshotDeps['tinytask']>,
): Promise<readonly Task[] | TinyTaskError> {
  try {
    return await tinytask.listOpen();
  } catch (error) {
    if (error instanceof TinyTaskError) return error;
    throw error;
  }
}

/** What speaks the newer transport is a TinyTask 2, and is not asked. */
async function olderTinyTask(
  tinytask: NonNullable<SnapshotDeps['tinytask']>,
): Promise<OlderTinyTask | undefined> {
  if (tinytask.speaks !== 'sse') return undefined;
  try {
    const { lacks } = await tinytask.kind();
    return { lacks, sse: true };
  } catch (error) {
    if (error instanceof TinyTaskError) return undefined;
    throw error;
  }
}

/** What only a daemon does, and nearly always is at. */
const DAEMONS_WORK: readonly ActivityName[] = ['watch', 'survey'];

/** Nobody is to be notified. */
const NO_NOTIFIER: NotifierTrouble = {};

// A CommonJS module, of which Node knows no names.
const { PendingActivityState } = proto.temporal.api.enums.v1;

const NO_SCHEDULER: SchedulerFacts = { exists: false, daemon: null, paused: false, enabled: true };

async function readScheduler(client: Client): Promise<SchedulerFacts> {
  let answers: boolean | undefined;
  for (let look = 1; ; look += 1) {
    const found = await describeOpen(client, SCHEDULER_ID);
    if (found === undefined) return NO_SCHEDULER;
    const pending = found.description.raw.pendingActivities?.find(({ activityType }) =>
      DAEMONS_WORK.includes(activityType?.name as ActivityName),
    );
    // Nobody has taken it yet, which tells nothing of whether a daemon lives.
    const watch = pending && isJustScheduled(pending) ? undefined : pending;
    const asked = { withinMs: NOBODY_MS };
    answers ??= !watch && (await ask(client, SCHEDULER_ID, schedulerStatus, asked)) !== undefined;
    if (watch || !answers || look === LOOKS) {
      const daemon = (watch && isBeingDone(watch) && watch.lastWorkerIdentity) || null;
      return { exists: true, daemon, stuck: stuckOf(found.description), ...schedulerMemoOf(found) };
    }
    await sleep(LOOK_AGAIN_MS);
  }
}

type Pending = temporal.api.workflow.v1.IPendingActivityInfo;

/** The server knows, whatever the clock here says: one that does not beat it gives up, and schedules it again. */
function isBeingDone({ state }: Pending): boolean {
  return state !== PendingActivityState.PENDING_ACTIVITY_STATE_SCHEDULED;
}

function isJustScheduled({ lastStartedTime, scheduledTime }: Pending): boolean {
  return !lastStartedTime && scheduledTime != null && Date.now() - tsToMs(scheduledTime) < TAKEN_WITHIN_MS;
}

async function agentLines(
  client: Client | undefined,
  theirs: AgentLine[] | undefined,
  registry: AgentRegistry,
): Promise<Pick<Snapshot, 'agents' | 'rules' | 'deeds' | 'complaints'> & { stuck: (Stuck | undefined)[] }> {
  const agents: Agent[] =
    theirs?.map(({ name, queue, limit, budget, poolBudget }) => ({
      ...{ name, limit, ...(queue === null ? {} : { queue }) },
      ...(budget && { budget: budgetOf(budget) }),
      ...(poolBudget && { poolBudget: budgetOf(poolBudget) }),
    })) ?? registry.agents;
  const semaphores = [...new Set(agents.map(semaphoreOf))];
  const found = await Promise.all(semaphores.map((id) => client && describeOpen(client, id)));
  const memos = found.map((described) => described && semaphoreMemoOf(described));
  const pools = new Map(semaphores.map((id, at) => [id, memos[at]]));
  return {
    agents: agents.map((agent) => agentLine(agent, pools.get(semaphoreOf(agent)))),
    rules: new Map(
      [...registry.agents, ...memos.flatMap((memo) => memo?.policy.agents ?? [])].map((agent) => [
        agent.name,
        agent.rules ?? {},
      ]),
    ),
    deeds: new Map(semaphores.map((id, at) => [id, memos[at]?.deeds ?? []])),
    complaints: memos.flatMap((memo) => memo?.complaints ?? []),
    stuck: found.map((described) => described && stuckOf(described.description)),
  };
}
