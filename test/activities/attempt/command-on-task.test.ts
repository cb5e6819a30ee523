import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Client, WorkflowNotFoundError } from '@temporalio/client';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { commandFor } from '../../../activities/attempt/command-on-task.ts';
import type { Looking } from '../../../activities/attempt/runnable.ts';
import type { Task } from '../../../domain/task.ts';
import { taskOf } from '../../support/tasks.ts';

let base: string;
beforeAll(() => {
  base = mkdtempSync(join(tmpdir(), 'command-on-task-'));
  mkdirSync(join(base, 'bin'));
  writeFileSync(join(base, 'bin/well'), '#!/bin/sh\n');
  chmodSync(join(base, 'bin/well'), 0o755);
});
afterAll(() => rmSync(base, { recursive: true, force: true }));

const ID = 'occurrence-nightly-2026-01-01T03:00:00Z';
const TASK = taskOf(42, { assignedTo: 'commands', tags: [`occurrence:${ID}`] });
const { id, createdAt } = TASK;

function described(work: object) {
  const begun = { definition: { work: { kind: 'command', args: [], ...work } } };
  const occurrence = { schedule: 'nightly', plannedMs: 0, phase: 'working', task: { id, createdAt }, begun };
  return async () => ({ type: 'scheduledRun', memo: { occurrence } });
}
const WELL = described({ command: 'well' });
const away = async () => {
  throw new Error('14 UNAVAILABLE');
};

interface Given {
  describe?: () => Promise<unknown>;
  task?: Task | undefined;
  config?: object;
  rules?: object;
  signal?: AbortSignal;
}

function look({ describe = WELL, config = {}, rules = {}, signal, ...given }: Given) {
  const asked: string[] = [];
  const getHandle = (workflowId: string) => ({
    describe: async () => {
      asked.push(workflowId);
      return describe();
    },
  });
  const client = { workflow: { getHandle } } as unknown as Client;
  const dirs = {
    logDir: base,
    runningDir: base,
    basePath: base,
    workingDir: base,
    binDir: join(base, 'bin'),
  };
  const looking = {
    deps: { client, config: { ...dirs, ...config } },
    input: { task: { id, createdAt }, agent: 'commands', rules },
    ...{ env: { PATH: '/usr/bin:/bin' }, agent: { name: 'commands' } },
    task: 'task' in given ? given.task : TASK,
    signal: signal ?? new AbortController().signal,
  } as unknown as Looking;
  return { asked, found: commandFor(looking) };
}

test('what its occurrence names is found', async () => {
  const { asked, found } = look({});
  expect(await found).toEqual({ runnable: { run: expect.any(Function) } });
  expect(asked).toEqual([ID]);
});

test.each<[string, Given, string, RegExp]>([
  [
    'no tag',
    { task: { ...TASK, tags: [] } },
    'not-runnable',
    /which runs what a schedule says and nothing else/,
  ],
  ['a tag of a run', { task: { ...TASK, tags: ['occurrence:task-42'] } }, 'not-runnable', /nothing else/],
  [
    'an occurrence that nobody knows',
    {
      describe: async () => {
        throw new WorkflowNotFoundError('none', ID, undefined);
      },
    },
    'not-runnable',
    /^the server knows no occurrence "occurrence-nightly-.*", which its tag names$/,
  ],
  [
    'an occurrence of another kind',
    { describe: async () => ({ type: 'runTask', memo: {} }) },
    'not-runnable',
    /is none of a schedule$/,
  ],
  ['a way out', { describe: described({ command: '../well' }) }, 'not-runnable', /without "\.\."$/],
  [
    'no such program',
    { describe: described({ command: 'ill' }) },
    'task-misconfigured',
    /^there is no program "ill"/,
  ],
  // Of this host, whatever the task asks for.
  [
    'no BIN_DIR',
    { config: { binDir: undefined } },
    'misconfigured',
    /^programs are not run on this host: set TINY/,
  ],
  [
    'a missing BIN_DIR',
    { config: { binDir: '/nowhere' } },
    'misconfigured',
    /\/nowhere does not exist: make it/,
  ],
  [
    'a missing directory',
    { config: { workingDir: '/nowhere' } },
    'misconfigured',
    /working directory \/nowhere/,
  ],
  ['a missing launcher', { rules: { launchPrefix: ['none-such'] } }, 'misconfigured', /of its launchPrefix/],
  ['a deleted task', { task: undefined }, 'not-ours', /^not started: it was deleted$/],
  ['another task of its id', { task: { ...TASK, createdAt: 'x' } }, 'not-ours', /deleted$/],
])('%s: nothing is run', async (_, given, kind, reason) => {
  expect(await look(given).found).toEqual({
    instead: { verdict: { kind, reason: expect.stringMatching(reason) } },
  });
});

test('a server that answers late is asked again; of one that does not, nothing is believed', async () => {
  let times = 0;
  const late = () => (++times < 3 ? away() : WELL());
  const [answered, not] = [look({ describe: late }), look({ describe: away })];
  expect(await answered.found).toHaveProperty('runnable');
  expect(await not.found).toEqual({
    instead: {
      noAttempt: 'paused',
      verdict: { kind: 'cancelled', reason: 'not started: the server could not be asked for its occurrence' },
    },
  });
  expect([answered.asked.length, not.asked.length]).toEqual([3, 5]);
});

test('nobody waits for a server when the attempt is to stop', async () => {
  const stopping = new AbortController();
  const { asked, found } = look({ describe: away, signal: stopping.signal });
  stopping.abort();
  expect(await found).toHaveProperty('instead.noAttempt', 'paused');
  expect(asked.length).toBeLessThanOrEqual(1);
});
