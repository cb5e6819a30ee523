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

/**
 * So many are kept. It has to be more than are asked for at a time: whoever finds none any more waits in vain. What they have in
 * common, such as a definition, is there once.
 */
const KEPT = 2_000;
/** So much of them goes along with continue-as-new. */
const CARRIED_BYTES = 200_000;

/** With one more; the oldest one goes. */
export function withAnswer(kept: readonly KeptAnswer[], answer: KeptAnswer): KeptAnswer[] {
  return [...kept.slice(-KEPT + 1), answer];
}

/** The newest that fit into the input of the next run, beside the rest. */
export function carriedAnswers(kept: readonly KeptAnswer[]): KeptAnswer[] {
  let bytes = 0;
  const isTooMuch = (each: KeptAnswer) => {
    bytes += jsonBytes(JSON.stringify(each));
    return bytes > CARRIED_BYTES;
  };
  const lastLeft = kept.findLastIndex(isTooMuch);
  return kept.slice(lastLeft + 1);
}

/** In UTF-8, at most: workflows have no encoder for certain. */
function jsonBytes(json: string): number {
  let bytes = 0;
  for (let at = 0; at < json.length; at += 1) bytes += json.charCodeAt(at) < 0x80 ? 1 : 3;
  return bytes;
}
