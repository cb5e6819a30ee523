import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Look } from '../../contract/listings.ts';
import { lookOf, openTaskOf } from '../support/api-stand.ts';
import { axeFindings, CHROMIUM, SIZES } from '../support/browser.ts';
import { eventually } from '../support/eventually.ts';
import { endedClient } from '../support/history-stand.ts';
import { type PageStand, pageStand } from '../support/page-stand.ts';
import { schedulesInMemory } from '../support/schedules-in-memory.ts';

describe.skipIf(CHROMIUM === undefined)('the frame of the page', () => {
  let stand: PageStand;
  beforeAll(async () => {
    stand = await pageStand({
      ...endedClient(() => []),
      schedules: schedulesInMemory().client,
      look: async () => lookOf({ tasks: [openTaskOf(1), openTaskOf(2)] }),
    });
  });
  afterAll(() => stand?.end());

  test.each(['light', 'dark'] as const)(
    'axe finds nothing on any view in %s colours, at any size',
    async (colorScheme) => {
      for (const viewport of Object.values(SIZES)) {
        const { page, complaints, close } = await stand.open('', { colorScheme, viewport });
        for (const view of ['Now', 'Task', 'Schedules', 'History', 'Agents']) {
          await page.getByRole('link', { name: view, exact: true }).click();
          await page.getByText('As of now').waitFor();
          expect(await axeFindings(page), `${view} ${viewport.width}`).toEqual([]);
        }
        expect(complaints).toEqual([]);
        await close();
      }
    },
  );

  test('keys lead everywhere, and ? tells which', async () => {
    const { page } = await stand.open();
    await page.getByText('As of now').waitFor();
    await page.keyboard.press('?');
    await page.getByRole('heading', { name: 'Keys' }).waitFor();
    await expect.poll(() => page.getByRole('dialog').innerText()).toContain('find a task');
    await page.keyboard.press('Escape');
    await page.keyboard.type('gs');
    await page.waitForFunction(() => location.hash === '#/schedules');
    await page.keyboard.press('/');
    await page.keyboard.type('42');
    await page.keyboard.press('Enter');
    await page.waitForFunction(() => location.hash === '#/tasks/42');
    // The next search is not written behind the last one, and Escape leaves it.
    await page.keyboard.press('/');
    await page.keyboard.type('7');
    await page.keyboard.press('Enter');
    await page.waitForFunction(() => location.hash === '#/tasks/7');
    await page.keyboard.press('/');
    await page.keyboard.press('Escape');
    await page.keyboard.type('ga');
    await page.waitForFunction(() => location.hash === '#/agents');
  });
});

test.skipIf(CHROMIUM === undefined)('before the first look nothing is said to be away', async () => {
  let look = (_: Look): void => undefined;
  const looked = new Promise<Look>((resolve) => {
    look = resolve;
  });
  let asked = 0;
  const { all, ...others } = schedulesInMemory().client;
  const schedules = {
    ...others,
    all: () => {
      asked += 1;
      return all();
    },
  };
  const stand = await pageStand({ schedules, look: () => looked });
  try {
    const { page } = await stand.open('#/agents');
    await page.evaluate(() => {
      const seen: string[] = [];
      Object.assign(globalThis, { seen });
      const note = () => seen.push(document.querySelector('.age')?.textContent ?? '');
      note();
      new MutationObserver(note).observe(document.body, {
        ...{ subtree: true, childList: true, characterData: true },
      });
    });
    // Who listens is told first that nothing is known yet: as soon as schedules are.
    await eventually('schedules are read', async () => asked > 0);
    await page.evaluate(() => fetch('/healthz').then((answer) => answer.text()));
    look(lookOf());
    await page.getByText('As of now').waitFor();
    const seen = await page.evaluate(() => (globalThis as unknown as { seen: string[] }).seen);
    expect(seen.filter((text) => text.includes('does not answer'))).toEqual([]);
  } finally {
    await stand.end();
  }
});

describe.skipIf(CHROMIUM === undefined)('what the page knows, and since when', () => {
  let stand: PageStand;
  let now: Look;
  beforeAll(async () => {
    stand = await pageStand({ look: async () => now });
  });
  beforeEach(() => {
    now = lookOf({ tasks: [openTaskOf(1, { title: 'the first' })] });
  });
  afterAll(() => stand?.end());

  test('with TinyTask away tasks are told to be old, and are live again with it', async () => {
    const { page, close } = await stand.open('#/tasks');
    await page.getByText('As of now').waitFor();
    now = lookOf({ tasks: null });
    await page.getByText('TinyTask does not answer. What is shown of tasks is').waitFor();
    await page.getByText('the first').waitFor();
    now = lookOf({ tasks: [openTaskOf(2, { title: 'the second' })] });
    await page.getByText('the second').waitFor();
    await page.getByText('As of now').waitFor();
    await close();
  });

  test('a first line that has no answer any more says so, though all else is live', async () => {
    const { page, close } = await stand.open('#/tasks');
    await page.getByText('1 task waits').first().waitFor();
    await page.route('**/api/summary', (route) =>
      route.fulfill({ status: 500, json: { code: 'defect', detail: 'It broke.', next_step: '' } }),
    );
    await page.getByText('This line is as it was').waitFor();
    await page.getByText('It broke.').waitFor();
    await page.unroute('**/api/summary');
    await page.getByText('This line is as it was').waitFor({ state: 'detached' });
    await close();
  });

  test('why somebody did something turns nothing round, and leaves room for the rest', async () => {
    const note = `the \u202edisk\u0007 is full${', and so on'.repeat(90)}`;
    const deed = { did: 'pause', by: 'ann', note, atMs: Date.now() } as const;
    now = lookOf({ status: { paused: true, deeds: [deed] }, tasks: [] });
    const { page, close } = await stand.open();
    const summary = page.locator('.about summary');
    await summary.getByText('the disk\ufffd is full, and so on').waitFor();
    await expect.poll(() => summary.innerText()).toContain('…; in the last hour');
    await expect.poll(async () => (await summary.innerText()).length).toBeLessThan(300);
    await summary.click();
    await expect.poll(() => page.locator('.about-more').innerText()).toContain('so on, and so on');
    await expect.poll(() => page.locator('header').innerText()).not.toContain('\u202e');
    await close();
  });

  test('what is old stays so, and what is held, where the clock of this machine is set back', async () => {
    const { page, close } = await stand.open('#/tasks');
    await page.getByText('the first').waitFor();
    now = lookOf({ tasks: null });
    await page.getByText(/What is shown of tasks is [2-5] s old/).waitFor();
    const setBack = () =>
      page.evaluate(() => {
        const real = Date.now.bind(Date);
        Date.now = () => real() - 3_600_000;
      });
    await setBack();
    await page.getByText(/What is shown of tasks is ([6-9]|\d\d) s old/).waitFor();
    await page.getByRole('button', { name: 'Live' }).click();
    await page.getByText(/Held since [2-5] s ago/).waitFor();
    await setBack();
    await page.getByText(/Held since ([6-9]|\d\d) s ago/).waitFor();
    await close();
  });

  test('what is held stays as it is, also when it is drawn anew', async () => {
    const { page, close } = await stand.open('#/tasks');
    await page.getByText('the first').waitFor();
    await page.getByRole('button', { name: 'Live' }).click();
    await page.getByText('Held since').waitFor();
    now = lookOf({ tasks: [...(now.tasks ?? []), openTaskOf(2, { title: 'the second' })] });
    await page.getByRole('button', { name: /Held; [1-9]/ }).waitFor();
    await page.goto(`${stand.url}/#/agents`);
    await page.goto(`${stand.url}/#/tasks`);
    await page.getByText('the first').waitFor();
    await expect.poll(() => page.getByRole('listitem').count()).toBe(1);
    await page.getByRole('button', { name: /Held/ }).click();
    await page.getByText('the second').waitFor();
    await close();
  });

  test('a page of tasks that fails is asked for again', async () => {
    now = lookOf({ tasks: Array.from({ length: 600 }, (_, at) => openTaskOf(at + 1)) });
    const { page, close } = await stand.open();
    // Whoever comes from now on gets a snapshot, which is not whole; before, it would be told of each.
    await page.getByText('600', { exact: true }).first().waitFor();
    let isAway = true;
    await page.route('**/api/tasks?limit=1000*', (route) => (isAway ? route.abort() : route.continue()));
    await page.reload();
    await page.getByText('500 of 600 open tasks are here').waitFor();
    isAway = false;
    await page.getByText('500 of 600 open tasks are here').waitFor({ state: 'detached' });
    await close();
  });

  test('a refusal is shown as what it is, and asks for a token until somebody closes that', async () => {
    const { page, close } = await stand.open();
    await page.getByText('As of now').waitFor();
    let asked = 0;
    await page.route('**/api/events', (route) => {
      asked += 1;
      return route.fulfill({ status: 401, json: { code: 'wrong-token', detail: 'It has been revoked.' } });
    });
    stand.api.hub.close();
    await page.getByRole('dialog', { name: 'A token is needed' }).waitFor();
    await page.keyboard.press('Escape');
    await page.getByText('does not tell this page: It has been revoked.').waitFor();
    const before = asked;
    await eventually('it is tried again', async () => asked > before + 1);
    await expect.poll(() => page.getByRole('dialog').count()).toBe(0);
    await close();
  });
});
