import { useRef, useState } from 'preact/hooks';

/**
 * The answer to a question as it was when somebody pointed at what shows it, or went into it, until they leave: what they point at
 * stays there. The answer to another question is shown at once.
 */
export function useStill<Answer>(
  question: string,
  answer: Answer,
): {
  shown: Answer;
  /** There is a newer answer. */
  waits: boolean;
  still: { onPointerEnter(): void; onPointerLeave(): void; onFocusIn(): void; onFocusOut(): void };
} {
  const kept = useRef({ question, answer, pointed: false, focused: false });
  const [, redraw] = useState(0);
  const { current } = kept;
  const isHeld = (current.pointed || current.focused) && current.question === question;
  if (!isHeld) Object.assign(current, { question, answer });
  const set = (change: Partial<{ pointed: boolean; focused: boolean }>) => () => {
    Object.assign(current, change);
    if (!current.pointed && !current.focused) redraw((times) => times + 1);
  };
  return {
    ...{ shown: current.answer, waits: current.answer !== answer },
    still: {
      ...{ onPointerEnter: set({ pointed: true }), onPointerLeave: set({ pointed: false }) },
      ...{ onFocusIn: set({ focused: true }), onFocusOut: set({ focused: false }) },
    },
  };
}
