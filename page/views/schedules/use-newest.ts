import { useEffect, useRef, useState } from 'preact/hooks';
import { newestOf } from './newest.ts';

const SETTLE_MS = 300;

/**
 * The answer to the newest question; null asks nothing. `isOld`: it is about an earlier one, and the next is on its way.
 * @param ask the same for each question; it does not throw
 */
export function useNewest<Question, Answer>(
  question: Question | null,
  ask: (question: Question) => Promise<Answer>,
): { answer: Answer | undefined; isOld: boolean } {
  const [told, setTold] = useState<{ key: string; answer: Answer }>();
  const newest = useRef(
    newestOf<Question, { key: string; answer: Answer }>({
      settleMs: SETTLE_MS,
      ask: async (asked) => ({ key: JSON.stringify(asked), answer: await ask(asked) }),
      tell: setTold,
    }),
  ).current;
  const key = JSON.stringify(question);
  useEffect(() => {
    if (question === null) newest.stop();
    else newest.about(question);
    // Another object with the same in it is the same question.
  }, [key, newest]);
  useEffect(() => () => newest.stop(), [newest]);
  return { answer: told?.answer, isOld: question !== null && told?.key !== key };
}
