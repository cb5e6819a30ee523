import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { AgentStatus } from '../../../contract/status.ts';
import { agentOf, lookOf } from '../../support/api-stand.ts';
import { axeFindings, CHROMIUM, SIZES } from '../../support/browser.ts';
import { type PageStand, pageStand } from '../../support/page-stand.ts';

const DAY = { day: '2026-11-26', used: 70_000, unknown: 5_000, unknownAttempts: 1 };
const BUDGET: NonNullable<AgentStatus['budget']> = {
  ...{ tokensPerDay: 80_000, timeZone: 'Europe/Berlin', past: [] },
  today: { ...DAY, reserved: 5_000, unreserved: 0, endsMs: Date.now() + 3_600_000 },
};

let agents: AgentStatus[];
let calls: unknown[][];

beforeEach(() => {
  calls = [];
  agents = [
    agentOf('ada', { held: 2, limit: 2, waiting: 12 }),
    agentOf('bob', { budget: BUDGET }),
    agentOf('eve', {
      health: {
        state: 'cooling-down',
        reason: '<img src=x onerror=alert(1)>',
        untilMs: Date.now() + 60_000,
        times: 2,
      },
    }),
  ];
});

const change = (name: string, of: Partial<AgentStatus>) => {
  agents = agents.map((agent) => (agent.name === name ? { ...agent, ...of } : agent));
};

describe.skipIf(CHROMIUM === undefined)('the view of agents', () => {
  let stand: PageStand;
  beforeAll(async () => {
    stand = await pageStand({
      look: async () => lookOf({ status: { agents, running: [] } }),
      pause: async (what, note) => {
        calls.push(['pause', what, note?.note]);
        change(what?.agent ?? 'ada', { paused: true });
      },
      resume: async (what) => {
        calls.push(['resume', what]);
        change('ada', { paused: false });
      },
    });
  });
  afterAll(() => stand?.end());

  test('an agent is paused by three keys, after its consequence was read; and resumed again', async () => {
    const { page, complaints } = await stand.open('#/agents');
    await page.getByText('3 agents, 2 unwell').waitFor();
    await page.keyboard.press('j');
    await page.keyboard.press('p');
    const dialog = page.getByRole('dialog', { name: 'Pause ada?' });
    await dialog.getByText('12 wait in line of queue dev, which its other agents take').waitFor();
    expect(calls).toEqual([]);
    await dialog.getByLabel('Why').fill('the disk is full');
    await page.keyboard.press('Enter');
    await page.getByText('Ada paused.').first().waitFor();
    expect(calls).toEqual([['pause', { agent: 'ada' }, 'the disk is full']]);
    await page.getByRole('button', { name: 'Resume ada' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Resume ada' }).click();
    await page.getByText('Ada resumed.').first().waitFor();
    expect(calls).toHaveLength(2);
    expect(complaints).toEqual([]);
  });

  test('a limit wants a token that may set it, and says so', async () => {
    const { page } = await stand.open('#/agents');
    await page.getByRole('button', { name: 'One slot more for ada' }).click();
    const dialog = page.getByRole('dialog', { name: 'Give ada 3 slots?' });
    await dialog.getByRole('button', { name: 'Use another token' }).click();
    const wanted = page.getByRole('dialog', { name: 'A token is needed' });
    await wanted.getByLabel('Token').fill(await stand.api.token('admin'));
    await wanted.getByRole('button', { name: 'Use it' }).click();
    await dialog.getByRole('button', { name: 'Leave it' }).click();
    await page.getByRole('button', { name: 'One slot less for ada' }).click();
    await page
      .getByRole('dialog', { name: 'Give ada 1 slot?' })
      .getByRole('button', { name: 'Leave it' })
      .click();
    await page.getByRole('button', { name: 'One slot more for ada' }).click();
    await dialog
      .getByText('2 slots become 3. 2 running tasks go on; 1 of 12 in line can start at once.')
      .waitFor();
  });

  test('nothing is done before it is told what it would do; where that cannot be told, at the second press', async () => {
    const { page } = await stand.open('#/agents');
    let answer = (_: 'on' | 'fail') => undefined as unknown;
    await page.route('**/api/agents/ada/pause', async (route) => {
      const isDry = route.request().postDataJSON().dry_run === true;
      const does = isDry ? await new Promise<'on' | 'fail'>((resolve) => (answer = resolve)) : 'on';
      await (does === 'on' ? route.continue() : route.abort());
    });
    const pause = page.getByRole('button', { name: 'Pause ada' });
    const dialog = page.getByRole('dialog', { name: 'Pause ada?' });
    await pause.click();
    await dialog.getByText('Looking at what it would do').waitFor();
    await dialog.getByLabel('Why').press('Enter');
    await dialog.getByRole('button', { name: 'Pause ada' }).click({ force: true });
    answer('fail');
    await dialog.getByText('What it would do is not known').waitFor();
    expect(calls).toEqual([]);
    await dialog.getByRole('button', { name: 'Pause ada' }).dblclick();
    await dialog.getByRole('button', { name: 'Do it all the same' }).waitFor();
    expect(calls).toEqual([]);
    await page.keyboard.press('Enter');
    await page.getByText('Ada paused.').first().waitFor();
    expect(calls).toHaveLength(1);
  });

  test('a key acts on the row with the focus, which is there again after the dialog', async () => {
    const { page } = await stand.open('#/agents');
    await page.getByText('3 agents, 2 unwell').waitFor();
    await page.keyboard.press('j');
    await page.locator('.row:focus').waitFor();
    await page.getByRole('button', { name: 'Pause eve', exact: true }).focus();
    await page.keyboard.press('p');
    const dialog = page.getByRole('dialog', { name: 'Pause eve?' });
    await dialog.getByRole('button', { name: 'Leave it' }).click();
    await page.locator('button:focus', { hasText: 'Pause' }).waitFor();
    await page.keyboard.press('p');
    await dialog.getByText('0 running tasks go on').waitFor();
    await page.keyboard.press('Enter');
    await page.getByText('Eve paused.').first().waitFor();
    await page.locator('.row button:focus').waitFor();
    expect(calls).toEqual([['pause', { agent: 'eve' }, undefined]]);
  });

  test('the field of slots is of the agent that is shown, and follows a limit that others set', async () => {
    const { page, close } = await stand.open('#/agents/ada');
    const slots = page.getByLabel('Slots');
    await slots.waitFor();
    await expect.poll(() => slots.inputValue()).toBe('2');
    change('ada', { limit: 5 });
    await page.waitForFunction(
      () => document.querySelector<HTMLInputElement>('input[type=number]')?.value === '5',
    );
    await slots.fill('7');
    await page.evaluate(() => {
      location.hash = '#/agents/bob';
    });
    await page.getByRole('heading', { name: 'bob' }).waitFor();
    await expect.poll(() => slots.inputValue()).not.toBe('7');
    await close();
  });

  test('filters are in the address, what is wrong is told as text, a budget by its parts', async () => {
    const { page, complaints } = await stand.open('#/agents?state=unwell');
    await page.getByText('onerror=alert(1)').waitFor();
    await expect.poll(() => page.getByRole('list', { name: 'Agents' }).getByRole('listitem').count()).toBe(2);
    await page.getByText('80,000 of 80,000 tokens today (100 %)').waitFor();
    await page.getByLabel('Agents or pools with these words').fill('bob');
    await page.waitForFunction(() => location.hash === '#/agents?state=unwell&find=bob');
    await expect.poll(() => page.getByRole('listitem').count()).toBe(1);
    await page.getByRole('link', { name: 'bob' }).click();
    await page.getByRole('heading', { name: 'bob' }).waitFor();
    await page.getByRole('button', { name: 'Check it' }).click();
    await page.getByText('Nothing is found about it').waitFor();
    expect(complaints).toEqual([]);
  });

  test('the check of one agent tells what is wrong with it and with all, and nothing of others', async () => {
    const { page, close } = await stand.open('#/agents/ada');
    const found = (level: string, says: string, agent?: string) => ({ code: 'x', level, says, agent });
    const findings = [
      found('error', 'Recipe of "bob": it is gone.', 'bob'),
      found('ok', 'Recipe of "ada" can be run.', 'ada'),
      found('error', 'goose has no model provider.'),
      found('ok', 'TinyTask answers.'),
    ];
    await page.route('**/api/validation', (route) =>
      route.fulfill({ json: { ok: false, errors: 2, warnings: 0, findings, fixed: [] } }),
    );
    await page.getByRole('button', { name: 'Check it' }).click();
    await expect
      .poll(() => page.locator('.findings li').allInnerTexts())
      .toEqual(['ok Recipe of "ada" can be run.', 'error goose has no model provider.']);
    await close();
  });

  test.each(['light', 'dark'] as const)(
    'axe finds nothing, in %s colours and on a phone',
    async (colorScheme) => {
      for (const viewport of [SIZES.laptop, SIZES.phone])
        for (const at of ['#/agents', '#/agents/eve', '#/agents/nobody']) {
          const { page, close } = await stand.open(at, { colorScheme, viewport });
          await page
            .getByText(/3 agents|eve|There is no agent/)
            .first()
            .waitFor();
          expect(await axeFindings(page), at).toEqual([]);
          const wider = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
          expect(wider, `${at} is wider than ${viewport.width}`).toBeLessThanOrEqual(0);
          await close();
        }
    },
  );

  test('with 200 agents only what is seen is drawn, and each is reached by keys', async () => {
    agents = Array.from({ length: 200 }, (_, at) => agentOf(`agent-${String(at).padStart(3, '0')}`));
    const { page } = await stand.open('#/agents');
    await page.getByText('200 agents, all well').waitFor();
    await expect.poll(() => page.getByRole('listitem').count()).toBeLessThan(60);
    await page.keyboard.press('j');
    await page.locator('.row:focus').waitFor();
    await page.keyboard.press('End');
    await page.locator('.row:focus').getByRole('link', { name: 'agent-199' }).waitFor();
    await page.keyboard.press('Enter');
    await page.waitForFunction(() => location.hash === '#/agents/agent-199');
  });
});
