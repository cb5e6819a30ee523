import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { loadConfig } from '../../config/load.ts';
import { temporalSettings } from '../../config/temporal.ts';
import { METRIC_NAMES } from '../../metrics/catalog.ts';
import { LookSource } from '../../metrics/look-source.ts';
import { allowed } from '../support/allowed.ts';
import { mainForTests, startDaemon } from '../support/daemon-process.ts';
import { eventually } from '../support/eventually.ts';
import { OF_TEMPORAL, PROMTOOL, promtool } from '../support/promtool.ts';
import { DEVELOPER, type System, startSystem } from '../support/system.ts';

// One server and one daemon for all: the tests follow each other.
let system: System;
let daemon: ChildProcess & { pid: number };
let worker: ChildProcess | undefined;
beforeAll(async () => {
  system = await startSystem();
  delete system.env.TINYSCHEDULER_METRICS_PORT;
  await system.agents([{ agentName: 'ada', agentType: 'dev', limit: 2 }]);
  await system.recipe('ada', 'MODEL: wait 1s\nMODEL: say done', DEVELOPER);
  daemon = await startDaemon(system.env);
});
afterAll(async () => {
  for (const each of [worker, daemon]) {
    if (each === undefined || each.exitCode !== null || each.signalCode !== null) continue;
    each.kill('SIGKILL');
    await once(each, 'exit');
  }
  await system.stop();
});

const placeOf = ({ pid }: ChildProcess) =>
  eventually('it is served', () => {
    const [place] = JSON.parse(readFileSync(join(system.dir, `state/metrics/${pid}.json`), 'utf8'));
    return place as { targets: [string]; labels: { role: string } };
  });

async function scrape(of: ChildProcess): Promise<string> {
  const answer = await fetch(`http://${(await placeOf(of)).targets[0]}/metrics`);
  expect(answer.status).toBe(200);
  return answer.text();
}

const has = (of: ChildProcess, ...lines: string[]) =>
  eventually(`${lines}`, async () => {
    const text = await scrape(of);
    const missing = lines.filter((line) => !`\n${text}`.includes(`\n${line}\n`));
    if (missing.length > 0)
      throw new Error(`missing: ${missing}, in ${text.match(/^tinyscheduler_.*/gm)?.join(' ')}`);
    return text;
  });

/** Without what histograms add. */
const namesIn = (text: string) =>
  new Set([...text.matchAll(/^([a-z]\w+?)(?:_bucket|_sum|_count)?(?:\{| )/gm)].map(([, name = '']) => name));

test('a task goes through, and all of it is told', async () => {
  await has(daemon, 'tinyscheduler_look_up 1', 'tinyscheduler_tasks{phase="running"} 0');
  await system.tinytask.create({ title: 'secret title', queue: 'dev', createdBy: 'test' });
  const text = await has(
    daemon,
    'tinyscheduler_attempts_total{verdict="completed"} 1',
    'tinyscheduler_agent_attempts_total{agent="ada",verdict="completed"} 1',
    'tinyscheduler_attempts_started_total{pool="dev"} 1',
    'tinyscheduler_dispatch_latency_seconds_count 1',
    'tinyscheduler_start_latency_seconds_count 1',
    'tinyscheduler_attempt_duration_seconds_count 1',
    'tinyscheduler_slots_limit{agent="ada",pool="dev"} 2',
    'tinyscheduler_slots_used{agent="ada",pool="dev"} 0',
    'tinyscheduler_slots_free{pool="dev"} 2',
    'tinyscheduler_ready_tasks{pool="dev"} 0',
    'tinyscheduler_temporal_up 1',
    'tinyscheduler_tinytask_up 1',
    'tinyscheduler_watched 1',
  );
  expect(text).not.toContain('secret');
  const names = [...namesIn(text)];
  expect(
    names.filter((name) => !name.startsWith('temporal_') && !(METRIC_NAMES as string[]).includes(name)),
  ).toEqual([]);
  // Nobody has a budget here, and a label that is by agent may not have come yet.
  const absent = METRIC_NAMES.filter((name) => !names.includes(name) && !name.includes('budget'));
  expect(absent).toEqual([]);
  expect(OF_TEMPORAL.filter((name) => !names.includes(name))).toEqual([]);
  if (PROMTOOL !== undefined) expect(promtool(['check', 'metrics'], text)).toEqual({ status: 0, text: '' });
});

test('a worker on the same host has a port of its own, and tells what it knows', {
  timeout: 60_000,
}, async () => {
  const started = spawn(process.execPath, [mainForTests(), 'worker'], {
    ...{ env: system.env, cwd: system.dir, stdio: ['ignore', 'ignore', 'ignore', 'ipc'] },
  });
  worker = started;
  await once(started, 'message');
  const text = await has(
    started,
    'tinyscheduler_temporal_up 1',
    'tinyscheduler_attempts_started_total{pool="dev"} 0',
  );
  expect(text).not.toMatch(/^tinyscheduler_(slots_limit|tasks|look|tinytask)/m);
  const [one, other] = [await placeOf(daemon), await placeOf(started)];
  expect([one.labels.role, other.labels.role]).toEqual(['daemon', 'worker']);
  expect(one.targets).not.toEqual(other.targets);
  started.kill('SIGTERM');
  await once(started, 'exit');
  await expect(fetch(`http://${other.targets[0]}/metrics`)).rejects.toThrow();
});

test('the thread that looks ends when nobody asks, begins again, and is one for all', {
  timeout: 60_000,
}, async () => {
  const { config, environment } = loadConfig({ env: system.env, cwd: system.dir });
  const source = new LookSource(
    { config, temporal: temporalSettings(environment) },
    {
      // The second look is not to be the first one, which is over.
      ...{ idleMs: 1_000, newEnoughMs: 100 },
    },
  );
  onTestFinished(() => source.close());
  for (const _ of ['first', 'again']) {
    // The first one may take longer than a scrape waits.
    await eventually('it has looked', async () => {
      const all = await Promise.all([source.look(), source.look()]);
      return all.every((looked) => looked !== 'late' && 'text' in looked && looked.tinytaskUp);
    });
    expect(source.isThere).toBe(true);
    await eventually('the thread has ended', () => !source.isThere);
  }
});

test('without TinyTask nothing is told of tasks, and slots still are', async () => {
  const back = await system.withoutTinyTask();
  const text = await has(
    daemon,
    'tinyscheduler_tinytask_up 0',
    'tinyscheduler_slots_limit{agent="ada",pool="dev"} 2',
  );
  expect(text).not.toMatch(/^tinyscheduler_(tasks|ready_tasks|waiting_tasks|oldest)/m);
  await back();
  await has(daemon, 'tinyscheduler_tinytask_up 1', 'tinyscheduler_ready_tasks{pool="dev"} 0');
});

test('without Temporal the scrape is answered in time, with what is known, and it comes back', {
  timeout: 90_000,
}, async () => {
  const back = await system.withoutServer();
  const beganMs = performance.now();
  await scrape(daemon);
  expect(performance.now() - beganMs).toBeLessThan(allowed(10_000));
  const text = await has(daemon, 'tinyscheduler_temporal_up 0', 'tinyscheduler_look_up 0');
  expect(text).toContain('tinyscheduler_attempts_total{verdict="completed"} 1\n');
  expect(text).not.toMatch(/^tinyscheduler_(slots_limit|tasks|tinytask_up)/m);
  await back();
  await has(daemon, 'tinyscheduler_temporal_up 1', 'tinyscheduler_look_up 1');
});
