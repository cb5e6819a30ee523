import { setCurrentDetails, workflowInfo } from '@temporalio/workflow';
import type { RunChanged } from '../../contract/contents.ts';
import { SCHEDULER_ID } from '../../contract/ids.ts';
import { type Memos, type RunMemo, runMemoIn } from '../../contract/memos.ts';
import { runChanged } from '../../contract/messages.ts';
import type { Phase, Resume, RunInput, RunResult, RunStatus } from '../../contract/run.ts';
import { isSamePast, type Past, pastFrom } from '../../domain/attempt/follow.ts';
import type { Grant } from '../../domain/slots/pool.ts';
import type { RunRef } from '../../domain/slots/run-ref.ts';
import { writeMemo } from '../sdk/memo.ts';
import { setPhase } from '../sdk/search-attributes.ts';
import { send } from '../sdk/send.ts';

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

/** To whom the task is assigned, as far as a run knows. */
interface Assignment {
  /** Null: nobody. */
  to: string | null;
  /** By a claim of this run or of one before it. Only then the task may go to another agent of the pool. */
  byUs: boolean;
}

/** What one run knows, and what messages have told it. */
export class TaskRun {
  readonly input: RunInput;
  past: Past;
  /** Granted and not yet taken up. */
  readonly grants: Grant[] = [];
  withdrawn = false;
  retried: boolean;
  lookDue: boolean;
  askDue = false;
  cancelled = false;
  /** The agent of whose slots it has one, or had one last; null before the first one, where any of the pool may have the task. */
  agent: string | null;
  assignment: Assignment;
  /** Who got the task from this run; set while the run is parked since the task is handed on in a circle. */
  handedTo: string | null | undefined;
  last: RunStatus['last'] = null;
  end: RunResult['end'] = 'left-line';

  private phase: Phase = 'waiting';
  /** In the search attributes. */
  private shownAgent: string | null;
  /** Of the grants that were given back. */
  private lastFence = 0;
  private sinceMs = Date.now();
  private untilMs: number | null = null;
  private says = '';
  /** Why it backs off or is parked. */
  private why: string | undefined;

  constructor(input: RunInput) {
    const { resume } = input;
    this.input = input;
    this.past = pastFrom(input.past);
    this.agent = input.wants;
    this.shownAgent = input.wants;
    this.assignment = { to: input.assignee, byUs: input.assignedByUs };
    this.handedTo = resume?.handedTo;
    this.lookDue = resume?.lookDue ?? false;
    this.retried = resume?.phase === 'parked' && resume.retried;
  }

  get ref(): RunRef {
    const { workflowId, runId } = workflowInfo();
    return { workflowId, runId };
  }

  /** The grant is given back, by this run or by its host. */
  usedUp({ runId, fence }: Grant): void {
    if (runId === this.ref.runId) this.lastFence = Math.max(this.lastFence, fence);
  }

  /** Whether a grant was given back: a semaphore may send one twice, and the second may come that late. */
  isUsedUp({ runId, fence }: Grant): boolean {
    return runId === this.ref.runId && fence <= this.lastFence;
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
    this.say(says);
  }

  say(says: string): void {
    this.says = says;
    setCurrentDetails(says);
  }

  /** Keeps what the attempts came to in the memo, where the next run of the task finds it. */
  remember(past: Past, why?: string): void {
    this.past = past;
    this.why = why?.slice(0, LONGEST_WHY);
    const known = runMemoIn(workflowInfo().memo);
    if (known === undefined || !isSamePast(known.past, past) || known.why !== this.why)
      writeMemo<'runTask'>(this.memo());
  }

  /** An attempt begins. The memo of a run's first one has its number already. */
  begin(past: Past): void {
    this.past = past;
    const known = runMemoIn(workflowInfo().memo);
    if (known?.past.number !== past.number) writeMemo<'runTask'>(this.memo());
  }

  memo(why = this.why): Memos['runTask'] {
    return { run: { ...memoOf(this.input, this.past), ...(why && { why: why.slice(0, LONGEST_WHY) }) } };
  }

  /** Whom TinyTask names while the task is this run's business. */
  get assignee(): string | null {
    return this.handedTo === undefined ? this.assignment.to : this.handedTo;
  }

  get wasHandedOn(): boolean {
    return this.handedTo !== undefined && this.handedTo !== this.assignment.to;
  }

  async tellScheduler(state: RunChanged['state']): Promise<void> {
    await send({ workflowId: SCHEDULER_ID }, runChanged, this.changedTo(state));
  }

  changedTo(state: RunChanged['state']): RunChanged {
    const { task, pool } = this.input;
    const { to: agent, byUs } = this.assignment;
    const mayMove = pool !== null && agent !== null && byUs;
    return { taskId: task.id, state, agent, ...(mayMove && { pool: { pool, agent } }) };
  }

  successor(resume: Resume): RunInput {
    const { assignment, handedTo, lookDue } = this;
    return {
      ...this.input,
      past: this.past,
      assignee: assignment.to,
      assignedByUs: assignment.byUs,
      resume: { ...resume, lookDue, ...(handedTo === undefined ? {} : { handedTo }) },
    };
  }

  result(): RunResult {
    const { last, past, input, end } = this;
    return { taskId: input.task.id, end, verdict: last?.verdict ?? null, past };
  }

  status(): RunStatus {
    const { agent, phase, sinceMs, untilMs, says, last } = this;
    const { number: attempt } = this.past;
    return { taskId: this.input.task.id, agent, phase, attempt, sinceMs, says, untilMs, last };
  }
}
