import { absentOr, type Shape, text } from './shape.ts';

// Long-lived workflows of ours take wishes by signal, and are asked for the answer by a query. A Temporal Update would do both in
// one, but a history that has one beside other commands is not always replayed as it went: docs/adr/0038-wishes-by-signal.md.

/** What became of a wish. `unknown`: it has not come, or its answer is not kept any more. */
export type Answer =
  | { state: 'unknown' | 'at-work' }
  | { state: 'answered'; result: unknown }
  /** It will be refused again. `type`: an ErrorCode, where there is one for it. */
  | { state: 'refused'; type: string | null; says: string };

/** An answer that whoever asked may not have read yet. */
export interface KeptAnswer {
  /** Of the wish. */
  id: string;
  answer: Exclude<Answer, { state: 'unknown' | 'at-work' }>;
}

/** Absent where a person has sent it by hand, who waits for no answer. */
export const WISH_ID: Shape<string | undefined> = (value) => absentOr(id)(value ?? undefined);
const id = text('the id of a wish', (value) => /^[A-Za-z0-9-]{1,100}$/.test(value));

/** So much is kept of answers; the newest one always is. */
const KEPT_BYTES = 200_000;
const KEPT = 300;

/** With one more; the oldest ones go. */
export function withAnswer(kept: readonly KeptAnswer[], answer: KeptAnswer): KeptAnswer[] {
  const newestFirst = [answer, ...kept.slice(-KEPT + 1).reverse()];
  let bytes = 0;
  const fit = newestFirst.filter((each, at) => {
    bytes += JSON.stringify(each).length;
    return at === 0 || bytes <= KEPT_BYTES;
  });
  return fit.reverse();
}
