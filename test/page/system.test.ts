import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { taskWorkflowId } from '../../contract/ids.ts';
import { freePort } from '../../os/free-port.ts';
import { CHROMIUM, type OpenPage, openPage, startBrowser } from '../support/browser.ts';
import { mainForTests } from '../support/daemon-process.ts';
import { eventually } from '../support/eventually.ts';
import { type System, startSystem } from '../support/system.ts';
import { gooseLives, inPhase, inStatus, newTask, slotsOf } from '../support/task-runs.ts';

const SEEN_MS = 90_000;

describe.skipIf(CHROMIUM === undefined)('the page beside a scheduler that runs', () => {
  let system: System;
  let port: string;
  let url: string;
  let api: ChildProcess;
  let browser: Browser;
  let open: OpenPage;

  async function serve(): Promise<void> {
    api = spawn(process.execPath, [mainForTests(), 'serve', '--api-port', port], {
      ...{ cwd: system.dir, env: system.env },
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    });
    [{ url }] = (await once(api, 'message')) as [{ url: string }];
  }

  beforeAll(async () => {
    system = await startSystem();
    await system.agents([
      { agentName: 'ada', agentType: 'dev' },
      { agentName: 'bob', agentType: 'qa', limit: 2 },
    ]);
    await system.recipe('ada', 'MODEL: say done');
    await system.recipe('bob', 'MODEL: wait 120s\nMODEL: say done');
    await system.start('daemon');
    port = String(await freePort(0));
    await serve();
    browser = await startBrowser();
    open = await openPage(browser, `${url}/`);
  });

  afterAll(async () => {
    await browser?.close();
    if (api !== undefined && api.exitCode === null && api.signalCode === null) {
      const gone = once(api, 'exit');
      api.kill('SIGTERM');
      await gone;
    }
    await system?.stop();
  });

  const at = (hash: string) => open.page.evaluate((to) => location.assign(to), hash);

  test('a task is added by keyboard alone, and seen through to its end without a reload', async () => {
    const { page } = open;
    await at('#/tasks/new');
    await page.getByLabel('Title').focus();
    await page.keyboard.type('Write a haiku');
    await page.getByLabel('Queue', { exact: true }).focus();
    await page.keyboard.type('dev');
    await page.keyboard.press('Enter');
    await page.waitForFunction(() => /^#\/tasks\/\d+$/.test(location.hash));
    const id = Number((await page.evaluate(() => location.hash)).split('/')[2]);
    await page.getByText('complete', { exact: true }).first().waitFor();
    expect((await system.tinytask.get(id))?.status).toBe('complete');
    await page.getByText('completed', { exact: true }).first().waitFor();
  });

  test('a task that nobody serves says so, and what would start it', async () => {
    const { page } = open;
    const { id } = await newTask(system, { queue: 'nobody' });
    await page.keyboard.press('/');
    await page.keyboard.type(String(id));
    await page.keyboard.press('Enter');
    await page
      .getByText(/no agent serves (the )?queue "nobody"/)
      .first()
      .waitFor();
  });

  test('an agent is paused and resumed by keys, and its task waits and goes', async () => {
    const { page } = open;
    await page.locator('body').press('Escape');
    await at('#/agents');
    await page.getByRole('link', { name: 'ada', exact: true }).waitFor();
    await page.locator('main').focus();
    await page.keyboard.press('j');
    await page.locator('.row:focus').getByRole('link', { name: 'ada' }).waitFor();
    await page.keyboard.press('p');
    await page.getByRole('dialog', { name: 'Pause ada?' }).getByText('running tasks go on').waitFor();
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Resume ada' }).waitFor();
    const { id } = await newTask(system, { assignedTo: 'ada' });
    await at(`#/tasks/${id}`);
    await page
      .getByText(/paused/)
      .first()
      .waitFor();
    await at('#/agents');
    await page.getByRole('button', { name: 'Resume ada' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Resume ada' }).click();
    await inStatus(system, id, 'complete');
  });

  test('a parked task is called back, by three keys from the first view', async () => {
    const { page } = open;
    const { id } = await newTask(system, { queue: 'qa' });
    await gooseLives(system, id);
    await at(`#/tasks/${id}`);
    await page.getByText('running', { exact: true }).first().waitFor();
    await page.locator('main').focus();
    await page.keyboard.press('c');
    await page.getByRole('button', { name: `Cancel task ${id}` }).click();
    await inPhase(system, id, 'parked');
    await at('#/now');
    await page.getByText('Retry all 1').waitFor();
    await page.locator('main').focus();
    await page.keyboard.press('3');
    await page.locator('.row:focus').waitFor();
    await page.keyboard.press('r');
    await page
      .getByRole('dialog')
      .getByText(/It runs again/)
      .first()
      .waitFor();
    await page.keyboard.press('Enter');
    await gooseLives(system, id);
  });

  test('a schedule is made, and its run is seen', async () => {
    const { page } = open;
    await at('#/schedules/new');
    await page.getByLabel('Name', { exact: true }).fill('quarterly');
    await page.getByLabel('cron', { exact: true }).fill('0 3 * * *');
    await page.getByLabel('Title', { exact: true }).fill('Look around');
    await page.getByLabel('Queue', { exact: true }).fill('dev');
    await page.getByRole('button', { name: /^(Create|Make|Save)/ }).click();
    await page.waitForFunction(() => location.hash.startsWith('#/schedules/quarterly'));
    await page
      .getByRole('button', { name: /^Run now/ })
      .first()
      .click();
    await page.getByRole('dialog').getByRole('button', { name: /^Run/ }).click();
    await page
      .getByText(/well|done|completed/)
      .first()
      .waitFor();
    const { schedules } = await system.scheduler();
    await vi.waitFor(
      async () => expect((await schedules.show('quarterly')).history?.length).toBeGreaterThan(0),
      { timeout: SEEN_MS, interval: 250 },
    );
  });

  /** What is clicked, by what it is called; which key is pressed; what is typed counts as one. */
  type Step = { click: string | RegExp } | { key: string } | { type: string } | { confirm: string };

  async function take(step: Step): Promise<void> {
    const { page } = open;
    if ('type' in step) return page.keyboard.type(step.type);
    if ('click' in step) {
      const named = { name: step.click, exact: typeof step.click === 'string' };
      return page.getByRole('link', named).or(page.getByRole('button', named)).first().click();
    }
    if ('confirm' in step) {
      // A key of a dialog comes after what it says.
      await page.getByRole('dialog').waitFor();
      await page.getByText('Looking at what it would do').waitFor({ state: 'hidden' });
      return page.keyboard.press(step.confirm);
    }
    await page.keyboard.press(step.key);
    // The key of a section leads to its first row.
    if (/^\d$/.test(step.key)) await page.locator('.row:focus').waitFor();
  }

  test('ten tasks of an operator take three clicks or keys each, from the first view', async () => {
    const { page } = open;
    const [one, two] = [await newTask(system, { queue: 'qa' }), await newTask(system, { queue: 'qa' })];
    const running = await eventually('two of them run', async () => {
      // What the schedule's agent runs is not among them: it may be over at any moment.
      const { holders } = await slotsOf(system, 'qa');
      const gooses = await system.gooses();
      const ids = gooses.filter((id) => holders.some(({ workflowId }) => workflowId === taskWorkflowId(id)));
      return ids.length === 2 ? ids : undefined;
    });
    const { id: unserved } = await newTask(system, { queue: 'translators' });
    const scheduler = await system.scheduler();
    for (const id of running) await scheduler.cancel(id, {});
    for (const { id } of [one, two]) if (!running.includes(id)) await gooseLives(system, id);
    const tasks: [wants: string, steps: Step[], seen: string | RegExp, before?: string][] = [
      ['how things are', [], /No agent for \d/],
      [
        'why a task waits',
        [{ key: '/' }, { type: String(unserved) }, { key: 'Enter' }],
        /no agent serves queue "translators"/,
      ],
      [
        'to call back what was parked by one cause',
        [{ key: '3' }, { key: 'r' }, { confirm: 'Enter' }],
        '2 tasks retried.',
        'Retry all 2',
      ],
      ['what a running task writes', [{ click: /^\d+ test/ }], /Log of attempt \d/],
      [
        'to end a running task',
        [{ click: /^\d+ test/ }, { key: 'c' }, { confirm: 'Enter' }],
        /idle|cancelled/,
      ],
      [
        'to pause an agent',
        [{ click: 'Agents' }, { click: 'Pause ada' }, { confirm: 'Enter' }],
        'Ada paused.',
      ],
      [
        'to stop what an agent runs',
        [{ click: 'bob' }, { click: 'Stop what runs' }, { confirm: 'Enter' }],
        /Bob stopped/,
      ],
      ['what failed this night', [{ click: 'History' }, { key: 'f' }], /badly/],
      [
        'to run a schedule now',
        [{ click: 'Schedules' }, { click: 'Run now quarterly' }, { confirm: 'Enter' }],
        /quarterly.* (begun|runs|begins)/,
      ],
      ['nothing more to start', [{ click: /^Pause all/ }, { confirm: 'Enter' }], 'Resume all'],
    ];
    const took: string[] = [];
    for (const [wants, steps, seen, before] of tasks) {
      await page.goto(`${url}/#/now`);
      await page.reload();
      await page.getByText('As of now').waitFor();
      await page.getByRole('link', { name: 'ada', exact: true }).waitFor();
      if (before !== undefined) await page.getByText(before).first().waitFor();
      const beganMs = performance.now();
      for (const step of steps) await take(step);
      await page
        .getByText(seen)
        .first()
        .waitFor()
        .catch((error: Error) => {
          throw new Error(`${wants}: ${error.message}`);
        });
      took.push(`${wants}: ${steps.length}, ${Math.round(performance.now() - beganMs)} ms`);
    }
    console.log(took.join('\n'));
    expect(tasks.filter(([, steps]) => steps.length > 3)).toEqual([]);
    await scheduler.resume({}, {});
  });

  test('the server is killed and comes back: what was known stays, labelled, and is live again', async () => {
    const { page } = open;
    await at('#/agents');
    await page.getByText('As of now').waitFor();
    await page.getByRole('link', { name: 'ada', exact: true }).waitFor();
    const gone = once(api, 'exit');
    api.kill('SIGKILL');
    await gone;
    await page.getByText('The scheduler’s API does not answer.').first().waitFor();
    await page.getByText(/What is shown is \d+ s old/).waitFor();
    await page.getByRole('link', { name: 'ada', exact: true }).waitFor();
    await serve();
    await page.getByText('As of now').waitFor();
    await newTask(system, { title: 'After the kill', queue: 'nobody' });
    await at('#/tasks?find=After');
    await page.getByRole('link', { name: 'After the kill' }).waitFor();
  });
});
