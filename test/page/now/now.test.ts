import type { Page } from 'playwright-core';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { agentOf } from '../../support/api-stand.ts';
import { axeFindings, CHROMIUM, SIZES } from '../../support/browser.ts';
import { eventually } from '../../support/eventually.ts';
import { HOSTILE } from '../../support/hostile-texts.ts';
import { type PageStand, pageStand } from '../../support/page-stand.ts';
import { emptyScene, parked, resting, running, type Scene, schedulerOf, waiting } from './scene.ts';

const FULL = { why: 'pool-full', queue: 'dev', used: 2, limit: 2 } as const;

/** Two agents, one of them unwell; what runs, waits, is blocked, is parked and rests. */
function someScene(): Scene {
  const scene = emptyScene();
  const hostile = Object.values(HOSTILE).map((title, at) => waiting(900 + at, FULL, { title }));
  scene.agents = [
    agentOf('ada', { limit: 4, held: 2, waiting: 2 }),
    agentOf('bob', {
      health: { state: 'cooling-down', reason: 'no quota', untilMs: Date.now() + 600_000, times: 1 },
    }),
  ];
  const { task, atWork } = running(1, 'ada', { title: 'Read <b>all</b> of it' }, 110);
  scene.atWork = [atWork];
  scene.tasks = [
    ...[task, waiting(3, FULL), waiting(2, FULL), ...hostile],
    waiting(4, { why: 'blocked', by: 3 }, { phase: 'blocked', blockedBy: [3] }),
    waiting(5, { why: 'blocked', by: 1 }, { phase: 'blocked', blockedBy: [1] }),
    waiting(6, { why: 'unknown-agent', agent: 'nobody' }),
    ...[parked(11, 'no verdict'), parked(12, 'no verdict'), parked(13, 'no \u202erecipe\u0007')],
    ...[resting(21, 'backing-off'), resting(22, 'interrupted')],
  ];
  return scene;
}

describe.skipIf(CHROMIUM === undefined)('the view Now, in a browser', () => {
  /** Each test has the scene anew, and all of them one browser. */
  const scene = someScene();
  let stand: PageStand | undefined;
  beforeEach(async () => {
    Object.assign(scene, someScene());
    stand ??= await pageStand(schedulerOf(scene));
  });
  afterAll(() => stand?.end());

  async function open(at = '', options = {}) {
    if (stand === undefined) throw new Error('there is no stand');
    const opened = await stand.open(at, options);
    await opened.page.getByText('As of now').waitFor();
    return opened;
  }
  const row = (page: Page, list: string, text: string | RegExp) =>
    page.getByRole('list', { name: list }).getByRole('listitem').filter({ hasText: text });

  test('the first line tells in words how things are, and more of it when it is opened', async () => {
    const { page, complaints, close } = await open();
    const first = page.getByRole('heading', { level: 1 });
    await eventually('the first line', async () => (await first.innerText()).includes('1 of 2 agents stuck'));
    await expect.poll(() => first.innerText()).toMatch(/^Wrong/);
    await page.locator('.about summary').click();
    await page.getByRole('heading', { name: 'What is not as usual' }).waitFor();
    await expect.poll(() => page.locator('.about-more').innerText()).toContain('3 tasks parked');
    // What is news is said to who hears the page.
    scene.agents = scene.agents.slice(0, 1);
    scene.tasks = scene.tasks.filter(({ taskId }) => taskId !== 22);
    await eventually('it is heard', async () =>
      /parked/.test((await page.locator('.heard').textContent()) ?? ''),
    );
    expect(complaints).toEqual([]);
    await close();
  });

  test('slots show what runs in them, towards its limit; texts of tasks are text', async () => {
    const { page, complaints, close } = await open();
    const ada = row(page, 'Agents and their slots', 'works');
    await ada.getByRole('meter', { name: 'Time of task 1' }).waitFor();
    for (const text of [
      'Read <b>all</b> of it',
      '1 h 50 min of 2 h: near its limit',
      '34,567 tokens',
      'reading file 1',
      '2 free',
    ])
      await expect.poll(() => ada.innerText()).toContain(text);
    await row(page, 'Agents and their slots', 'cools down').getByText('no quota').waitFor();
    expect(complaints).toEqual([]);
    await close();
  });

  test('a line is in true order, blockers stand above what they block, and a row tells what would start it', async () => {
    const { page, complaints, close } = await open();
    const list = page.getByRole('list', { name: 'Tasks that wait in pool dev' });
    await list.getByText('1.', { exact: true }).waitFor();
    const told = await list.innerText();
    expect(told.indexOf('task 3')).toBeLessThan(told.indexOf('task 2'));
    expect(told).toContain('Cannot start: assigned to "nobody"');
    const tree = told.slice(told.indexOf('Wait for other tasks'));
    expect(tree).toMatch(/1 Read.*running.*blocks 5.*5 task 5.*3 task 3.*blocks 4.*4 task 4/s);
    await row(page, 'Tasks that wait in pool dev', /^6 task 6/)
      .getByRole('button')
      .click();
    await list.getByText('To start it: `run-now 6`').waitFor();
    await expect.poll(() => page.url()).toContain('open=6');
    expect(complaints).toEqual([]);
    await close();
  });

  test('filters, folds and the open row are in the address, and come back from it', async () => {
    const { page, close } = await open();
    await page.keyboard.press('f');
    await page.keyboard.type('BO');
    await page.getByLabel('Agents that are').selectOption('unwell');
    await page.getByRole('button', { name: 'Parked', exact: true }).click();
    await page.getByRole('button', { name: 'dev', exact: true }).click();
    await expect.poll(() => page.url()).toMatch(/agent=BO.*state=unwell.*closed=parked.*pools=-/);
    const { hash } = new URL(page.url());
    await close();
    const again = await open(hash);
    const agents = again.page.getByRole('list', { name: 'Agents and their slots' });
    await agents.getByText('cools down', { exact: true }).waitFor();
    await expect.poll(() => agents.innerText()).not.toContain('ada');
    await expect.poll(() => again.page.getByRole('list', { name: 'Parked tasks' }).count()).toBe(0);
    await again.page.getByRole('button', { name: 'Show all' }).click();
    await agents.getByRole('link', { name: 'ada' }).waitFor();
    await again.close();
  });

  test('of a pool that is asked for all parts are counted, none of another one', async () => {
    const qa = { queue: 'qa', pool: 'qa' };
    scene.agents = [...scene.agents, agentOf('eve', { queue: 'qa' })];
    scene.tasks = [
      waiting(2, FULL),
      waiting(31, FULL, qa),
      parked(11, 'no verdict'),
      parked(32, 'no recipe', qa),
    ];
    const { page, close } = await open('#/now?pool=qa');
    const parts = page.locator('.now-parts');
    await parts.getByText('Agents 1').waitFor();
    await eventually('counts of the pool', async () => /Waiting 1\s*Parked 1/.test(await parts.innerText()));
    await page.getByText('1 ready without a slot, 0 cannot start').waitFor();
    // The page of the next test is told first what was seen last, and would ask for a pool that is not there any more.
    Object.assign(scene, someScene());
    await parts.getByText('Agents 0').waitFor();
    await close();
  });

  test('by keys alone: one parked task is looked into and retried; a row of its cause takes all', async () => {
    const { page, complaints, close } = await open();
    await page.getByRole('list', { name: 'Parked tasks' }).waitFor();
    // What somebody wrote turns nothing round.
    await page.getByText('no recipe\ufffd', { exact: true }).waitFor();
    await page.keyboard.press('3');
    await page.waitForFunction(() => document.activeElement?.closest('#now-parked .row') !== null);
    await page.keyboard.press('ArrowDown');
    await page.waitForFunction(() => document.activeElement?.textContent?.includes('task 11'));
    await page.keyboard.press('Enter');
    await page.getByText('last line of 11').waitFor();
    await expect.poll(() => page.locator('.now-log-tail').innerText()).toContain('red and \u2407loud');
    await page.keyboard.press('x');
    await page.getByRole('button', { name: 'Retry the 1 chosen' }).waitFor();
    await page.keyboard.press('r');
    const dialog = page.getByRole('dialog');
    await dialog.getByText('It runs again as soon as a slot is free').waitFor();
    expect(scene.deeds).toEqual([]);
    await dialog.getByRole('textbox').fill('after the fix');
    await page.keyboard.press('Enter');
    await page.getByText('1 task retried.').first().waitFor();
    expect(scene.deeds).toEqual(['retry 11: after the fix']);
    expect(complaints).toEqual([]);
    await close();
  });

  test('many are retried at once; one that cannot be is listed until it was read', async () => {
    scene.stubborn.add(12);
    const { page, complaints, close } = await open();
    for (const id of [11, 12, 13]) await page.getByLabel(`Choose task ${id}`).check();
    await page.getByRole('button', { name: 'Retry the 3 chosen' }).waitFor();
    await page.getByRole('button', { name: 'Retry all 2 of this cause' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('button', { name: 'Retry 2 tasks' }).waitFor();
    await dialog.getByText('11 task 11').waitFor();
    expect(await axeFindings(page)).toEqual([]);
    await dialog.getByRole('button', { name: 'Retry 2 tasks' }).click();
    await page.getByText('1 task could not be retried.').waitFor();
    await expect.poll(() => page.locator('.not-retried').innerText()).toMatch(/12: .*12/);
    expect(scene.deeds).toEqual(['retry 11 12']);
    await page.getByRole('button', { name: 'I have read it' }).click();
    // Whoever is in the list sees what is gone in its place.
    await page.locator('#now-parked .row.gone', { hasText: 'task 11' }).waitFor();
    await page.getByRole('button', { name: 'Retry all 2 …', exact: true }).click();
    await dialog.getByRole('button', { name: 'Leave it' }).click();
    expect(scene.deeds).toHaveLength(1);
    // What failed, and what was not meant here, is still chosen.
    await page.getByRole('button', { name: 'Retry the 2 chosen' }).waitFor();
    expect(complaints).toEqual([]);
    await close();
  });

  test('everything is paused and resumed in two clicks, each saying before what it does', async () => {
    const { page, close } = await open();
    await page.getByRole('button', { name: 'Pause all' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText(/^1 running task goes on; \d+ wait\./).waitFor();
    await dialog.getByRole('button', { name: 'Pause all' }).click();
    await page.getByRole('button', { name: 'Resume all' }).click();
    await dialog.getByRole('button', { name: 'Resume all' }).click();
    await page.getByRole('button', { name: 'Pause all' }).waitFor();
    expect(scene.deeds).toEqual(['pause', 'resume']);
    await close();
  });

  test('the last that was known stays while the API is away, and says its age', async () => {
    const { page, close } = await open();
    await row(page, 'Agents and their slots', 'works').getByRole('meter').waitFor();
    await page.context().setOffline(true);
    await page.route('**/api/**', (route) => route.abort());
    stand?.api.hub.close();
    await page.getByText('The scheduler’s API does not answer. What is shown is').waitFor();
    await expect
      .poll(() => row(page, 'Agents and their slots', 'works').innerText())
      .toContain('34,567 tokens');
    await close();
  });

  test.each(['light', 'dark'] as const)(
    'axe finds nothing in %s colours with everything open; at 390 px nothing is wider than the page',
    async (colorScheme) => {
      for (const viewport of [SIZES.phone, SIZES.laptop]) {
        const { page, complaints, close } = await open('#/now?open=11', { colorScheme, viewport });
        await page.getByText('last line of 11').waitFor();
        expect(await axeFindings(page)).toEqual([]);
        await expect
          .poll(() => page.evaluate(() => document.documentElement.scrollWidth - innerWidth))
          .toBe(0);
        expect(complaints).toEqual([]);
        await close();
      }
    },
  );
});
