import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { schedulerError } from '../../../words/errors.ts';
import { agentOf, lookOf, openTaskOf } from '../../support/api-stand.ts';
import { axeFindings, CHROMIUM, SIZES } from '../../support/browser.ts';
import { endedClient, pastOf } from '../../support/history-stand.ts';
import { type PageStand, pageStand } from '../../support/page-stand.ts';
import { runLineIn } from '../../support/run-lines.ts';
import { taskOf } from '../../support/tasks.ts';

/** A title that somebody hostile wrote. */
const TITLE = `<img src=x onerror=alert(1)> ${'long '.repeat(60)}`;
const parked = (taskId: number, cause: string) =>
  openTaskOf(taskId, { title: TITLE, phase: 'parked', waits: null, run: runLineIn(taskId, 'parked', cause) });

describe.skipIf(CHROMIUM === undefined)('the view of what ended', () => {
  const runs = pastOf(Date.now(), 400, 7);
  const retried: number[][] = [];
  let isDown = false;
  let stand: PageStand;

  beforeAll(async () => {
    const tasks = [
      parked(5, 'attempt 2 of 2: looping'),
      parked(10, 'attempt 3 of 3: looping'),
      parked(15, 'sil\u202eent'),
    ];
    const ended = endedClient(() => runs);
    const orDown = async <Answer>(answer: () => Promise<Answer>): Promise<Answer> => {
      if (isDown)
        throw schedulerError({ code: 'temporal-unreachable', address: 'x:1', named: true, text: 'refused' });
      return answer();
    };
    stand = await pageStand({
      look: async () =>
        lookOf({ status: { agents: ['ada', 'bob', 'cy'].map((name) => agentOf(name)) }, tasks }),
      tasks: async () => [taskOf(1, { status: 'complete', title: 'Read <b>all</b> of it' })],
      pastRuns: (asked) => orDown(() => ended.pastRuns(asked)),
      endedRuns: (filter) => orDown(() => ended.endedRuns(filter)),
      retryEach: async (ids) => {
        retried.push(ids);
        return ids.map((taskId) => ({ taskId, done: { taskId, did: 'un-parked', whose: null } }));
      },
    });
  });
  afterAll(() => stand?.end());

  test.each(['light', 'dark'] as const)(
    'axe finds nothing in %s colours, and nothing is wider than the page',
    async (colorScheme) => {
      for (const viewport of Object.values(SIZES)) {
        const { page, complaints, close } = await stand.open('#/history', { colorScheme, viewport });
        await page.locator('canvas').first().waitFor();
        await page.getByText('in the last 24 h').waitFor();
        await page.getByRole('button', { name: 'From … to …' }).click();
        for (const summary of await page.getByText('In figures').all())
          if (viewport.width < 1_400) await summary.click();
        expect(await axeFindings(page), `${viewport.width}`).toEqual([]);
        await expect
          .poll(() => page.evaluate(() => document.documentElement.scrollWidth))
          .toBeLessThanOrEqual(viewport.width);
        expect(complaints).toEqual([]);
        await close();
      }
    },
  );

  test('what failed this night is one key; then the runs that went badly, and retry of those parked by one cause', async () => {
    const { page, complaints, close } = await stand.open('#/history');
    await page.getByText('in the last 24 h').waitFor();
    await page.keyboard.press('f');
    await page.getByText('since yesterday 18:00').waitFor();
    await expect.poll(() => page.url()).toContain('came_to=failed');
    const list = page.getByRole('list', { name: 'Runs that ended' });
    await page.waitForFunction(() => {
      const words = [...document.querySelectorAll('.run-row .mark')].map(({ textContent }) => textContent);
      return words.length > 0 && words.every((word) => word !== 'complete');
    });
    await expect.poll(() => list.innerText()).toContain('looping');
    await expect.poll(() => list.innerText()).toContain('<i>told</i>');
    await page.getByText('3 tasks are parked now').waitFor();
    await page.locator('.parked').getByText('silent').waitFor();
    await page.getByRole('button', { name: 'Retry these 2' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText('2 run again as soon as a slot is free').waitFor();
    await dialog.getByRole('button', { name: 'Retry 2 tasks' }).click();
    await page.locator('.done-note').getByText('2 tasks retried.').waitFor();
    expect(retried).toEqual([[5, 10]]);
    expect(complaints).toEqual([]);
    await close();
  });

  test('the grid has a cell for each run, by arrows; a name shows its runs only', async () => {
    const { page, complaints, close } = await stand.open('#/history?rows=agent');
    const cells = page
      .locator('tr')
      .filter({ has: page.getByRole('button', { name: 'ada' }) })
      .locator('a.cell');
    await cells.last().waitFor();
    await expect.poll(() => cells.count()).toBe(30);
    await expect
      .poll(() => cells.last().getAttribute('title'))
      .toMatch(/^Task 3, ada: completed, its task is complete; 1 attempt; /);
    await page.locator('a.cell[tabindex="0"]').focus();
    const focused = () => page.evaluate(() => document.activeElement?.getAttribute('href'));
    const first = await focused();
    await page.keyboard.press('ArrowLeft');
    await page.keyboard.press('ArrowDown');
    expect(await focused()).not.toBe(first);
    await page.keyboard.press('ArrowUp');
    await page.keyboard.press('End');
    expect(await focused()).toBe(first);
    await page.getByRole('button', { name: 'ada' }).click();
    await page.waitForFunction(() => location.hash.includes('agent=ada'));
    await page.waitForFunction(() =>
      [...document.querySelectorAll('.run-row')].every((row) => row.textContent?.includes('ada')),
    );
    expect(complaints).toEqual([]);
    await close();
  });

  test('the table has the figures of the chart, which is drawn anew for other colours and another width', async () => {
    const { page, complaints, close } = await stand.open('#/history?range=7d', { colorScheme: 'light' });
    const figure = page.locator('.figure').first();
    await figure.locator('canvas').waitFor();
    await figure.getByText('In figures').click();
    const counts = await figure
      .locator('tbody tr')
      .evaluateAll((rows) =>
        rows.flatMap((row) => [...row.querySelectorAll('td')].map(({ textContent }) => Number(textContent))),
      );
    expect(counts.reduce((sum, each) => sum + each, 0)).toBe(400);
    const pixels = () => figure.locator('canvas').evaluate((canvas: HTMLCanvasElement) => canvas.toDataURL());
    const light = await pixels();
    await page.emulateMedia({ colorScheme: 'dark' });
    await expect.poll(pixels).not.toBe(light);
    await page.setViewportSize({ width: 600, height: 800 });
    await expect
      .poll(() => figure.locator('canvas').evaluate(({ clientWidth }) => clientWidth))
      .toBeLessThan(600);
    expect(complaints).toEqual([]);
    await close();
  });

  test('a run tells what its task was, also where that is complete', async () => {
    const { page, complaints, close } = await stand.open('#/history');
    const runs = page.getByRole('list', { name: 'Runs that ended' });
    for (const told of [/^Task 1 Read <b>all<\/b> of it/, /^Task 5 <img src=x/])
      await runs.getByRole('listitem').filter({ hasText: told }).waitFor();
    expect(complaints).toEqual([]);
    await close();
  });

  test('the list reads on, and has each run once', async () => {
    const { page, complaints, close } = await stand.open('#/history?range=7d');
    await page.getByText('100 shown.').waitFor();
    for (const shown of [200, 300, 400]) {
      await page.getByRole('button', { name: 'Read on' }).click();
      await page.getByText(`${shown} shown.`).waitFor();
    }
    await page.getByText('There are no more.').waitFor();
    expect(complaints).toEqual([]);
    await close();
  });

  test('a time of one’s own; one that cannot be is refused in words', async () => {
    const { page, complaints, close } = await stand.open('#/history');
    await page.getByRole('button', { name: 'From … to …' }).click();
    await page.getByLabel('From').fill('2026-11-25T10:00');
    await page.getByLabel('to', { exact: true }).fill('2026-11-25T09:00');
    await page.getByRole('button', { name: 'Show', exact: true }).click();
    await page.getByText('The end is not after the beginning.').waitFor();
    await page.getByLabel('time zone').fill('Mars');
    await page.getByRole('button', { name: 'Show', exact: true }).click();
    await page.getByText('There is no time zone Mars').waitFor();
    await page.getByLabel('time zone').fill('Asia/Kolkata');
    await page.getByLabel('to', { exact: true }).fill('2026-11-25T11:00');
    await page.getByRole('button', { name: 'Show', exact: true }).click();
    await page.getByText('2026-11-25 10:00 to 2026-11-25 11:00, times of Asia/Kolkata').waitFor();
    expect(complaints).toEqual([]);
    await close();
  });

  test('while Temporal is away what was known stays, and says so', async () => {
    const { page, close } = await stand.open('#/history');
    await page.getByText('in the last 24 h').waitFor();
    isDown = true;
    try {
      // A time that no other test has asked about: an answer may be shared for some seconds.
      await page.keyboard.press('2');
      await page.getByText('what is shown is of').waitFor();
      await page.getByText('temporal-unreachable').first().waitFor();
      await expect.poll(() => page.locator('.run-row').count()).toBeGreaterThan(0);
    } finally {
      isDown = false;
    }
    await close();
  });
});
