import { expect, test } from 'vitest';
import { sayWarnings, seenInPass } from '../../words/pass.ts';
import { BLOCKING_OFF } from '../../words/problem.ts';
import { sayCycle } from '../../words/reason.ts';

test('what a pass has seen is said after what is wrong with the configuration', () => {
  const warnings = ['the file is broken'];
  const seen = seenInPass({ cycles: [[1, 2]], blockingOff: true });
  expect(sayWarnings({ warnings, ...seen })).toEqual([...warnings, BLOCKING_OFF, sayCycle([1, 2])]);
  expect(seenInPass({ cycles: [], blockingOff: false })).toEqual({});
  expect(sayWarnings({ warnings })).toEqual(warnings);
});
