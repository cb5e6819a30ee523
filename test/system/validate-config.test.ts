import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Connection } from '@temporalio/client';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { command } from '../support/command.ts';
import { eventually } from '../support/eventually.ts';
import { type System, startSystem } from '../support/system.ts';
import { newTask } from '../support/task-runs.ts';

const NOBODY = 65_534;
let system: System;
let connection: Connection;
beforeAll(async () => {
  system = await startSystem();
  connection = await Connection.connect({ address: system.server.address });
  await system.agents([{ agentName: 'ada', agentType: 'dev', limit: 1 }]);
  await system.recipe('ada', 'done');
  await newTask(system, { queue: 'dve' });
});
afterAll(async () => {
  await connection?.close();
  await system?.stop();
});

interface Answer {
  code: number | null;
  /** `level code` of each. */
  found: string[];
  findings: Record<string, unknown>[];
  fixed: Record<string, unknown>[];
}

async function validate(
  more: Record<string, string> = {},
  { args = [], uid }: { args?: string[]; uid?: number } = {},
): Promise<Answer> {
  const { code, stdout } = await command(['validate-config', '--json', ...args], {
    ...{ cwd: uid === undefined ? system.dir : '/', env: { ...system.env, ...more } },
    ...(uid !== undefined && { uid }),
  });
  const { findings, fixed } = JSON.parse(stdout);
  return { code, findings, fixed, found: findings.map((each: Finding) => `${each.level} ${each.code}`) };
}

type Finding = { level: string; code: string };
const notGood = ({ found }: Answer) => found.filter((each) => !each.startsWith('ok '));

async function namespace(name: string, attributes: Record<string, number> = {}): Promise<void> {
  const workflowExecutionRetentionPeriod = { seconds: 86_400 as never };
  await connection.workflowService.registerNamespace({ namespace: name, workflowExecutionRetentionPeriod });
  await eventually('the namespace is known', async () => {
    const asked = { namespace: name, searchAttributes: attributes };
    if (Object.keys(attributes).length > 0) await connection.operatorService.addSearchAttributes(asked);
    else await connection.operatorService.listSearchAttributes({ namespace: name });
    return true;
  });
}

test('all that is there is looked at, in one order, each with a code', async () => {
  const { code, found } = await validate({}, { args: ['--fix'] });
  expect([code, found]).toEqual([
    0,
    [
      'ok settings-good',
      ...Array.from({ length: 5 }, () => 'ok directory-good'),
      ...['ok control-file-good', 'ok recipe-good', 'ok goose-good', 'ok provider-good'],
      expect.stringMatching(/ held-by-/),
      ...['ok tinytask-good', 'warning queue-unserved'],
      ...['ok temporal-good', 'ok attributes-good', 'warning scheduler-state'],
    ],
  ]);
  const { code: again, stdout } = await command(['validate-config'], { cwd: system.dir, env: system.env });
  expect([again, stdout]).toEqual([
    0,
    expect.stringMatching(/\nThe configuration can be used, with \d warnings\.\n$/),
  ]);
  for (const line of stdout.split('\n').slice(0, -2))
    expect(line).toMatch(/^(✓ ok {7}|! warning {2}) ?\S.*\.$/);
});

test('search attributes: missing, made by --fix, and of another type', async () => {
  await namespace('without');
  const without = { TEMPORAL_NAMESPACE: 'without' };
  expect((await validate(without)).found).toContain('warning attributes-missing');
  const { fixed, found } = await validate(without, { args: ['--fix'] });
  expect(fixed).toEqual([expect.objectContaining({ made: 'search-attributes', namespace: 'without' })]);
  expect(found).toContain('ok attributes-good');
  expect((await validate(without)).found).toContain('ok attributes-good');
  await namespace('odd', { Agent: 3 });
  const odd = await validate({ TEMPORAL_NAMESPACE: 'odd' }, { args: ['--fix'] });
  expect(odd).toMatchObject({ code: 1, fixed: [] });
  expect(odd.findings).toContainEqual(
    expect.objectContaining({ code: 'attributes-of-other-type', names: ['Agent'] }),
  );
});

test('a namespace that is not there is an error', async () => {
  const answer = await validate({ TEMPORAL_NAMESPACE: 'nowhere' });
  expect([answer.code, notGood(answer)]).toEqual([1, ['warning queue-unserved', 'error namespace-missing']]);
});

test('servers that are down are warnings, and the rest is looked at all the same', async () => {
  const down = { TINYSCHEDULER_MCP_ENDPOINT: 'http://127.0.0.1:1', TEMPORAL_ADDRESS: '127.0.0.1:1' };
  const answer = await validate(down);
  expect([answer.code, notGood(answer)]).toEqual([
    0,
    ['warning tinytask-absent', 'warning temporal-unreachable'],
  ]);
  const tinytask = await validate({ TINYSCHEDULER_MCP_ENDPOINT: 'http://127.0.0.1:1' });
  expect(notGood(tinytask)).toEqual(['warning tinytask-absent', 'warning scheduler-state']);
  // Another server in its place.
  const other = await validate({ TINYSCHEDULER_MCP_ENDPOINT: `http://${system.server.address}` });
  expect(notGood(other)[0]).toMatch(/tinytask-/);
});

test('a setting that is wrong: exit code 2, and with --json a finding', async () => {
  const wrong = await validate({ TINYSCHEDULER_LOOP_INTERVAL_SEC: '0', TINYSCHEDULER_LOG_LEVEL: 'loud' });
  expect([wrong.code, wrong.found]).toEqual([2, ['error setting-wrong', 'error setting-wrong']]);
});

test('a goose that is none', async () => {
  const program = join(system.dir, 'no-goose');
  await writeFile(program, '#!/bin/sh\necho "usage: something else"\n', { mode: 0o755 });
  const answer = await validate({ TINYSCHEDULER_GOOSE_BIN: program });
  expect(answer.code).toBe(1);
  expect(answer.findings).toContainEqual(
    expect.objectContaining({ code: 'goose-unfit', text: expect.stringContaining('another tool') }),
  );
  expect(answer.findings).toContainEqual(
    expect.objectContaining({ code: 'recipe-looks-good', because: 'no-goose' }),
  );
});

test.skipIf(process.getuid?.() !== 0)('directories in which this user may not write', async () => {
  await chmod(system.dir, 0o755);
  const closed = join(system.dir, 'closed');
  await mkdir(join(closed, 'logs'), { recursive: true });
  const places = { STATE_DIR: closed, RUNNING_DIR: join(closed, 'new'), LOG_DIR: join(closed, 'logs') };
  const named = Object.entries(places).map(([name, path]) => [`TINYSCHEDULER_${name}`, path]);
  const { code, found, fixed } = await validate(Object.fromEntries(named), { args: ['--fix'], uid: NOBODY });
  expect([code, fixed]).toEqual([1, []]);
  expect(found.slice(1, 5)).toEqual(Array.from({ length: 4 }, () => 'error directory-unusable'));
});
