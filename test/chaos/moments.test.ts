import { type ChildProcess, spawn } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { aMomentOf, MOMENTS } from './moments.ts';
import { lives, startTimeOf } from './observer/processes.ts';
import { Random } from './random.ts';
import type { Goose } from './watch.ts';

const TASK = 5;
let dir: string;
let child: ChildProcess | undefined;

describe.runIf(process.platform === 'linux')('a moment of a goose', () => {
  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'tinyscheduler-moments-'));
    await mkdir(join(dir, 'writes'));
    await writeFile(join(dir, 'writes', String(TASK)), 'earlier\n');
  });
  afterEach(async () => {
    child?.kill('SIGKILL');
    await rm(dir, { recursive: true, force: true });
  });

  /** A process that does what the script says, as the observer would tell of it. */
  function gooseOf(script: string): Goose {
    child = spawn('sh', ['-c', script], { cwd: dir, stdio: 'ignore' });
    const pid = child.pid as number;
    const startTime = startTimeOf(pid) ?? 0;
    return { task: TASK, agent: 'scribe', pid, startTime };
  }

  /** The seed that draws this moment first. */
  function seedFor(moment: keyof typeof MOMENTS): number {
    for (let seed = 0; ; seed += 1) if (new Random(seed).weighted(MOMENTS) === moment) return seed;
  }

  test('that writes is when the mark of its write grows', async () => {
    const goose = gooseOf(`sleep 0.3; echo >> writes/${TASK}; sleep 60`);
    const random = new Random(seedFor('as it writes'));
    expect(await aMomentOf(goose, dir, random)).toBe('as it writes');
    expect(await readFile(join(dir, 'writes', String(TASK)), 'utf8')).toBe('earlier\n\n');
    expect(lives(goose.pid, goose.startTime)).toBe(true);
  });

  test('that writes no more does not come', async () => {
    const goose = gooseOf('sleep 0.2');
    expect(await aMomentOf(goose, dir, new Random(seedFor('as it writes')))).toBeUndefined();
  });

  test('that ends is when it has ended', async () => {
    const goose = gooseOf('sleep 0.2');
    expect(await aMomentOf(goose, dir, new Random(seedFor('as it ends')))).toBe('as it ends');
    expect(lives(goose.pid, goose.startTime)).toBe(false);
  });

  test('that starts is now', async () => {
    const goose = gooseOf('sleep 60');
    expect(await aMomentOf(goose, dir, new Random(seedFor('as it starts')))).toBe('as it starts');
  });
});
