import {
  CancellationScope,
  isCancellation,
  proxyActivities,
  proxyLocalActivities,
  setCurrentDetails,
  setHandler,
  upsertMemo,
  workflowInfo,
} from '@temporalio/workflow';
import type { SettleActivities, Settled } from '../../contract/activities.ts';
import type { RunChanged } from '../../contract/contents.ts';
import { MAIN_QUEUE, SCHEDULER_ID } from '../../contract/ids.ts';
import type { RunMemo } from '../../contract/memos.ts';
import { runMemoIn } from '../../contract/memos.ts';
import {
  askAgain,
  grantSlot,
  lookAgain,
  retry,
  runChanged,
  runStatus,
  withdraw,
} from '../../contract/messages.ts';
import {
  type AttemptResult,
  neverAssigned,
  type Phase,
  type RunInput,
  type RunResult,
  type RunStatus,
} from '../../contract/run.ts';
import { type Decided, isSamePast, type Past, pastFrom } from '../../domain/attempt/follow.ts';
import type { Grant } from '../../domain/slots/pool.ts';
import { heed } from '../sdk/heed.ts';
import { setPhase } from '../sdk/search-attributes.ts';
import { send } from '../sdk/send.ts';
import { SHORT_ACTIVITY } from '../sdk/short-activity.ts';

const activities = proxyActivities<SettleActivities>({
  ...SHORT_ACTIVITY,
  taskQueue: MAIN_QUEUE,
});
/** Tried once, within the workflow task at hand: that costs half of what an activity of its own does. */
const atOnce = proxyLocalActivities<SettleActivities>({
  startToCloseTimeout: '5s',
  retry: { maximumAttempts: 1 },
});

/** What the next run of a task, and people, find of a run. */
export function memoOf(
  { task, semaphore, wants, rank, rankedAtMs, settings }: RunInput,
  past: Past,
): RunMemo {
  const { createdAt } = task;
  const { heartbeatTimeoutMs } = settings;
  return { past, createdAt, semaphore, wants, rank, rankedAtMs, heartbeatTimeoutMs };
}

/** Of the reason in the memo, in characters. */
const LONGEST_WHY = 500;

/** State and messages of one run. Handlers only record; the steps of the run look at what they recorded. */
export class TaskRun {
  readonly input: RunInput;
  past: Past;
  phase: Phase = 'waiting';
  /** Granted and not yet looked at. */
  grants: Grant[] = [];
  withdrawn = false;
  retried = false;
  lookDue = false;
  askDue = false;
  cancelled = false;
  /** Whose slot it has, or had last; null before the first of a task that any of the pool may have. */
  agent: string | null;
  /** To whom the task is assigned, as far as this run knows; null: nobody. */
  private assignedTo: string | null;
  /** By a claim of ours, of this run or one before it. Only then it may go to another of the pool. */
  private assignedByUs: boolean;
  /** Who got the task from this run; set while it is parked after hand-offs in a circle. */
  private handedTo: string | null | undefined;

  /** In the search attributes. */
  private shownAgent: string | null;
  /** Of the grants that were given back. */
  private lastFence = 0;
  private sinceMs = Date.now();
  private untilMs: number | null = null;
  private says = '';
  /** Why it backs off or is parked. */
  private why: string | undefined;
  private last: RunStatus['last'] = null;
  private end: RunResult['end'] = 'left-line';

  constructor(input: RunInput) {
    this.input = input;
    this.past = pastFrom(input.past);
    this.agent = input.wants;
    this.shownAgent = input.wants;
    this.assignedTo = input.assignee;
    this.assignedByUs = input.assignedByUs;
    this.handedTo = input.resume?.handedTo;
    this.lookDue = input.resume?.lookDue ?? false;
    this.retried = input.resume?.phase === 'parked' && input.resume.retried;
    heed(grantSlot, (grant) => {
      // The same one may be sent again, and come when it has been given back.
      if (grant.runId !== this.ref.runId || grant.fence > this.lastFence) this.grants.push(grant);
    });
    heed(withdraw, () => {
      this.withdrawn = true;
    });
    heed(retry, () => {
      this.retried = true;
    });
    heed(lookAgain, () => {
      this.lookDue = true;
    });
    heed(askAgain, () => {
      this.askDue = true;
    });
    setHandler(runStatus, () => this.status());
    CancellationScope.current().cancelRequested.catch((error) => {
      if (isCancellation(error)) this.cancelled = true;
    });
  }

  get ref() {
    const { workflowId, runId } = workflowInfo();
    return { workflowId, runId };
  }

  /** The grant is given back, by this run or by its host. */
  usedUp({ runId, fence }: Grant): void {
    if (runId === this.ref.runId) this.lastFence = Math.max(this.lastFence, fence);
  }

  /** Says where the run is, for people (`says`: a sentence) and for the filters of the Web UI. */
  enter(phase: Phase, says: string, untilMs: number | null = null): void {
    if (phase === 'waiting') this.agent = this.input.wants;
    if (phase !== this.phase || this.agent !== this.shownAgent) {
      setPhase(phase, this.agent);
      this.shownAgent = this.agent;
    }
    if (phase !== this.phase) this.sinceMs = Date.now();
    this.phase = phase;
    this.untilMs = untilMs;
    this.says = says;
    setCurrentDetails(says);
  }

  /** Keeps what the attempts came to where the next run of the task finds it: the memo, which tells of a run that completes. */
  remember(past: Past, why?: string): void {
    this.past = past;
    this.why = why?.slice(0, LONGEST_WHY);
    const known = runMemoIn(workflowInfo().memo);
    if (known === undefined || !isSamePast(known.past, past) || known.why !== this.why)
      upsertMemo(this.memo());
  }

  /** An attempt begins. The memo of a run's first one has its number already. */
  begin(past: Past): void {
    this.past = past;
    const known = runMemoIn(workflowInfo().memo);
    if (known?.past.number !== past.number) upsertMemo(this.memo());
  }

  memo(why = this.why): { run: RunMemo } {
    return { run: { ...memoOf(this.input, this.past), ...(why && { why: why.slice(0, LONGEST_WHY) }) } };
  }

  /** Whom TinyTask names while the task is this run's business. */
  get assignee(): string | null {
    return this.handedTo === undefined ? this.assignedTo : this.handedTo;
  }

  get wasHandedOn(): boolean {
    return this.handedTo !== undefined && this.handedTo !== this.assignedTo;
  }

  /** Writes the attempt back; what became of the task may change what follows. */
  async settle(result: AttemptResult, decided: Decided): Promise<Settled> {
    const before = { assignedTo: this.assignedTo, assignedByUs: this.assignedByUs };
    if (result.claimed) {
      this.assignedTo = this.agent;
      this.assignedByUs = true;
    }
    this.says = `Attempt ${this.past.number} ended (${result.verdict.kind}: ${result.verdict.reason}); writing it back.`;
    setCurrentDetails(this.says);
    const input = {
      task: this.input.task,
      agent: this.assignedTo ?? this.agent ?? '',
      ended: this.settledAs('ended'),
      number: this.past.number,
      runId: workflowInfo().runId,
      decided,
      policy: this.input.settings,
      result,
    };
    const settled = await atOnce.settle(input).catch(() => activities.settle(input));
    const { outcome } = settled;
    this.last = { verdict: result.verdict, outcome, log: result.log };
    this.end = outcome.task;
    if (neverAssigned(result, outcome)) Object.assign(this, before);
    this.handedTo = outcome.task === 'handed-off' ? outcome.to : undefined;
    return settled;
  }

  /** Reads the task; true when it is no longer this run's business, and the run ends. */
  async taskLeft(): Promise<boolean> {
    this.lookDue = false;
    const outcome = await activities.lookAtTask({ task: this.input.task, agent: this.assignee });
    if (outcome.task === 'untouched') return false;
    this.end = outcome.task;
    return true;
  }

  async tellScheduler(state: RunChanged['state']): Promise<void> {
    await send({ workflowId: SCHEDULER_ID }, runChanged, this.settledAs(state));
  }

  private settledAs(state: RunChanged['state']): RunChanged {
    const { task, pool } = this.input;
    const { assignedTo: agent } = this;
    const ours = pool !== null && agent !== null && this.assignedByUs;
    return { taskId: task.id, state, agent, ...(ours && { pool: { pool, agent } }) };
  }

  successor(resume: NonNullable<RunInput['resume']>): RunInput {
    return {
      ...this.input,
      past: this.past,
      assignee: this.assignedTo,
      assignedByUs: this.assignedByUs,
      resume: {
        ...resume,
        lookDue: this.lookDue,
        ...(this.handedTo === undefined ? {} : { handedTo: this.handedTo }),
      },
    };
  }

  result(): RunResult {
    const { last, past, input } = this;
    return { taskId: input.task.id, end: this.end, verdict: last?.verdict ?? null, past };
  }

  private status(): RunStatus {
    const { input, agent, past, phase, sinceMs, untilMs, says, last } = this;
    return {
      taskId: input.task.id,
      agent,
      phase,
      attempt: past.number,
      sinceMs,
      says,
      untilMs,
      last,
    };
  }
}
