import type { EnterAsked, Entered, OccurrenceRef } from '../../contract/occurrence.ts';
import type { KnownOccurrence, OccurrencesInput } from '../../contract/occurrences-input.ts';
import { type Admission, enter, leave } from '../../domain/schedule/admission.ts';

/** The occurrences that were let in or wait, and whom of them to tell. */
export class Line {
  known: KnownOccurrence[];
  /** Workflow ids. */
  readonly toTell = new Set<string>();
  /** Told, and not heard of since: telling them again would say nothing new. */
  readonly #told = new Set<string>();

  /** Whether all that work are known. */
  isWhole: boolean;
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
  }

  enter(asked: EnterAsked, nowMs: number): Entered {
    this.#told.delete(asked.workflowId);
    const { answer, ...after } = enter(this.known, asked, nowMs);
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
    for (const id of this.toTell) if (!tell.includes(id)) this.toTell.delete(id);
    for (const id of tell) {
      if (this.#told.has(id)) continue;
      this.#told.add(id);
      this.toTell.add(id);
    }
    // One that may not enter any more, since a better one came, is told anew when it may.
    for (const id of this.#told) if (!tell.includes(id)) this.#told.delete(id);
  }
}
