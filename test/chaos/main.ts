// `npm run chaos -- --minutes N --seed S`: the real system, killed and stopped at random, with an observer beside it.
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { ByHand } from './by-hand.ts';
import { waitForEnd } from './ending.ts';
import { Feeder } from './feeder.ts';
import { makeFolder } from './folder.ts';
import { layGround, leave, type Stage } from './ground.ts';
import { aheadOf, hostOf, WORKERS } from './hosts.ts';
import { killGooses, killPid } from './left-behind.ts';
import { Random } from './random.ts';
import { CLOCK_AHEAD_MS, FULL_MS } from './rules.ts';
import { Storm } from './storm.ts';
import { TaskHands } from './task-hands.ts';
import { Timeline } from './timeline.ts';
import { Watch } from './watch.ts';
import { WorkerPiece } from './worker-piece.ts';

const STORM_MS = 50_000;
/** So long nothing is disturbed: what has to come back within `FULL_MS` is seen to have come back. */
const CALM_MS = FULL_MS + 3_000;
const END_MS = 180_000;
const READY_MS = 60_000;
const RESTART_MS = 1_000;
const STUBS = fileURLToPath(new URL('../../../test/chaos/goose.sh', import.meta.url));

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '1' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    /** Goes on after a violation, to find more of them. */
    'keep-going': { type: 'boolean', default: false },
    /** Whose clock is ahead, on a host of its own: `worker-1`, `worker-2` or `nobody`; by the seed where it is absent. */
    'clock-ahead': { type: 'string' },
    /** On a Temporal cluster, whose processes are killed one by one, instead of the dev server. */
    cluster: { type: 'boolean', default: false },
  },
});
const minutes = Number(values.minutes);
const seed = Number(values.seed);
if (!(minutes > 0) || !Number.isInteger(seed)) {
  console.error('chaos: give --minutes as a number and --seed as a whole number');
  process.exit(2);
}
if (![...WORKERS, 'nobody', undefined].includes(values['clock-ahead'])) {
  console.error(
    `chaos: give --clock-ahead as ${WORKERS.join(', ')} or nobody, not "${values['clock-ahead']}"`,
  );
  process.exit(2);
}
if (process.platform !== 'linux') {
  console.log('chaos: it watches processes through /proc, so it runs on Linux only');
  process.exit(0);
}
process.exitCode = await chaos();

async function chaos(): Promise<number> {
  const zeroMs = Date.now();
  const dir = await makeFolder(STUBS);
  const timeline = new Timeline(join(dir, 'timeline.txt'), 'driver', zeroMs);
  const note = (text: string) => console.log(timeline.write(text));
  const random = new Random(seed);
  console.log(`chaos: ${minutes} min, seed ${seed}, in ${dir}`);
  const endings: (() => unknown)[] = [];
  const stage: Stage = { dir, note, endings };
  let interrupted = false;
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.once(signal, () => {
      interrupted = true;
    });

  const ahead = aheadOf(values['clock-ahead'], random);
  note(
    ahead === 'nobody' ? 'one host' : `two hosts; the clock of ${ahead} is ${CLOCK_AHEAD_MS / 1000} s ahead`,
  );
  const found: string[] = [];
  let kills = 0;
  const crashes: string[] = [];
  let ending = false;
  try {
    const { around, temporal, tinytask, client } = await layGround(stage, values.cluster);
    const feeder = new Feeder(tinytask.endpoint, new Random(seed + 1));
    const watch = await Watch.start(
      { dir, tinytask: tinytask.endpoint, temporal: temporal.address, zeroMs },
      (task) => feeder.tried(task),
    );
    endings.push(() => watch.kill());
    endings.push(() => killGooses(dir));
    const onStart = (pid: number, host: string) => watch.tell({ tell: 'worker', pid, host });
    const workers: WorkerPiece[] = WORKERS.map(
      (name, at) =>
        new WorkerPiece(
          name,
          hostOf(name, ahead),
          around,
          () => temporal.address,
          tinytask.endpoint,
          onStart,
          (what) => {
            note(what);
            crashes.push(what);
            // As a service manager would.
            if (!ending) setTimeout(() => !ending && workers[at]?.start(), RESTART_MS);
          },
        ),
    );
    for (const worker of workers) {
      await worker.start();
      endings.push(() => worker.kill());
      endings.push(() => killPid(watch.guardianOf(worker.pid)));
    }

    endings.push(() => {
      ending = true;
    });
    let feeding = true;
    const fed = (async () => {
      while (feeding) {
        await feeder.feed().catch(() => undefined);
        await sleep(500);
      }
    })();
    const goOn = () => !interrupted && (values['keep-going'] || watch.violations.length === 0);
    while (watch.gooses().length < 5 && Date.now() < zeroMs + 60_000 && goOn()) await sleep(200);
    note('everything is up');

    const byHand = new ByHand(client, random.fork());
    const taskHands = new TaskHands(tinytask.endpoint, random.fork(), watch);
    const servers = temporal.pieces;
    const storm = new Storm({ workers, servers, tinytask, byHand, taskHands, watch, random, dir, note });
    const endMs = Date.now() + minutes * 60_000;
    while (Date.now() < endMs && goOn()) {
      note('-- storm');
      watch.tell({ tell: 'storm' });
      await storm.rage(Math.min(Date.now() + STORM_MS, endMs), goOn);
      kills = storm.kills;
      const readyBy = Date.now() + READY_MS;
      while (workers.some(({ ready }) => !ready) && Date.now() < readyBy && goOn()) await sleep(50);
      if (goOn() && workers.some(({ ready }) => !ready)) found.push('a worker did not come up');
      note('-- calm');
      watch.tell({ tell: 'calm' });
      const calmEndMs = Math.min(Date.now() + CALM_MS, endMs);
      while (Date.now() < calmEndMs && goOn()) await sleep(100);
    }
    feeding = false;
    await fed;
    if (goOn()) {
      note('-- to the end');
      watch.tell({ tell: 'storm' });
      watch.tell({ tell: 'calm' });
      const end = await waitForEnd(client, tinytask.endpoint, END_MS, goOn);
      const figures = await watch.finish();
      for (const wrong of end.wrong) found.push(`at the end: ${wrong}`);
      report(note, storm, feeder, { ...end, wrong: undefined }, { ...figures, crashes });
    }
    found.unshift(...watch.violations);
  } catch (error) {
    found.push(`the run itself failed: ${error instanceof Error ? error.stack : error}`);
  }
  await leave(stage, { found, kills, seed });
  return found.length > 0 || interrupted ? 1 : 0;
}

function report(note: (text: string) => void, storm: Storm, feeder: Feeder, ending: object, figures: object) {
  note(`done ${JSON.stringify(storm.done)}`);
  note(`${feeder.made} tasks made; ${JSON.stringify(ending)}`);
  note(`seen ${JSON.stringify(figures)}`);
}
