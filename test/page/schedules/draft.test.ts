import { describe, expect, test, vi } from 'vitest';
import { definitionOf } from '../../../client/schedules/definition.ts';
import { withFields } from '../../../client/schedules/fields.ts';
import { FIELDS as API_FIELDS } from '../../../contract/schedule-problem.ts';
import {
  type Body,
  bodyOf,
  changedFields,
  changesOf,
  type Draft,
  draftOf,
  EMPTY,
  exampleDraft,
  FIELDS,
  onTopOf,
} from '../../../page/views/schedules/draft.ts';
import { forgetDraft, keepDraft, keptDraft } from '../../../page/views/schedules/kept-draft.ts';
import { newestOf } from '../../../page/views/schedules/newest.ts';
import { OnceKey } from '../../../page/views/schedules/once-key.ts';
import { wrongIn } from '../../../page/views/schedules/wrong.ts';
import { surroundings } from '../../support/surroundings.ts';

const TASK = {
  ...{ name: 'nightly', cron: '0 3 * * *', timezone: 'Europe/Berlin', title: 'Read the logs' },
  ...{ queue: 'dev', tags: ['a', 'b c'], overlap: 'buffer', remaining: '5' },
};
const PROGRAM = {
  name: 'tidy',
  every: '1h',
  offset: '5m',
  timezone: 'UTC',
  command: 'tidy.sh',
  args: ['x', 'y z'],
};

function change(draft: Draft, texts: Draft['texts'], more: Partial<Draft> = {}): Draft {
  return { ...draft, ...more, texts: { ...draft.texts, ...texts } };
}

/** What the API makes of a change, by its own rule. */
function carriedOut(definition: object, body: Body): object {
  const others = Object.fromEntries(
    Object.entries(body).map(([field, value]) => [
      field,
      value ?? (['tags', 'args'].includes(field) ? [] : ''),
    ]),
  );
  return withFields(definition, others);
}

test('the form has every field of a definition, but how it is paused', () => {
  const without = API_FIELDS.filter((field) => field !== 'enabled');
  expect([...FIELDS].sort()).toEqual([...without].sort());
});

test.each([TASK, PROGRAM])('what is there is sent as it is', (definition) => {
  expect(bodyOf(draftOf(definition))).toEqual(definition);
  expect(changesOf(draftOf(definition), draftOf(definition))).toEqual({});
});

test('the example can be used', async () => {
  const read = await definitionOf(bodyOf(exampleDraft('dev', 'Europe/Berlin')), surroundings());
  expect(read).toMatchObject({ warnings: [], definition: { name: 'nightly' } });
});

describe('a change, by the rule of the API', () => {
  test.each<[string, object, Draft['texts'], Partial<Draft>, object]>([
    ['a text', TASK, { title: 'Other' }, {}, { ...TASK, title: 'Other' }],
    ['a field is taken away', TASK, { remaining: ' ' }, {}, omit(TASK, 'remaining')],
    ['tags', TASK, { tags: 'a\n\n x ' }, {}, { ...TASK, tags: ['a', ' x '] }],
    ['all tags', TASK, { tags: '' }, {}, omit(TASK, 'tags')],
    [
      'another timing',
      TASK,
      { every: '15m', offset: '1m' },
      { timing: 'every' },
      { ...omit(TASK, 'cron'), every: '15m', offset: '1m' },
    ],
    [
      'from every to cron, the offset goes along',
      PROGRAM,
      { cron: '@daily' },
      { timing: 'cron' },
      { ...omit(PROGRAM, 'every', 'offset'), cron: '@daily' },
    ],
    [
      'from a task to a program, with the same title',
      TASK,
      { command: 'a.sh' },
      { work: 'command' },
      { ...omit(TASK, 'queue', 'tags'), command: 'a.sh' },
    ],
    [
      'from a program to a task',
      PROGRAM,
      { title: 'T', queue: 'dev' },
      { work: 'task' },
      { ...omit(PROGRAM, 'command', 'args'), title: 'T', queue: 'dev' },
    ],
    [
      'another program keeps its arguments',
      PROGRAM,
      { command: 'b.sh' },
      {},
      { ...PROGRAM, command: 'b.sh' },
    ],
  ])('%s', (_, before, texts, more, after) => {
    const base = draftOf(before as never);
    const draft = change(base, texts, more);
    expect(carriedOut(before, changesOf(base, draft))).toEqual(after);
  });
});

function omit(all: object, ...names: string[]): object {
  return Object.fromEntries(Object.entries(all).filter(([name]) => !names.includes(name)));
}

test('what was typed for another kind is kept, and not sent', () => {
  const draft = change(draftOf(TASK), { every: '15m', command: 'a.sh', pause_note: 'why' });
  expect(bodyOf(draft)).toEqual(TASK);
  expect(changedFields(draftOf(TASK), draft)).toEqual([]);
  expect(bodyOf({ ...draft, timing: 'every', paused: true })).toMatchObject({
    every: '15m',
    enabled: false,
    pause_note: 'why',
  });
});

describe('two who change it at once', () => {
  const base = draftOf(TASK);
  test.each<[string, Draft['texts'], object, object]>([
    [
      'different fields: both',
      { title: 'Mine' },
      { ...TASK, queue: 'qa' },
      { ...TASK, title: 'Mine', queue: 'qa' },
    ],
    ['the same field: mine', { title: 'Mine' }, { ...TASK, title: 'Theirs' }, { ...TASK, title: 'Mine' }],
    ['what I took away stays away', { remaining: '' }, { ...TASK, remaining: '4' }, omit(TASK, 'remaining')],
    [
      'what they took away stays away',
      { title: 'Mine' },
      omit(TASK, 'tags'),
      { ...omit(TASK, 'tags'), title: 'Mine' },
    ],
    [
      'their timing, my title',
      { title: 'Mine' },
      { ...omit(TASK, 'cron'), every: '1h' },
      { ...omit(TASK, 'cron'), every: '1h', title: 'Mine' },
    ],
  ])('%s', (_, mine, theirs, both) => {
    expect(bodyOf(onTopOf(base, change(base, mine), draftOf(theirs as never)))).toEqual(both);
  });
});

describe('what is typed outlasts the page', () => {
  function store(): Pick<Storage, 'getItem' | 'setItem' | 'removeItem'> {
    const all = new Map<string, string>();
    return {
      getItem: (key) => all.get(key) ?? null,
      setItem: (key, text) => void all.set(key, text),
      removeItem: (key) => void all.delete(key),
    };
  }
  const kept = { draft: change(draftOf(TASK), { title: 'Other' }), base: draftOf(TASK), etag: '"x-1"' };

  test('by the name of the schedule; the new one has its own place', () => {
    const there = store();
    keepDraft(there, 'new', kept);
    expect([keptDraft(there, 'new'), keptDraft(there, null)]).toEqual([kept, undefined]);
    forgetDraft(there, 'new');
    expect(keptDraft(there, 'new')).toBeUndefined();
  });

  test.each([
    '{',
    'null',
    '7',
    '{"draft":{"timing":"cron","work":"task","texts":{"cron":7}}}',
    '{"draft":{"timing":"x"}}',
  ])('what is no draft is as none: %s', (text) =>
    expect(keptDraft({ ...store(), getItem: () => text }, null)).toBeUndefined(),
  );

  test('a store that takes nothing does no harm', () => {
    const full = {
      ...store(),
      setItem: () => {
        throw new Error('quota');
      },
    };
    expect(() => keepDraft(full, null, kept)).not.toThrow();
  });
});

describe('what is wrong stands at its field', () => {
  const problem = (wrong: unknown, code = 'bad-definition') => ({
    ...{ status: 400, code, detail: '', next_step: '', facts: { wrong } as never },
  });
  const told = (at: string, code = 'bad-timing', says = 'no') => ({
    at,
    code,
    says,
    allowed: null,
    nearest: null,
  });

  test.each<[object, Draft, string]>([
    [told('body.cron'), EMPTY, 'cron'],
    [told('body.timezone'), EMPTY, 'timezone'],
    [told('body', 'no-timing'), { ...EMPTY, timing: 'calendar' }, 'calendar'],
    [told('body', 'no-name'), EMPTY, 'name'],
    [told('body', 'nothing-to-do'), EMPTY, 'title'],
    [told('body', 'nothing-to-do'), { ...EMPTY, work: 'command' }, 'command'],
  ])('%j', (wrong, draft, field) => {
    expect([...(wrongIn(problem([wrong]), draft)?.byField.keys() ?? [])]).toEqual([field]);
  });

  test('with what is allowed and what may be meant', () => {
    const wrong = { ...told('body.overlap'), says: 'no', allowed: ['skip'], nearest: 'skip' };
    expect(wrongIn(problem([wrong, wrong]), EMPTY)?.byField.get('overlap')).toEqual(
      Array(2).fill({ says: 'no', allowed: ['skip'], nearest: 'skip' }),
    );
  });

  test('what has no field is told all the same; other problems are others', () => {
    expect(wrongIn(problem([told('body.qeue', 'unknown-field', 'what?')]), EMPTY)?.others).toEqual(['what?']);
    expect(wrongIn(problem([told('body.cron')], 'bad-request'), EMPTY)).toBeUndefined();
    expect(wrongIn(problem('nonsense'), EMPTY)).toBeUndefined();
  });
});

test('only the newest question is answered, however late an older one is', async () => {
  vi.useFakeTimers();
  const answers = new Map<string, (text: string) => void>();
  const heard: string[] = [];
  const newest = newestOf<string, string>({
    settleMs: 300,
    ask: (question) => new Promise((resolve) => answers.set(question, resolve)),
    tell: (answer) => void heard.push(answer),
  });
  newest.about('a');
  await vi.advanceTimersByTimeAsync(100);
  newest.about('b');
  await vi.advanceTimersByTimeAsync(300);
  newest.about('c');
  await vi.advanceTimersByTimeAsync(300);
  expect([...answers.keys()]).toEqual(['b', 'c']);
  answers.get('c')?.('of c');
  answers.get('b')?.('of b');
  await vi.advanceTimersByTimeAsync(0);
  expect(heard).toEqual(['of c']);
  newest.about('d');
  await vi.advanceTimersByTimeAsync(300);
  newest.stop();
  answers.get('d')?.('of d');
  await vi.advanceTimersByTimeAsync(0);
  expect(heard).toEqual(['of c']);
  vi.useRealTimers();
});

test('the same content has the same key, another one another', () => {
  const once = new OnceKey();
  const first = once.for({ a: 1 });
  expect(first).toMatch(/^[0-9a-f]{32}$/);
  expect(once.for({ a: 1 })).toBe(first);
  expect(once.for({ a: 2 })).not.toBe(first);
});
