import { describe, expect, test } from 'vitest';
import { type Goal, goalText, type Judged, reached, show } from '../../bench/goal.ts';

const CASES: [what: string, judged: Judged, isReached: boolean | undefined][] = [
  ['no goal', { value: 5 }, undefined],
  ['at most', { goal: { atMost: 5 }, value: 5 }, true],
  ['more than at most', { goal: { atMost: 5 }, value: 5.1 }, false],
  ['at least', { goal: { atLeast: 5 }, value: 5 }, true],
  ['less than at least', { goal: { atLeast: 5 }, value: 4.9 }, false],
  ['at most times bare', { goal: { atMostTimesBare: 2.5 }, value: 25, bare: 10 }, true],
  ['more than that', { goal: { atMostTimesBare: 2.5 }, value: 25.1, bare: 10 }, false],
  ['at least times bare', { goal: { atLeastTimesBare: 0.5 }, value: 5, bare: 10 }, true],
  ['less than that', { goal: { atLeastTimesBare: 0.5 }, value: 4.9, bare: 10 }, false],
  ['nothing to compare with', { goal: { atMostTimesBare: 2.5 }, value: 1 }, false],
  ['not seen', { goal: { atMost: 5 }, value: null }, false],
  ['not seen, beside a bare minimum', { goal: { atMostTimesBare: 2.5 }, value: null, bare: 10 }, false],
];

describe('whether a goal is reached', () => {
  test.each(CASES)('%s', (_, judged, isReached) => expect(reached(judged)).toBe(isReached));
});

const TEXTS: [Goal, string, string][] = [
  [{ atMost: 100 }, 'ms', '<= 100 ms'],
  [{ atLeast: 0.8 }, '', '>= 80 %'],
  [{ atMostTimesBare: 2.5 }, 'ms', '<= x 2.5'],
  [{ atLeastTimesBare: 0.5 }, 'tasks/s', '>= x 0.5'],
];

test.each(TEXTS)('the goal %o in %s is written %s', (goal, unit, text) => {
  expect(goalText(goal, unit)).toBe(text);
});

test('a share is shown in percent', () => expect(show(0.7561, '')).toBe('75.6 %'));
