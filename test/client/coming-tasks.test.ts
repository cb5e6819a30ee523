import { expect, test } from 'vitest';
import { comingOf, readComing } from '../../client/coming-tasks.ts';
import type { ScheduleMemo } from '../../contract/schedule.ts';
import { DEFAULTS, type Definition } from '../../domain/schedule/definition.ts';
import { serverOf } from '../support/place.ts';

const HOUR_MS = 3_600_000;
const NOW_MS = Date.UTC(2026, 10, 26, 12);

function memoOf(
  change: Partial<Definition>,
  { schedule = {}, now = {} }: { schedule?: object; now?: object } = {},
): ScheduleMemo {
  const definition: Definition = {
    ...{ name: 'nightly', timing: { kind: 'cron', cron: '0 3 * * *' }, timeZone: 'UTC', ...DEFAULTS },
    work: { kind: 'task', title: 'T', queue: 'dev', recipe: 'sage' },
    ...change,
  };
  return {
    schedule: { definition, version: 1, createdMs: 0, editedMs: 0, ...schedule },
    now: { count: 0, open: 0, badInARow: 0, ...now },
  };
}

const at3Ms = Date.UTC(2026, 10, 27, 3);
const hourly = { name: 'hourly', timing: { kind: 'every', everyMs: HOUR_MS } } as const;

test.each<[string, ScheduleMemo, number]>([
  ['once within a day', memoOf({}), 1],
  ['each hour', memoOf(hourly), 24],
  ['paused', memoOf({}, { schedule: { pause: { atMs: 0 } } }), 0],
  ['finished', memoOf({}, { schedule: { finished: true } }), 0],
  ['a person has it left out', memoOf({}, { schedule: { skips: [at3Ms] } }), 0],
  ['few remain', memoOf({ ...hourly, remaining: 2 }), 2],
  ['later than that', memoOf({ timing: { kind: 'cron', cron: '0 3 1 1 *' } }), 0],
  ['the schedule knows that it is later', memoOf(hourly, { now: { nextMs: NOW_MS + 25 * HOUR_MS } }), 0],
  ['whose timing cannot be read', memoOf({ timing: { kind: 'cron', cron: 'never' } }), 0],
])('%s', (_, memo, count) => {
  expect(comingOf([memo], NOW_MS).coming).toHaveLength(count);
});

test('a task as its occurrence will make it', () => {
  const { coming, about } = comingOf([memoOf({ priority: 10 })], NOW_MS);
  expect(coming).toMatchObject([
    { dueMs: at3Ms, task: { id: -1, queue: 'dev', assignedTo: null, priority: 10, tags: ['recipe:sage'] } },
  ]);
  expect(about).toEqual({
    ...{ tasks: 1, schedules: ['nightly'], schedulesMore: 0, untilMs: NOW_MS + 24 * HOUR_MS },
  });
});

test('a program is for the agent of programs', () => {
  const work = { kind: 'command', command: 'a.sh', args: [] } as const;
  expect(comingOf([memoOf({ work: { ...work, args: [] } })], NOW_MS).coming).toMatchObject([
    { task: { queue: null, assignedTo: 'commands' } },
  ]);
});

test('they are bounded, the soonest first, and it is told until when', () => {
  const many = Array.from({ length: 40 }, (_, at) =>
    memoOf({ name: `s${at}`, timing: { kind: 'every', everyMs: 60_000 } }),
  );
  const { coming, about } = comingOf(many, NOW_MS);
  expect(coming).toHaveLength(500);
  expect(new Set(coming.map(({ task }) => task.id)).size).toBe(500);
  expect(about).toMatchObject({ tasks: 500, schedulesMore: 35, untilMs: coming.at(-1)?.dueMs ?? 0 });
  expect(about?.schedules).toHaveLength(5);
});

test('they are read by one call', async () => {
  const client = serverOf({ tasks: [], agents: [], troubled: [memoOf(hourly)] });
  const { coming } = await readComing(client, NOW_MS);
  expect(coming).toHaveLength(24);
});
