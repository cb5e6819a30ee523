import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { afterProgram } from '../../../activities/attempt/after-program.ts';
import type { ClaimedTask } from '../../../activities/attempt/runnable.ts';
import type { Verdict } from '../../../domain/attempt/verdict.ts';
import type { DoneRules } from '../../../domain/run-rules.ts';
import type { Task } from '../../../domain/task.ts';
import type { GooseRunResult } from '../../../goose/run/run.ts';
import { TinyTaskError } from '../../../tinytask/errors.ts';
import { stubRun } from '../../support/stub-runs.ts';
import { taskOf } from '../../support/tasks.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'after-program-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What comes of a goose that has ended so, where TinyTask has this task then. */
async function after(
  rules: DoneRules,
  now: Partial<Task> | 'down',
  verdict: Verdict = { kind: 'completed', reason: 'the model gave its final answer' },
) {
  const task = taskOf(42, { status: 'working', assignedTo: 'ada' });
  const { env, token } = stubRun('answers', folder);
  const looks: string[] = [];
  const run = {
    config: { logDir: folder, logMaxBytes: 10_000, disableBlocking: false },
    tinytask: {
      withSubtasks: async () => {
        looks.push('look');
        if (now === 'down') throw new TinyTaskError('unreachable', 'get_task', 'TinyTask does not answer');
        return { task: { ...task, ...now }, subtasks: [] };
      },
    },
    input: { task, agent: 'ada', number: 1 },
    ...{ runId: '01234567-89', env, token, workingDir: folder },
    record: { change: async () => {} },
    lease: { obstacle: () => undefined, graceLeftMs: () => 100 },
    stopping: new AbortController(),
    onLeft: () => {},
  } as unknown as ClaimedTask;
  const result = await afterProgram(run, rules, { verdict, facts: {} } as GooseRunResult);
  return { ...result, looks: looks.length };
}

const verify = (script: string) => ({ verify: { command: ['sh', '-c', script], maxRuntimeSec: 10 } });

test.each<[string, Parameters<typeof after>, string]>([
  ['nothing is asked', [{}, {}], 'completed'],
  ['we complete', [{ completion: 'on-success' }, {}], 'completed'],
  ['the agent has completed', [{ completion: 'agent' }, { status: 'complete' }], 'completed'],
  [
    'the agent has handed on',
    [{ completion: 'agent' }, { assignedTo: 'oscar', status: 'idle' }],
    'completed',
  ],
  ['the agent has left it', [{ completion: 'agent' }, {}], 'agent-failed'],
  ['the agent has put it back', [{ completion: 'agent' }, { status: 'idle' }], 'agent-failed'],
  ['nobody can say what the agent did', [{ completion: 'agent' }, 'down'], 'tinytask-unavailable'],
  ['it verifies', [verify('exit 0'), {}], 'completed'],
  ['it does not', [verify('exit 1'), {}], 'not-verified'],
  ['it does not, though it is complete', [verify('exit 1'), { status: 'complete' }], 'not-verified'],
  ['it does not, and TinyTask does not say what became of it', [verify('exit 1'), 'down'], 'not-verified'],
  [
    'it is somebody else’s now, so it is not verified',
    [verify('exit 1'), { assignedTo: 'oscar' }],
    'completed',
  ],
])('%s', async (_, [entry, now], kind) => {
  expect((await after(entry, now)).verdict.kind).toBe(kind);
});

test('what has failed anyway is neither looked at nor verified', async () => {
  const failed = { kind: 'agent-failed', reason: 'goose exited' } as const;
  const { verdict, verified, looks } = await after({ ...verify('exit 0'), completion: 'agent' }, {}, failed);
  expect([verdict, verified, looks]).toEqual([failed, undefined, 0]);
});

test('what verified is told, with a log beside that of goose', async () => {
  const { verified } = await after(verify('echo fine'), {});
  expect(verified).toMatchObject({
    program: 'sh',
    log: expect.stringMatching(/^task_42_attempt_1_01234567-verify(-\d+)?\.log$/),
  });
  expect(verified?.lines).toEqual(['fine']);
  expect(readFileSync(join(folder, verified?.log ?? ''), 'utf8')).toBe('fine\n');
});
