import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { CONTAINMENTS, findContainment } from '../../../goose/start/containment.ts';
import { eventually } from '../../support/eventually.ts';
import {
  type GuardedWorker,
  type GuardedWorkerOptions,
  goneAfter,
  livingIn,
  startGuardedWorker,
  stopGuardedWorkers,
} from '../../support/guarded-worker.ts';
import { temporaryFolder } from '../../support/stub-runs.ts';

// A worker that may open no more files cannot look at processes, and so does not know whether its goose lives.

afterEach(stopGuardedWorkers);

const found = await Promise.all(CONTAINMENTS.map((each) => findContainment([each])));
/** What this machine has. */
const HERE = CONTAINMENTS.filter((each, at) => found[at]?.by === each);

const start = (folder: string, options: Partial<GuardedWorkerOptions>) =>
  startGuardedWorker({ folder, agents: ['hangs'], guarded: false, openFiles: 200, ...options });

/** The first thing that it says of the end of its run; undefined: it has ended itself. */
const firstOfEnd = (worker: GuardedWorker) =>
  Promise.race([worker.said(/^(left|ended|rejected) /), worker.exited.then(() => undefined)]);

/** The run goes on though its time is over, somebody is told, and the run is over once files can be opened again. */
async function isKeptUntilFree(folder: string, worker: GuardedWorker): Promise<string> {
  expect(await firstOfEnd(worker)).toMatch(/^left processes of a goose run cannot be looked at \(.*EMFILE/);
  expect(livingIn(folder).length).toBeGreaterThan(0);
  expect(readdirSync(join(folder, 'running'))).toHaveLength(1);
  expect(worker.lines.filter((line) => /^(ended|rejected) /.test(line))).toEqual([]);
  worker.free();
  const end = await worker.said(/^(ended|rejected) /);
  expect(livingIn(folder)).toEqual([]);
  await eventually('its record has gone', () => readdirSync(join(folder, 'running')).length === 0);
  return end;
}

test.each(HERE)('held by %s, a run lasts until its goose is seen dead', async (held) => {
  using folder = temporaryFolder();
  // Looks fail while goose runs, and that is no reason to end it: its time limit is.
  const options = { containments: [held], maxRuntimeMs: 3_000, exhausts: 'running' } as const;
  const worker = await start(folder.path, options);
  expect(await isKeptUntilFree(folder.path, worker)).toBe('ended timed-out');
});

test('so does one of which it was not seen which process it is, as where ps says it', async () => {
  using folder = temporaryFolder();
  const bin = join(folder.path, 'bin');
  mkdirSync(bin);
  // The ps of Linux says it in other words.
  const ps = '#!/bin/sh\nexec /bin/ps axeww -o pid=,command=\n';
  writeFileSync(join(bin, 'ps'), ps, { mode: 0o755 });
  const env = { PATH: `${bin}:${process.env.PATH}` };
  const as = { containments: ['looks'], platform: 'darwin', exhausts: 'in-tick' } as const;
  const worker = await start(folder.path, { ...as, env });
  try {
    // Its record could not be changed either.
    expect(await isKeptUntilFree(folder.path, worker)).toMatch(/^rejected EMFILE/);
  } finally {
    for (const pid of livingIn(folder.path)) process.kill(pid, 'SIGKILL');
    await goneAfter(folder.path, 10_000);
  }
});
