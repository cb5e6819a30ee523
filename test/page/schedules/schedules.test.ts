import type { Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { HistoryLine } from '../../../contract/schedule.ts';
import type { Definition } from '../../../domain/schedule/definition.ts';
import { newSchedule } from '../../../domain/schedule/edit.ts';
import type { ScheduleMemo } from '../../../domain/schedule/kept.ts';
import { agentOf, lookOf } from '../../support/api-stand.ts';
import { axeFindings, CHROMIUM, SIZES } from '../../support/browser.ts';
import { type PageStand, pageStand } from '../../support/page-stand.ts';
import { type SchedulesInMemory, schedulesInMemory } from '../../support/schedules-in-memory.ts';

const HOUR_MS = 3_600_000;

describe.skipIf(CHROMIUM === undefined)('schedules in the page', () => {
  const kept: SchedulesInMemory = schedulesInMemory();
  let stand: PageStand;
  beforeAll(async () => {
    const { client } = kept;
    stand = await pageStand({
      schedules: {
        ...client,
        show: async (name) => ({
          ...(await client.show(name)),
          history: kept.history.filter(({ schedule }) => schedule === name),
        }),
      },
      look: async () => lookOf({ status: { agents: [agentOf('vaela')] } }),
    });
  });
  afterAll(() => stand?.end());
  beforeEach(() => {
    kept.all.clear();
    for (const list of [kept.asked, kept.history, kept.missed]) list.length = 0;
  });

  function add(name: string, change: Partial<Definition> = {}, now: Partial<ScheduleMemo['now']> = {}): void {
    const definition: Definition = {
      ...{ name, timing: { kind: 'cron', cron: '0 3 * * *' }, timeZone: 'Europe/Berlin' },
      ...{ work: { kind: 'task', title: `Work of ${name}`, queue: 'dev' }, priority: 0, overlap: 'skip' },
      ...{ catchUpMs: HOUR_MS, jitterMs: 0 },
      ...change,
    };
    const made = newSchedule({ definition, expects: null, by: 'ann@host-a' }, Date.now() - 90 * 24 * HOUR_MS);
    Object.assign(made.memo.now, now);
    kept.all.set(name, made);
  }

  function became(schedule: string, hoursAgo: number, ended: HistoryLine['ended']): void {
    const plannedMs = Math.floor(Date.now() / 1_000) * 1_000 - hoursAgo * HOUR_MS;
    kept.history.push({
      ...{
        schedule,
        timeZone: 'Europe/Berlin',
        jitterMs: 0,
        trigger: 'plan',
        plannedMs,
        startedMs: plannedMs,
      },
      workflowId: `occurrence-${schedule}-${hoursAgo}`,
      ...(ended && { ended, endedMs: plannedMs + 60_000 }),
    });
  }
  const ended = (end: 'done' | 'failed', id: number, reason?: string): HistoryLine['ended'] => ({
    ...{
      end,
      task: { id } as never,
      verdict: 'completed' as never,
      attempts: 1,
      tokens: 120,
      agent: 'vaela',
    },
    ...{ log: `task_${id}.log`, ...(reason !== undefined && { reason }) },
  });

  function missed(schedule: string, hoursAgo: number): void {
    const plannedMs = Math.floor(Date.now() / 1_000) * 1_000 - hoursAgo * HOUR_MS;
    const because = { why: 'not-fired' } as const;
    kept.missed.push({ schedule, timeZone: 'Europe/Berlin', plannedMs, times: 1, because });
    became(schedule, hoursAgo, { end: 'left-out', because });
  }

  function someOfEach(): void {
    add('nightly', {}, { count: 2 });
    became('nightly', 1, ended('failed', 41, 'the model answered with \u202enothing <b>'));
    became('nightly', 25, ended('done', 40));
    const problem = { problem: 'bad-ends', inARow: 3, reason: 'the model answered with nothing' } as const;
    add('troubled', { timing: { kind: 'every', everyMs: 900_000 } }, { badInARow: 3, problems: [problem] });
    add('resting');
    const resting = kept.all.get('resting');
    if (resting)
      resting.memo.schedule.pause = { by: 'ben@host-b', note: 'until the release', atMs: Date.now() };
    missed('nightly', 49);
    missed('nightly', 73);
  }

  /** What the browser complains of, but for answers that say no. */
  const unexpected = (complaints: readonly string[]) =>
    complaints.filter((each) => !/status of 4(00|03|12)/.test(each));
  const dialogOf = (page: Page) => page.getByRole('dialog');
  const did = (what: string) => kept.asked.filter(([name]) => name === what);

  test.each([
    ['light', 'phone'],
    ['dark', 'wide'],
  ] as const)(
    'axe finds nothing, and nothing is wider than the screen: %s colours, %s',
    async (colorScheme, size) => {
      someOfEach();
      const { page, complaints } = await stand.open('', { colorScheme, viewport: SIZES[size] });
      for (const [at, waits] of [
        ['#/schedules', '1 of 4 well'],
        ['#/schedules/nightly', 'The next ten times'],
        ['#/schedules/nightly/edit', 'What changes'],
        ['#/schedules/missed', '2 times of 1 schedule'],
        ['#/schedules/none', 'no-such-schedule'],
      ] as const) {
        await page.evaluate((hash) => location.assign(hash), at);
        await page.getByText(waits).first().waitFor();
        expect(await axeFindings(page), at).toEqual([]);
        const over = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
        expect([at, over]).toEqual([at, 0]);
      }
      expect(complaints.filter((each) => !/status of 404/.test(each))).toEqual([]);
    },
  );

  test('trouble is on top, and paused ones say by whom and why; filters are in the address', async () => {
    someOfEach();
    const { page, complaints } = await stand.open('#/schedules');
    const rows = page.getByRole('list', { name: 'Schedules' }).getByRole('listitem');
    await page.getByText('1 of 4 well, the last failed: the model answered with nothing <b>.').waitFor();
    await expect.poll(() => rows.first().innerText()).toContain('troubled has ended badly 3 times in a row');
    await expect
      .poll(() => rows.nth(2).innerText())
      .toMatch(/paused[\s\S]*Paused by ben@host-b (now|.*ago): “until the release”/);
    await expect.poll(() => page.locator('.strip title').first().textContent()).toContain('left out');
    await page.getByRole('button', { name: 'Paused 1' }).click();
    await page.getByLabel('Find schedules by words').fill('resting');
    await expect.poll(() => rows.count()).toBe(1);
    await expect.poll(() => page.url()).toMatch(/only=paused&find=resting$/);
    await page.reload();
    await page.getByText('until the release').waitFor();
    await expect.poll(() => rows.count()).toBe(1);
    expect(complaints).toEqual([]);
  });

  test('of 1,000 schedules what is seen is drawn, and asked for in a few requests', async () => {
    for (let at = 0; at < 1_000; at += 1) add(`job-${String(at).padStart(4, '0')}`);
    const { page, complaints } = await stand.open();
    const asked: string[] = [];
    page.on('request', (request) => void asked.push(new URL(request.url()).pathname));
    await page.getByRole('link', { name: 'Schedules', exact: true }).click();
    await page.getByText('All 1000').waitFor();
    await page.getByText('Nothing has begun yet.').first().waitFor();
    await page.keyboard.press('j');
    await page.keyboard.press('End');
    await page.getByRole('link', { name: 'job-0999' }).waitFor();
    await page.locator('.row:focus', { hasText: 'job-0999' }).getByText('Nothing has begun yet.').waitFor();
    await expect.poll(() => page.getByRole('listitem').count()).toBeLessThan(60);
    expect(asked.filter((path) => path.startsWith('/api/schedules')).length).toBeLessThan(4);
    expect(asked.filter((path) => path.startsWith('/api/occurrences')).length).toBeLessThan(8);
    expect(complaints).toEqual([]);
  });

  test('from nothing to the first schedule, by an example that works; two clicks make one', async () => {
    const { page, complaints } = await stand.open('#/schedules');
    await page.getByRole('link', { name: 'Begin with an example' }).click();
    await page.getByText('every day at 03:00').waitFor();
    await expect.poll(() => page.getByLabel('Queue').inputValue()).toBe('dev');
    expect(await axeFindings(page)).toEqual([]);
    await page.getByLabel('Time zone').fill('Europe/Berln');
    await page.getByRole('button', { name: 'Take “Europe/Berlin”' }).click();
    await page.getByText('every day at 03:00, Europe/Berlin').waitFor();
    await page.getByLabel('Name').press('Enter');
    expect(did('create')).toEqual([]);
    const sent: string[] = [];
    page.on('request', (request) => void sent.push(`${request.method()} ${new URL(request.url()).pathname}`));
    // Before anything is drawn anew.
    await page.locator('.schedule-form').evaluate((form: HTMLFormElement) => {
      form.requestSubmit();
      form.requestSubmit();
    });
    await page.getByRole('heading', { name: 'Schedule nightly' }).waitFor();
    expect(sent.filter((each) => each === 'POST /api/schedules')).toHaveLength(1);
    expect(did('create')).toHaveLength(1);
    expect(kept.all.get('nightly')?.memo.schedule.definition).toMatchObject({ timeZone: 'Europe/Berlin' });
    await expect.poll(() => page.evaluate(() => sessionStorage.length)).toBe(0);
    expect(unexpected(complaints)).toEqual([]);
  });

  test('what is typed in several fields and sent, all before the page is drawn anew, is sent whole', async () => {
    const { page, complaints } = await stand.open('#/schedules/new');
    await page.getByLabel('Queue', { exact: true }).waitFor();
    // As a program that fills in forms does it: no frame comes between.
    await page.evaluate(() => {
      const typed = { name: 'filled-in', cron: '0 4 * * *', title: 'Look', queue: 'dev' };
      for (const label of document.querySelectorAll('label')) {
        const text = Object.entries(typed).find(
          ([name]) => label.textContent?.trim().toLowerCase() === name,
        )?.[1];
        const field = label.control;
        if (text === undefined || !(field instanceof HTMLInputElement)) continue;
        Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value')?.set?.call(field, text);
        field.dispatchEvent(new InputEvent('input', { bubbles: true }));
      }
      document.querySelector<HTMLButtonElement>('.schedule-form button[type=submit]')?.click();
    });
    await page.getByRole('heading', { name: 'Schedule filled-in' }).waitFor();
    const { definition } = kept.all.get('filled-in')?.memo.schedule ?? {};
    expect(definition).toMatchObject({ work: { title: 'Look', queue: 'dev' } });
    expect(unexpected(complaints)).toEqual([]);
  });

  test('each deed says its consequence, and is done once', async () => {
    someOfEach();
    const { page, complaints } = await stand.open('#/schedules/nightly');
    const press = (name: string) => page.getByRole('button', { name, exact: true }).click();
    await press('Pause');
    await dialogOf(page).getByText('Nothing more of it begins until somebody resumes it.').waitFor();
    expect(await axeFindings(page)).toEqual([]);
    await dialogOf(page).getByRole('textbox').fill('until the release');
    await dialogOf(page).getByRole('button', { name: 'Pause nightly' }).dblclick();
    await page.getByText('“until the release”').waitFor();
    expect(did('pause')).toHaveLength(1);

    await press('Run now, though it is paused');
    await dialogOf(page).getByText('It stays paused.').waitFor();
    await dialogOf(page)
      .locator('form')
      .evaluate((form: HTMLFormElement) => {
        form.requestSubmit();
        form.requestSubmit();
      });
    await page.locator('.done-note', { hasText: 'it has begun as task 7' }).waitFor();
    expect(did('run-now')).toHaveLength(1);
    expect(did('run-now')[0]?.[2]).toMatchObject({ force: false, evenIfPaused: true });

    await press('Resume');
    await dialogOf(page).getByText('It is due next at').waitFor();
    await dialogOf(page).getByRole('button', { name: 'Resume nightly' }).click();
    await page.getByRole('button', { name: 'Pause', exact: true }).waitFor();

    await press('Skip the next time');
    await dialogOf(page).getByText('is left out; the plan goes on after it').waitFor();
    await dialogOf(page).getByRole('button', { name: 'Leave it out' }).click();
    await page.getByText('; left out by a person').waitFor();

    await page.getByText('Backfill: make up').click();
    await page.getByLabel('From').fill('2026-01-01T00:00');
    await page.getByLabel('To, itself too').fill('2026-01-03T12:00');
    await page.getByText('It was due 3 times then.').waitFor();
    await press('Backfill …');
    await dialogOf(page).getByRole('button', { name: 'Backfill nightly' }).click();
    await page.locator('.done-note', { hasText: '1 occurrence started' }).waitFor();
    expect(did('backfill')[0]?.[2]).toEqual({
      ...{ fromMs: Date.parse('2025-12-31T23:00:00Z'), toMs: Date.parse('2026-01-03T11:00:00Z') },
    });

    await press('Delete');
    await dialogOf(page).getByText('cannot be brought back').waitFor();
    await dialogOf(page).getByRole('button', { name: 'Delete nightly' }).click();
    await page.waitForFunction(() => location.hash === '#/schedules');
    expect([did('delete').length, kept.all.has('nightly')]).toEqual([1, false]);
    expect(complaints).toEqual([]);
  });

  test('the history: planned, how it ended and why, its task and log; by how it ended', async () => {
    someOfEach();
    for (let at = 0; at < 30; at += 1) became('nightly', 100 + at, ended('done', 100 + at));
    const { page, complaints } = await stand.open('#/schedules/nightly');
    const lines = page.locator('.history > li');
    await page.getByRole('link', { name: 'task_41.log' }).waitFor();
    await expect.poll(() => lines.count()).toBe(25);
    await expect
      .poll(() => lines.first().innerText())
      .toMatch(/failed[\s\S]*the model answered with nothing <b>[\s\S]*task\s+41/);
    await page.getByRole('button', { name: 'Older' }).click();
    await page.getByRole('link', { name: 'task_129.log' }).waitFor();
    await expect.poll(() => lines.count()).toBe(9);
    await page.getByRole('button', { name: 'Newer' }).click();
    await page.getByLabel('Which').selectOption('failed');
    await page.waitForFunction(() => location.hash.endsWith('?end=failed'));
    expect(complaints).toEqual([]);
  });

  test('what is typed outlasts keys, other views and a reload; who was quicker is told, and both fit together', async () => {
    someOfEach();
    const { page, complaints } = await stand.open('#/schedules/nightly/edit');
    await page.getByLabel('Title').fill('Mine');
    await page.getByRole('heading', { name: 'What changes' }).click();
    await page.keyboard.type('gn');
    await page.waitForFunction(() => location.hash === '#/now');
    page.on('dialog', (dialog) => void dialog.accept());
    await page.goBack();
    await page.getByText('is back.').waitFor();
    await page.reload();
    await page.getByText('is back.').waitFor();
    await expect.poll(() => page.getByLabel('Title').inputValue()).toBe('Mine');

    const theirs = { data: { queue: 'qa', title: 'Theirs' } };
    expect((await page.request.patch(`${stand.url}/api/schedules/nightly`, theirs)).status()).toBe(200);
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('Somebody has changed it meanwhile').waitFor();
    await expect
      .poll(() => page.getByRole('row').allInnerTexts())
      .toEqual(
        expect.arrayContaining([
          expect.stringMatching(/Title.*Work of nightly.*Theirs.*Mine/s),
          expect.stringMatching(/Queue.*dev.*qa.*as it was/s),
        ]),
      );
    expect(await axeFindings(page)).toEqual([]);
    await page.getByRole('button', { name: 'Go on with mine' }).click();
    await expect.poll(() => page.getByLabel('Queue').inputValue()).toBe('qa');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('heading', { name: 'Schedule nightly' }).waitFor();
    expect(kept.all.get('nightly')?.memo.schedule.definition.work).toMatchObject({
      title: 'Mine',
      queue: 'qa',
    });
    expect(unexpected(complaints)).toEqual([]);
  });

  test('the morning after: one is run, the others are left at that', async () => {
    someOfEach();
    missed('resting', 5);
    const { page, complaints } = await stand.open('#/schedules/missed');
    await page.getByText('3 times of 2 schedules').waitFor();
    await page
      .getByRole('button', { name: /^Run now: nightly/ })
      .first()
      .click();
    await dialogOf(page).getByText('1 occurrence begins now').waitFor();
    await dialogOf(page).getByRole('button', { name: 'Run now' }).click();
    await page.getByText('2 times of 2 schedules').waitFor();
    await page.getByRole('button', { name: 'Leave all 2 times at that: everything' }).click();
    await dialogOf(page).getByText('2 times of 2 schedules are left at that').waitFor();
    await dialogOf(page).getByRole('button', { name: 'Leave at that' }).click();
    await page.getByText('Nothing was missed that nobody has decided about.').waitFor();
    expect(did('decide').map(([, , what]) => what)).toEqual(['run', 'skip', 'skip']);
    expect(complaints).toEqual([]);
  });

  test('who only reads is told so where a deed is refused; a program is said to need admin', async () => {
    someOfEach();
    const token = await stand.api.token('read');
    const { page, complaints } = await stand.open('#/schedules/nightly');
    await page.evaluate((text) => sessionStorage.setItem('tinyscheduler-token', text), token);
    await page.reload();
    await page.getByRole('button', { name: 'Pause', exact: true }).click();
    await dialogOf(page).getByText('scope-missing').waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('link', { name: 'Edit' }).click();
    await page.getByLabel('a program').check();
    await page.getByText('needs a token of the scope admin').waitFor();
    expect(did('pause')).toEqual([]);
    expect(unexpected(complaints)).toEqual([]);
  });

  test('what was known stays where the API does not answer, and the problem is beside it', async () => {
    someOfEach();
    const { page } = await stand.open('#/schedules');
    await page.getByText('until the release').waitFor();
    await page.route('**/api/schedules?**', (route) => route.abort());
    // Who holds the updates and lets them go on sees them at once.
    await page.keyboard.type('hh');
    await page.getByText('no-answer').waitFor();
    await expect.poll(() => page.getByText('until the release').count()).toBe(1);
  });
});
