import { appendFileSync } from 'node:fs';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { axeFindings, CHROMIUM, SIZES } from '../../support/browser.ts';
import { type TaskStand, taskStand } from './task-stand.ts';

describe.skipIf(CHROMIUM === undefined)('the view of tasks', () => {
  let stand: TaskStand;
  beforeAll(async () => {
    stand = await taskStand(200);
  });
  afterAll(() => stand?.end());

  const log = (page: Page) => page.locator('.log-text');
  const lastPart = (page: Page) => page.locator('[data-from]').last().getAttribute('data-from');
  const isAtEnd = (page: Page) =>
    log(page).evaluate((box) => box.scrollHeight - box.scrollTop - box.clientHeight < 30);

  test('words lead to a list; filters are in the address; many are retried by keys, with what it would do before', async () => {
    const { page, complaints, close } = await stand.open();
    await page.keyboard.press('/');
    await page.keyboard.type('100 TASK');
    await page.keyboard.press('Enter');
    await page.waitForFunction(() => location.hash === '#/tasks?find=100+TASK');
    await page.getByText('1 of 200').waitFor();
    await page.getByLabel('Words', { exact: true }).fill('');
    await page.getByLabel('Phase').selectOption('parked');
    await page.waitForFunction(() => location.hash === '#/tasks?phase=parked');
    await page.getByText('4 of 200').waitFor();
    await page.locator('main').focus();
    await page.keyboard.press('j');
    await page.keyboard.press('x');
    await page.getByText('1 selected').waitFor();
    await page.waitForFunction(() => location.hash.includes('selected=50'));
    await page.keyboard.press('X');
    await page.getByText('4 selected').waitFor();
    await page.keyboard.press('r');
    await page.getByText('Of 4 tasks: 4 called back into the line.').waitFor();
    expect(await axeFindings(page)).toEqual([]);
    await page.keyboard.press('Enter');
    await page.locator('.done-note').getByText('Of 4 tasks: 4 first in line.').waitFor();
    expect(stand.done).toContain('retry 50 100 150 200');
    await page.getByText('0 selected').waitFor();
    expect(complaints).toEqual([]);
    await close();
  });

  test('what is selected is what the address says, also of a link that is followed; what failed stays selected', async () => {
    const { page, complaints, close } = await stand.open('#/tasks?selected=50');
    await page.getByText('1 selected').waitFor();
    await page.evaluate(() => {
      location.hash = '#/tasks?selected=100,150';
    });
    await page.getByText('2 selected').waitFor();
    stand.stubborn.add(150);
    await page.getByRole('button', { name: 'Retry', exact: true }).click();
    await page.getByRole('button', { name: 'Retry 2 tasks' }).click();
    await page.locator('.done-note').getByText('1 first in line').waitFor();
    expect(stand.done.at(-1)).toBe('retry 100 150');
    await page.getByText('1 selected').waitFor();
    await expect.poll(() => page.url()).toMatch(/selected=150$/);
    // More than an address holds.
    await page.getByText('All listed').click();
    await page.getByText('200 selected').waitFor();
    await expect.poll(() => page.url()).toMatch(/selected=many$/);
    await page.evaluate(() => {
      location.hash = '#/tasks';
    });
    await page.getByText('0 selected').waitFor();
    expect(complaints).toEqual([]);
    stand.stubborn.clear();
    await close();
  });

  test('a link to a log leads to it', async () => {
    const { page, complaints, close } = await stand.open('#/tasks/42?to=log');
    await page.waitForFunction(() => document.activeElement?.classList.contains('log-text'));
    await page.waitForFunction(() => {
      const top = document.querySelector('.log')?.getBoundingClientRect().top ?? 0;
      const below =
        document.querySelector('body > #page > header, header')?.getBoundingClientRect().bottom ?? 0;
      return top >= below - 1 && top < innerHeight / 2;
    });
    expect(complaints).toEqual([]);
    await close();
  });

  test('of complete tasks the pool is not asked for, and its choice says so', async () => {
    const { page, close } = await stand.open('#/tasks?phase=complete&pool=dev');
    await page.getByText('Complete tasks are in no pool any more').waitFor();
    await expect.poll(() => page.getByLabel('Pool').isDisabled()).toBe(true);
    await expect.poll(() => page.getByLabel('Pool').inputValue()).toBe('');
    await page.getByLabel('Phase').selectOption('parked');
    await expect.poll(() => page.getByLabel('Pool').inputValue()).toBe('dev');
    await close();
  });

  test('one task: its life, why, what it blocks, comments, and a cancel that says its consequence', async () => {
    const { page, complaints, close } = await stand.open('#/tasks?phase=running');
    await page.getByRole('link', { name: 'Mend the login' }).click();
    await page.getByText('timed-out', { exact: true }).waitFor();
    for (const says of [
      'it ran for an hour',
      '18,200',
      'It is number 3 in line',
      'I begin with the tests.',
      'Since Monday',
    ])
      await page.getByText(says).first().waitFor();
    await expect.poll(() => page.locator('.stretch.is-runs').count()).toBe(3);
    await expect.poll(() => page.locator('.comments').innerText()).toContain('See that\ufffd[31m');
    await expect.poll(() => page.locator('.comments .quiet bdi').first().innerText()).toBe('a\ufffdda');
    await expect.poll(() => page.locator('.stretch.cut').count()).toBe(2);
    const facts = page.getByRole('complementary', { name: 'About the task' });
    await expect
      .poll(() => facts.getByRole('link', { name: '#14', exact: true }).getAttribute('href'))
      .toBe('#/tasks/14');
    await expect
      .poll(() => page.getByRole('link', { name: 'Its workflow' }).getAttribute('href'))
      .toContain('/workflows/task-42');
    await page.getByText('Log of attempt 3').waitFor();
    await page.keyboard.press('c');
    await page.getByText('Its goose, of ada, is stopped.').waitFor();
    await page.getByRole('button', { name: 'Cancel task 42' }).click();
    await page.locator('.done-note').waitFor();
    expect(stand.done).toContain('cancel 42');
    await page.keyboard.press('b');
    await page.waitForFunction(() => location.hash === '#/tasks?phase=running');
    expect(complaints).toEqual([]);
    await close();
  });

  test('] and [ lead through the list that it came from', async () => {
    const { page, close } = await stand.open('#/tasks?phase=parked');
    await page.getByRole('link', { name: 'task 100' }).click();
    await page.getByRole('link', { name: 'next ]' }).waitFor();
    await page.keyboard.press(']');
    await page.waitForFunction(() => location.hash === '#/tasks/150');
    await page.keyboard.press('[');
    await page.waitForFunction(() => location.hash === '#/tasks/100');
    await page.keyboard.press('[');
    await page.waitForFunction(() => location.hash === '#/tasks/50');
    await close();
  });

  test('a log of 200 MB: a window of it is held, all of it is searched, any place is reached', async () => {
    const filler = Buffer.from('words that nobody looks for, in a line\n'.repeat(27_000));
    const all = Buffer.concat([
      ...[Buffer.from('the Needle is here\n'), ...Array.from({ length: 190 }, () => filler)],
      Buffer.from('another NEEDLE\n'),
    ]);
    stand.write(all);
    const { page, complaints, close } = await stand.open('#/tasks/42');
    await page.getByText('another NEEDLE').waitFor();
    await page.keyboard.press('f');
    await page.keyboard.type('needle');
    await page.keyboard.press('Enter');
    await page.getByText('2 of 2').waitFor();
    await page.keyboard.press('n');
    await page.locator('.log-line.here').getByText('is here').waitFor();
    await expect.poll(() => page.locator('.here mark').innerText()).toBe('Needle');
    await page.getByText('1 of 2').waitFor();
    await page.keyboard.press('N');
    await page.locator('.log-line.here').getByText('another').waitFor();
    await page.getByLabel('Go to a place').fill('50 %');
    await page.keyboard.press('Enter');
    await page.getByText(/^Here: (49|50).\d\d % to 50.\d\d % of 200 MB/).waitFor();
    for (let times = 0; times < 12; times += 1) {
      const last = await lastPart(page);
      await log(page).evaluate((box) => box.scrollTo(0, box.scrollHeight - box.clientHeight - 40));
      await page.waitForFunction((before) => {
        const parts = document.querySelectorAll<HTMLElement>('[data-from]');
        return parts[parts.length - 1]?.dataset.from !== before;
      }, last);
    }
    await expect.poll(() => page.locator('.log-line').count()).toBeLessThan(4_100);
    await expect.poll(async () => (await log(page).innerText()).length).toBeLessThan(600_000);
    expect(complaints).toEqual([]);
    await close();
  });

  test('it is followed as it grows, not while somebody reads above; nothing in it is obeyed', async () => {
    stand.write('line\n'.repeat(300));
    const { page, complaints, close } = await stand.open('#/tasks/42');
    await page.getByText('followed as it grows').waitFor();
    const link = '\u001b]8;;https://evil.example\u001b\\a link\u001b]8;;\u001b\\';
    appendFileSync(stand.logPath, `10%\r99%\r\n\u001b[31mred\u001b[0m \u202egnp.exe <b>x</b> ${link}\n`);
    await page.getByText('99%').waitFor();
    await expect.poll(() => isAtEnd(page)).toBe(true);
    await expect.poll(() => log(page).innerText()).toContain('red ⟨U+202E⟩gnp.exe <b>x</b> a link');
    await expect.poll(() => log(page).innerText()).not.toContain('10%');
    await expect.poll(() => log(page).locator('a, b').count()).toBe(0);
    await expect.poll(() => log(page).locator('.ink-1').innerText()).toBe('red');
    await log(page).evaluate((box) => box.scrollTo(0, 100));
    await page.getByText('it grows; not followed').waitFor();
    // Another attempt begins: the log that is being read stays, and the other one is a click away.
    stand.begin();
    await page.getByRole('button', { name: 'Show the log of attempt 4' }).waitFor();
    await page.getByText('Log of attempt 3').waitFor();
    await expect.poll(() => log(page).evaluate((box) => box.scrollTop)).toBe(100);
    appendFileSync(stand.logPath, 'the last\n');
    await page.getByText(/kB; it grows; not followed/).waitFor();
    await expect.poll(() => log(page).evaluate((box) => box.scrollTop)).toBe(100);
    await page.getByRole('button', { name: 'Jump to the end' }).click();
    await page.getByText('the last').waitFor();
    await expect.poll(() => isAtEnd(page)).toBe(true);
    expect(complaints).toEqual([]);
    await close();
  });

  test('a double click adds one task, with its recipe as a tag', async () => {
    const { page, complaints, close } = await stand.open('#/tasks/new');
    await page.getByLabel('Title').fill('Write a haiku');
    await page.getByLabel('Priority').fill('high');
    await page.getByRole('button', { name: 'Add it' }).click();
    await page.getByText('The priority "high" is no whole number.').waitFor();
    await page.getByLabel('Priority').fill('3');
    await page.getByLabel('Recipe').fill('careful');
    // A link, and the way back, take nothing of it.
    await page.evaluate(() => {
      location.hash = '#/tasks';
    });
    await page.getByText('200').first().waitFor();
    await page.goBack();
    await expect.poll(() => page.getByLabel('Title').inputValue()).toBe('Write a haiku');
    await page.getByRole('button', { name: 'Add it' }).dblclick();
    await page.waitForFunction(() => location.hash === '#/tasks/41');
    expect(stand.done.filter((each) => each.startsWith('add'))).toEqual(['add Write a haiku recipe:careful']);
    expect(complaints).toEqual([]);
    await close();
  });

  test('what is not there is said, and leads on', async () => {
    const { page, close } = await stand.open('#/tasks/77777');
    await page.getByText('There is no task 77777').waitFor();
    await page.evaluate(() => {
      location.hash = '#/tasks/abc';
    });
    await page.getByText('is no number of a task').waitFor();
    await page.evaluate(() => {
      location.hash = '#/tasks/9000';
    });
    await page.getByText('There was no attempt yet').waitFor();
    await expect.poll(() => page.getByRole('button', { name: 'Cancel' }).count()).toBe(0);
    await close();
  });

  test.each(['light', 'dark'] as const)(
    'axe finds nothing in %s colours, and no page is wider than a phone',
    async (colorScheme) => {
      stand.write(
        `\u001b[31mr\u001b[32mg\u001b[33my\u001b[34mb\u001b[35mm\u001b[36mc\u001b[2md\u0000\n${'x'.repeat(5_000)}`,
      );
      const viewport = SIZES.phone;
      for (const at of ['#/tasks', '#/tasks/42?in=x', '#/tasks/new']) {
        const { page, complaints, close } = await stand.open(at, { colorScheme, viewport });
        await page.getByText('As of now').waitFor();
        await page
          .getByText(at.includes('42') ? 'of more than 1,000' : at.includes('new') ? 'Description' : '200')
          .first()
          .waitFor();
        expect(await axeFindings(page), `${at} ${viewport.width}`).toEqual([]);
        await expect
          .poll(() => page.evaluate(() => document.documentElement.scrollWidth))
          .toBeLessThanOrEqual(viewport.width);
        expect(complaints).toEqual([]);
        await close();
      }
    },
  );
});
