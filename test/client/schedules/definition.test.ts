import { expect, test } from 'vitest';
import { definitionOf } from '../../../client/schedules/definition.ts';
import { sayDefinitionProblem, sayDefinitionWarning } from '../../../words/schedule-problem.ts';
import { surroundings } from '../../support/surroundings.ts';

const NIGHTLY = { name: 'nightly', cron: '0 3 * * *', title: 'Look at the log', queue: 'dev' };
const COMMAND = { name: 'clean', every: '15m', command: 'cleanup.sh' };

const read = (fields: Record<string, unknown>) => definitionOf(fields, surroundings());
const problemsOf = async (fields: Record<string, unknown>) => {
  const result = await read(fields);
  return 'problems' in result ? result.problems.map((each) => sayDefinitionProblem(each, String)) : [];
};

test('what is not said is as usual', async () => {
  expect(await read(NIGHTLY)).toEqual({
    definition: {
      name: 'nightly',
      timing: { kind: 'cron', cron: '0 3 * * *' },
      timeZone: 'Europe/Berlin',
      work: { kind: 'task', title: 'Look at the log', queue: 'dev' },
      ...{ priority: 0, overlap: 'skip', catchUpMs: 3_600_000, jitterMs: 0 },
    },
    warnings: [],
  });
});

test.each<[string, Record<string, unknown>, object]>([
  ['a word for the priority', { priority: 'High' }, { priority: 10 }],
  ['a number for it', { priority: '-7' }, { priority: -7 }],
  ['numbers and truth values of JSON', { max_per_job: 2, priority: 3 }, { maxPerJob: 2, priority: 3 }],
  ['durations', { catchup: '1h30m', jitter: '90 s' }, { catchUpMs: 5_400_000, jitterMs: 90_000 }],
  ['an interval', { cron: undefined, every: '15m' }, { timing: { kind: 'every', everyMs: 900_000 } }],
  [
    'as other schedulers write it',
    { cron: undefined, schedule_type: 'interval', interval_minutes: 5 },
    { timing: { kind: 'every', everyMs: 300_000 } },
  ],
  [
    'an expression under its other name',
    { cron: undefined, schedule_type: 'cron', cron_expression: '0 3 * * *' },
    { timing: { kind: 'cron', cron: '0 3 * * *' } },
  ],
  [
    'local times of the zone',
    { timezone: 'America/New_York', start: '2026-12-01 10:00', end: '2027-01-01T00:00:00Z' },
    { startMs: Date.parse('2026-12-01T15:00:00Z'), endMs: Date.parse('2027-01-01T00:00:00Z') },
  ],
  [
    'an offset',
    { cron: undefined, every: '1d', offset: '3h' },
    { timing: { kind: 'every', everyMs: 86_400_000, offsetMs: 10_800_000 } },
  ],
  ['nothing where there is no text', { job_key: ' ', overlap: '' }, { overlap: 'skip' }],
])('%s', async (_, fields, expected) => {
  expect(await read({ ...NIGHTLY, ...fields })).toMatchObject({ definition: expected });
});

test('a program has arguments, and needs no title', async () => {
  const more = { description: 'for people', enabled: false, pause_note: 'not yet' };
  expect(await read({ ...COMMAND, args: ['-x', ''], ...more })).toMatchObject({
    definition: {
      work: { kind: 'command', command: 'cleanup.sh', args: ['-x', ''], description: 'for people' },
    },
    paused: true,
    pauseNote: 'not yet',
  });
});

test.each<[string, Record<string, unknown>, string[]]>([
  [
    'everything at once',
    {},
    [
      'it has no name: give it one (name)',
      'nothing says when it is due: give cron, every, at or calendar',
      'nothing says what is to be done: give title for a task, or command for a program',
    ],
  ],
  [
    'a name with a slash',
    { ...NIGHTLY, name: 'a/b' },
    [expect.stringMatching(/^name: "a\/b" is not a name: use/)],
  ],
  ['a long name', { ...NIGHTLY, name: 'n'.repeat(65) }, [expect.stringContaining('has 65 characters')]],
  ['a name of JavaScript', { ...NIGHTLY, name: 'constructor' }, [expect.stringContaining('is reserved')]],
  ['two timings', { ...NIGHTLY, every: '15m' }, ['cron and every both say when it is due: keep one of them']],
  [
    'a command with what is for tasks',
    { ...COMMAND, queue: 'dev', tags: ['a'] },
    ['queue and tags: a program has no such thing, only a task has: keep either this or command'],
  ],
  [
    'arguments of nothing',
    { ...NIGHTLY, args: ['a'] },
    ['args: only a program has arguments: give command, too'],
  ],
  ['an unknown key', { ...NIGHTLY, prio: 'high' }, ['"prio" is no field of a schedule']],
  [
    'a near one',
    { ...NIGHTLY, 'Max-Per-Job': 1 },
    ['"Max-Per-Job" is no field of a schedule; perhaps "max_per_job" is meant'],
  ],
  ['an object', { ...NIGHTLY, title: { a: 1 } }, ['title is no text']],
  ['a list with a list in it', { ...NIGHTLY, tags: ['a', ['b']] }, ['tags is no list of texts']],
  [
    'another overlap',
    { ...NIGHTLY, overlap: 'buffr' },
    ['overlap is "buffr": it is one of skip, buffer, cancel, allow; perhaps "buffer" is meant'],
  ],
  [
    'another priority',
    { ...NIGHTLY, priority: 'hihg' },
    ['priority is "hihg": it is one of critical, high, medium, low, a number; perhaps "high" is meant'],
  ],
  [
    'a priority with a point',
    { ...NIGHTLY, priority: '1.5' },
    ['priority is "1.5": it is a whole number from -1000000 to 1000000'],
  ],
  [
    'no duration',
    { ...NIGHTLY, catchup: '10' },
    ['catchup is "10": it is a time from 10s to 31d, such as 90s, 10m, 1h30m or 2d'],
  ],
  ['a long jitter', { ...NIGHTLY, jitter: '2d' }, [expect.stringContaining('a time from 0s to 1d')]],
  [
    'no number',
    { ...NIGHTLY, max_per_job: '0' },
    ['max_per_job is "0": it is a whole number from 1 to 1000000'],
  ],
  [
    'neither yes nor no',
    { ...NIGHTLY, enabled: 'maybe' },
    [expect.stringContaining('one of true, yes, on, 1, false')],
  ],
  [
    'a long title',
    { ...NIGHTLY, title: 't'.repeat(501) },
    ['title has 501 characters: at most 500 are allowed'],
  ],
  [
    'a long description',
    { ...NIGHTLY, description: 'd'.repeat(20_001) },
    [expect.stringContaining('at most 20000')],
  ],
  ['many tags', { ...NIGHTLY, tags: Array(21).fill('t') }, ['tags has 21 entries: at most 20 are allowed']],
  [
    'a title of two lines',
    { ...NIGHTLY, title: 'a\nb' },
    ['title has a control character or a line break in it: remove it'],
  ],
  [
    'an escape sequence',
    { ...NIGHTLY, description: 'a\u001b[2J' },
    [expect.stringContaining('control character')],
  ],
  [
    'a tag of ours',
    { ...NIGHTLY, tags: ['recipe:x'] },
    [expect.stringContaining('name the recipe in recipe')],
  ],
  ['another one', { ...NIGHTLY, tags: ['Occurrence:x'] }, [expect.stringContaining('choose another one')]],
  ['six fields', { ...NIGHTLY, cron: '0 0 3 * * *' }, [expect.stringMatching(/^cron: .*year/)]],
  [
    'an unknown zone',
    { ...NIGHTLY, timezone: 'europe/berln' },
    [expect.stringMatching(/^timezone: .*"europe\/berln".*"Europe\/Berlin"/)],
  ],
  [
    'an unknown zone and a cron that cannot be read',
    { ...NIGHTLY, timezone: 'Nowhere', cron: '61 3 * * *' },
    [expect.stringMatching(/^timezone: /), expect.stringMatching(/^cron: /)],
  ],
  [
    'a time in the past',
    { ...NIGHTLY, cron: undefined, at: '2026-11-26 12:59' },
    [expect.stringMatching(/^at: /)],
  ],
  ['an end in the past', { ...NIGHTLY, end: '2026-11-01 10:00' }, [expect.stringMatching(/^end: /)]],
  [
    'an end before the start',
    { ...NIGHTLY, start: '2026-12-02 10:00', end: '2026-12-01 10:00' },
    [expect.stringMatching(/^end: .*not after its start/)],
  ],
  ['no time', { ...NIGHTLY, start: 'tomorrow' }, [expect.stringMatching(/^start: .*"tomorrow"/)]],
  [
    'an interval below that of the loop',
    { ...COMMAND, every: '59s' },
    [expect.stringMatching(/^every: .*1 min/)],
  ],
  ['an interval without a unit', { ...COMMAND, every: '15' }, [expect.stringMatching(/^every: .*"15"/)]],
  ['an offset beyond it', { ...COMMAND, offset: '15m' }, [expect.stringMatching(/^offset: /)]],
  [
    'an offset of something else',
    { ...NIGHTLY, offset: '15m' },
    ['offset: only what is due every so long is moved by it'],
  ],
  ['nothing remaining', { ...NIGHTLY, remaining: '0' }, [expect.stringMatching(/^remaining is "0"/)]],
  [
    'a type that does not fit',
    { ...NIGHTLY, schedule_type: 'interval' },
    ['schedule_type is "interval", and there is cron: keep one of them'],
  ],
])('%s is a problem', async (_, fields, expected) => {
  expect(await problemsOf(fields)).toEqual(expected);
});

test.each<[string, Record<string, unknown>, string[]]>([
  ['nobody', { queue: undefined }, [expect.stringContaining('neither a queue nor an agent')]],
  ['an unknown queue', { queue: 'dve' }, [expect.stringContaining('did you mean "dev"?')]],
  ['an unknown agent', { agent: 'nemo' }, [expect.stringContaining('there are: vaela, commands')]],
])('%s is a warning, since it may come later', async (_, fields, expected) => {
  const { warnings } = await read({ ...NIGHTLY, ...fields });
  expect(warnings.map((each) => sayDefinitionWarning(each, String))).toEqual(expected);
  expect(await read({ ...NIGHTLY, ...fields })).toHaveProperty('definition');
});

test('what is left of it, and whether its time is over, is no problem where it was good once', async () => {
  const over = { ...NIGHTLY, cron: undefined, at: '2026-01-01 10:00', remaining: '0' };
  expect(await definitionOf(over, surroundings(), { mayBeOver: true })).toMatchObject({
    definition: { timing: { kind: 'at', at: '2026-01-01 10:00' }, remaining: 0 },
    over: { code: 'bad-timing', field: 'at', timing: { code: 'at-past' } },
  });
  const wrong = await definitionOf({ ...over, at: '2026-02-30 10:00' }, surroundings(), { mayBeOver: true });
  expect(wrong).toMatchObject({ problems: [{ code: 'bad-timing', timing: { code: 'no-such-date' } }] });
});

test('what a clock change or a calendar does to it is told', async () => {
  const { warnings } = await read({ ...NIGHTLY, cron: '0 3 31 * mon' });
  expect(warnings.map((each) => sayDefinitionWarning(each, String))).toContainEqual(
    expect.stringContaining('due on either'),
  );
});
