import { describe, expect, test } from 'vitest';
import type { Agent, AgentState, DoneMany } from '../../../page/api/shapes.ts';
import { agentWord } from '../../../page/parts/agent-state.ts';
import { parkedCauses } from '../../../page/parts/causes.ts';
import { retryMany, sayRetried, toldApart } from '../../../page/parts/retry/retry.ts';
import { agentRows, slotsOf } from '../../../page/views/now/agent-rows.ts';
import { filterIn, isShown, namesIn, withName } from '../../../page/views/now/filter.ts';
import { lastLines } from '../../../page/views/now/last-lines.ts';
import { towardsLimit } from '../../../page/views/now/limit.ts';
import { type Line, placeOf } from '../../../page/views/now/line.ts';
import { type LineRow, lineRows } from '../../../page/views/now/line-rows.ts';
import { countWaiting, sortOut } from '../../../page/views/now/sort-out.ts';
import { sayWhyState } from '../../../page/views/now/why-state.ts';
import { HOSTILE } from '../../support/hostile-texts.ts';
import { processorMs } from '../../support/processor-time.ts';

function lineOf(id: number, change: Partial<Line> = {}): Line {
  return {
    ...{ task_id: id, title: `task ${id}`, queue: 'dev', pool: 'dev', agent: null, priority: 0, added: null },
    ...{ phase: 'waiting', reason: 'pool-full', still: null, attempt: null, run_since: null, since: null },
    ...{ blocked_by: [], cause: null, says: 'all slots are taken' },
    ...change,
  };
}

const blockedBy = (id: number, ...by: number[]) =>
  lineOf(id, { phase: 'blocked', reason: 'blocked', blocked_by: by });

describe('where a task belongs', () => {
  test.each<[Line['phase'], string | null, ReturnType<typeof placeOf>]>([
    ['running', null, 'slot'],
    ['interrupted', null, 'slot'],
    ['waiting-for-host', null, 'slot'],
    ['waiting-for-slot', null, 'ready'],
    ['waiting-for-slot', 'slot-due', 'ready'],
    ['waiting-for-slot', 'agent-paused', 'cannot'],
    ['waiting', 'starting', 'ready'],
    ['waiting', 'agent-full', 'ready'],
    ['waiting', 'starts-limited', 'ready'],
    ['waiting', 'unknown-agent', 'cannot'],
    // Nobody has said yet why it waits.
    ['waiting', null, 'cannot'],
    ['blocked', 'blocked', 'blocked'],
    ['parked', null, 'parked'],
    ['backing-off', null, 'backing-off'],
    ['working-elsewhere', 'working-elsewhere', 'elsewhere'],
    ['complete', null, 'over'],
  ])('%s, %s: %s', (phase, reason, place) => {
    expect(placeOf(lineOf(1, { phase, reason }))).toBe(place);
  });

  test('each is sorted once, parts in the order of ids, whatever the order in which they were told', () => {
    const sorted = sortOut([
      lineOf(9, { phase: 'parked' }),
      lineOf(3, { phase: 'parked' }),
      lineOf(4, { phase: 'running', agent: 'ada' }),
      lineOf(5, { phase: 'interrupted', agent: 'ada' }),
      lineOf(6),
      blockedBy(7, 6),
      blockedBy(8, 6, 4),
      lineOf(2, { pool: null, reason: 'unassigned' }),
    ]);
    expect(sorted.parked.map(({ task_id: id }) => id)).toEqual([3, 9]);
    expect(sorted.bySlot.get('ada')?.map(({ task_id: id }) => id)).toEqual([4, 5]);
    expect(sorted.interrupted.map(({ task_id: id }) => id)).toEqual([5]);
    expect(countWaiting(sorted.byPool, ['dev', null, 'none'])).toEqual({ ready: 1, blocked: 2, cannot: 1 });
    expect(countWaiting(sorted.byPool, ['dev'])).toEqual({ ready: 1, blocked: 2, cannot: 0 });
    expect(sorted.blocks.get(6)).toEqual([7, 8]);
    expect(sorted.blocks.get(4)).toEqual([8]);
    expect(sorted.byPool.get(null)?.cannot).toHaveLength(1);
  });
});

describe('the line of a pool', () => {
  function rowsOf(lines: Line[], order: number[] | null): string[] {
    const waiting = sortOut(lines).byPool.get('dev') ?? { ready: [], blocked: [], cannot: [] };
    const all = new Map(lines.map((line) => [line.task_id, line]));
    return lineRows({ waiting, order, lineOf: (id) => all.get(id) }).map(sayRow);
  }
  function sayRow(row: LineRow): string {
    if (row.is === 'head') return `# ${row.title} (${row.count})`;
    if (row.is === 'more') return `+${row.count}`;
    if (row.is === 'blocker') return `${row.id}${row.line === undefined ? ' unknown' : ''}:`;
    return `${'  '.repeat(row.depth)}${row.place === null ? '' : `${row.place}. `}${row.line.task_id}`;
  }

  test('what is ready goes as the API says, whatever the ids; what it has not told is counted', () => {
    const lines = [lineOf(1), lineOf(2), lineOf(3), lineOf(4)];
    expect(rowsOf(lines, [3, 99, 1])).toEqual(['# Ready, and no slot is free (4)', '1. 3', '2. 1', '+2']);
    expect(rowsOf(lines, null)).toEqual(['# Ready, and no slot is free (4)', '+4']);
    expect(rowsOf(lines, [4, 3, 2, 1, 1])).toHaveLength(5);
  });

  test('what cannot start stands apart, by cause, the largest first', () => {
    const lines = [
      lineOf(1, { reason: 'unassigned', says: 'no agent' }),
      lineOf(3, { reason: 'agent-paused', says: 'ada is paused' }),
      lineOf(2, { reason: 'agent-paused', says: 'ada is paused' }),
    ];
    expect(rowsOf(lines, [])).toEqual([
      ...['# Cannot start: ada is paused (2)', '2', '3'],
      ...['# Cannot start: no agent (1)', '1'],
    ]);
  });

  test('what waits for tasks stands below these, once each, however deep', () => {
    const lines = [lineOf(1), blockedBy(2, 1), blockedBy(3, 2), blockedBy(4, 1, 2), blockedBy(5, 77)];
    expect(rowsOf(lines, [1]).slice(2)).toEqual([
      '# Wait for other tasks (4)',
      ...['1:', '  2', '    3', '  4', '77 unknown:', '  5'],
    ]);
  });

  test('tasks that wait for each other, or for nobody knows what, are shown too', () => {
    const lines = [blockedBy(1, 2), blockedBy(2, 1), blockedBy(3)];
    expect(rowsOf(lines, [])).toEqual(['# Wait for other tasks (3)', '1', '  2', '3']);
  });

  test('9,999 below one, and a chain of 5,000, take a moment', () => {
    const wide = Array.from({ length: 9_999 }, (_, at) => blockedBy(at + 2, 1));
    const deep = Array.from({ length: 5_000 }, (_, at) => blockedBy(at + 2, at + 1));
    let sizes: number[] = [];
    const tookMs = processorMs(() => {
      sizes = [wide, deep].map(
        (blocked) =>
          lineRows({ waiting: { ready: [], cannot: [], blocked }, order: [], lineOf: () => undefined })
            .length,
      );
    });
    expect(tookMs).toBeLessThan(1_000);
    expect(sizes).toEqual([10_001, 5_002]);
  });
});

const agentOf = (change: Partial<AgentState & { held_pool: boolean }> = {}) => ({
  ...{ name: 'ada', queue: 'dev', held: 1, limit: 2, waiting: 0, paused: false, stopped: false },
  ...{ health: 'well' as const },
  ...change,
});

function spentUntil(ms: number): NonNullable<AgentState['budget']> {
  const until = new Date(Date.now() + ms).toISOString();
  return { tokens_per_day: 9, today: { used_up: true, until } } as unknown as NonNullable<
    AgentState['budget']
  >;
}

describe('agents', () => {
  test.each<[Parameters<typeof agentOf>[0], string, string]>([
    [{}, 'busy', 'works'],
    [{ held: 2 }, 'busy', 'all slots taken'],
    [{ held: 0 }, 'free', 'ready'],
    [{ held: 0, limit: 0 }, 'off', 'no slots'],
    [{ health: 'cooling-down' }, 'unwell', 'cools down'],
    [{ health: 'misconfigured' }, 'unwell', 'cannot run'],
    [{ health: 'misconfigured', probing: true }, 'unwell', 'is tried again'],
    [{ health: 'cooling-down', probing: true }, 'unwell', 'is tried again'],
    [{ health: 'cooling-down', held_pool: true }, 'unwell', 'its pool is held'],
    [{ health: 'cooling-down', paused: true }, 'off', 'paused'],
    [{ paused: true, stopped: true }, 'off', 'stopped'],
    [{ paused: true, leaving: true }, 'off', 'paused'],
    [{ leaving: true, health: 'misconfigured' }, 'leaving', 'leaving'],
    [{ budget: spentUntil(60_000) }, 'unwell', 'budget used up'],
    [{ budget: spentUntil(60_000), paused: true }, 'off', 'paused'],
    // A day that is over, of which nothing newer was told.
    [{ budget: spentUntil(-60_000) }, 'busy', 'works'],
  ])('%o is %s: %s', (change, is, word) => {
    expect(agentWord(agentOf(change))).toMatchObject({ is, word });
  });

  test('why it is so comes from the list of agents, as long as that tells of the same state', () => {
    const detail = { health: 'cooling-down', paused: false, stopped: false, says: 'no quota' } as Agent;
    expect(sayWhyState(agentOf({ health: 'cooling-down' }), detail)).toBe('no quota');
    expect(sayWhyState(agentOf({ health: 'misconfigured', reason: 'no recipe' }), detail)).toBe('no recipe');
    expect(sayWhyState(agentOf({ paused: true }), detail)).toBeUndefined();
    expect(sayWhyState(agentOf(), detail)).toBeUndefined();
  });

  test.each([
    [{ held: 0, limit: 3 }, 0, { unknown: 0, free: 3 }],
    [{ held: 2, limit: 3 }, 2, { unknown: 0, free: 1 }],
    [{ held: 2, limit: 3 }, 1, { unknown: 1, free: 1 }],
    // Its limit was lowered, or what is known of its slots is older than what is known of tasks.
    [{ held: 2, limit: 1 }, 2, { unknown: 0, free: 0 }],
    [{ held: 0, limit: 1 }, 2, { unknown: 0, free: 0 }],
  ])('slots of %o with %i tasks', (change, tasks, slots) => {
    const all = Array.from({ length: tasks }, (_, at) => lineOf(at));
    expect(slotsOf(agentOf(change), all)).toMatchObject(slots);
  });

  test('stand below their pools in the order of the configuration; what is counted is what is asked for', () => {
    const agents = [
      agentOf({ name: 'a', queue: 'x' }),
      agentOf({ name: 'b', queue: 'y', paused: true }),
      agentOf({ name: 'Cy', queue: 'x', held: 0 }),
    ];
    const told = (query: Record<string, string>) => {
      const filter = filterIn(new Map(Object.entries(query)));
      const { rows, counts, shown, total, held, limit } = agentRows({ agents, bySlot: new Map(), filter });
      const { off, busy, free } = counts;
      expect(rows.filter(({ is }) => is === 'agent')).toHaveLength(shown);
      told.counted = [`${shown} of ${total}, ${held} of ${limit} slots`, { off, busy, free }];
      return rows.map(({ key }) => key);
    };
    told.counted = [] as unknown[];
    expect(told({})).toEqual(['pool x', 'agent a', 'agent Cy', 'pool y', 'agent b']);
    expect(told.counted).toEqual(['3 of 3, 2 of 6 slots', { off: 1, busy: 1, free: 1 }]);
    expect(told({ pool: 'y' })).toEqual(['pool y', 'agent b']);
    expect(told.counted).toEqual(['1 of 3, 1 of 2 slots', { off: 1, busy: 0, free: 0 }]);
    expect(told({ agent: 'cY' })).toEqual(['pool x', 'agent Cy']);
    expect(told({ state: 'off' })).toEqual(['pool y', 'agent b']);
    // How many there are in other states is seen beside it.
    expect(told.counted).toEqual(['1 of 3, 1 of 2 slots', { off: 1, busy: 1, free: 1 }]);
    expect(told({ state: 'no such state' })).toHaveLength(5);
    expect(told({ pool: 'nobody’s' })).toEqual([]);
  });
});

describe('the address', () => {
  test('names of any kind go in and out', () => {
    const names = ['dev', 'a b', '*', '%', 'ü+/&=', '-'];
    const text = names.reduce<string | undefined>((all, name) => withName(all, name, true), undefined);
    expect(namesIn(text)).toEqual(names);
    expect(namesIn(withName(text, 'a b', false))).toEqual(names.filter((name) => name !== 'a b'));
    expect(withName('dev', 'dev', false)).toBeUndefined();
  });

  test('what cannot be read is taken as it is', () => {
    expect(namesIn('%zz dev')).toEqual(['%zz', 'dev']);
    expect(isShown(filterIn(new Map([['agent', '']])), { pool: null, agent: null })).toBe(true);
    expect(isShown(filterIn(new Map([['agent', 'a']])), { pool: null, agent: null })).toBe(false);
  });
});

test('parked tasks of one cause are one group; where none is known, their sentence is it', () => {
  const lines = [
    lineOf(1, { cause: 'b' }),
    lineOf(2, { cause: 'c' }),
    lineOf(3, { cause: 'a' }),
    lineOf(4, { cause: 'c' }),
    lineOf(5, { says: 'is parked' }),
  ];
  expect(parkedCauses(lines).map(({ says, lines: all }) => [says, all.length])).toEqual([
    ...[
      ['c', 2],
      ['a', 1],
      ['b', 1],
    ],
    ['is parked', 1],
  ]);
});

test('how much or how often makes no other cause, and figures that differ are not said', () => {
  const used = (tokens: number) =>
    `attempt 3 of 3 failed: goose has used ${tokens} tokens, more than the 500 that it may use`;
  const lines = [7, 2, 9].map((id) => lineOf(id, { cause: used(id * 1_000) }));
  const [cause, ...others] = parkedCauses([...lines, lineOf(1, { cause: 'no recipe for agent-1' })]);
  expect(cause).toMatchObject({
    says: 'attempt 3 of 3 failed: goose has used … tokens, more than the 500 that it may use',
    lines: [{ task_id: 2 }, { task_id: 7 }, { task_id: 9 }],
  });
  expect(others.map(({ says }) => says)).toEqual(['no recipe for agent-1']);
  // It stays the same row when one more comes.
  expect(parkedCauses(lines.slice(0, 1))[0]?.key).toBe(cause?.key);
});

test('10,000 parked tasks, each with figures of its own, take a moment', () => {
  const lines = Array.from({ length: 10_000 }, (_, at) =>
    lineOf(at + 1, { cause: `goose has used ${at} tokens, more than the 500 that it may use` }),
  );
  expect(processorMs(() => expect(parkedCauses(lines)).toHaveLength(1))).toBeLessThan(1_000);
});

describe('time towards the limit', () => {
  const NOW = Date.parse('2026-11-26T12:00:00Z');
  test.each([
    ['2026-11-26T13:30:00Z', { kind: 'fine', says: '30 min of 2 h', share: 0.25 }],
    ['2026-11-26T12:24:00Z', { kind: 'near', says: '1 h 36 min of 2 h: near its limit', share: 0.8 }],
    ['2026-11-26T11:59:00Z', { kind: 'over', says: '2 h 1 min of 2 h: over its limit', share: 1 }],
    // The host's clock is ahead.
    ['2026-11-26T14:30:00Z', { kind: 'fine', says: '0 s of 2 h', share: 0 }],
    [null, undefined],
    ['no time', undefined],
  ])('%s', (deadline, told) => {
    const towards = towardsLimit({ limit_ms: 7_200_000, deadline }, NOW);
    if (told === undefined) expect(towards).toBeUndefined();
    else expect(towards).toMatchObject(told);
  });
});

test.each([
  [110, '40 s of 1 min 50 s'],
  [120, '40 s of 2 min'],
  [50, '40 s of 50 s: near its limit'],
  [3_630, '40 s of 1 h'],
])('a limit of %d s: %s', (seconds, says) => {
  const now = Date.parse('2026-11-26T12:00:00Z');
  const deadline = new Date(now + (seconds - 40) * 1_000).toISOString();
  expect(towardsLimit({ limit_ms: seconds * 1_000, deadline }, now)?.says).toBe(says);
});

describe('the end of a log', () => {
  test('nothing in it is obeyed', () => {
    const all = Object.values(HOSTILE).join('\n');
    const told = lastLines(all, 1_000, false).join('\n');
    expect(told.replaceAll(/[\n\t]/g, '')).not.toMatch(/[\p{Cc}\u202a-\u202e\u2066-\u2069]/u);
    expect(lastLines('\u001b[31mred\u001b[0m \u001b]0;title\u0007on', 5, false)).toEqual(['red on']);
    // What a terminal would wait for the end of hides nothing.
    expect(lastLines('a\n\u001b]0;no end\nb\nc', 5, false)).toEqual(['a', '\u241b]0;no end', 'b', 'c']);
  });

  test('whole lines are told, the last ones; of one endless line its end', () => {
    expect(lastLines('half\ntwo\n\nthree\nfour\n', 2, true)).toEqual(['three', 'four']);
    expect(lastLines('half\ntwo', 5, true)).toEqual(['two']);
    expect(lastLines('half a line', 5, true)).toEqual(['half a line']);
    expect(lastLines('', 5, false)).toEqual([]);
    expect(lastLines('a\r\nb\rc', 5, false)).toEqual(['a', 'b', 'c']);
  });
});

describe('a retry of many', () => {
  const done = (id: number, change: Partial<DoneMany['tasks'][number]> = {}): DoneMany['tasks'][number] => ({
    ...{ task_id: id, did: 'un-parked', says: null, problem: null, before: null, after: null },
    ...change,
  });
  const answer = (tasks: DoneMany['tasks'], left = 0): DoneMany => {
    return { dry_run: false, tasks, failed: 0, left };
  };
  const ids = Array.from({ length: 2_500 }, (_, at) => at + 1);

  test('goes in requests of a thousand, and asks again for what was not reached', async () => {
    const sizes: number[] = [];
    const told = await retryMany(ids, async (some) => {
      sizes.push(some.length);
      return answer(some.slice(0, 600).map((id) => done(id)));
    });
    expect(told).toMatchObject({ left: [] });
    expect(told.tasks.map(({ task_id: id }) => id)).toEqual(ids);
    expect(sizes).toEqual([1_000, 1_000, 1_000, 700, 100]);
  });

  test('that fails in the middle tells what was done, and what not', async () => {
    let asked = 0;
    const told = await retryMany(ids, async (some) => {
      asked += 1;
      if (asked === 2) throw new Error('gone');
      return answer(some.map((id) => done(id)));
    });
    expect([told.tasks.length, told.left.length, told.left[0]]).toEqual([1_000, 1_500, 1_001]);
    expect(sayRetried(told)).toBe('1000 tasks retried; 1500 were not reached.');
    await expect(retryMany([1], () => Promise.reject(new Error('gone')))).rejects.toThrow('gone');
  });

  test('that reaches nobody ends', async () => {
    expect(await retryMany([1, 2], async () => answer([], 2))).toEqual({ tasks: [], left: [1, 2] });
  });

  test('is told apart', () => {
    const problem = { code: 'no-such-task', detail: 'There is no task 3.', facts: {} };
    const tasks = [done(1), done(2, { did: 'nothing' }), done(3, { did: null, problem })];
    expect(toldApart(tasks)).toMatchObject({
      well: [1],
      needless: [{ task_id: 2 }],
      failed: [{ task_id: 3 }],
    });
    expect(sayRetried({ tasks, left: [] })).toBe(
      '1 task retried; 1 needed nothing; 1 failed, which are listed.',
    );
  });
});
