import { expect, test } from 'vitest';
import type { ComingTasks } from '../../contract/forecast.ts';
import type { Foreseen, Span } from '../../domain/forecast/forecast.ts';
import {
  sayBasis,
  sayComing,
  sayForeseen,
  sayMove,
  sayMoveOfAll,
  sayOutlook,
  sayRestsOn,
  saySpan,
} from '../../words/forecast.ts';

const NOW_MS = Date.UTC(2026, 0, 31, 12, 30, 5);
const span = (p50: number, p90: number | null): Span => {
  return { p50Ms: NOW_MS + p50 * 60_000, p90Ms: p90 === null ? null : NOW_MS + p90 * 60_000 };
};
const task: Foreseen = {
  ...{ taskId: 7, is: 'to-run', reason: { why: 'starting', agent: null, queue: 'dev' }, keptBy: null },
  ...{ agent: 'ada', start: span(0, 0), end: span(4, 9), basis: { level: 'agent', runs: 12 } },
};

test.each<[Span | null, string]>([
  [null, 'unknown'],
  [span(0, 0), 'now'],
  [span(4, 4), '4 min'],
  [span(4, 90), '4 min … 1 h 30 min'],
  [span(4, null), '4 min … unknown'],
  [span(-3, -3), '3 min ago'],
])('%j is %s', (times, says) => {
  expect(saySpan(times, NOW_MS)).toBe(says);
});

const parked = { why: 'parked', agent: 'ada' } as const;
test.each<[Partial<Foreseen>, RegExp]>([
  [{}, /^can start in queue "dev"/],
  [{ start: null, end: null }, /; when it starts is unknown: no task has ended yet/],
  [{ is: 'running', reason: null }, /^it runs on ada$/],
  [
    { is: 'running', reason: null, agent: null, end: null },
    /^it runs; no task has ended yet that tells how long$/,
  ],
  [{ is: 'with-subtasks' }, /^it is over with the last of its subtasks$/],
  [{ is: 'kept', reason: parked }, /^it does not start by itself: parked/],
  [
    { is: 'kept', reason: { why: 'blocked', by: 3 }, keptBy: { taskId: 2, reason: parked } },
    /: blocked by task 3; and of task 2: parked/,
  ],
  [
    { is: 'kept', reason: { why: 'blocked', by: 3 }, keptBy: { taskId: 7, reason: { why: 'unassigned' } } },
    /: blocked by task 3; and then /,
  ],
])('a task: %j', (change, says) => {
  expect(sayForeseen({ ...task, ...change })).toMatch(says);
});

test.each<[Foreseen['basis'], string | null, string]>([
  [{ level: 'agent-and-recipe', runs: 5 }, 'ada', '5 tasks of ada with the same recipe'],
  [{ level: 'agent', runs: 12 }, 'ada', '12 tasks of ada'],
  [{ level: 'all', runs: 1 }, 'ada', "all 1 task that are known, since too few were ada's"],
  [{ level: 'none', runs: 0 }, null, 'nothing that is known'],
])('its length rests on %j', (basis, agent, says) => {
  expect(sayBasis({ basis, agent })).toBe(`Its length rests on ${says}`);
});

test('what it all rests on', () => {
  expect(sayRestsOn({ tasks: 0, sinceMs: null, notOver: 0 })).toBe('no past task');
  expect(sayRestsOn({ tasks: 0, sinceMs: null, notOver: 2 })).toBe(
    'no past task (2 had attempts and are not over)',
  );
  expect(sayRestsOn({ tasks: 2, sinceMs: NOW_MS, notOver: 1 })).toBe(
    '2 tasks that were over since 2026-01-31 12:30:05 UTC; 1 more had attempts and are not over, and do not count',
  );
});

test.each<[Partial<ComingTasks>, string]>([
  [{}, '1 task that a schedule makes until 2026-01-31 12:30:05 UTC is played with them: nightly.'],
  [
    { tasks: 7, schedules: ['nightly', 'pulse'], schedulesMore: 3 },
    '7 tasks that schedules make until 2026-01-31 12:30:05 UTC are played with them: nightly, pulse and 3 more.',
  ],
])('what schedules add: %j', (change, says) => {
  const coming = { tasks: 1, schedules: ['nightly'], schedulesMore: 0, untilMs: NOW_MS, ...change };
  expect(sayComing({ coming })).toEqual([says]);
  expect(sayComing({ coming: null })).toEqual([]);
});

test('the backlog as a whole, and how a change moves it', () => {
  const before = { end: span(10, 20), ending: 3, kept: 1, unknown: 0 };
  expect(sayOutlook(before, NOW_MS)).toEqual([
    '3 tasks are over at 2026-01-31 12:40:05 UTC (10 min) as likely as not, and by 2026-01-31 12:50:05 UTC (20 min) nine times in ten.',
    '1 task does not start by itself.',
  ]);
  expect(sayOutlook({ end: null, ending: 0, kept: 0, unknown: 2 }, NOW_MS)).toEqual([
    'Of 2 tasks the end is unknown: no task has ended yet that tells how long.',
  ]);
  expect(sayMoveOfAll({ before, after: { ...before, end: span(4, 20) } })).toBe(
    'The end of what ends by itself comes 6 min sooner.',
  );
  expect(sayMoveOfAll({ before, after: { ...before, ending: 2 } })).toBe(
    'The end of what ends by itself (of 2 tasks then, and 3 now) stays where it is.',
  );
  expect(sayMoveOfAll({ before, after: { ...before, end: null } })).toMatch(/unknown/);
  expect([sayMove(90_000), sayMove(-90_000), sayMove(500)]).toEqual([
    'comes 1 min later',
    'comes 1 min sooner',
    'stays where it is',
  ]);
});
