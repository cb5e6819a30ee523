import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { scheduleMemoIn } from '../../contract/memos.ts';
import type { Definition } from '../../domain/schedule/definition.ts';
import { eventually } from '../support/eventually.ts';
import { inProcess } from '../support/in-process.ts';
import { startLimitedServer } from '../support/limited-server.ts';
import { scheduleAt, startScheduleWorker } from '../support/schedules.ts';

// The file of schedules with real servers, on which schedules are kept; nothing of them becomes due.
interface Place {
  server: Awaited<ReturnType<typeof startLimitedServer>>;
  worker: Awaited<ReturnType<typeof startScheduleWorker>>;
}
const places: Place[] = [];
const cwd = mkdtempSync(join(tmpdir(), 'schedule-file-'));
const file = join(cwd, 'schedules.yaml');

async function newPlace(): Promise<Place> {
  const server = await startLimitedServer({});
  const place = { server, worker: await startScheduleWorker(server.address, server.client) };
  places.push(place);
  return place;
}

let here: Place;
beforeAll(async () => {
  here = await newPlace();
});
afterAll(async () => {
  await Promise.all(places.map(({ worker }) => worker.stop()));
  await Promise.all(places.map(({ server }) => server.stop()));
  rmSync(cwd, { recursive: true });
});

const schedule = ({ server }: Place, ...args: string[]) =>
  inProcess(['schedule', ...args, '--base-path', cwd], {
    ...{ TEMPORAL_ADDRESS: server.address, TINYSCHEDULER_MCP_ENDPOINT: 'http://127.0.0.1:1' },
  });

const memoOf = async (name: string, { server } = here) => {
  const { memo } = await scheduleAt(server.client, name).handle.describe();
  return scheduleMemoIn(memo)?.schedule;
};
/** The server's list comes after the fact. */
const listed = (place: Place, names: string[]) =>
  eventually('the list has them', async () => {
    const { stdout } = await schedule(place, 'export');
    const there = [...stdout.matchAll(/^ {2}- name: (.*)$/gm)].map(([, name]) => name);
    return JSON.stringify(there) === JSON.stringify(names);
  });

const THREE = `defaults:
  timezone: Europe/Berlin
  queue: dev
schedules:
  - name: nightly
    cron: 0 3 * * *
    title: Look at the log
    description_file: night.md
    max_per_job: 1
  - name: weekly
    calendar: every monday 08:15
    title: Week
    priority: high
    remaining: 5
    enabled: false
    pause_note: until january
  - name: hourly
    every: 1h
    title: Hour
`;

test('a file is applied once, and again without a change', async () => {
  writeFileSync(join(cwd, 'night.md'), 'The log\n\n  of the night\n');
  writeFileSync(file, THREE);
  const dry = await schedule(here, 'apply', '-f', file, '--dry-run');
  expect(dry).toMatchObject({
    code: 0,
    stdout: 'create nightly\ncreate weekly\ncreate hourly\nNothing was done (dry run).\n',
  });
  expect(dry.stderr).toMatch(/line 5: nightly: nobody takes its tasks now: .*"dev"/);
  await expect(memoOf('nightly')).rejects.toThrow(/not found/);

  const first = await schedule(here, 'apply', '-f', file, '--note', 'all of them');
  expect(first).toMatchObject({ code: 0, stdout: expect.stringMatching(/^Schedule weekly is created\.$/m) });
  expect(await memoOf('weekly')).toMatchObject({
    definition: { timing: { kind: 'calendar' }, priority: 10, remaining: 5 },
    pause: { note: 'until january', by: expect.stringContaining('@') },
  });
  await listed(here, ['hourly', 'nightly', 'weekly']);
  expect(await schedule(here, 'apply', '-f', file)).toMatchObject({
    ...{ code: 0, stdout: 'There is nothing to do: 3 schedules are as they are to be.\n' },
  });
  expect(await memoOf('nightly')).toMatchObject({ version: 1 });
});

test('what differs is edited; what the file has not is kept, and deleted where that is said', async () => {
  const edited = THREE.replace('0 3 * * *', '30 3 * * *').replace(
    'every: 1h\n',
    'every: 1h\n    jitter: 5m\n',
  );
  writeFileSync(file, edited.slice(0, edited.indexOf('  - name: weekly')));
  const kept = await schedule(here, 'apply', '-f', file);
  expect([kept.code, kept.stdout]).toEqual([
    0,
    'edit   nightly: cron\n' +
      'Kept, though the file does not have them (--prune deletes them): hourly, weekly.\n' +
      'Schedule nightly is edited.\n',
  ]);
  expect(await memoOf('nightly')).toMatchObject({
    version: 2,
    definition: { timing: { cron: '30 3 * * *' } },
  });

  writeFileSync(file, edited.replace('title: Week', 'title: [Week]'));
  const wrong = await schedule(here, 'apply', '-f', file, '--prune');
  expect([wrong.code, wrong.stdout]).toEqual([2, '']);
  expect(wrong.stderr).toMatch(
    /nothing was done, since ".*schedules.yaml" cannot be used\n {2}line 12: weekly: title is no text\n$/,
  );

  const past = edited.replace('every: 1h', 'at: 2026-01-01 10:00');
  writeFileSync(
    file,
    past.slice(0, edited.indexOf('  - name: weekly')).concat(past.slice(past.indexOf('  - name: hourly'))),
  );
  const over = await schedule(here, 'apply', '-f', file, '--prune');
  expect([over.code, over.stdout]).toEqual([2, '']);
  expect(over.stderr).toMatch(/line 10: hourly: at: .*2026-01-01.*finished: true/);
  expect(await memoOf('weekly')).toMatchObject({ version: 1 });

  writeFileSync(file, edited.slice(0, edited.indexOf('  - name: hourly')));
  const pruned = await schedule(here, 'apply', '-f', file, '--prune');
  expect([pruned.code, pruned.stdout]).toEqual([
    0,
    'delete hourly, with its history\n2 schedules are as they are to be.\nSchedule hourly is deleted.\n',
  ]);
  await listed(here, ['nightly', 'weekly']);
});

test('a pause by hand stays, and what somebody else has edited is as the file has it again', async () => {
  const nightly = scheduleAt(here.server.client, 'nightly');
  await nightly.pause('by hand');
  const counted = { ...((await memoOf('nightly')) as { definition: Definition }).definition, remaining: 2 };
  expect(await nightly.define(counted, 2)).toMatchObject({ defined: true, version: 3 });
  await eventually('the list has it', async () =>
    (await schedule(here, 'export')).stdout.includes('remaining: 2'),
  );
  const again = await schedule(here, 'apply', '-f', file);
  expect(again.stdout).toBe(
    'edit   nightly: remaining\n1 schedule is as it is to be.\nSchedule nightly is edited.\n',
  );
  expect(await memoOf('nightly')).toMatchObject({ version: 4, pause: { note: 'by hand' } });
});

test("with Temporal's database lost, what was exported brings them back as they were", async () => {
  const created = await schedule(
    here,
    'create',
    'once',
    '--at',
    '2030-01-01 10:00',
    '--title',
    'T \u202e: {{date}}',
    '--queue',
    'dev',
  );
  expect([created.code, created.stderr]).toEqual([0, expect.stringMatching(/nobody takes/)]);
  await listed(here, ['nightly', 'once', 'weekly']);
  const exported = await schedule(here, 'export');
  expect([exported.code, exported.stderr]).toEqual([0, '']);
  expect(exported.stdout).toContain('pause_note: until january');
  const there = await newPlace();
  writeFileSync(file, exported.stdout);
  const back = await schedule(there, 'apply', '-f', file);
  expect(back.stdout).toMatch(/^create nightly\ncreate once\ncreate weekly\n/);
  expect(back.code).toBe(0);
  await listed(there, ['nightly', 'once', 'weekly']);
  expect((await schedule(there, 'export')).stdout).toBe(exported.stdout);
  // JSON is YAML, too.
  writeFileSync(file, (await schedule(here, 'export', '--json')).stdout);
  expect(await schedule(there, 'apply', '-f', file, '--prune')).toMatchObject({
    ...{ code: 0, stdout: 'There is nothing to do: 3 schedules are as they are to be.\n' },
  });
  const one = await schedule(there, 'export', 'once');
  expect(one.stdout.match(/- name: /g)).toHaveLength(1);
  const unknown = await schedule(there, 'export', 'onec');
  expect([unknown.code, unknown.stdout]).toEqual([1, '']);
  expect(unknown.stderr).toMatch(/There is no schedule "onec"\. Did you mean "once"\?/);
});
