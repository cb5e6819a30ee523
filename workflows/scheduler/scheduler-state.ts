import { setCurrentDetails } from '@temporalio/workflow';
import { type Deed, type DeedKind, type Note, withDeed } from '../../contract/by-hand.ts';
import { type Complaint, standing, withComplaint } from '../../contract/complaint.ts';
import type { PoolChanged, RunChanged } from '../../contract/contents.ts';
import type { SchedulerMemo } from '../../contract/memos.ts';
import { runNow, type SchedulerStatus } from '../../contract/messages.ts';
import {
  type DueStart,
  openRunOf,
  type PackedAgents,
  type PassReport,
  packRuns,
  type SurveyInput,
  type SurveyResult,
  unpackAgents,
  unpackRuns,
} from '../../contract/pass.ts';
import type { SchedulerInput } from '../../contract/scheduler-input.ts';
import type { Serves } from '../../contract/serves.ts';
import { type AgentLine, type PoolKnown, poolKnownOf } from '../../domain/plan/agent-line.ts';
import type { ToldChanges } from '../../domain/plan/changed-tasks.ts';
import type { InForce, OpenRun } from '../../domain/plan/input.ts';
import { type Ranks, rankMark } from '../../domain/plan/line-order.ts';
import { semaphoreOf } from '../../domain/semaphore-id.ts';
import { writeMemo } from '../sdk/memo.ts';

/** Of the tasks that wait, those of which the last pass's reasons go along to the next run. */
const WAITING_CARRIED = 20;

/** Somebody waits for the report of a pass. */
export interface Asked {
  once: boolean;
  report?: PassReport;
  /** Instead: why there is none, as a sentence. */
  failure?: string;
}

/** What the scheduler knows. Surveys tell it, and messages do in between. */
export class SchedulerState {
  paused: boolean;
  /** By a person, who has stopped all agents. */
  stopped: boolean;
  /** Why what runs is to be stopped now, as a clause, until the semaphores have been told. */
  stopDue: string | undefined;
  /** Of who schedules: the other reason why nothing may start. */
  enabled: boolean;
  pass: number;
  agents: PackedAgents | AgentLine[];
  agentsMark: string | undefined;
  /** Workflow ids of all semaphores, those that have lost their agents too. */
  semaphores: string[];
  runs: OpenRun[];
  /** Something happened after which a task may be able to start: a refill is due. */
  woken = false;
  /** The refill is one that somebody or a free slot waits for: it does not rest for what the one before has cost. */
  prompt = false;
  /** A daemon came up, or a pause ended: a full pass is due. */
  fullDue = false;
  asked: Asked[] = [];
  /** What the last pass really did: less than its survey decided, where a pause came in between. */
  lastPass: PassReport | null;

  /** What messages have changed since the survey began. The survey did not see it, so it is done again over its result. */
  private sinceSurvey: (() => void)[] = [];
  private first: number[];
  private assignedByUs: Record<string, { pool: string; agent: string }>;
  private readonly pools: Record<string, PoolKnown>;
  private ranks: Ranks;
  private counts: SchedulerStatus['counts'];
  private serves: Serves | null;
  private inForce: InForce | null;
  private complaints: Complaint[];
  private deeds: Deed[];
  private toldChanges: ToldChanges;
  private says = '';

  constructor(input: SchedulerInput) {
    this.pass = (input.pass ?? 0) + 1;
    this.paused = input.paused ?? false;
    this.stopped = input.stopped ?? false;
    // Once more in each run: the one before, or a semaphore, may have been ended before it told the runs.
    if (this.stopped) this.stopDue = 'stopped by hand';
    this.deeds = input.deeds ?? [];
    this.enabled = input.enabled ?? true;
    this.serves = input.serves ?? null;
    this.inForce = input.inForce ?? null;
    this.first = input.first ?? [];
    this.runs = unpackRuns(input.runs ?? []);
    this.assignedByUs = input.assignedByUs ?? {};
    this.pools = input.pools ?? {};
    this.ranks = input.ranks ?? {};
    this.semaphores = input.semaphores ?? [];
    this.agents = input.agents ?? [];
    this.agentsMark = input.agentsMark;
    this.lastPass = input.lastPass ?? null;
    this.counts = input.counts ?? null;
    this.complaints = input.complaints ?? [];
    this.toldChanges = input.toldChanges ?? {};
  }

  /** Whether nothing may start. */
  get held(): boolean {
    return this.paused || this.stopped || !this.enabled;
  }

  memo(): SchedulerMemo {
    const { paused, enabled, serves, complaints } = this;
    return { paused, enabled, complaints, ...(serves && { serves }), ...this.byHand() };
  }

  status(): SchedulerStatus {
    const { inForce, runs, first, lastPass, counts, pass } = this;
    const paused = this.paused || this.stopped;
    const agents = unpackAgents(this.agents);
    return { paused, inForce, agents, runs, first, lastPass, counts, pass };
  }

  /** What goes along to the next run of the scheduler. `Required`, so that the compiler finds a field that is forgotten. */
  successor(): Required<Omit<SchedulerInput, Absent>> & Pick<SchedulerInput, Absent> {
    const { pass, paused, enabled, serves, inForce, first, assignedByUs } = this;
    const { pools, ranks, semaphores, agents, lastPass, counts, complaints, toldChanges } = this;
    const { agentsMark } = this;
    return {
      ...{ pass, paused, enabled, serves, inForce, first, assignedByUs },
      runs: packRuns(this.runs),
      ...{ pools, ranks, semaphores, agents, counts, complaints, toldChanges },
      ...(agentsMark !== undefined && { agentsMark }),
      ...this.byHand(),
      // The next pass begins at once and tells the rest anew.
      ...(lastPass && { lastPass: { ...lastPass, waiting: lastPass.waiting.slice(0, WAITING_CARRIED) } }),
    };
  }

  /** The input of a survey that begins now. */
  beginSurvey(kind: Pick<SurveyInput, 'full' | 'once'>): SurveyInput {
    this.sinceSurvey = [];
    this.woken = false;
    this.prompt = false;
    return this.surveyInput(kind);
  }

  surveyInput({ full, once }: Pick<SurveyInput, 'full' | 'once'>): SurveyInput {
    const { assignedByUs, pools, ranks, stopped, serves, first, lastPass, toldChanges, agentsMark } = this;
    const paused = this.paused || stopped;
    return {
      full,
      once,
      runs: packRuns(this.runs),
      ...{ assignedByUs, pools, ranks, paused, serves, first, toldChanges },
      ...(stopped && { stopped }),
      ...(agentsMark !== undefined && { agentsMark }),
      last: lastPass === null ? null : { by: lastPass.by, config: lastPass.config },
      keepsKnown: true,
      heedsUnseen: true,
    };
  }

  /** Takes over what a survey found. Messages that came while it ran are newer, so they are kept. */
  learn(result: SurveyResult): void {
    if (result.runs !== null) this.runs = unpackRuns(result.runs);
    if (result.assignedByUs !== null) this.assignedByUs = { ...result.assignedByUs };
    if (result.first !== null) this.first = [...result.first];
    this.toldChanges = result.toldChanges ?? this.toldChanges;
    this.ranks = result.ranks ?? this.ranks;
    this.agents = result.agents ?? this.agents;
    this.agentsMark = result.agentsMark;
    this.semaphores = result.semaphores ?? this.semaphores;
    for (const [semaphore, pool] of Object.entries(result.pools ?? {}))
      this.poolChanged({ semaphore, ...pool });
    this.counts = result.counts;
    this.inForce = result.inForce;
    this.changeMemo(result.inForce.enabled === this.enabled && isSame(result.serves, this.serves), () => {
      this.enabled = result.inForce.enabled;
      this.serves = result.serves;
    });
    for (const change of this.sinceSurvey.splice(0)) change();
  }

  /** A run is about to be started, with the rank that the survey has found. */
  began(start: DueStart): void {
    this.runs.push(openRunOf(start));
    this.ranks[start.task.id] = rankMark(start.rank);
  }

  /** It was not started, since a run of its task is open that nothing is known of here. */
  wasRefused(start: DueStart): void {
    const { id } = start.task;
    this.runs = this.runs.filter(({ taskId }) => taskId !== id);
    delete this.ranks[id];
    this.staysAssigned(start);
  }

  /** A start that the survey decided is none. Whom its task was assigned to by us would have gone along with its run. */
  staysAssigned({ task, pool, assignee, assignedByUs }: DueStart): void {
    if (assignedByUs && pool !== null && assignee !== null)
      this.assignedByUs[String(task.id)] ??= { pool, agent: assignee };
  }

  /** A semaphore does not know the ranks that it was told. */
  forgetRanks(semaphore: string): void {
    for (const run of this.runs) if (run.semaphore === semaphore) delete this.ranks[run.taskId];
  }

  /** Answers those who asked for a pass. */
  answer(asked: Asked[], report: PassReport): void {
    for (const ask of asked) ask.report = report;
  }

  refuse(asked: Asked[], failure: string): void {
    for (const ask of asked) ask.failure = failure;
    this.say(failure);
  }

  /** Does what a message says, and wakes the loop. */
  record(change: () => void): void {
    change();
    this.sinceSurvey.push(change);
    this.woken = true;
  }

  /** The same for what must not rest for what the survey before has cost. */
  recordPrompt(change: () => void): void {
    this.record(change);
    this.prompt = true;
  }

  /** A survey has left something for the next one, which follows at once. */
  wakeAtOnce(): void {
    this.woken = true;
    this.prompt = true;
  }

  /** As it was before a survey that has come to nothing. */
  wakeAgain(prompt: boolean): void {
    this.woken = true;
    this.prompt ||= prompt;
  }

  runChanged({ taskId, state, agent, pool }: RunChanged): void {
    const run = this.runs.find((open) => open.taskId === taskId);
    if (state === 'ended') {
      this.runs = this.runs.filter((open) => open !== run);
      if (pool !== undefined) this.assignedByUs[String(taskId)] = pool;
    } else if (run !== undefined) Object.assign(run, { state, agent });
    // Asked last: it looks at all agents and runs, and thousands of runs may end together.
    if (!this.prompt && run !== undefined && state !== 'active')
      this.prompt = this.hasSlotWithoutRun(run.semaphore);
    // If it gets in line again, it is with the rank that it had when it was started.
    delete this.ranks[taskId];
  }

  poolChanged({ semaphore, orderLost, ...pool }: PoolChanged): void {
    const { paused, stopped, hold, agents, tokens } = pool;
    if (paused || stopped || hold || agents.length > 0 || tokens) this.pools[semaphore] = poolKnownOf(pool);
    else delete this.pools[semaphore];
    if (orderLost) this.forgetRanks(semaphore);
  }

  putFirst(taskId: number): void {
    if (!this.first.includes(taskId)) this.first.push(taskId);
  }

  enable(enabled: boolean): void {
    this.changeMemo(enabled === this.enabled, () => {
      this.enabled = enabled;
    });
  }

  /** What a person did: the switch itself, and who, when and why. */
  turn(did: DeedKind, next: { paused?: boolean; stopped?: boolean }, note: Note | undefined): void {
    const { paused = this.paused, stopped = this.stopped } = next;
    const deeds = withDeed(this.deeds, { did, ...note, atMs: Date.now() });
    const isAsBefore = paused === this.paused && stopped === this.stopped;
    this.changeMemo(isAsBefore && isSame(deeds, this.deeds), () => {
      Object.assign(this, { paused, stopped, deeds });
    });
  }

  /** Keeps what is wrong with a `run-now` that somebody sent; absent: the last one was right. */
  complain(complaint?: Complaint): void {
    if (complaint === undefined && this.complaints.length === 0) return;
    this.changeMemo(false, () => {
      this.complaints = withComplaint(this.complaints, runNow.name, complaint);
    });
    this.say(this.says);
  }

  /** For whoever looks at the Web UI: what was done last, and what people sent that could not be done. */
  say(says: string): void {
    this.says = says;
    setCurrentDetails(
      [says, ...standing(this.complaints, Date.now()).map(({ says: text }) => text)].join(' '),
    );
  }

  /** A slot is free for which no run is in line. */
  private hasSlotWithoutRun(semaphore: string): boolean {
    const ofIt = unpackAgents(this.agents).filter((agent) => semaphoreOf(agent) === semaphore);
    const slots = ofIt.reduce((sum, { limit }) => sum + limit, 0);
    const active = this.runs.filter((run) => run.semaphore === semaphore && run.state === 'active');
    return active.length < slots;
  }

  /** What is absent in a memo that nobody has changed by hand. */
  private byHand(): { stopped?: true; deeds?: Deed[] } {
    const { stopped, deeds } = this;
    return { ...(stopped && { stopped }), ...(deeds.length > 0 && { deeds }) };
  }

  /** What the memo has goes into it at once: it is read while the loop is busy, and while no worker lives. */
  private changeMemo(isAsBefore: boolean, change: () => void): void {
    const before = Object.keys(this.memo()) as (keyof SchedulerMemo)[];
    change();
    const memo = this.memo();
    if (!isAsBefore)
      writeMemo<'scheduler'>(
        memo,
        before.filter((key) => !(key in memo)),
      );
  }
}

type Absent = 'lastPass' | 'agentsMark' | 'stopped' | 'deeds' | 'answers';

function isSame(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
