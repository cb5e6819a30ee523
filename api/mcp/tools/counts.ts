import type { OpenTask, TASK_PHASES } from '../../../contract/listings.ts';
import type { Counts } from '../../../words/tool-answer.ts';

/** What callers call where a task is, for each phase of ours. */
export const WORDS = {
  running: ['running', 'interrupted', 'working-elsewhere'],
  pending: ['waiting', 'waiting-for-slot', 'waiting-for-host', 'backing-off'],
  blocked: ['blocked'],
  parked: ['parked'],
} as const satisfies Record<string, readonly (typeof TASK_PHASES)[number][]>;
export type Word = keyof typeof WORDS;

export function isIn(word: Word, { phase }: Pick<OpenTask, 'phase'>): boolean {
  return WORDS[word].some((each) => each === phase);
}

export function countsOf(tasks: readonly OpenTask[]): Counts {
  const count = (word: Word) => tasks.filter((task) => isIn(word, task)).length;
  return {
    open: tasks.length,
    ...{ running: count('running'), pending: count('pending') },
    ...{ blocked: count('blocked'), parked: count('parked') },
  };
}
