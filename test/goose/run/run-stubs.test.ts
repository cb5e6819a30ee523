import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import type { Stop } from '../../../domain/attempt/judge.ts';
import type { ProcessId } from '../../../goose/host/process-table.ts';
import { newRunToken } from '../../../goose/host/run-record.ts';
import { type GooseRunOptions, type GooseRunSpec, runGoose } from '../../../goose/run/run.ts';
import { eventually } from '../../support/eventually.ts';
import { findByToken } from '../../support/find-by-token.ts';
import { isAlive, stubRun, temporaryFolder } from '../../support/stub-runs.ts';

const FOREVER = new AbortController().signal;

/** Runs it and then asks the operating system, not our own report, what is left of it. */
async function runAndLook(spec: GooseRunSpec, options: GooseRunOptions = { signal: FOREVER }) {
  const result = await runGoose(spec, options);
  expect(await findByToken(spec.token)).toEqual([]);
  return result;
}

describe('how a run ends', () => {
  test('by itself', async () => {
    using folder = temporaryFolder();
    let goose: ProcessId | undefined;
    const result = await runAndLook(stubRun('answers', folder.path), {
      signal: FOREVER,
      onStarted: (id) => {
        goose = id;
      },
    });
    expect(result).toMatchObject({ verdict: { kind: 'completed' }, exitCode: 0, signal: null, turns: 1 });
    expect(result).toMatchObject({ tokens: { total: 3, input: 2, output: 1 }, logName: 'attempt.log' });
    expect(result.endedAt).toBeGreaterThanOrEqual(result.startedAt);
    expect(result.logProblem).toBeUndefined();
    expect(goose?.startTime).toBeGreaterThan(0);
    expect(readFileSync(join(folder.path, 'attempt.log'), 'utf8')).toContain('all good');
  });

  test.each([
    [
      'throws',
      () => {
        throw new Error('no');
      },
    ],
    ['rejects', () => Promise.reject(new Error('no'))],
  ])('as it would, when what is to be done at the first answer %s', async (_, fail) => {
    using folder = temporaryFolder();
    const onModelAnswered = vi.fn(fail);
    const result = await runAndLook(stubRun('answers', folder.path), { signal: FOREVER, onModelAnswered });
    expect(onModelAnswered).toHaveBeenCalledTimes(1);
    expect(result.verdict.kind).toBe('completed');
    expect(readFileSync(join(folder.path, 'attempt.log'), 'utf8')).toContain('"type":"complete"');
  });

  test('with an exit code of its own after an answer', async () => {
    using folder = temporaryFolder();
    const spec = stubRun('fails', folder.path);
    const result = await runAndLook({ ...spec, command: { ...spec.command, args: ['3'] } });
    expect(result.verdict).toEqual({
      kind: 'agent-failed',
      reason: 'goose exited with code 3: see attempt.log',
    });
  });

  test('at its time limit, in words that say which', async () => {
    using folder = temporaryFolder();
    const spec = stubRun('respawns', folder.path, { maxRuntimeMs: 1000 });
    const result = await runAndLook(spec);
    expect(result.verdict).toEqual({ kind: 'timed-out', reason: 'goose ran into its time limit of 1 s' });
    expect(result.signal).toBe('SIGKILL');
  });

  test('when it writes nothing for too long', async () => {
    using folder = temporaryFolder();
    const result = await runAndLook(stubRun('hangs', folder.path, { stallMs: 1000 }));
    expect(result.verdict).toEqual({ kind: 'stalled', reason: 'goose wrote nothing for 1 s' });
  });

  test('when it is aborted, for the reason given', async () => {
    using folder = temporaryFolder();
    const controller = new AbortController();
    const stop: Stop = { why: 'task-gone', detail: 'the task was deleted' };
    const spec = stubRun('hangs', folder.path);
    const result = await runAndLook(spec, {
      signal: controller.signal,
      onStarted: () => controller.abort(stop),
    });
    expect(result.verdict).toEqual({ kind: 'cancelled', reason: 'the task was deleted' });
  });

  test('before it starts, if it was aborted before', async () => {
    using folder = temporaryFolder();
    const started: ProcessId[] = [];
    const options = { signal: AbortSignal.abort(), onStarted: (id: ProcessId) => void started.push(id) };
    const result = await runAndLook(stubRun('answers', folder.path), options);
    expect(result.verdict).toEqual({ kind: 'cancelled', reason: 'the run was cancelled' });
    expect(started).toEqual([]);
  });

  test('by a kill from outside', async () => {
    using folder = temporaryFolder();
    const result = await runAndLook(stubRun('hangs', folder.path), {
      signal: FOREVER,
      onStarted: ({ pid }) => void process.kill(pid, 'SIGTERM'),
    });
    expect(result.verdict).toEqual({
      kind: 'agent-failed',
      reason: 'goose was ended by SIGTERM from outside',
    });
  });

  test('when what is to be done at its start fails', async () => {
    using folder = temporaryFolder();
    let goose: ProcessId | undefined;
    const run = runGoose(stubRun('hangs', folder.path), {
      signal: FOREVER,
      onStarted: (id) => {
        goose = id;
        throw new Error('no record');
      },
    });
    await expect(run).rejects.toThrow('no record');
    expect(goose && (await isAlive(goose))).toBe(false);
  });
});

describe('what a run leaves behind', () => {
  test('a child in another session is ended, though the run itself went well', async () => {
    using folder = temporaryFolder();
    const spec = stubRun('leaves-behind', folder.path);
    const result = await runAndLook(spec);
    expect(result.verdict.kind).toBe('completed');
  });

  test('one without environment, parent and session too, if it was seen once with its parent', async () => {
    using folder = temporaryFolder();
    const spec = stubRun('hides', folder.path);
    let hidden: ProcessId | undefined;
    const result = await runAndLook(spec, {
      signal: FOREVER,
      onStarted: async (root) => {
        const found = await eventually('it is found', async () => {
          const family = await findByToken(spec.token, root);
          return family.find(({ session }) => session !== root.pid);
        });
        hidden = found;
      },
    });
    expect(result.verdict.kind).toBe('completed');
    expect(hidden && (await isAlive(hidden))).toBe(false);
  });
});

describe('output that is too much', () => {
  test.each(['prints-much', 'prints-long-line'])('%s: judged and logged within limits', async (name) => {
    using folder = temporaryFolder();
    const result = await runAndLook(stubRun(name, folder.path));
    expect(result.verdict.kind).toBe('completed');
    const log = readFileSync(join(folder.path, 'attempt.log'), 'utf8');
    expect(log.length).toBeLessThanOrEqual(100_000);
    expect(log).toContain('bytes cut here');
    expect(log).toContain('all good');
  });
});

describe('a goose that cannot be started', () => {
  test('is misconfigured, whatever the reason', async () => {
    using folder = temporaryFolder();
    const path = (name: string) => join(folder.path, name);
    writeFileSync(path('not-executable'), '#!/bin/sh\n');
    const command = (file: string) => ({ command: { file, args: [] } });
    const cases: [Partial<GooseRunSpec>, RegExp][] = [
      [command(path('missing')), /there is no .*missing: install goose/],
      [{ cwd: path('nowhere') }, /there is no folder .*nowhere/],
      [command(path('not-executable')), /not permitted/],
      [{ cwd: path('not-executable') }, /not a folder/],
      [{ command: { file: '/bin/true', args: ['x'.repeat(3_000_000)] } }, /too long/],
      [command('/bin/tr\0ue'), /ERR_INVALID_ARG_VALUE$/],
    ];
    for (const [changes, reason] of cases) {
      const result = await runAndLook(stubRun('answers', folder.path, changes));
      expect(result.verdict).toEqual({ kind: 'misconfigured', reason: expect.stringMatching(reason) });
    }
  });
});

test('a log that cannot be written is said and does not end the run', async () => {
  using folder = temporaryFolder();
  writeFileSync(join(folder.path, 'file'), '');
  const log = { dir: join(folder.path, 'file'), name: 'a.log', maxBytes: 1000 };
  const result = await runAndLook(stubRun('answers', folder.path, { log, token: newRunToken() }));
  expect(result.verdict.kind).toBe('completed');
  expect(result.logProblem).toContain('"a.log"');
});
