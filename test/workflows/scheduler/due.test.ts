import { describe, expect, test } from 'vitest';
import { type Calls, Due, type Survey } from '../../../workflows/scheduler/due.ts';

const NONE: Calls = { fullDue: false, woken: false, prompt: false, told: 'nothing' };
const NOW = 1_000_000;
const RESULT = { loopIntervalMs: 60_000 };

/** After surveys of these kinds, each with what is special about its result. */
function surveyed(...made: [Survey, Partial<Parameters<Due['carriedOut']>[0]>?][]): Due {
  const due = new Due();
  for (const [kind, change] of made) {
    due.inHand = kind;
    due.carriedOut({ ...RESULT, ...change }, NOW);
  }
  return due;
}

const UNSEEN = { sawTasks: false } as const;

describe('what is next', () => {
  test.each<[Partial<Calls>, Survey | undefined]>([
    [{}, undefined],
    [{ woken: true }, 'refill'],
    [{ told: 'changed' }, 'refill'],
    [{ told: 'over' }, 'full'],
    [{ fullDue: true, woken: true }, 'full'],
  ])('with %j', (calls, next) => {
    expect(surveyed(['full']).next({ ...NONE, ...calls })).toBe(next);
    expect(surveyed(['full'], ['refill']).next({ ...NONE, ...calls })).toBe(next);
  });

  test('at the start, and until it is carried out: what is in hand', () => {
    const due = new Due();
    expect(due.next(NONE)).toBe('full');
    due.carriedOut(RESULT, NOW);
    expect(due.next(NONE)).toBeUndefined();
  });

  test.each<[string, Due, Survey]>([
    ['a full pass that saw no tasks', surveyed(['full', UNSEEN]), 'full'],
    ['a refill that saw none', surveyed(['full'], ['refill', UNSEEN]), 'refill'],
    ['both, the full pass first', surveyed(['full', UNSEEN], ['refill', UNSEEN]), 'full'],
    ['a refill that saw some makes up for no full pass', surveyed(['full', UNSEEN], ['refill']), 'full'],
    ['a full pass does', surveyed(['full', UNSEEN], ['full']), 'refill'],
  ])('when the watch sees tasks after %s', (_, due, next) => {
    expect(due.next({ ...NONE, told: 'changed' })).toBe(next);
    expect(due.next(NONE)).toBeUndefined();
  });
});

describe('when', () => {
  /** For how long what these call for rests. */
  const restMs = (due: Due, calls: Partial<Calls>) =>
    Math.max(
      0,
      ...due.rests.flatMap((rest) => (due.mayRest(rest, { ...NONE, ...calls }) ? [rest.untilMs - NOW] : [])),
    );

  test.each<[string, Due, Partial<Calls>, number]>([
    ['a refill', surveyed(['full']), { woken: true }, 250],
    ['a prompt one', surveyed(['full']), { woken: true, prompt: true }, 250],
    ['after a cheap survey', surveyed(['full', { costMs: 13 }]), { woken: true }, 250],
    ['after a dear one', surveyed(['full', { costMs: 100 }]), { told: 'changed' }, 1_900],
    ['after a very dear one', surveyed(['full', { costMs: 60_000 }]), { woken: true }, 10_000],
    ['a prompt one after it', surveyed(['full', { costMs: 60_000 }]), { woken: true, prompt: true }, 250],
    [
      'not beyond the loop interval',
      surveyed(['full', { costMs: 60_000, loopIntervalMs: 1_000 }]),
      { woken: true },
      1_000,
    ],
    ['a full pass does not', surveyed(['full', { costMs: 60_000 }]), { woken: true, fullDue: true }, 0],
    ['nor one at the end of the interval', surveyed(['full']), { told: 'over' }, 0],
    ['nothing', surveyed(['full']), {}, 0],
    ['after one that saw no tasks', surveyed(['full'], ['refill', UNSEEN]), { woken: true }, 2_000],
    ['the full pass that is made again', surveyed(['full', UNSEEN]), { told: 'changed' }, 2_000],
    ['a prompt one', surveyed(['full', UNSEEN]), { woken: true, prompt: true }, 250],
    ['a full pass that was asked for meanwhile', surveyed(['full', UNSEEN]), { fullDue: true }, 0],
  ])('%s', (_, due, calls, ms) => {
    expect(restMs(due, calls)).toBe(ms);
  });

  test('the loop interval ends where the last full pass says so', () => {
    expect(surveyed(['full'], ['refill', { loopIntervalMs: 1 }]).endsAtMs).toBe(NOW + 60_000);
  });
});
