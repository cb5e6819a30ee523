import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { schedulesOf } from '../../client/schedules-connected.ts';
import { scheduleWorkflowId } from '../../contract/ids.ts';
import { inBatches } from '../../contract/in-batches.ts';
import type { Occurrence } from '../../contract/occurrence.ts';
import type { ScheduleCarried } from '../../contract/schedule.ts';
import { SCHEDULE } from '../../contract/workflows.ts';
import { newSchedule } from '../../domain/schedule/edit.ts';
import type { Ended } from '../support/command.ts';
import { eventually } from '../support/eventually.ts';
import { inProcess } from '../support/in-process.ts';
import { definitionOf } from '../support/schedules.ts';
import { type System, startSystem } from '../support/system.ts';

// A user's walk through the commands for schedules, on real servers, with a real goose.
let system: System;
beforeAll(async () => {
  system = await startSystem();
  await system.agents([
    { agentName: 'ada', agentType: 'dev' },
    { agentName: 'bob', agentType: 'slow' },
  ]);
  await system.recipe('ada', 'MODEL: say done');
  await system.recipe('bob', 'MODEL: wait 600s\nMODEL: say done');
  await system.start('daemon');
});
afterAll(() => system.stop());

/** The command in this process. */
const schedule = (...args: string[]): Promise<Ended> => inProcess(['schedule', ...args], system.env);

async function json<Answer>(...args: string[]): Promise<Answer> {
  const { code, stdout, stderr } = await schedule(...args, '--json');
  expect([args, code, stderr]).toEqual([args, 0, '']);
  return JSON.parse(stdout) as Answer;
}

interface Shown {
  version: number;
  state: string;
  when: string;
  next: string[];
  left_out: string[];
  open: number;
  pause: { note: string; by: string } | null;
  definition: Record<string, string>;
  history: { trigger: string; end: string | null; task_id: number | null }[];
}
const show = (name: string) => json<Shown>('show', name);

const NIGHTLY = [
  '--cron',
  '0 3 * * *',
  '--timezone',
  'Europe/Berlin',
  '--queue',
  'dev',
  '--title',
  'Clean {{date}}',
];

describe('from the first schedule to its end', () => {
  test('what is wrong with a new one is told at once, and nothing is made', async () => {
    const dry = await schedule('create', 'nightly', ...NIGHTLY, '--dry-run');
    expect([dry.code, dry.stderr]).toEqual([0, '']);
    expect(dry.stdout).toMatch(
      /^Schedule nightly was not created \(dry run\): every day at 03:00, Europe\/Berlin\.\nIt is due next:\n/,
    );
    const bad = await schedule('create', 'night/ly', '--cron', '0 3 * * * *', '--timezone', 'Europe/Berln');
    expect([bad.code, bad.stdout]).toEqual([2, '']);
    expect(bad.stderr.split('\n').length).toBeGreaterThan(4);
    expect(bad.stderr).toMatch(/NAME: "night\/ly" is not a name/);
    expect(bad.stderr).toMatch(/--cron.*year/);
    expect(bad.stderr).toMatch(/Europe\/Berlin/);
    expect(await json('list')).toEqual({ schedules: [], cursor: null });
  });

  test('it is created once, and shown', async () => {
    const { code, stdout, stderr } = await schedule('create', 'nightly', ...NIGHTLY);
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout.split('\n').filter((line) => / 03:00 \+0[12]:00 Europe\/Berlin/.test(line))).toHaveLength(
      10,
    );
    const again = await schedule('create', 'nightly', ...NIGHTLY);
    expect([again.code, again.stdout]).toEqual([2, '']);
    expect(again.stderr).toMatch(
      /There is a schedule "nightly" already: `.*schedule edit nightly` changes it/,
    );
    const dry = await schedule('create', 'nightly', ...NIGHTLY, '--dry-run');
    expect([dry.code, dry.stdout]).toEqual([2, '']);
    await eventually('the server lists it', async () => (await schedule('list')).stdout.includes('nightly'));
    const { stdout: listed } = await schedule('list');
    expect(listed).toMatch(
      /^nightly +active +\w{3} \d{4}-\d\d-\d\d 03:00 .* every day at 03:00, Europe\/Berlin$/m,
    );
    const { stdout: shown } = await schedule('show', 'nightly');
    expect(shown).toMatch(/^Schedule nightly: active\n {2}every day at 03:00, Europe\/Berlin\n/);
    const next = await json<{ next: { at: string }[] }>('next', 'nightly', '--count', '2');
    expect(next.next.map(({ at }) => at)).toEqual((await show('nightly')).next.slice(0, 2));
  });

  test('an unknown queue is a warning, an unknown name an error with the nearest one', async () => {
    const { code, stderr } = await schedule(
      'create',
      'other',
      '--every',
      '1h',
      '--title',
      't',
      '--queue',
      'dve',
    );
    expect([code, stderr]).toEqual([0, expect.stringMatching(/no agent serves queue "dve".*dev/)]);
    for (const args of [
      ...[
        ['show', 'nigthly'],
        ['next', 'nigthly'],
        ['pause', 'nigthly'],
        ['resume', 'nigthly'],
        ['run-now', 'nigthly'],
      ],
      ...[
        ['skip-next', 'nigthly'],
        ['delete', 'nigthly'],
        ['history', 'nigthly'],
        ['edit', 'nigthly', '--title', 'x'],
      ],
      ...[
        ['backfill', 'nigthly', '--from', '2026-01-01', '--to', '2026-01-02'],
        ['missed', '--skip-all', 'nigthly'],
      ],
      ['missed', '--run', 'nigthly@2026-01-01T00:00:00Z'],
    ]) {
      const told = await schedule(...args);
      expect([args, told.code, told.stdout]).toEqual([args, 1, '']);
      expect(told.stderr).toContain('There is no schedule "nigthly". Did you mean "nightly"?');
    }
  });

  test('an edit changes what is named; of two at once the second is told', async () => {
    const { code, stdout } = await schedule('edit', 'nightly', '--cron', '30 3 * * *', '--priority', 'high');
    expect(code).toBe(0);
    expect(stdout).toMatch(/^Schedule nightly is edited, and has version 2\./);
    expect(stdout).toMatch(/^ {2}cron: 0 3 \* \* \* → 30 3 \* \* \*$/m);
    expect(stdout).toMatch(/^ {2}priority: \(none\) → high$/m);
    expect((await schedule('edit', 'nightly', '--priority', 'high')).stdout).toMatch(/is so already/);
    const late = await schedule('edit', 'nightly', '--title', 'x', '--version', '1');
    expect([late.code, late.stderr]).toEqual([
      1,
      expect.stringMatching(/was edited by .*; it has version 2 now/),
    ]);
    expect((await schedule('edit', 'nightly')).code).toBe(2);
    expect((await schedule('edit', 'nightly', '--unset', 'priority')).stdout).toMatch(
      /^ {2}priority: high → \(none\)$/m,
    );
    // Both were made from the same version.
    const client = schedulesOf(system.client);
    const line = await client.line('nightly', 1);
    const edits = ['a', 'b'].map((title) =>
      client.edit({ ...line.definition, work: { kind: 'task', title, queue: 'dev' } }, line.version),
    );
    const ended = await Promise.allSettled(edits);
    expect(ended.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(ended.find(({ status }) => status === 'rejected')).toMatchObject({
      reason: { code: 'schedule-changed' },
    });
    expect((await show('nightly')).version).toBe(4);
  });

  test('paused it runs only when told so, and goes on after that', async () => {
    const paused = await schedule('pause', 'nightly', '--note', 'on holiday');
    expect([paused.code, paused.stdout]).toEqual([0, expect.stringMatching(/^Schedule nightly is paused:/)]);
    expect((await schedule('pause', 'nightly')).stdout).toBe('Schedule nightly is paused already.\n');
    expect(await show('nightly')).toMatchObject({ state: 'paused', pause: { note: 'on holiday' } });
    const refused = await schedule('run-now', 'nightly');
    expect([refused.code, refused.stdout]).toEqual([1, '']);
    expect(refused.stderr).toMatch(/is paused, so nothing was started: .*--even-if-paused/);
    const ran = await schedule('run-now', 'nightly', '--even-if-paused', '--wait');
    expect([ran.code, ran.stdout]).toEqual([
      0,
      expect.stringMatching(/has begun: it is task \d+\.(?:.|\n)*: done\n$/),
    ]);
    const { stdout } = await schedule('resume', 'nightly');
    expect(stdout).toMatch(
      /^Schedule nightly goes on: it is due next at \w{3} .* 03:30 \+0[12]:00 Europe\/Berlin/,
    );
    expect((await schedule('resume', 'nightly')).stdout).toBe('Schedule nightly is not paused.\n');
  });

  test('a time is left out, and times of the past are made up for', async () => {
    const { next } = await show('nightly');
    const skipped = await schedule('skip-next', 'nightly');
    expect([skipped.code, skipped.stdout]).toEqual([
      0,
      expect.stringMatching(/^Schedule nightly leaves out \w{3} /),
    ]);
    expect((await show('nightly')).left_out).toEqual([next[0]]);
    expect((await schedule('next', 'nightly')).stdout).toMatch(/, left out$/m);
    const [from = '', to = ''] = [2, 1].map((days) => new Date(Date.now() - days * 86_400_000).toISOString());
    const filled = await schedule('backfill', 'nightly', '--from', from, '--to', to);
    expect([filled.code, filled.stdout]).toEqual([0, 'Schedule nightly: 1 occurrence started.\n']);
    const again = await schedule('backfill', 'nightly', '--from', from, '--to', to);
    expect(again.stdout).toBe('Schedule nightly: nothing was started; 1 time has an occurrence already.\n');
    const many = await schedule('backfill', 'nightly', '--from', '2020-01-01', '--to', '2026-01-01');
    expect([many.code, many.stderr]).toEqual([
      1,
      expect.stringMatching(/was due at least 2,19\d times then, and at most 1,000/),
    ]);
    expect((await schedule('backfill', 'nightly', '--from', to, '--to', from)).code).toBe(2);
  });

  test('its history, alone and among all', async () => {
    const done = () =>
      json<{ occurrences: Record<string, unknown>[] }>('history', 'nightly', '--end', 'done');
    await eventually('both have ended', async () => (await done()).occurrences.length === 2);
    const { occurrences } = await done();
    expect(occurrences.map(({ trigger, verdict, attempts }) => [trigger, verdict, attempts])).toEqual([
      ['run-now', 'completed', 1],
      ['backfill', 'completed', 1],
    ]);
    const { stdout } = await schedule('history', 'nightly', '--limit', '1');
    expect(stdout).toMatch(
      /^PLANNED +BEGAN(?:.|\n)*in time +by hand +\d+ +\d+ s +1 +.* +task_\d+_.*\.log +done$/m,
    );
    const all = await eventually('the server lists them', async () => {
      const told = await json<{ occurrences: { schedule: string }[] }>('history');
      return told.occurrences.length === 2 ? told : undefined;
    });
    expect(all.occurrences.map((line) => line.schedule)).toEqual(['nightly', 'nightly']);
    expect((await schedule('history', 'nightly', '--end', 'failed')).stdout).toMatch(
      /^Nothing like that has happened/,
    );
  });

  test('deleted it is gone, and its name is free', async () => {
    const { code, stdout } = await schedule('delete', 'nightly');
    expect([code, stdout]).toEqual([
      0,
      'Schedule nightly is deleted, with its history; nothing of it was under way.\n',
    ]);
    expect((await schedule('show', 'nightly')).code).toBe(1);
    expect((await schedule('create', 'nightly', ...NIGHTLY, '--paused', '--note', 'later')).code).toBe(0);
    expect(await show('nightly')).toMatchObject({ version: 1, state: 'paused', pause: { note: 'later' } });
  });
});

test('while one goes on, it is shown with its task, and a second one begins by force only', async () => {
  const slow = ['--every', '365d', '--title', 'Slow', '--queue', 'slow'];
  expect((await schedule('create', 'slow', ...slow)).code).toBe(0);
  const first = await json<{ task_id: number; left_out: null }>('run-now', 'slow');
  expect(first).toMatchObject({ task_id: expect.any(Number), left_out: null });
  const { stdout } = await schedule('history', 'slow');
  expect(stdout).toMatch(new RegExp(`in time +by hand +${first.task_id} .* under way$`, 'm'));
  const second = await schedule('run-now', 'slow');
  expect([second.code, second.stdout]).toEqual([
    1,
    expect.stringMatching(/^Schedule slow: nothing was started: .* was not over/),
  ]);
  expect((await schedule('run-now', 'slow', '--force')).stdout).toMatch(/has begun: it is task \d+\./);
  expect((await show('slow')).history.map(({ end }) => end)).toEqual([null, 'left-out', null]);
  expect((await schedule('delete', 'slow')).stdout).toMatch(/; 2 occurrences of it go on to the end\.$/m);
  expect((await inProcess(['cancel', '--queue', 'slow'], system.env)).code).toBe(0);
});

const HOUR_MS = 3_600_000;

/** A schedule as it would be after a night off. */
function carriedBy(name: string, history: Occurrence[]): ScheduleCarried {
  const definition = definitionOf(name, {
    ...{ timing: { kind: 'every', everyMs: HOUR_MS }, timeZone: 'Europe/Berlin', catchUpMs: 600_000 },
    work: { kind: 'task', title: 't', queue: 'dev' },
  });
  return { ...newSchedule({ definition, expects: null }, Date.now()), history };
}

test('the morning after: what was missed is listed, and decided about', async () => {
  const [first, second, third] = [3, 2, 1].map(
    (hours) => (Math.floor(Date.now() / HOUR_MS) - hours) * HOUR_MS,
  );
  const missed = (plannedMs = 0, times = 1): Occurrence => ({
    ...{
      workflowId: `occurrence-morning-${plannedMs}`,
      trigger: 'plan',
      plannedMs,
      times,
      endedMs: Date.now(),
    },
    ended: { end: 'left-out', because: { why: 'not-fired' } },
  });
  await system.client.workflow.start(SCHEDULE, {
    ...{ workflowId: scheduleWorkflowId('morning'), taskQueue: 'tinyscheduler' },
    args: [
      { name: 'morning', carried: carriedBy('morning', [missed(first, 4), missed(second), missed(third)]) },
    ],
  });
  interface Missed {
    missed: { key: string; times: number; why: string }[];
  }
  const { missed: lines } = await eventually('it is in trouble', async () => {
    const told = await json<Missed>('missed');
    return told.missed.length === 3 ? told : undefined;
  });
  expect(lines.map(({ times, why }) => [times, why])).toEqual([
    [4, 'not-fired'],
    [1, 'not-fired'],
    [1, 'not-fired'],
  ]);
  expect((await json<Missed>('missed', '--since', '2h')).missed).toHaveLength(1);
  expect((await schedule('missed')).stdout).toMatch(
    /^morning +4 times up to .* nobody was there to start it$/m,
  );
  const [key = ''] = lines.map((line) => line.key).slice(-1);
  const ran = await schedule('missed', '--run', key);
  expect([ran.code, ran.stdout]).toEqual([
    0,
    expect.stringMatching(/^Schedule morning, .*: occurrence-morning-.* has begun\.\n$/),
  ]);
  const twice = await schedule('missed', '--run', key);
  expect([twice.code, twice.stderr]).toEqual([1, expect.stringMatching(/has nothing to decide about/)]);
  const { code, stdout } = await schedule('missed', '--skip-all', 'morning');
  expect([code, stdout]).toEqual([0, expect.stringMatching(/2 of 2 times decided\.\n$/)]);
  expect((await json<Missed>('missed')).missed).toEqual([]);
  for (const args of [
    ['--run', 'morning'],
    ['--run', '@x'],
    ['--run', 'morning@soon'],
    ['--run-all', 'a', '--skip-all', 'b'],
  ]) {
    const told = await schedule('missed', ...args);
    expect([args, told.code]).toEqual([args, 2]);
  }
});

describe('where nobody works', () => {
  const MANY = 250;
  const nameOf = (at: number) => `bulk-${at}`;
  beforeAll(async () => {
    const names = Array.from({ length: MANY }, (_, at) => nameOf(at));
    await inBatches(names, (name) =>
      system.client.workflow.start(SCHEDULE, {
        ...{ workflowId: scheduleWorkflowId(name), taskQueue: 'nobody', args: [{ name }] },
        memo: { ...carriedBy(name, []).memo },
      }),
    );
  });

  test('they are listed in pages, each by one call', async () => {
    interface Page {
      schedules: { name: string }[];
      cursor: string | null;
    }
    const names = await eventually('all are listed', async () => {
      const found: string[] = [];
      for (let cursor: string | null = ''; cursor !== null; ) {
        const page: Page = await json<Page>('list', ...(cursor === '' ? [] : ['--after', cursor]));
        expect(page.schedules.length).toBeLessThanOrEqual(100);
        found.push(...page.schedules.map(({ name }) => name));
        cursor = page.cursor;
      }
      return found.filter((name) => name.startsWith('bulk-')).length === MANY ? found : undefined;
    });
    expect(new Set(names).size).toBe(names.length);
    expect((await schedule('list', '--limit', '10')).stdout).toMatch(
      /There are more: `.*schedule list .*--after \S+` goes on\./,
    );
    const wrong = await schedule('list', '--after', 'abc');
    expect([wrong.code, wrong.stderr]).toEqual([1, expect.stringMatching(/"abc" is no page of the list/)]);
  });

  test('what only reads tells what is known; what changes something says that nobody has taken it', async () => {
    const client = schedulesOf(system.client);
    const { stdout, code } = await schedule('show', nameOf(7));
    expect([code, stdout]).toEqual([
      0,
      expect.stringMatching(/What happened is not known: no daemon answers\./),
    ]);
    const line = await client.line(nameOf(7), 3);
    expect(line).toMatchObject({ state: 'active', version: 1 });
    const changes = await Promise.allSettled([
      client.pause(nameOf(1)),
      client.edit(line.definition, 1),
      client.runNow(nameOf(2)),
      client.backfill(nameOf(3), { fromMs: 0, toMs: 1 }),
      client.delete(nameOf(4)),
      client.history({ schedule: nameOf(5) }),
    ]);
    expect(changes.map((each) => each.status === 'rejected' && each.reason.code)).toEqual(
      Array(6).fill('no-daemon'),
    );
    const told = changes.map((each) => (each.status === 'rejected' ? each.reason.message : ''));
    expect(told[0]).toMatch(/^No daemon has answered within 15 s, so it is kept for the next one/);
    expect(told[5]).toMatch(/^No daemon has answered within 5 s, and only the schedule itself knows\./);
  });
});
