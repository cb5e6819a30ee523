import { setCurrentDetails, workflowInfo } from '@temporalio/workflow';
import type { BeginInput } from '../../contract/activities.ts';
import type { Note } from '../../contract/by-hand.ts';
import { occurrenceMemoIn } from '../../contract/memos.ts';
import type {
  Begun,
  OccurrenceEnd,
  OccurrenceInput,
  OccurrenceMemo,
  OccurrenceRef,
  WaitsFor,
} from '../../contract/occurrence.ts';
import type { OccurrenceEnded } from '../../contract/schedule-shapes.ts';
import type { TaskRef } from '../../domain/task.ts';
import { sayWho } from '../../words/deed.ts';
import { writeMemo } from '../sdk/memo.ts';
import { setOccurrencePhase } from '../sdk/search-attributes.ts';

/** As it was asked for, with its time. */
export type Asked = OccurrenceInput & { plannedMs: number };

/** What one occurrence knows, and what messages have told it. */
export class OccurrenceRun {
  readonly asked: Asked;
  begun: Begun | undefined;
  task: TaskRef | undefined;
  /** When it was let in, in milliseconds since the epoch. */
  enteredMs: number | undefined;
  /** The last that it waited for. */
  waited: WaitsFor | undefined;
  /** It was told to ask to enter again. */
  askDue = false;
  /** It was told that the run of its task has changed, and has not looked yet. */
  lookDue = false;
  /** Why it is to stop, as a clause for people. */
  whyStopped: string | undefined;
  /** Who cancels it, where somebody said so. */
  cancelledBy: Note | undefined;

  readonly #startedMs: number;
  #phase: OccurrenceMemo['phase'] = 'beginning';
  #ended: OccurrenceEnd | undefined;
  #shownPhase: string | undefined;
  #memo: string;

  constructor(asked: Asked) {
    const { resume } = asked;
    this.asked = asked;
    this.begun = resume?.begun;
    this.task = resume?.task;
    this.enteredMs = resume?.enteredMs;
    this.waited = resume?.waited;
    this.#startedMs = resume?.startedMs ?? Date.now();
    this.#memo = JSON.stringify(occurrenceMemoIn(workflowInfo().memo));
  }

  /** Of the first run: reset, or continued as new, it is the same occurrence. */
  get ref(): OccurrenceRef {
    const { workflowId, firstExecutionRunId: runId } = workflowInfo();
    return { workflowId, runId };
  }

  /** An earlier run of it may have done what this one is about to do. */
  get isLaterRun(): boolean {
    const { runId, firstExecutionRunId } = workflowInfo();
    return runId !== firstExecutionRunId;
  }

  get beginInput(): BeginInput {
    const { schedule, trigger = 'plan', plannedMs } = this.asked;
    return { ...this.ref, schedule, trigger, plannedMs };
  }

  stop(why: string): void {
    this.whyStopped ??= why;
  }

  /** By a cancellation of its workflow. */
  cancel(): void {
    this.stop(`cancelled by hand${sayWho(this.cancelledBy)}`);
  }

  /** Says where it is: in the memo, to the filters of the Web UI, and to people there (a sentence). */
  enter(phase: OccurrenceMemo['phase'], says: string): void {
    this.#phase = phase;
    setCurrentDetails(says);
    this.keep();
    if (phase === this.#shownPhase) return;
    this.#shownPhase = phase;
    setOccurrencePhase(phase);
  }

  over(ended: OccurrenceEnd, says: string): void {
    this.#ended = ended;
    this.enter('over', says);
  }

  /** Writes the memo where it has changed. */
  keep(): void {
    const memo = this.memo();
    const text = JSON.stringify(memo);
    if (text === this.#memo) return;
    this.#memo = text;
    writeMemo<'scheduledRun'>({ occurrence: memo });
  }

  memo(): OccurrenceMemo {
    const { begun, task, waited } = this;
    const { schedule, plannedMs } = this.asked;
    const ended = this.#ended;
    return {
      ...{ schedule, plannedMs, phase: this.#phase },
      ...(begun && { begun }),
      ...(task && { task }),
      ...(waited && this.#phase === 'waiting' && { waits: waited }),
      ...(ended && { ended }),
    };
  }

  /** What its schedule is told. */
  told(ended: OccurrenceEnd): OccurrenceEnded {
    const { enteredMs, waited } = this;
    const recipeHash = this.begun?.recipeHash;
    return {
      ...{ ...this.ref, plannedMs: this.asked.plannedMs, endedMs: Date.now(), ended },
      ...(enteredMs !== undefined && { enteredMs }),
      ...(waited && { waited }),
      ...(recipeHash !== undefined && { recipeHash }),
    };
  }

  successor(begun: Begun): OccurrenceInput {
    const { task, enteredMs, waited } = this;
    return {
      ...this.asked,
      resume: {
        ...{ begun, startedMs: this.#startedMs },
        ...(task && { task }),
        ...(enteredMs !== undefined && { enteredMs }),
        ...(waited && { waited }),
      },
    };
  }
}
