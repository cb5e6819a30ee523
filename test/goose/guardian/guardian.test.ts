import { mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { Guardian } from '../../../goose/guardian/guardian.ts';
import { readPlace } from '../../../goose/host/owner.ts';
import { identify, readProcessTable } from '../../../goose/host/process-table.ts';
import { sweep, sweepStrays, workerHasGone } from '../../../goose/host/sweep.ts';
import { allowed } from '../../support/allowed.ts';
import { buildOnce, GUARDIAN } from '../../support/build.ts';
import { eventually } from '../../support/eventually.ts';
import {
  goneAfter,
  lives,
  livingIn,
  memoryOf,
  startGuardedWorker,
  stopGuardedWorkers,
} from '../../support/guarded-worker.ts';
import { temporaryFolder } from '../../support/stub-runs.ts';

/** Agents that fork, take no notice of SIGTERM, start new children, and leave their group. */
const AGENTS = ['hangs', 'ignores-term', 'respawns', 'moves-out'];
const GRACE_MS = 500;
const WITHIN_MS = GRACE_MS + 1_000;

const took: Record<string, number> = {};
beforeAll(async () => {
  await buildOnce();
});
afterEach(stopGuardedWorkers);
// Seen with `vitest --disable-console-intercept`: how long each took, in milliseconds, and the guardian's megabytes.
afterAll(() => console.log(JSON.stringify(took)));

function kill(...pids: number[]): void {
  for (const pid of pids) process.kill(pid, 'SIGKILL');
}

const records = (folder: string) =>
  readdirSync(join(folder, 'running')).filter((name) => name.endsWith('.json'));

/** The agent `hangs`, all four processes of it. */
const allOfHangs = (folder: string) =>
  eventually('four processes live', () => livingIn(folder).length === 4 && livingIn(folder));

/** What a worker does before it takes work. */
async function startingWorkerSweeps(folder: string): Promise<void> {
  const place = await readPlace(join(folder, 'running'));
  const table = await readProcessTable();
  await Promise.all([
    sweep({ ...place, now: Date.now(), isOrphan: workerHasGone }),
    sweepStrays({ place, table, graceMs: GRACE_MS }),
  ]);
}

/** A folder of run records that cannot be read for a while; what they say is not lost. */
function madeUnreadable(folder: string): { readable: () => void } {
  const running = join(folder, 'running');
  renameSync(running, join(folder, 'away'));
  writeFileSync(running, '');
  return {
    readable() {
      rmSync(running);
      renameSync(join(folder, 'away'), running);
    },
  };
}

describe('a guardian whose looks fail', () => {
  test('does not say that it knows what is there, and is not replaced for that', async () => {
    using folder = temporaryFolder();
    const runningDir = join(folder.path, 'running');
    mkdirSync(runningDir);
    const pids: number[] = [];
    const guardian = await Guardian.start({
      ...{ runningDir, graceMs: GRACE_MS, worker: await identify(process.pid) },
      entry: join(await buildOnce(), GUARDIAN),
      onStarted: (pid) => pids.push(pid),
    });
    try {
      const { readable } = madeUnreadable(folder.path);
      await expect(guardian.ready()).rejects.toThrow('guardian');
      readable();
      await guardian.ready();
      expect(pids).toHaveLength(1);
    } finally {
      await guardian.leave();
    }
  });

  test('stays when its worker has gone, until it has seen what that has left', async () => {
    using folder = temporaryFolder();
    const worker = await startGuardedWorker({ folder: folder.path, agents: ['hangs'] });
    await worker.said('running');
    const first = worker.guardian();
    const { readable } = madeUnreadable(folder.path);
    kill(first);
    // It has never seen a record.
    const second = await eventually('a new one', () => worker.guardian() !== first && worker.guardian());
    worker.signal('SIGKILL');
    await worker.exited;
    // Longer than one stays that has found nothing.
    await sleep(4_000);
    expect(lives(second)).toBe(true);
    expect(livingIn(folder.path).length).toBeGreaterThan(0);
    readable();
    await goneAfter(folder.path, allowed(WITHIN_MS + 1_000));
    await eventually('it has ended', () => !lives(second), 8_000);
  });
});

describe('when a worker is killed', () => {
  test('its guardian ends all of its agents, then itself', async () => {
    using folder = temporaryFolder();
    const worker = await startGuardedWorker({ folder: folder.path, agents: AGENTS });
    await worker.said('running');
    const guardian = worker.guardian();
    took.memory = Math.round(memoryOf(guardian));
    expect(memoryOf(guardian)).toBeLessThan(60);
    expect(livingIn(folder.path).length).toBeGreaterThanOrEqual(8);
    worker.signal('SIGKILL');
    took.worker = await goneAfter(folder.path, WITHIN_MS);
    await eventually('no record is left', () => records(folder.path).length === 0);
    await eventually('its guardian has ended', () => !lives(guardian), 5_000);
  });

  test('in the tick of the spawn, or during it, nothing lives on', async () => {
    using folder = temporaryFolder();
    let longest = 0;
    for (let round = 0; round < 30; round += 5) {
      const workers = await Promise.all(
        [0, 1, 2, 3, 4].map((at) =>
          startGuardedWorker({
            folder: folder.path,
            agents: [AGENTS[at % 3] ?? ''],
            dies: at % 2 === 0 ? 'in-tick' : 'never',
          }),
        ),
      );
      await Promise.all(
        workers.map(async (worker, at) => {
          await eventually('it is spawning', () => worker.lines.includes('spawning'));
          if (at % 2 === 1) worker.signal('SIGKILL');
          await worker.exited;
        }),
      );
      longest = Math.max(longest, await goneAfter(folder.path, WITHIN_MS));
    }
    took.inTick = longest;
    // A record may be there a little longer than the processes.
    await eventually('no record is left', () => records(folder.path).length === 0);
    expect(livingIn(folder.path)).toEqual([]);
  });

  test('while it starts its guardian, the guardian does not stay', async () => {
    using folder = temporaryFolder();
    const workers = await Promise.all(
      [0, 1, 2, 3].map(() => startGuardedWorker({ folder: folder.path, agents: [] })),
    );
    const guardians = await Promise.all(
      workers.map(async (worker) => {
        await worker.said(/^guardian/);
        worker.signal('SIGKILL');
        return worker.guardian();
      }),
    );
    await eventually('the guardians have ended', () => !guardians.some(lives), 8_000);
  });

  test('with its guardian at once, the guardian of another worker does it', async () => {
    using folder = temporaryFolder();
    const other = await startGuardedWorker({ folder: folder.path, agents: ['answers'] });
    const waiting = await startGuardedWorker({ folder: folder.path, agents: ['hangs'] });
    await waiting.said('running');
    const own = await allOfHangs(folder.path);
    const worker = await startGuardedWorker({ folder: folder.path, agents: AGENTS });
    await worker.said('running');
    kill(worker.pid, worker.guardian());
    const startMs = performance.now();
    await eventually(
      'only our own live',
      () => livingIn(folder.path).every((pid) => own.includes(pid)),
      WITHIN_MS,
    );
    took.both = Math.round(performance.now() - startMs);
    expect(livingIn(folder.path)).toEqual(own);
    await other.exited;
  });

  test('with every guardian, a worker that starts does it before it takes work', async () => {
    using folder = temporaryFolder();
    const worker = await startGuardedWorker({ folder: folder.path, agents: AGENTS });
    await worker.said('running');
    kill(worker.guardian(), worker.pid);
    await worker.exited;
    expect(livingIn(folder.path).length).toBeGreaterThanOrEqual(8);
    const startMs = performance.now();
    await startingWorkerSweeps(folder.path);
    took.start = Math.round(performance.now() - startMs);
    expect(livingIn(folder.path)).toEqual([]);
    expect(took.start).toBeLessThan(allowed(WITHIN_MS));
    expect(records(folder.path)).toEqual([]);
  });

  test('and its record is lost, its agents are still known by their mark', async () => {
    using folder = temporaryFolder();
    const kept = await startGuardedWorker({ folder: folder.path, agents: ['hangs'] });
    await kept.said('running');
    const own = await allOfHangs(folder.path);
    const worker = await startGuardedWorker({ folder: folder.path, agents: ['hangs'], guarded: false });
    await worker.said('running');
    const place = await readPlace(join(folder.path, 'running'));
    const table = await readProcessTable();
    expect(await sweepStrays({ place, table, graceMs: GRACE_MS })).toBe(0);
    kill(kept.guardian());
    worker.signal('SIGSTOP');
    const { deleteRunRecord } = await import('../../../goose/host/run-record.ts');
    for (const name of records(folder.path)) await deleteRunRecord(place.runningDir, name.slice(0, 32));
    worker.signal('SIGKILL');
    await worker.exited;
    await startingWorkerSweeps(folder.path);
    expect(livingIn(folder.path)).toEqual(own);
    // While the folder is there: its new guardian cannot start without.
    await kept.stop();
    await goneAfter(folder.path, WITHIN_MS);
  });
});

describe('when a worker hangs', () => {
  test('stopped: its agents are ended soon, whatever it knows when it goes on', async () => {
    using folder = temporaryFolder();
    const worker = await startGuardedWorker({ folder: folder.path, agents: AGENTS });
    await worker.said('running');
    worker.signal('SIGSTOP');
    took.stopped = await goneAfter(folder.path, WITHIN_MS + 500);
    // Its records are its own affair while it lives.
    expect(records(folder.path)).toHaveLength(AGENTS.length);
    worker.signal('SIGCONT');
    await worker.exited;
    expect(records(folder.path)).toEqual([]);
  });

  test('stopped for a moment only: they go on', async () => {
    using folder = temporaryFolder();
    const worker = await startGuardedWorker({ folder: folder.path, agents: ['hangs'] });
    await worker.said('running');
    const before = await allOfHangs(folder.path);
    worker.signal('SIGSTOP');
    await new Promise((resolve) => setTimeout(resolve, 300));
    worker.signal('SIGCONT');
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    expect(livingIn(folder.path)).toEqual(before);
  });

  test('busy: they are ended when the lease is over', async () => {
    using folder = temporaryFolder();
    const leaseMs = 2_000;
    const worker = await startGuardedWorker({ folder: folder.path, agents: AGENTS, leaseMs });
    await worker.said('running');
    worker.block(leaseMs + 4_000);
    took.busy = await goneAfter(folder.path, leaseMs + WITHIN_MS);
    expect(took.busy).toBeGreaterThan(leaseMs / 2);
  });
});

describe('a guardian', () => {
  test.each(['SIGKILL', 'SIGSTOP'] as const)(
    'that is lost by %s is replaced, and the agents go on',
    async (signal) => {
      using folder = temporaryFolder();
      const worker = await startGuardedWorker({ folder: folder.path, agents: AGENTS });
      await worker.said('running');
      const [first, agents] = [worker.guardian(), livingIn(folder.path).length];
      process.kill(first, signal);
      const startMs = performance.now();
      await eventually('it has another guardian', () => worker.guardian() !== first, 3_000);
      took[`replaced after ${signal}`] = Math.round(performance.now() - startMs);
      await eventually('the first has ended', () => !lives(first));
      expect(livingIn(folder.path).length).toBeGreaterThanOrEqual(agents - 2);
      // As soon as it is there: nobody says when the next kill comes.
      worker.signal('SIGKILL');
      await goneAfter(folder.path, WITHIN_MS);
    },
  );

  test.each([
    ['is busy for three seconds, as while it loads a client on a busy machine, stays', 3_000, 1],
    ['hangs is replaced in the end', Number.POSITIVE_INFINITY, 2],
  ])('that %s', async (_, busyMs, guardians) => {
    using folder = temporaryFolder();
    const entry = join(folder.path, 'busy.mjs');
    // The first one only.
    const isFirst = `!existsSync('${folder.path}/was')`;
    const busy = `writeFileSync('${folder.path}/was', ''); const until = Date.now() + ${busyMs}; while (Date.now() < until);`;
    const answers = `process.on('message', ({ look }) => { if (${isFirst}) { ${busy} } process.send({ looked: look }); });`;
    const leaves = `process.on('disconnect', () => process.exit());`;
    writeFileSync(entry, `import { existsSync, writeFileSync } from 'node:fs';\n${answers}\n${leaves}\n`);
    const pids: number[] = [];
    const guardian = await Guardian.start({
      ...{ runningDir: folder.path, graceMs: GRACE_MS, worker: await identify(process.pid), entry },
      onStarted: (pid) => pids.push(pid),
    });
    try {
      await eventually('it answers', () =>
        guardian.ready().then(
          () => true,
          () => false,
        ),
      );
      expect(pids).toHaveLength(guardians);
    } finally {
      await guardian.leave();
    }
  });

  test('ends with a worker that ends in order', async () => {
    using folder = temporaryFolder();
    const worker = await startGuardedWorker({ folder: folder.path, agents: ['answers'] });
    await worker.exited;
    expect(worker.lines).toContain('ended completed');
    await eventually('its guardian has ended', () => !lives(worker.guardian()), 1_000);
  });

  test('takes no notice of the signals that end a service', async () => {
    using folder = temporaryFolder();
    const worker = await startGuardedWorker({ folder: folder.path, agents: ['hangs'] });
    await worker.said('running');
    for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.kill(worker.guardian(), signal);
    worker.signal('SIGKILL');
    await goneAfter(folder.path, WITHIN_MS);
  });
});
