import { setCurrentDetails, workflowInfo } from '@temporalio/workflow';
import type { Note } from '../../contract/by-hand.ts';
import type { RunChanged, StopAttempt } from '../../contract/contents.ts';
import { SCHEDULER_ID } from '../../contract/ids.ts';
import { type Memos, type ParkedBefore, type RunMemo, runMemoIn } from '../../contract/memos.ts';
import { runChanged } from '../../contract/messages.ts';
import type { Phase, Resume, RunInput, RunResult, RunStatus } from '../../contract/run.ts';
import { isSamePast, type Past, pastFrom } from '../../domain/attempt/follow.ts';
import type { VerdictKind } from '../../domain/attempt/verdict.ts';
import type { Grant } from '../../domain/slots/pool.ts';
import type { RunRef } from '../../domain/slots/run-ref.ts';
import { sayWho } from '../../words/deed.ts';
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
  /** Who cancels it, where somebody said so. */
  cancelledBy: Note | undefined;
  /** Who called it back last, likewise. */
  retriedBy: (Note & { atMs: number }) | undefined;
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
  /** The fence of the attempt under way, and what was stopped last: with which fence, and why. */
  private fence: number | null = null;
  private stopped: { fence: number; why: string } | undefined;
  /** Of the grants that were given back. */
  private lastFence = 0;
  private sinceMs = Date.now();
  private untilMs: number | null = null;
  private says = '';
  /** Why it backs off or is parked. */
  private why: string | undefined;
  private verdict: VerdictKind | undefined;
  /** Why it is parked, while it is. */
  private parkedFor: string | undefined;
  private parkedBefore: ParkedBefore | undefined;

  constructor(input: RunInput) {
    const { resume } = input;
    this.input = input;
    this.past = pastFrom(input.past);
    this.agent = resume?.agent ?? input.wants;
    this.shownAgent = input.wants;
    this.assignment = { to: input.assignee, byUs: input.assignedByUs };
    this.handedTo = resume?.handedTo;
    this.verdict = input.verdict;
    this.parkedBefore = input.parkedBefore;
    this.lookDue = resume?.lookDue ?? false;
    this.retried = resume?.phase === 'parked' && resume.retried;
  }

  get ref(): RunRef {
    const { workflowId, runId } = workflowInfo();
    return { workflowId, runId };
  }

  /** A person has stopped an attempt. One that comes later, or never began, is not stopped by it. */
  stop({ runId, fence, why }: StopAttempt): void {
    const which = fence ?? this.fence;
    if (runId === this.ref.runId && which !== null && which > (this.stopped?.fence ?? 0))
      this.stopped = { fence: which, why };
  }

  /** Why a person has stopped the attempt with this grant; undefined: nobody has. */
  whyStopped({ fence }: Grant): string | undefined {
    return this.stopped?.fence === fence ? this.stopped.why : undefined;
  }

  /** The attempt with this grant begins. */
  began({ fence }: Grant): void {
    this.fence = fence;
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
  remember(past: Past, why?: string, verdict?: VerdictKind): void {
    this.past = past;
    this.verdict = verdict;
    this.why = why?.slice(0, LONGEST_WHY);
    const known = runMemoIn(workflowInfo().memo);
    if (known === undefined || !isSamePast(known.past, past) || known.why !== this.why)
      writeMemo<'runTask'>(this.memo());
  }

  /** A person has called it back: why it was parked stays readable. */
  calledBack(past: Past): void {
    const { parkedFor: why, retriedBy } = this;
    if (why !== undefined) this.parkedBefore = { why, ...(retriedBy ?? { atMs: Date.now() }) };
    this.parkedFor = undefined;
    this.retriedBy = undefined;
    this.remember(past);
  }

  /** Goes to rest until somebody calls it back. */
  park(reason: string): void {
    this.parkedFor = reason.slice(0, LONGEST_WHY);
    this.enter('parked', `Parked: ${reason}. Signal retry to run it again.`);
  }

  /** Why it is parked when it is cancelled, as a clause. */
  get whyCancelled(): string {
    return `cancelled by hand${sayWho(this.cancelledBy)}`;
  }

  /** An attempt begins. The memo of a run's first one has its number already. */
  begin(past: Past): void {
    this.past = past;
    const known = runMemoIn(workflowInfo().memo);
    if (known?.past.number !== past.number) writeMemo<'runTask'>(this.memo());
  }

  memo(why = this.why): Memos['runTask'] {
    const { verdict, parkedBefore } = this;
    return {
      run: {
        ...memoOf(this.input, this.past),
        ...(why && { why: why.slice(0, LONGEST_WHY) }),
        ...(verdict && { verdict }),
        ...(parkedBefore && { parkedBefore }),
      },
    };
  }

  /** Whom TinyTask names while the task is this run's business. */
  get assignee(): string | null {
    return this.handedTo === undefined ? this.assignment.to : this.handedTo;
  }

  get wasHandedOn(): boolean {
    return this.handedTo !== undefined && this.handedTo !== this.assignment.to;
  }

  async tellScheduler(state: RunChanged['state']): Promise<void> {
    await Promise.all([
      send({ workflowId: SCHEDULER_ID }, runChanged, this.changedTo(state)),
      ...(state === 'active' ? [] : [this.tellOccurrence(state)]),
    ]);
  }

  /** Wakes the occurrence that has made its task, where one has: it looks for itself. */
  async tellOccurrence(state: RunChanged['state']): Promise<void> {
    const { occurrence } = this.input;
    if (occurrence !== undefined) await send({ workflowId: occurrence }, runChanged, this.changedTo(state));
  }

  changedTo(state: RunChanged['state']): RunChanged {
    const { task, pool } = this.input;
    const { to: agent, byUs } = this.assignment;
    const mayMove = pool !== null && agent !== null && byUs;
    return { taskId: task.id, state, agent, ...(mayMove && { pool: { pool, agent } }) };
  }

  successor(resume: Resume): RunInput {
    const { agent, assignment, handedTo, lookDue, verdict, parkedBefore } = this;
    const { verdict: _, parkedBefore: __, ...input } = this.input;
    return {
      ...input,
      ...(verdict && { verdict }),
      ...(parkedBefore && { parkedBefore }),
      past: this.past,
      assignee: assignment.to,
      assignedByUs: assignment.byUs,
      resume: {
        ...{ ...resume, lookDue },
        ...(agent !== null && { agent }),
        ...(handedTo !== undefined && { handedTo }),
      },
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
