import { describe, expect, test } from 'vitest';
import { applySchedules } from '../../client/apply-schedules.ts';
import type { ScheduleLine } from '../../contract/schedule.ts';
import type { WantedSchedule } from '../../contract/schedule-applied.ts';
import type { Definition } from '../../domain/schedule/definition.ts';
import { schedulerError } from '../../words/errors.ts';
import { sayApplied, sayPlan } from '../../words/schedule-applied.ts';
import { definitionOf } from '../support/schedules.ts';

/** Schedules in memory, listed two on a page; `called` is what was asked of them. */
function kept(...lines: ScheduleLine[]) {
  const there = new Map(lines.map((line) => [line.name, line]));
  const called: string[] = [];
  const get = (name: string) => {
    const line = there.get(name);
    if (line === undefined) throw schedulerError({ code: 'no-such-schedule', schedule: name, known: [] });
    return line;
  };
  const noted = async (text: string, name: string, line: Partial<ScheduleLine>) => {
    called.push(text);
    const now = { ...lineOf(name), ...there.get(name), ...line };
    there.set(name, now);
    return now;
  };
  return {
    called,
    there,
    list: async ({ cursor = '0' }: { cursor?: string } = {}) => {
      const at = Number(cursor);
      const all = [...there.values()];
      return { schedules: all.slice(at, at + 2), cursor: at + 2 < all.length ? String(at + 2) : null };
    },
    line: async (name: string) => get(name),
    create: async (definition: Definition, { paused, note }: { paused?: boolean; note?: string } = {}) => {
      if (there.has(definition.name))
        throw schedulerError({ code: 'existing-schedule', schedule: definition.name });
      return noted(`create ${definition.name}${paused ? `, paused: ${note}` : ''}`, definition.name, {
        definition,
      });
    },
    edit: async (given: Definition, version: number, { keepRemaining }: { keepRemaining?: boolean } = {}) => {
      const line = get(given.name);
      if (line.version !== version)
        throw schedulerError({
          code: 'schedule-changed',
          schedule: line.name,
          version: line.version,
          editedMs: 0,
        });
      const remaining = keepRemaining ? line.definition.remaining : given.remaining;
      const definition = { ...given, ...(remaining !== undefined && { remaining }) };
      return noted(`edit ${line.name}`, line.name, { definition, version: version + 1 });
    },
    pause: async (name: string, note?: { note?: string }) => {
      await noted(`pause ${name}: ${note?.note}`, name, {});
      return true;
    },
    resume: async (name: string) => {
      await noted(`resume ${name}`, name, {});
      return true;
    },
    delete: async (name: string) => {
      get(name);
      called.push(`delete ${name}`);
      there.delete(name);
      return { open: 0 };
    },
  };
}

function lineOf(
  name: string,
  change: Partial<Definition> = {},
  more: Partial<ScheduleLine> = {},
): ScheduleLine {
  return {
    ...{ name, state: 'active', definition: definitionOf(name, change), version: 1 },
    ...{ createdMs: 0, editedMs: 0, nextMs: [], skips: [], now: { count: 0, open: 0, badInARow: 0 } },
    ...more,
  };
}
const wanted = (name: string, change: Partial<Definition> = {}, more: Partial<WantedSchedule> = {}) => ({
  definition: definitionOf(name, change),
  ...more,
});
const PAUSED = { pause: { atMs: 0, note: 'why' } };

describe('what is done with one that is there', () => {
  test.each<[string, ScheduleLine, WantedSchedule, string[]]>([
    ['nothing, if it is so', lineOf('a'), wanted('a'), []],
    [
      'its fields are edited',
      lineOf('a', { priority: 1, jitterMs: 1_000 }),
      wanted('a', { priority: 2 }),
      ['edit a'],
    ],
    ['a pause by hand stays', lineOf('a', {}, PAUSED), wanted('a'), []],
    ['it is paused', lineOf('a'), wanted('a', {}, { paused: true, pauseNote: 'n' }), ['pause a: n']],
    [
      'it is paused as it was',
      lineOf('a', {}, PAUSED),
      wanted('a', {}, { paused: true, pauseNote: 'why' }),
      [],
    ],
    [
      'its note is another',
      lineOf('a', {}, PAUSED),
      wanted('a', {}, { paused: true, pauseNote: 'n' }),
      ['pause a: n'],
    ],
    ['it goes on', lineOf('a', {}, PAUSED), wanted('a', {}, { paused: false }), ['resume a']],
    [
      'both',
      lineOf('a', {}, PAUSED),
      wanted('a', { priority: 1 }, { paused: false }),
      ['edit a', 'resume a'],
    ],
    [
      'what is left of it is no change',
      lineOf('a', { remaining: 2 }, { now: { count: 3, open: 0, badInARow: 0 } }),
      wanted('a', { remaining: 5 }),
      [],
    ],
    [
      'more than can have begun is one',
      lineOf('a', { remaining: 2 }, { now: { count: 2, open: 0, badInARow: 0 } }),
      wanted('a', { remaining: 5 }),
      ['edit a'],
    ],
    ['so is less', lineOf('a', { remaining: 5 }), wanted('a', { remaining: 2 }), ['edit a']],
  ])('%s', async (_, line, want, expected) => {
    const schedules = kept(line);
    const [applied] = await applySchedules(schedules, [want], {});
    expect(schedules.called).toEqual(expected);
    expect(applied?.did).toBe(expected.length === 0 ? 'unchanged' : 'edited');
  });
});

test('an edit of something else keeps what is left', async () => {
  const schedules = kept(lineOf('a', { remaining: 2 }, { now: { count: 3, open: 0, badInARow: 0 } }));
  const { edit } = schedules;
  schedules.edit = async (...asked) => {
    // One more begins before the edit is there.
    schedules.there.set('a', lineOf('a', { remaining: 1 }));
    return edit(...asked);
  };
  const applied = await applySchedules(schedules, [wanted('a', { remaining: 5, priority: 1 })], {});
  expect(applied).toEqual([{ schedule: 'a', did: 'edited', changed: ['priority'] }]);
  expect(schedules.there.get('a')?.definition.remaining).toBe(1);
});

test('all pages are looked at; the others are kept, or deleted where that is said', async () => {
  const all = ['a', 'b', 'c', 'd', 'e'].map((name) => lineOf(name));
  const some = [
    wanted('new', {}, { paused: true, pauseNote: 'n' }),
    wanted('d', { priority: 1 }),
    wanted('b'),
  ];
  const keeping = kept(...all);
  const plan = await applySchedules(keeping, some, { dryRun: true });
  expect(keeping.called).toEqual([]);
  expect(sayPlan(plan)).toEqual([
    'create new',
    'edit   d: priority',
    '1 schedule is as it is to be. Kept, though the file does not have them (--prune deletes them): a, c, e.',
  ]);
  const told: string[] = [];
  const pruning = kept(...all);
  const agreed: string[][] = [];
  const applied = await applySchedules(pruning, some, {
    prune: true,
    tell: (done) => told.push(sayApplied(done)),
    agree(planned) {
      agreed.push(sayPlan(planned));
      expect(pruning.called).toEqual([]);
      return true;
    },
  });
  expect(agreed).toEqual([
    [
      ...['create new', 'edit   d: priority'],
      ...['a', 'c', 'e'].map((name) => `delete ${name}, with its history`),
      '1 schedule is as it is to be.',
    ],
  ]);
  expect([...pruning.there.keys()]).toEqual(['b', 'd', 'new']);
  expect(pruning.called).toContain('create new, paused: n');
  expect(told).toHaveLength(5);
  expect(applied.map(({ did }) => did)).toEqual([
    'created',
    'edited',
    'unchanged',
    ...Array(3).fill('deleted'),
  ]);
});

test('nothing is done of a plan that is not agreed to', async () => {
  const schedules = kept(lineOf('a'));
  const applied = await applySchedules(schedules, [wanted('b')], { prune: true, agree: () => false });
  expect([applied.map(({ did }) => did), schedules.called]).toEqual([['created', 'deleted'], []]);
});

test('what somebody else changes meanwhile is not overwritten, and keeps no other from being done', async () => {
  const schedules = kept(lineOf('a'), lineOf('b'));
  const applied = await applySchedules(
    schedules,
    [wanted('a', { priority: 1 }), wanted('b', { priority: 1 })],
    {
      agree() {
        schedules.there.set('a', lineOf('a', { priority: 7 }, { version: 2 }));
        return true;
      },
    },
  );
  expect(applied).toMatchObject([
    { did: 'failed', wanted: 'edit', failure: { code: 'schedule-changed', version: 2 } },
    { did: 'edited' },
  ]);
  expect(schedules.there.get('a')?.definition.priority).toBe(7);
  expect(applied.map(sayApplied)[0]).toMatch(/^schedule a was not edited: Schedule a was edited/);
});

test('one that the list had not yet is looked at again', async () => {
  const schedules = kept(lineOf('a', { priority: 3 }), lineOf('b'));
  const { list } = schedules;
  schedules.list = async () => ({ schedules: [], cursor: null });
  const applied = await applySchedules(schedules, [wanted('a'), wanted('b')], {});
  schedules.list = list;
  expect(applied).toEqual([
    { schedule: 'a', did: 'edited', changed: ['priority'] },
    { schedule: 'b', did: 'unchanged' },
  ]);
  expect(schedules.called).toEqual(['edit a']);
});

test('one that is gone since it was listed is made anew', async () => {
  const schedules = kept(lineOf('a'));
  const { line } = schedules;
  schedules.line = async (name) => {
    schedules.there.delete(name);
    return line(name);
  };
  expect(await applySchedules(schedules, [wanted('a', { priority: 1 })], {})).toEqual([
    { schedule: 'a', did: 'created' },
  ]);
});

test('where nobody is there, not each of thousands is tried', async () => {
  const schedules = kept();
  let tried = 0;
  schedules.create = async () => {
    tried += 1;
    throw schedulerError({ code: 'no-daemon', withinMs: 10_000 });
  };
  const all = Array.from({ length: 1_000 }, (_, at) => wanted(`s${at}`));
  const applied = await applySchedules(schedules, all, {});
  expect(applied.filter(({ did }) => did === 'failed')).toHaveLength(1_000);
  expect(tried).toBeLessThanOrEqual(50);
});

test('a defect of ours is no failure of a schedule', async () => {
  const schedules = kept();
  schedules.create = () => Promise.reject(new TypeError('ours'));
  await expect(applySchedules(schedules, [wanted('a')], {})).rejects.toThrow('ours');
});
