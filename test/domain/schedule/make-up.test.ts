import { expect, test } from 'vitest';
import { decide, ended } from '../../../domain/schedule/ended.ts';
import { isMadeUpFor, lineFor, makeUpFor } from '../../../domain/schedule/make-up.ts';
import { asks, at, idOf, lines, schedule } from '../../support/kept-schedules.ts';

/** Of minute 5, which came too late. */
function missed() {
  const kept = schedule();
  expect(asks(kept, 5, { atMs: at(20) })).toBe('too-late');
  return kept;
}
const by = (trigger: 'backfill' | 'missed') => ({ trigger, workflowId: `${idOf(at(5))}-${trigger}` });
const isMade = (kept: ReturnType<typeof schedule>) => isMadeUpFor(kept, at(5));

test('a time that was missed is not made up for, and one that begins by hand says nothing of it', () => {
  const kept = missed();
  expect(asks(kept, 5, { trigger: 'run-now', workflowId: 'now' })).toBe(1);
  expect([isMade(kept), lineFor(kept, at(5))]).toEqual([false, undefined]);
});

test('a backfill decides about it, before it has begun', () => {
  const kept = missed();
  makeUpFor(kept, at(5));
  expect([isMade(kept), decide(kept, at(5), 'run')]).toEqual([true, undefined]);
  expect(asks(kept, 5, by('backfill'))).toBe(1);
  expect(lineFor(kept, at(5))).toMatchObject(by('backfill'));
});

test('what was decided makes up for it, before it has begun', () => {
  const kept = missed();
  decide(kept, at(5), 'skipped');
  expect(isMade(kept)).toBe(false);
  const other = missed();
  decide(other, at(5), 'run');
  expect(isMade(other)).toBe(true);
});

test('one that was not let in has made up for nothing', () => {
  const kept = missed();
  decide(kept, at(5), 'run');
  expect(asks(kept, 5, by('missed'))).toBe(1);
  const because = { why: 'overlap', with: 'x', sinceMs: at(1) } as const;
  const told = { workflowId: by('missed').workflowId, runId: 'r', endedMs: at(21) };
  ended(kept, { ...told, ended: { end: 'left-out', because } }, at(21));
  expect([isMade(kept), lines(kept)]).toEqual([false, ['5 left-out too-late', '5 left-out overlap missed']]);
});
