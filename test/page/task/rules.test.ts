import { describe, expect, test } from 'vitest';
import type { Task, TaskLine } from '../../../page/api/shapes.ts';
import { EMPTY } from '../../../page/views/task/add/draft.ts';
import { type KeptDraft, keepDraft, keptDraft } from '../../../page/views/task/add/kept-draft.ts';
import { withLastKnown } from '../../../page/views/task/last-known.ts';
import { lifeOf, toScale } from '../../../page/views/task/life/life.ts';
import { filterIn, matching, namesIn } from '../../../page/views/task/list/filter.ts';

const line = (id: number, change: Partial<TaskLine> = {}): TaskLine => ({
  ...{ task_id: id, title: `task ${id}`, queue: 'dev', pool: 'dev', agent: null, priority: 0, added: null },
  ...{ phase: 'waiting', reason: null, still: null, attempt: null, run_since: null, since: null },
  ...{ blocked_by: [], cause: null, says: '', ...change },
});

describe('which tasks are listed', () => {
  const all = [
    line(1, { title: 'Write a haiku', priority: 1 }),
    line(2, { title: 'write a poem', priority: 5, added: '2026-11-26T12:00:00Z' }),
    line(3, { title: 'x', priority: 5, added: '2026-11-26T11:00:00Z', agent: 'ada' }),
    line(4, { phase: 'parked', queue: null, pool: null }),
    line(5, { phase: 'running', agent: 'bob', pool: 'qa' }),
  ];
  test.each([
    ['', [4, 5, 3, 2, 1]],
    ['find=WRITE', [2, 1]],
    ['find=a haiku', [1]],
    ['find=%2342', []],
    ['find=%233', [3]],
    ['phase=parked', [4]],
    ['agent=ada', [3]],
    ['pool=qa&phase=running', [5]],
    ['queue=dev&find=write', [2, 1]],
    ['phase=none', []],
  ])('%o', (query, ids) => {
    const filter = filterIn(new Map(new URLSearchParams(query)));
    expect(matching(all, filter).map(({ task_id: id }) => id)).toEqual(ids);
  });

  test('names to choose from', () => {
    expect(namesIn(all)).toEqual({ pool: ['dev', 'qa'], agent: ['ada', 'bob'], queue: ['dev'] });
  });
});

const AT = Date.parse('2026-11-26T12:00:00Z');
const time = (minutes: number) => new Date(AT + minutes * 60_000).toISOString();
type Told = NonNullable<Task['attempts']>[number];
const attempt = (number: number, change: Partial<Told>): Told => ({
  ...{ attempt: number, run_id: 'a', state: 'ended', agent: 'ada', host: 'h', recipe: null, sent: null },
  ...{ started: null, ended: null, verdict: null, reason: null, seconds: null, turns: null, tokens: null },
  ...{ log: null, link: null, ...change },
});
type About = Parameters<typeof lifeOf>[0];
const about = (change: Partial<About>): About => ({
  ...{ added: time(0), updated: time(0), status: 'idle', where: null, attempts: [], ...change },
});

describe('the life of a task', () => {
  const first = attempt(1, { sent: time(10), started: time(11), ended: time(20) });
  const said = (told: About) =>
    lifeOf(told).map(({ is, attempt, fromMs, untilMs }) => [
      ...[is, attempt, (fromMs - AT) / 60_000],
      untilMs === null ? null : (untilMs - AT) / 60_000,
    ]);
  test.each<[string, Partial<About>, unknown[][]]>([
    ['nothing was done yet', { where: line(1) }, [['waits', null, 0, null]]],
    [
      'it runs',
      { where: line(1, { phase: 'running' }), attempts: [{ ...first, ended: null }] },
      [
        ['waits', 1, 0, 10],
        ['waits-for-host', 1, 10, 11],
        ['runs', 1, 11, null],
      ],
    ],
    [
      'no host has it yet',
      { where: line(1, { phase: 'waiting-for-host' }), attempts: [attempt(1, { sent: time(10) })] },
      [
        ['waits', 1, 0, 10],
        ['waits-for-host', 1, 10, null],
      ],
    ],
    [
      'it backs off, then is parked',
      {
        where: line(1, { phase: 'parked' }),
        attempts: [first, attempt(2, { sent: time(30), ended: time(31) })],
      },
      [
        ['waits', 1, 0, 10],
        ['waits-for-host', 1, 10, 11],
        ['runs', 1, 11, 20],
        ['backs-off', 2, 20, 30],
        ['runs', 2, 30, 31],
        ['parked', null, 31, null],
      ],
    ],
    [
      'a later run',
      { attempts: [first, attempt(2, { run_id: 'b', sent: time(30), ended: time(31) })], status: 'complete' },
      [
        ['waits', 1, 0, 10],
        ['waits-for-host', 1, 10, 11],
        ['runs', 1, 11, 20],
        ['between', 2, 20, 30],
        ['runs', 2, 30, 31],
      ],
    ],
    ['somebody else completed it', { status: 'complete', updated: time(9) }, [['waits', null, 0, 9]]],
    ['attempts are not known', { attempts: null, where: line(1) }, []],
    [
      'when it was added is not known',
      { added: null, attempts: [first], status: 'complete' },
      [
        ['waits-for-host', 1, 10, 11],
        ['runs', 1, 11, 20],
      ],
    ],
  ])('%s', (_, change, expected) => {
    expect(said(about(change))).toEqual(expected);
  });

  test('widths are to scale, days of waiting are cut, and all of it is seen', () => {
    const days = 3 * 24 * 60;
    const life = lifeOf(
      about({
        status: 'complete',
        attempts: [attempt(1, { sent: time(days), started: time(days), ended: time(days + 30) })],
      }),
    );
    const drawn = toScale(life, AT);
    expect(drawn.map(({ share, isCut, lastedMs }) => [share, isCut, lastedMs / 60_000])).toEqual([
      [500, true, days],
      [500, false, 30],
    ]);
    const plain = toScale(lifeOf(about({ status: 'complete', attempts: [first] })), AT);
    expect(plain.map(({ share }) => share)).toEqual([500, 50, 450]);
    expect(toScale(lifeOf(about({ where: line(1) })), AT)).toMatchObject([{ isCut: false }]);
  });
});

describe('what is shown of a task while something is away', () => {
  const whole = {
    ...{ task_id: 1, title: 'Mend it', description: 'all of it', status: 'idle', queue: 'dev', tags: ['a'] },
    ...{ comments: [], attempts: [attempt(1, {})], where: line(1), problems: [] },
  } as unknown as Task;
  const away = {
    ...{ title: null, description: null, status: null, queue: null, tags: [], comments: null, where: null },
    problems: ['TinyTask does not answer'],
  };
  test.each<[string, Partial<Task>, Partial<Task>, string[]]>([
    ['all answer', { title: 'Other' }, { title: 'Other' }, []],
    [
      'TinyTask is away',
      away,
      { ...whole, problems: away.problems },
      ['What TinyTask has of it', 'Where it is'],
    ],
    [
      'Temporal is away',
      { attempts: null, problems: ['x'] },
      { ...whole, problems: ['x'] },
      ['Its attempts'],
    ],
    ['it is over, and nowhere', { status: 'complete', where: null }, { where: null }, []],
    ['its description was taken out', { description: null }, { description: null }, []],
  ])('%s', (_, change, shown, old) => {
    const before = withLastKnown(whole, 1_000, undefined);
    const now = withLastKnown({ ...whole, ...change }, 2_000, before);
    expect(now.task).toMatchObject(shown);
    expect(now.old).toEqual(old.map((what) => ({ what, atMs: 1_000 })));
    // It is still as old after another such answer.
    expect(withLastKnown({ ...whole, ...change }, 3_000, now).old).toEqual(now.old);
    expect(withLastKnown(whole, 4_000, now)).toEqual({ task: whole, atMs: 4_000, old: [] });
  });
});

describe('a draft of a task', () => {
  const storeWith = (text: string | null) => {
    const kept = { text };
    return {
      getItem: () => kept.text,
      setItem: (_: string, value: string) => {
        kept.text = value;
      },
      removeItem: () => undefined,
    };
  };
  test('is kept with the key under which it was tried', () => {
    const store = storeWith(null);
    const kept: KeptDraft = { draft: { ...EMPTY, title: 'x' }, key: { of: '{}', is: 'page-1' } };
    keepDraft(store, kept);
    expect(keptDraft(store)).toEqual(kept);
  });
  test.each([null, 'no JSON', '7', '{"draft":{"title":7}}'])('%o is an empty one', (text) => {
    expect(keptDraft(storeWith(text))).toEqual({ draft: EMPTY, key: { of: '', is: '' } });
  });
});
