import { useRef } from 'preact/hooks';
import { type Asking, type Resource, useResource } from '../../live/resource.ts';

export interface Lasting<Answer> extends Resource<Answer> {
  /** What is shown was asked otherwise, and the answer is on its way. */
  isBefore: boolean;
}

/** An answer that stays until the one to the next question is there, so that nothing is empty in between. */
export function useLast<Answer>(path: string | null, asking: Asking): Lasting<Answer> {
  const { now } = useResource<Answer>(path, asking);
  const last = useRef<Resource<Answer>>(undefined);
  const { value } = now;
  if (value.answer !== undefined) {
    last.current = value;
    return { ...value, isBefore: false };
  }
  return { ...(last.current ?? value), problem: value.problem, isBefore: true };
}
