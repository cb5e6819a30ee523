// Makes the pictures of docs/page.md from a scheduler that runs: `npm run screenshots`. It brings up one of its own in a temporary
// folder on free ports, with a scripted model, gives it work, and leaves nothing. `npm run screenshots -- --all DIR` takes each
// view at three sizes in both colours instead, to look at. Wants a Chromium: CHROMIUM, or chromium on PATH.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { chromium } from 'playwright-core';
import { programPath } from '../os/executable.mjs';
import { ownScheduler } from './own-scheduler.mjs';
import { root } from './sources.mjs';

const { values } = parseArgs({ options: { all: { type: 'string' } } });
const SIZES = { phone: [390, 844], laptop: [1280, 800], wide: [1920, 1080] };
const VIEWS = ['now', 'tasks', 'tasks/1', 'schedules', 'schedules/nightly-report', 'history', 'agents'];
/** Name of the picture: view, size, colours. */
const PICTURES = {
  now: ['now', 'laptop', 'light'],
  'now-phone': ['now', 'phone', 'dark'],
  task: ['tasks/1', 'laptop', 'light'],
  schedules: ['schedules', 'laptop', 'light'],
  history: ['history', 'laptop', 'dark'],
  agents: ['agents', 'laptop', 'light'],
};
const WORK_MS = 6_000;
const DRAWN_MS = 2_500;
const READY_MS = 120_000;

async function tell(url, path, body, method = 'POST') {
  const answer = await fetch(`${url}${path}`, {
    ...{ method, body: JSON.stringify(body) },
    headers: { 'content-type': 'application/json' },
  });
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
  return answer.json();
}

/** Until there is somebody who does what is asked. */
async function isReady(url) {
  const untilMs = performance.now() + READY_MS;
  for (;;) {
    const answer = await fetch(`${url}/readyz`).catch(() => undefined);
    await answer?.text();
    if (answer?.ok) return;
    if (performance.now() > untilMs) throw new Error(`${url}/readyz is not well`);
    await sleep(250);
  }
}

/** Some of everything: what runs, waits, is blocked, was parked by hand, and that nobody serves. */
async function giveWork(url, queue) {
  const titles = [
    'Draft the release notes',
    'Sort the bug reports of the week',
    'Check the links of the manual',
  ];
  for (const round of Array.from({ length: 20 }, (_, at) => at + 1))
    for (const title of titles)
      await tell(url, '/api/tasks', { title: `${title}, part ${round}`, queue, priority: round % 3 });
  await tell(url, '/api/tasks', { title: 'Translate the manual', queue: 'translators' });
  const last = await tell(url, '/api/tasks', { title: 'Publish the release', queue });
  const { task_id: blocker } = (
    await tell(url, '/api/tasks', { title: 'Announce it', queue, blocked_by: last.after.task_id })
  ).after;
  await tell(url, '/api/tasks', { title: 'Answer the questions about it', queue, blocked_by: blocker });
  await tell(url, '/api/schedules/', {
    ...{
      name: 'nightly-report',
      title: 'Report of {{date}}',
      queue,
      cron: '0 3 * * *',
      timezone: 'Europe/Berlin',
    },
  });
  await tell(url, '/api/schedules/', {
    name: 'every-quarter-hour',
    title: 'Look at {{time}}',
    queue,
    every: '15m',
  });
  await tell(url, '/api/schedules/', { name: 'old-cleanup', title: 'Clean up', queue, every: '2h' });
  await tell(url, '/api/schedules/old-cleanup/disable/', { note: 'until the disk is moved' });
  await tell(url, '/api/schedules/nightly-report/run-now/', {});
  await sleep(WORK_MS);
  await tell(url, `/api/tasks/${blocker}/cancel`, { note: 'not before the review' }).catch(() => undefined);
  await tell(url, '/api/agents/oscar/pause', { note: 'its key is renewed' });
}

async function take(browser, url, [view, size, colorScheme], path) {
  const [width, height] = SIZES[size];
  const page = await browser.newPage({ viewport: { width, height }, colorScheme, reducedMotion: 'reduce' });
  await page.goto(`${url}/#/${view}`);
  await sleep(DRAWN_MS);
  await page.screenshot({ path });
  await page.close();
  console.error(`screenshots: ${path}`);
}

const program = process.env.CHROMIUM ?? programPath('chromium', process.env.PATH);
if (program === undefined) {
  console.error('screenshots: there is no Chromium; CHROMIUM names one');
  process.exit(1);
}
const own = ownScheduler();
const browser = await chromium.launch({ executablePath: program, args: ['--no-sandbox'] });
try {
  const { url, queue } = await own.start();
  await isReady(url);
  await giveWork(url, queue);
  const folder = values.all ?? join(root, 'docs/pictures');
  mkdirSync(folder, { recursive: true });
  const wanted =
    values.all === undefined
      ? Object.entries(PICTURES)
      : VIEWS.flatMap((view) =>
          Object.keys(SIZES).flatMap((size) =>
            ['light', 'dark'].map((colours) => [
              `${view.replaceAll('/', '-')}-${size}-${colours}`,
              [view, size, colours],
            ]),
          ),
        );
  for (const [name, what] of wanted) await take(browser, url, what, join(folder, `${name}.png`));
} finally {
  await browser.close();
  await own.stop();
}
