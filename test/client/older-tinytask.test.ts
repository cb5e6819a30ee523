import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { runGooseOnTask } from '../../activities/attempt/goose-on-task.ts';
import { statusText } from '../../client/cli/show/show-status.ts';
import { readStatus } from '../../client/status.ts';
import { checkTinyTask } from '../../client/validate/tinytask.ts';
import { loadConfig } from '../../config/load.ts';
import type { KeptRecord } from '../../goose/host/run-record.ts';
import type { Lease } from '../../goose/run/lease.ts';
import type { TinyTask } from '../../tinytask/client.ts';
import { sayFinding } from '../../words/finding.ts';
import { agentScript, stubRun, temporaryFolder } from '../support/stub-runs.ts';
import { client, embeddedTinyTask } from '../support/tinytask.ts';
import { startTinyTask1 } from '../support/tinytask-1.ts';

const SAYS =
  'TinyTask is a TinyTask 1, without queues, blockers and subtasks: only tasks that are assigned to an agent run; no task waits for another; no task waits for parts of its own; it speaks SSE, which goose does not, so agents are not given its tools: a recipe that needs them brings a bridge. All of it works with TinyTask 2.';

const configFor = (endpoint: string, cwd = '/') => {
  const env = { TINYSCHEDULER_MCP_ENDPOINT: endpoint, TINYSCHEDULER_AGENT_LIMITS: 'vaela:1' };
  return loadConfig({ env, cwd }).config;
};

test('status says what does not work with a TinyTask 1, and plans with what does', async () => {
  const { endpoint } = await startTinyTask1();
  const tinytask = client(endpoint);
  await tinytask.create({ title: 'a', createdBy: 'test', assignedTo: 'vaela' });
  await tinytask.create({ title: 'b', createdBy: 'test' });
  const status = await readStatus({ client: undefined, tinytask, config: configFor(endpoint) });
  const lacks = ['queues', 'blockers', 'subtasks'];
  expect(status.problems).toContainEqual({ what: 'older-tinytask', sse: true, lacks });
  expect(status.waiting.map(({ taskId, reason }) => [taskId, reason.why])).toEqual([
    [1, 'starting'],
    [2, 'legacy-unassigned'],
  ]);
  expect(statusText(status, Date.now())).toContain(`Problem: ${SAYS}`);
});

const said = async (endpoint: string) => {
  const { findings } = await checkTinyTask(configFor(endpoint));
  return findings.map((finding) => [finding.level, sayFinding(finding)]);
};

test('so does validate-config, also where its address ends in /sse', async () => {
  const usual = await startTinyTask1();
  expect(await said(usual.endpoint)).toEqual([['warning', SAYS]]);
  const atSse = await startTinyTask1({ path: '/sse' });
  expect(await said(`${atSse.endpoint}/sse`)).toEqual([['warning', SAYS]]);
});

test('nothing is said of a TinyTask 2', async () => {
  const { endpoint } = await embeddedTinyTask();
  const { problems } = await readStatus({
    client: undefined,
    ...{ tinytask: client(endpoint), config: configFor(endpoint) },
  });
  expect(problems.filter(({ what }) => what === 'older-tinytask')).toEqual([]);
  expect(await said(endpoint)).toEqual([['ok', expect.any(String)]]);
});

/** The arguments of the goose of one attempt, as its process has got them. */
async function argumentsWith(tinytask: TinyTask, endpoint: string): Promise<string> {
  using folder = temporaryFolder();
  const { id, createdAt } = await tinytask.create({ title: 'a', createdBy: 'test', assignedTo: 'vaela' });
  const { token, env } = stubRun('writes-arguments', folder.path);
  await runGooseOnTask({
    ...{ config: { ...configFor(endpoint), logDir: folder.path }, tinytask, token, env, runId: 'r' },
    input: {
      ...{ task: { id, createdAt }, agent: 'vaela', assignee: 'vaela', pool: null, queue: null, number: 1 },
      ...{ grantedTo: 'r', fence: 1, semaphore: 'agent-vaela', probe: false },
      ...{ maxRuntimeMs: 20_000, killGraceMs: 300 },
    },
    gooseBin: agentScript('writes-arguments'),
    recipe: { path: '/recipe.yaml', name: 'vaela' },
    workingDir: folder.path,
    record: { change: async () => undefined } as unknown as KeptRecord,
    lease: { graceLeftMs: () => 300, obstacle: () => undefined } as unknown as Lease,
    stopping: new AbortController(),
    ...{ onLeft: () => undefined, onProgress: () => undefined },
    onProgress: () => undefined,
  });
  return readFileSync(join(folder.path, 'arguments'), 'utf8');
}

test('goose is not given the tools of a TinyTask 1, which it could not start', async () => {
  const older = await startTinyTask1();
  expect(await argumentsWith(client(older.endpoint), older.endpoint)).not.toContain('extension');
  const newer = await embeddedTinyTask();
  expect(await argumentsWith(client(newer.endpoint), newer.endpoint)).toContain(
    `--with-streamable-http-extension ${newer.endpoint}/mcp`,
  );
});
