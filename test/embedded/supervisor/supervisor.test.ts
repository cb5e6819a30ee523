import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { readEmbeddedState } from '../../../embedded/presence/state-file.ts';
import { connectTinyTask, type TinyTask } from '../../../tinytask/client.ts';
import { allowed } from '../../support/allowed.ts';
import { eventually } from '../../support/eventually.ts';
import { newPlace, type OfPlace, type Place, type Started } from '../../support/starting.ts';

let place: Place;
beforeEach(async () => {
  place = await newPlace();
}, 1_800_000);
afterEach(() => place.clear());

const ALL_COMPLETE = '6 of 6 tasks are complete';

async function withTinyTask<T>(work: (tinytask: TinyTask) => Promise<T>): Promise<T> {
  const endpoint = readEmbeddedState(place.stateDir).tinytask?.endpoint ?? 'http://none';
  const tinytask = connectTinyTask({ endpoint });
  try {
    return await work(tinytask);
  } finally {
    await tinytask.close();
  }
}

async function interrupted(started: Started): Promise<{ code: number | string; tookMs: number }> {
  const startedAt = performance.now();
  started.child.kill('SIGINT');
  const code = await started.ended;
  return { code, tookMs: performance.now() - startedAt };
}

function processOf(part: string): OfPlace {
  const found = place.processes().find(({ command }) => command.includes(part));
  if (!found) throw new Error(`no process ${part}`);
  return found;
}

function pidOf(part: string): number {
  return processOf(part).pid;
}

describe('npm start', () => {
  test('runs the sample tasks once; a second one attaches and stops only itself; run again it goes on from where it was', async () => {
    const first = place.start();
    await first.printed(ALL_COMPLETE);
    expect(first.output()).toContain('6 samples, created this once');
    expect(first.output()).toContain('a script answers in its place');
    expect(first.output()).toMatch(
      /Web UI +http:\/\/127\.0\.0\.1:\d+\/namespaces\/default\/workflows\?query=/,
    );
    expect(first.output()).toMatch(/task 2 .* blocked by task 1/);
    const seen = await withTinyTask(async (tinytask) => ({
      tasks: await tinytask.list({}),
      comments: await tinytask.comments(3),
    }));
    expect(seen.comments.map(({ createdBy }) => createdBy)).toContain('oscar');
    expect(new Set(seen.tasks.map(({ queue }) => queue))).toEqual(new Set(['dev', 'qa']));

    const second = place.start();
    await second.printed(`TinyScheduler runs already, as process ${first.pid}`);
    await second.printed(ALL_COMPLETE);
    expect((await interrupted(second)).code).toBe(0);
    expect(place.processes().map(({ pid }) => pid)).toContain(first.pid);

    const { code, tookMs } = await interrupted(first);
    expect(code, first.output()).toBe(0);
    expect(tookMs).toBeLessThan(allowed(2_000));
    expect(place.processes()).toEqual([]);

    const third = place.start();
    await third.printed(ALL_COMPLETE);
    expect(third.output()).not.toContain('samples');
    expect(third.output()).not.toMatch(/task \d+ "/);
    await withTinyTask(async (tinytask) => expect(await tinytask.list({})).toEqual(seen.tasks));
    expect((await interrupted(third)).code).toBe(0);
  });

  test('stops agents first: within 10 s all is down, their tasks are idle, and the next start does them', async () => {
    const first = place.start();
    await first.printed(/task \d ".*" running on /);
    // Our processes are told to be small; what an agent does is not ours to slow down.
    expect(processOf('run --daemon').environment).toContain('MALLOC_ARENA_MAX=2');
    const goose = await eventually('a goose', async () => processOf('run --recipe'));
    expect(goose.environment).toContain('GOOSE_MODE');
    expect(goose.environment).not.toContain('MALLOC_ARENA_MAX');
    const { code, tookMs } = await interrupted(first);
    expect(code, first.output()).toBe(0);
    expect(first.output()).toMatch(/agents? (is|are) stopped first/);
    expect(tookMs).toBeLessThan(allowed(10_000));
    expect(place.processes()).toEqual([]);

    const second = place.start();
    await second.printed(ALL_COMPLETE);
    expect(second.output()).not.toMatch(/attempt \d/);
    await interrupted(second);
  });

  test('a second Ctrl-C ends everything at once', async () => {
    const started = place.start();
    await started.printed(/task \d ".*" running on /);
    // A daemon that hangs, so that stopping in order takes its time.
    process.kill(pidOf('run --daemon'), 'SIGSTOP');
    started.child.kill('SIGINT');
    await started.printed('Ctrl-C again ends everything at once.');
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(started.child.exitCode).toBe(null);
    const { code, tookMs } = await interrupted(started);
    expect(code, started.output()).toBe(130);
    expect(tookMs).toBeLessThan(allowed(2_500));
    await eventually('nothing is left', async () => place.processes().length === 0, 15_000);
  });

  test('a SIGKILL of it leaves nothing that blocks the next', async () => {
    const first = place.start();
    await first.printed(/task \d ".*" running on /);
    const tinytask = pidOf('internal-tinytask');
    first.child.kill('SIGKILL');
    await eventually(
      'TinyTask has ended',
      async () => !place.processes().some(({ pid }) => pid === tinytask),
      2_000,
    );

    const second = place.start();
    await second.printed(ALL_COMPLETE);
    await withTinyTask(async (client) => expect(await client.list({})).toHaveLength(6));
    expect((await interrupted(second)).code).toBe(0);
    await eventually('nothing is left', async () => place.processes().length === 0, 15_000);
  });

  test('what dies is started again, on its old port and database; and all is down within 10 s, even if the daemon hangs', async () => {
    const started = place.start();
    await started.printed(ALL_COMPLETE);
    const before = readEmbeddedState(place.stateDir);
    for (const [part, name] of [
      ['internal-tinytask', 'TinyTask'],
      ['run --daemon', 'The scheduler daemon'],
      ['server start-dev', 'The Temporal server'],
    ] as const) {
      process.kill(pidOf(part), 'SIGKILL');
      await started.printed(`${name} has ended`);
      await started.printed(`${name} is up again.`);
    }
    const after = readEmbeddedState(place.stateDir);
    expect(after.temporal?.address).toBe(before.temporal?.address);
    expect(after.tinytask?.endpoint).toBe(before.tinytask?.endpoint);
    await withTinyTask(async (tinytask) => {
      const { id } = await tinytask.create({ title: 'after all that', createdBy: 'test', queue: 'qa' });
      await started.printed(`task ${id} "after all that" complete`);
    });

    process.kill(pidOf('run --daemon'), 'SIGSTOP');
    const { code, tookMs } = await interrupted(started);
    expect(code, started.output()).toBe(0);
    expect(tookMs).toBeLessThan(allowed(10_000));
    await eventually('nothing is left', async () => place.processes().length === 0);
  });

  test('Ctrl-C while it is still starting leaves nothing', async () => {
    const started = place.start();
    await started.printed('TinyScheduler is starting');
    const { code, tookMs } = await interrupted(started);
    expect(code, started.output()).toBe(0);
    expect(tookMs).toBeLessThan(allowed(4_000));
    await eventually('nothing is left', async () => place.processes().length === 0);
    expect(JSON.parse(readFileSync(join(place.stateDir, 'embedded.json'), 'utf8'))).toEqual({});
  });
});
