import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { reportOf } from '../../client/report.ts';
import { loadConfig } from '../../config/load.ts';
import { temporalSettings } from '../../config/temporal.ts';
import { endedRuns } from '../../temporal/ended-runs.ts';
import { allowed } from '../support/allowed.ts';
import { eventually } from '../support/eventually.ts';
import { type System, startSystem } from '../support/system.ts';
import { inStatus, newTask } from '../support/task-runs.ts';
import { ask, askProcess } from '../support/told.ts';

let system: System;
beforeAll(async () => {
  system = await startSystem();
  await system.agents([
    { agentName: 'ada', agentType: 'dev' },
    { agentName: 'bob', agentType: 'qa', limit: 0 },
  ]);
  await system.recipe('ada', 'MODEL: say Done.');
  await system.recipe('review', 'MODEL: say Done.');
  await system.start('daemon');
  const tasks = [
    await newTask(system, { queue: 'dev' }),
    await newTask(system, { queue: 'dev', tags: ['recipe:review'] }),
  ];
  for (const { id } of tasks) await inStatus(system, id, 'complete');
  await newTask(system, { queue: 'qa', title: 'Look\u001b[2J', priority: -3 });
  await newTask(system, { assignedTo: 'eve', priority: 2 });
  // The server's list of what was closed lags.
  await eventually('both runs are listed', async () => {
    const { runs } = await endedRuns(system.client, { sinceMs: 0, most: 10 });
    return runs.length === tasks.length;
  });
});
afterAll(() => system.stop());

test('what is there, and what ended, in a file for each', async () => {
  const { code, stdout, stderr } = await askProcess(system, [
    ...['report', '--format', 'both', '--output', 'out/today', '--since', '1h'],
    ...['--status', 'idle', 'working', 'complete'],
  ]);
  expect([code, stderr]).toEqual([0, '']);
  const json = JSON.parse(readFileSync(join(system.dir, 'out/today.json'), 'utf8'));
  expect(readFileSync(join(system.dir, 'out/today.txt'), 'utf8')).toBe(stdout);
  expect(readdirSync(join(system.dir, 'out')).sort()).toEqual(['today.json', 'today.txt']);
  expect(stdout).toContain('Look�[2J');
  expect(json.summary).toMatchObject({
    total_open_tasks: 2,
    total_complete: 2,
    agents_with_work: ['ada', 'eve'],
  });
  expect(json.priority_distribution).toMatchObject({ highest_priority: 2, lowest_priority: -3 });
  expect(json.scheduler).toBe('running');
  expect(json.reasons).toEqual({ 'limit-zero': 1, 'unknown-agent': 1 });
  expect(json.pools.map(({ queue, tasks }: { queue: string; tasks: number }) => [queue, tasks])).toEqual([
    ['dev', 0],
    ['qa', 1],
    [null, 1],
  ]);
  const { ended } = json;
  expect(ended).toMatchObject({ runs: 2, runs_read: 2, ends: { complete: 2 }, verdicts: { completed: 2 } });
  expect(ended).toMatchObject({
    kept_for_hours: 168,
    not_known: [],
    waiting_sec: { of: 2 },
    running_sec: { of: 2 },
  });
  expect(ended.tokens_by_recipe.map(({ recipe }: { recipe: string }) => recipe)).toEqual(['ada', 'review']);
  const [ofAda] = ended.tokens_by_agent;
  expect(ofAda).toMatchObject({ agent: 'ada', attempts: 2, attempts_with_unknown_tokens: 0 });
  expect(ofAda.tokens).toBeGreaterThan(0);
});

test('only what is assigned to an agent; one that nobody knows is said', async () => {
  const eve = await ask(system, ['report', '--agent', 'eve', '--format', 'json']);
  expect(JSON.parse(eve.stdout).summary).toMatchObject({ total_open_tasks: 1, agents_with_work: ['eve'] });
  expect(eve.stderr).toBe('');
  const adda = await ask(system, ['report', '--agent', 'adda']);
  expect([adda.code, adda.stderr]).toEqual([0, expect.stringContaining('(did you mean ada?)')]);
});

test('a file that cannot be written', async () => {
  mkdirSync(join(system.dir, 'folder'));
  const { code, stdout, stderr } = await askProcess(system, ['report', '--output', 'folder']);
  expect([code, stdout]).toEqual([1, '']);
  expect(stderr).toBe('tinyscheduler: the report could not be written to folder: it is a directory\n');
  expect(readdirSync(join(system.dir, 'folder'))).toEqual([]);
});

test('without Temporal it is what TinyTask knows, and says so', async () => {
  const { code, stdout, stderr } = await ask(system, ['report', '--since', '1d', '--format', 'json'], {
    TEMPORAL_ADDRESS: '127.0.0.1:1',
  });
  const json = JSON.parse(stdout);
  expect([code, json.summary.total_open_tasks]).toEqual([0, 2]);
  expect(json).toMatchObject({ scheduler: null, pools: null, phases: null, reasons: null, ended: null });
  expect(json.problems).toEqual([expect.stringContaining('This is what TinyTask knows alone')]);
  expect(stderr).toContain('This is what TinyTask knows alone');
});

test('where nobody named a server and none is there, it does not wait for one', async () => {
  const { config, environment } = loadConfig({ env: system.env, cwd: system.dir });
  const address = '127.0.0.1:1';
  const temporal = { ...temporalSettings(environment), address, explicitlyConfigured: false };
  const began = performance.now();
  const { summary, problems } = await reportOf({ temporal, config }, { statuses: ['idle'] });
  expect(performance.now() - began).toBeLessThan(allowed(3_000));
  expect(summary.open).toBe(2);
  expect(problems).toMatchObject([
    { what: 'alone', failure: { code: 'temporal-unreachable', named: false } },
  ]);
});

test('without TinyTask there is no report', async () => {
  const back = await system.withoutTinyTask();
  const { code, stdout, stderr } = await ask(system, ['report']);
  await back();
  expect([code, stdout, stderr]).toEqual([1, '', expect.stringContaining('TinyTask')]);
});
