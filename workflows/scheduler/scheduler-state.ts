import {
  ApplicationFailure,
  condition,
  setCurrentDetails,
  setHandler,
  upsertMemo,
} from '@temporalio/workflow';
import { type Complaint, complaintAbout, standing, withComplaint } from '../../contract/complaint.ts';
import type { PoolChanged, RunChanged } from '../../contract/contents.ts';
import type { SchedulerMemo } from '../../contract/memos.ts';
import {
  daemonStarted,
  disable,
  enable,
  passUpdate,
  pauseAll,
  planState,
  poolChanged,
  resumeAll,
  runChanged,
  runNow,
  type SchedulerStatus,
  schedulerStatus,
} from '../../contract/messages.ts';
import {
  type DueStart,
  openRunOf,
  type PassReport,
  packRuns,
  type SurveyInput,
  type SurveyResult,
  unpackRuns,
} from '../../contract/pass.ts';
import type { SchedulerInput } from '../../contract/scheduler-input.ts';
import type { Serves } from '../../contract/serves.ts';
import type { AgentLine, PoolKnown } from '../../domain/plan/agent-line.ts';
import type { Told } from '../../domain/plan/changed-tasks.ts';
import type { InForce, OpenRun } from '../../domain/plan/input.ts';
import { type Ranks, rankMark } from '../../domain/plan/line-order.ts';
import { heed } from '../sdk/heed.ts';

/** Of the tasks that wait, those of which the last pass's reasons go along to the next run. */
const WAITING_CARRIED = 20;

export interface Asked {
  once: boolean;
  report?: PassReport;
  /** Instead: why there is none, as a sentence. */
  failure?: string;
}

/** State and messages of the scheduler. Handlers only record; the loop looks at what they recorded. */
export class SchedulerState {
  paused: boolean;
  /** Of who schedules: the other reason why nothing may start. */
  enabled: boolean;
  pass: number;
  agents: AgentLine[];
  /** Workflow ids of all semaphores, those that have lost their agents too. */
  semaphores: string[];
  runs: OpenRun[];
  /** Something happened after which a task may be able to start. */
  woken = false;
  /** A daemon came up, or a pause ended: everything is looked at. */
  fullDue = false;
  asked: Asked[] = [];

  /** What messages changed since the survey began: it did not see that, so it is done again over its result. */
  private news: (() => void)[] = [];
  private first: number[];
  private assignedByUs: Record<string, { pool: string; agent: string }>;
  private readonly pools: Record<string, PoolKnown>;
  private ranks: Ranks;
  private lastPass: PassReport | null;
  private counts: SchedulerStatus['counts'];
  private serves: Serves | null;
  private inForce: InForce | null;
  private complaints: Complaint[];
  private told: Told;
  private says = '';

  constructor(input: SchedulerInput) {
    this.pass = (input.pass ?? 0) + 1;
    this.paused = input.paused ?? false;
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
    this.lastPass = input.lastPass ?? null;
    this.counts = input.counts ?? null;
    this.complaints = input.complaints ?? [];
    this.told = input.told ?? {};
    this.handleMessages();
  }

  /** Whether nothing may start. */
  get held(): boolean {
    return this.paused || !this.enabled;
  }

  memo(): SchedulerMemo & Record<string, unknown> {
    const { paused, enabled, serves, complaints } = this;
    return { paused, enabled, complaints, ...(serves && { serves }) };
  }

  /** The input of a survey that begins now. */
  beginSurvey(full: boolean, once: boolean): SurveyInput {
    this.news = [];
    return this.surveyInput(full, once);
  }

  surveyInput(full: boolean, once: boolean): SurveyInput {
    const { assignedByUs, pools, ranks, paused, serves, first, lastPass, told } = this;
    return {
      full,
      once,
      runs: packRuns(this.runs),
      ...{ assignedByUs, pools, ranks, paused, serves, first, told },
      last: lastPass === null ? null : { by: lastPass.by, config: lastPass.config },
    };
  }

  /** Takes over what a survey found. Messages that came while it ran are newer, so they are kept. */
  learn(result: SurveyResult): void {
    if (result.runs !== null) this.runs = unpackRuns(result.runs);
    this.assignedByUs = { ...result.assignedByUs };
    this.first = [...result.first];
    this.told = result.told;
    this.ranks = result.ranks;
    this.agents = result.agents;
    this.semaphores = result.semaphores ?? this.semaphores;
    for (const [semaphore, pool] of Object.entries(result.pools ?? {})) this.note({ semaphore, ...pool });
    this.counts = result.counts;
    this.lastPass = result.report;
    this.inForce = result.inForce;
    this.change(result.inForce.enabled === this.enabled && isSame(result.serves, this.serves), () => {
      this.enabled = result.inForce.enabled;
      this.serves = result.serves;
    });
    for (const again of this.news.splice(0)) again();
  }

  /** A run is about to be started, with the rank of the last look. */
  began(start: DueStart): void {
    this.runs.push(openRunOf(start));
    this.ranks[start.task.id] = rankMark(start.rank);
  }

  /** A semaphore does not know the ranks that it was told. */
  forgetRanks(semaphore: string): void {
    for (const run of this.runs) if (run.semaphore === semaphore) delete this.ranks[run.taskId];
  }

  private settled({ taskId, state, agent, pool }: RunChanged): void {
    const run = this.runs.find((open) => open.taskId === taskId);
    if (state === 'ended') {
      this.runs = this.runs.filter((open) => open !== run);
      if (pool !== undefined) this.assignedByUs[String(taskId)] = pool;
    } else if (run !== undefined) Object.assign(run, { state, agent });
    // If it gets in line again, it is with the rank that it had when it was started.
    delete this.ranks[taskId];
  }

  private putFirst(taskId: number): void {
    if (!this.first.includes(taskId)) this.first.push(taskId);
  }

  /** Answers those who asked for a pass. */
  answer(asked: Asked[], report: PassReport): void {
    for (const ask of asked) ask.report = report;
    this.lastPass = report;
  }

  refuse(asked: Asked[], failure: string): void {
    for (const ask of asked) ask.failure = failure;
    this.say(failure);
  }

  successor(): SchedulerInput {
    const { pass, paused, enabled, serves, inForce, first, assignedByUs } = this;
    const { pools, ranks, semaphores, agents, lastPass, counts, complaints, told } = this;
    return {
      ...{ pass, paused, enabled, serves, inForce, first, assignedByUs },
      runs: packRuns(this.runs),
      ...{ pools, ranks, semaphores, agents, counts, complaints, told },
      // The next pass begins at once and tells the rest anew.
      ...(lastPass === null
        ? {}
        : { lastPass: { ...lastPass, waiting: lastPass.waiting.slice(0, WAITING_CARRIED) } }),
    };
  }

  private note({ semaphore, paused, agents, orderLost }: PoolChanged): void {
    if (paused || agents.length > 0) this.pools[semaphore] = { paused, agents };
    else delete this.pools[semaphore];
    if (orderLost) this.forgetRanks(semaphore);
  }

  private record(change: () => void): void {
    change();
    this.news.push(change);
    this.woken = true;
  }

  /** What the memo has goes into it at once: it is read while the loop is busy, and while no worker lives. */
  private change(isAsBefore: boolean, change: () => void): void {
    change();
    if (!isAsBefore) upsertMemo(this.memo());
  }

  private switchTo(next: { paused?: boolean; enabled?: boolean }): void {
    const { paused = this.paused, enabled = this.enabled } = next;
    this.change(paused === this.paused && enabled === this.enabled, () => {
      this.paused = paused;
      this.enabled = enabled;
    });
  }

  /** For whoever looks at the Web UI: what was done last, and what people sent that could not be done. */
  say(says: string): void {
    this.says = says;
    setCurrentDetails(
      [says, ...standing(this.complaints, Date.now()).map(({ says: text }) => text)].join(' '),
    );
  }

  private complain(complaint?: Complaint): void {
    if (complaint === undefined && this.complaints.length === 0) return;
    this.change(false, () => {
      this.complaints = withComplaint(this.complaints, runNow.name, complaint);
    });
    this.say(this.says);
  }

  private handleMessages(): void {
    heed(pauseAll, () => this.switchTo({ paused: true }));
    heed(resumeAll, () => {
      this.switchTo({ paused: false });
      this.fullDue = true;
    });
    heed(enable, () => this.switchTo({ enabled: true }));
    heed(disable, () => this.switchTo({ enabled: false }));
    heed(
      runNow,
      (id) => {
        this.complain();
        this.record(() => {
          if (id !== undefined) this.putFirst(id);
        });
      },
      (content, problem) =>
        this.complain(complaintAbout(runNow.name, 'the scheduler', content, problem, Date.now())),
    );
    heed(runChanged, (settled) => this.record(() => this.settled(settled)));
    heed(poolChanged, (change) => this.record(() => this.note(change)));
    heed(daemonStarted, () => {
      this.fullDue = true;
    });
    setHandler(
      passUpdate,
      async ({ once }) => {
        const ask: Asked = { once };
        this.asked.push(ask);
        await condition(() => ask.report !== undefined || ask.failure !== undefined);
        if (ask.report === undefined) throw ApplicationFailure.nonRetryable(ask.failure);
        return ask.report;
      },
      { validator: refuseOtherThanPass },
    );
    setHandler(planState, () => this.surveyInput(false, false));
    setHandler(schedulerStatus, () => ({
      paused: this.paused,
      inForce: this.inForce,
      agents: this.agents,
      runs: this.runs,
      first: this.first,
      lastPass: this.lastPass,
      counts: this.counts,
      pass: this.pass,
    }));
  }
}

/** Throws what the one who asked is told. */
function refuseOtherThanPass(content: unknown): void {
  try {
    passUpdate.shapes[0](content);
  } catch (error) {
    const problem = error instanceof Error ? error.message : String(error);
    throw ApplicationFailure.nonRetryable(`pass wants {"once": true} or {"once": false}: it ${problem}`);
  }
}

function isSame(a: Serves, b: Serves | null): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
