import { describe, expect, test } from 'vitest';
import type { Schedule } from '../../../page/api/shapes.ts';
import * as words from '../../../page/views/schedules/deed-words.ts';
import { definitionRows } from '../../../page/views/schedules/definition-words.ts';

const schedule = (change: object = {}) =>
  ({
    ...{
      name: 'nightly',
      state: 'active',
      when: 'every day at 03:00, Europe/Berlin',
      timezone: 'Europe/Berlin',
    },
    ...{ open: 0, count: 3, definition: {}, job_key: 'nightly', cron_expression: '0 3 * * *' },
    next_run_at: '2026-11-27T02:00:00Z',
    ...change,
  }) as unknown as Schedule;
const about = (change: object = {}, told: object = {}) =>
  ({ dry_run: true, before: schedule(change), after: schedule(change), ...told }) as never;

describe('what a deed would do', () => {
  test.each([
    [words.sayWouldPause(about({ open: 2 }, { did: true })), '2 occurrences that are under way go on.'],
    [words.sayWouldPause(about({}, { did: false })), 'It is paused already'],
    [
      words.sayWouldResume(about({}, { did: true, not_made_up: 0 }), 'UTC'),
      'Nothing was due while it was paused.',
    ],
    [
      words.sayWouldResume(about({}, { did: true, not_made_up: 1 }), 'UTC'),
      'It was due 1 time while it was paused',
    ],
    [
      words.sayWouldResume(about({}, { did: true, not_made_up: 0 }), 'UTC'),
      'Fri 2026-11-27 03:00 Europe/Berlin (here 02:00)',
    ],
    [words.sayWouldRun(schedule(), 'plain'), 'One occurrence begins now'],
    [
      words.sayWouldRun(schedule({ open: 1 }), 'plain'),
      'One is under way, and overlap is “skip”: so this one is left out',
    ],
    [
      words.sayWouldRun(schedule({ open: 1, definition: { overlap: 'cancel' } }), 'plain'),
      'its task archived',
    ],
    [
      words.sayWouldRun(schedule({ open: 1, definition: { overlap: 'buffer' } }), 'plain'),
      'waits until that is over',
    ],
    [
      words.sayWouldRun(schedule({ open: 1, definition: { overlap: 'allow' } }), 'plain'),
      'One occurrence begins now',
    ],
    [words.sayWouldRun(schedule({ open: 2 }), 'force'), '2 are under way: another one begins beside'],
    [words.sayWouldRun(schedule({ state: 'paused' }), 'even-if-paused'), 'It stays paused.'],
    [words.sayWouldSkip(about({}, { skipped: null }), 'UTC'), 'There is no next time'],
    [words.sayWouldSkip(about({}, { skipped: '2026-11-27T02:00:00Z' }), 'UTC'), '(here 02:00) is left out'],
    [
      words.sayWouldDelete(about({ open: 1 }, { open: 1 })),
      'Its history, of 3 occurrences, goes with it. The occurrence that is under way goes on.',
    ],
    [words.sayWouldBackfill(about({}, { due: 0 })), 'nothing would begin'],
    [
      words.sayWouldBackfill(about({}, { due: 12 })),
      'due 12 times then. What has begun already is not done again; the others begin now, one after the other',
    ],
    [words.sayWouldBackfill(about({ definition: { overlap: 'allow' } }, { due: 2 })), 'all at once'],
  ])('%s', (says, part) => expect(says).toContain(part));
});

describe('what became of it', () => {
  const ran = { occurrence: 'o', task_id: null, waits: null, left_out: null };
  test.each([
    [words.sayRan('n', { ...ran, task_id: 7 } as never), 'it has begun as task 7'],
    [
      words.sayRan('n', { ...ran, waits: { says: 'one is not over' } } as never),
      'it has begun, and waits: one is not over',
    ],
    [
      words.sayRan('n', { ...ran, left_out: { says: 'one is not over' } } as never),
      'nothing was started: one is not over',
    ],
    [words.sayRan('n', ran as never), 'o has begun; its task is not there yet'],
    [
      words.sayBackfilled('n', { started: ['a'], there: 2 } as never),
      '1 occurrence started, 2 were there already',
    ],
    [words.sayBackfilled('n', { started: [], there: 0 } as never), '0 occurrences started.'],
  ])('%s', (says, part) => expect(says).toContain(part));
});

describe('missed times', () => {
  const told = (...problems: (string | null)[]) =>
    ({
      times: problems.map((detail, at) => ({
        schedule: `s${at}`,
        problem: detail === null ? null : { detail },
      })),
      failed: problems.filter((each) => each !== null).length,
    }) as never;
  test.each([
    [words.sayWouldDecide(told(null), 'run'), '1 occurrence begins now'],
    [
      words.sayWouldDecide(told(null, null, 'gone'), 'run'),
      '2 occurrences of 2 schedules begin now, as overlap and limits let them. About 1 other somebody',
    ],
    [words.sayWouldDecide(told(null, null), 'skip'), '2 times of 2 schedules are left at that'],
    [words.sayWouldDecide(told('gone'), 'skip'), 'Somebody has decided about all of them'],
    [words.sayDecided(told(null, null), 'run'), '2 times started.'],
    [
      words.sayDecided(told(null, 'somebody was quicker'), 'skip'),
      '1 time left at that. 1 not: somebody was quicker',
    ],
  ])('%s', (says, part) => expect(says).toContain(part));
});

describe('a definition in words', () => {
  const rows = (definition: object, more: object = {}) =>
    Object.fromEntries(
      definitionRows(schedule({ definition, ...more })).map(({ what, says }) => [what, says]),
    );

  test('what is as it would be anyhow is said, too', () => {
    expect(rows({ title: 'T', queue: 'dev' })).toEqual({
      ...{
        When: 'every day at 03:00, Europe/Berlin',
        'As cron has it': '0 3 * * *',
        'Time zone': 'Europe/Berlin',
      },
      ...{ Work: 'a task for an agent', Title: 'T', Queue: 'dev', Priority: 'medium' },
      'Where one is not over': 'the next one is left out (skip)',
      'Missed ones': 'may begin up to 1h later',
    });
  });

  test.each([
    [{ title: 'T' }, 'For', 'nobody: it has neither a queue nor an agent'],
    [{ command: 'a.sh', args: ['x', 'y z'] }, 'Arguments', '"x" "y z"'],
    [{ command: 'a.sh' }, 'Work', 'a program of BIN_DIR'],
    [{ pause_on_failure: '1' }, 'Pauses itself', 'after 1 bad end'],
    [{ max_per_job: '2' }, 'Job key', 'nightly'],
    [{ max_global: '4' }, 'Begins while of all schedules', 'fewer than 4 are under way'],
    [{ jitter: '5m' }, 'Jitter', 'each begins up to 5m later, by chance'],
    [{ remaining: '5' }, 'Remaining', '5 more times'],
    [{ tags: ['a', 'b'] }, 'Tags', 'a, b'],
  ])('%j: %s is %s', (definition, what, says) => expect(rows(definition)).toMatchObject({ [what]: says }));
});
