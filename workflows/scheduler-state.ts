import {
  ApplicationFailure,
  condition,
  setCurrentDetails,
  setHandler,
  upsertMemo,
} from '@temporalio/workflow';
import type { Told } from '../domain/changed-tasks.ts';
import { type Complaint, complaintAbout, standing, withComplaint } from '../domain/complaint.ts';
import type { Health } from '../domain/health.ts';
import {
  type AgentLine,
  type OpenRunsByAgent,
  type PassReport,
  packRuns,
  type SchedulerMemo,
  type SurveyInput,
  type SurveyResult,
  unpackRuns,
} from '../domain/pass.ts';
import type { OpenRun } from '../domain/plan.ts';
import type { InForce } from '../domain/plan-input.ts';
import type { Serves } from '../domain/serves.ts';
import { AGENT_CHANGED, PASS, TASK_ID_OR_NONE, TASK_SETTLED } from './contents.ts';
import { heed } from './heed.ts';
import {
  type AgentChanged,
  agentChanged,
  daemonStarted,
  disable,
  enable,
  passUpdate,
  pause,
  planState,
  resume,
  runNow,
  type SchedulerStatus,
  schedulerStatus,
  type TaskSettled,
  taskSettled,
} from './messages.ts';

/** What one run of the scheduler leaves to the next; plain JSON. */
export interface SchedulerInput {
  pass?: number;
  paused?: boolean;
  enabled?: boolean;
  serves?: Serves | null;
  inForce?: InForce | null;
  first?: number[];
  runs?: OpenRunsByAgent;
  assignedByUs?: Record<string, { pool: string; agent: string }>;
  health?: Record<string, Health>;
  pausedAgents?: string[];
  limits?: Record<string, number>;
  agents?: AgentLine[];
  lastPass?: PassReport;
  counts?: SchedulerStatus['counts'];
  complaints?: Complaint[];
  told?: Told;
}

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
  private readonly health: Record<string, Health>;
  private readonly limits: Record<string, number>;
  private pausedAgents: string[];
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
    this.runs = unpackRuns(input.runs ?? {});
    this.assignedByUs = input.assignedByUs ?? {};
    this.health = input.health ?? {};
    this.pausedAgents = input.pausedAgents ?? [];
    this.limits = input.limits ?? {};
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
    const { assignedByUs, health, pausedAgents, limits, paused, serves, first, lastPass, told } = this;
    return {
      full,
      once,
      runs: packRuns(this.runs),
      assignedByUs,
      health,
      pausedAgents,
      limits,
      paused,
      serves,
      first,
      told,
      last: lastPass === null ? null : { by: lastPass.by, config: lastPass.config },
    };
  }

  /** Takes over what a survey found. Messages that came while it ran are newer, so they are kept. */
  learn(result: SurveyResult): void {
    if (result.runs !== null) this.runs = unpackRuns(result.runs);
    this.assignedByUs = { ...result.assignedByUs };
    this.first = [...result.first];
    this.told = result.told;
    this.agents = result.agents ?? this.agents;
    for (const { name, health, paused, limitByHand } of result.agents ?? []) {
      this.note({ agent: name, health, paused, limitByHand });
    }
    this.counts = result.counts;
    this.lastPass = result.report;
    this.inForce = result.inForce;
    this.change(result.inForce.enabled === this.enabled && isSame(result.serves, this.serves), () => {
      this.enabled = result.inForce.enabled;
      this.serves = result.serves;
    });
    for (const again of this.news.splice(0)) again();
  }

  private settled({ taskId, state, pool }: TaskSettled): void {
    const run = this.runs.find((open) => open.taskId === taskId);
    if (state === 'ended' || state === 'withdrawn') {
      this.runs = this.runs.filter((open) => open !== run);
      if (pool !== undefined) this.assignedByUs[String(taskId)] = pool;
    } else if (run !== undefined) run.state = state;
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
    const { health, pausedAgents, limits, agents, lastPass, counts, complaints, told } = this;
    return {
      ...{ pass, paused, enabled, serves, inForce },
      first,
      runs: packRuns(this.runs),
      assignedByUs,
      health,
      pausedAgents,
      limits,
      agents,
      counts,
      complaints,
      told,
      // The next pass begins at once and tells the rest anew.
      ...(lastPass === null
        ? {}
        : { lastPass: { ...lastPass, waiting: lastPass.waiting.slice(0, WAITING_CARRIED) } }),
    };
  }

  private note({ agent, health, paused, limitByHand }: AgentChanged): void {
    if (health.state === 'well') delete this.health[agent];
    else this.health[agent] = health;
    this.pausedAgents = this.pausedAgents.filter((name) => name !== agent);
    if (paused) this.pausedAgents.push(agent);
    if (limitByHand === null) delete this.limits[agent];
    else this.limits[agent] = limitByHand;
  }

  private record(change: () => void, wakes = true): void {
    change();
    this.news.push(change);
    if (wakes) this.woken = true;
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
    setCurrentDetails([says, ...standing(this.complaints, Date.now())].join(' '));
  }

  private complain(complaint?: Complaint): void {
    if (complaint === undefined && this.complaints.length === 0) return;
    this.change(false, () => {
      this.complaints = withComplaint(this.complaints, runNow.name, complaint);
    });
    this.say(this.says);
  }

  private handleMessages(): void {
    setHandler(pause, () => this.switchTo({ paused: true }));
    setHandler(resume, () => {
      this.switchTo({ paused: false });
      this.fullDue = true;
    });
    setHandler(enable, () => this.switchTo({ enabled: true }));
    setHandler(disable, () => this.switchTo({ enabled: false }));
    heed(
      runNow,
      TASK_ID_OR_NONE,
      (id) => {
        this.complain();
        this.record(() => {
          if (id !== undefined) this.putFirst(id);
        });
      },
      (content, problem) =>
        this.complain(complaintAbout(runNow.name, 'the scheduler', content, problem, Date.now())),
    );
    // A run that was withdrawn frees nothing; looking again at once would start it again.
    heed(taskSettled, TASK_SETTLED, (settled) =>
      this.record(() => this.settled(settled), settled.state !== 'withdrawn'),
    );
    heed(agentChanged, AGENT_CHANGED, (change) => this.record(() => this.note(change)));
    setHandler(daemonStarted, () => {
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
    PASS(content);
  } catch (error) {
    const problem = error instanceof Error ? error.message : String(error);
    throw ApplicationFailure.nonRetryable(`pass wants {"once": true} or {"once": false}: it ${problem}`);
  }
}

function isSame(a: Serves, b: Serves | null): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
