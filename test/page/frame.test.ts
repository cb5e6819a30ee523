import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { lookOf, openTaskOf } from '../support/api-stand.ts';
import { axeFindings, CHROMIUM, SIZES } from '../support/browser.ts';
import { endedClient } from '../support/history-stand.ts';
import { type PageStand, pageStand } from '../support/page-stand.ts';
import { schedulesInMemory } from '../support/schedules-in-memory.ts';

vi.setConfig({ testTimeout: 60_000 });

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
    expect(await page.getByRole('dialog').innerText()).toContain('find a task');
    await page.keyboard.press('Escape');
    await page.keyboard.type('gs');
    await page.waitForFunction(() => location.hash === '#/schedules');
    await page.keyboard.press('/');
    await page.keyboard.type('42');
    await page.keyboard.press('Enter');
    await page.waitForFunction(() => location.hash === '#/tasks/42');
  });
});
