import { patched } from '@temporalio/workflow';
import type { EnterAsked, Entered, OccurrenceRef } from '../../contract/occurrence.ts';
import type { KnownOccurrence, OccurrencesInput } from '../../contract/occurrences-input.ts';
import { type Admission, enter, isOutOfOrder, leave, withReasons } from '../../domain/schedule/admission.ts';

/** As many as fit into an answer. */
const MOST_SHOWN = 500;

/** The occurrences that were let in or wait, and whom of them to tell. */
export class Line {
  known: KnownOccurrence[];
  /** Workflow ids. */
  readonly toTell = new Set<string>();
  /** Told, and not heard of since: telling them again would say nothing new. */
  readonly #told = new Set<string>();

  /** Whether all that work are known. */
  isWhole: boolean;
  /** They asked before. */
  readonly #early: (() => void)[] = [];
  /** They left before it was known that they were there. */
  readonly #gone: OccurrenceRef[] = [];

  constructor({ carried }: OccurrencesInput) {
    this.known = carried?.known ?? [];
    this.isWhole = carried !== undefined;
  }

  /** These work: the one that let them in was ended. */
  found(working: readonly KnownOccurrence[]): void {
    this.#take(leave(working, this.#gone));
    this.isWhole = true;
    for (const ask of this.#early.splice(0)) ask();
  }

  /** Answers once all that work are known. */
  ask(asked: EnterAsked, answer: (entered: Entered) => void): void {
    const ask = () => answer(this.#enter(asked));
    if (this.isWhole) ask();
    else this.#early.push(ask);
  }

  /** What is known of these. */
  named(ids: readonly string[]): KnownOccurrence[] {
    return this.known.filter(({ workflowId }) => ids.includes(workflowId));
  }

  /** Those that asked first, with what they wait for. */
  first(): KnownOccurrence[] {
    return withReasons(this.known, Date.now()).slice(0, MOST_SHOWN);
  }

  #enter(asked: EnterAsked): Entered {
    this.#told.delete(asked.workflowId);
    const nowMs = Date.now();
    // A history that was made without it is replayed without it.
    const inOrder = isOutOfOrder(this.known, asked, nowMs) && patched('in-order-of-times');
    const { answer, ...after } = enter(this.known, asked, nowMs, { inOrder });
    this.#take(after);
    return answer;
  }

  leave(gone: readonly OccurrenceRef[]): void {
    if (!this.isWhole) this.#gone.push(...gone);
    this.#take(leave(this.known, gone));
  }

  /** They could not be told, so they are not there any more. */
  notThere(ids: readonly string[]): void {
    const inLine = this.known.filter(
      ({ workflowId, enteredMs }) => enteredMs === undefined && ids.includes(workflowId),
    );
    if (inLine.length > 0) this.leave(inLine);
  }

  #take({ known, tell }: Admission): void {
    this.known = known;
    const now = new Set(tell);
    for (const id of this.toTell) if (!now.has(id)) this.toTell.delete(id);
    for (const id of tell) {
      if (this.#told.has(id)) continue;
      this.#told.add(id);
      this.toTell.add(id);
    }
    // One that may not enter any more, since a better one came, is told anew when it may.
    for (const id of this.#told) if (!now.has(id)) this.#told.delete(id);
  }
}
