// `npm run chaos -- --schedules --minutes N --seed S`: schedules of 5 s while workers and servers are killed at random.
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { makeFolder } from '../folder.ts';
import { layGround, leave, type Stage } from '../ground.ts';
import { hostOf, WORKERS } from '../hosts.ts';
import { killGooses } from '../left-behind.ts';
import type { Piece } from '../pieces.ts';
import { Random } from '../random.ts';
import { Timeline } from '../timeline.ts';
import { WorkerPiece } from '../worker-piece.ts';
import { wrongWith } from './compare.ts';
import { Schedules } from './schedules.ts';

const EVERY_MS = 5_000;
const READY_MS = 90_000;
/** A watchdog looks a minute after a due time, and what was taken by a worker that was killed comes back after that. */
const END_MS = 300_000;
const STUBS = fileURLToPath(new URL('../../../../test/chaos/goose.sh', import.meta.url));

const { values } = parseArgs({
  options: {
    schedules: { type: 'boolean' },
    minutes: { type: 'string', default: '2' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    count: { type: 'string', default: '20' },
    cluster: { type: 'boolean', default: false },
  },
});
const minutes = Number(values.minutes);
const seed = Number(values.seed);
const count = Number(values.count);
if (!(minutes > 0) || !Number.isInteger(seed) || !Number.isInteger(count) || count < 1) {
  console.error('chaos: give --minutes as a number, --seed and --count as whole numbers');
  process.exit(2);
}
process.exitCode = await storm();

async function storm(): Promise<number> {
  const zeroMs = Date.now();
  const dir = await makeFolder(STUBS);
  const timeline = new Timeline(join(dir, 'timeline.txt'), 'driver', zeroMs);
  const note = (text: string) => console.log(timeline.write(text));
  const random = new Random(seed);
  note(`${count} schedules, ${minutes} min, seed ${seed}, in ${dir}`);
  const stage: Stage = { dir, note, endings: [] };
  const found: string[] = [];
  let kills = 0;
  try {
    const { pieces, workers, schedules } = await bringUp(stage);
    await schedules.create(count, EVERY_MS);
    note('every schedule is there');
    const endMs = Date.now() + minutes * 60_000;
    while (Date.now() < endMs) {
      await sleep(random.between(500, 6_000));
      const piece = random.pick(pieces) as Piece;
      note(`kill ${piece.name}`);
      await piece.kill();
      kills += 1;
      await sleep(random.between(0, 1_500));
      await piece.start();
    }
    const readyBy = Date.now() + READY_MS;
    while (workers.some(({ ready }) => !ready) && Date.now() < readyBy) await sleep(50);
    note('-- to the end');
    const untilMs = await schedules.pauseAll();
    const { seen, tasks } = await schedules.untilOver(untilMs, END_MS, note);
    found.push(...wrongWith(seen, tasks));
    note(`${kills} kills; ${schedules.figures(seen, tasks)}`);
  } catch (error) {
    found.push(`the run itself failed: ${error instanceof Error ? error.stack : error}`);
  }
  await leave(stage, { found, kills, seed });
  return found.length > 0 ? 1 : 0;
}

async function bringUp(stage: Stage) {
  const { dir, note, endings } = stage;
  const { around, temporal, tinytask, client } = await layGround(stage, values.cluster);
  endings.push(() => killGooses(dir));
  const workers = WORKERS.map(
    (name) =>
      new WorkerPiece(
        ...([name, hostOf(name, 'nobody'), around, () => temporal.address, tinytask.endpoint] as const),
        () => undefined,
        note,
      ),
  );
  for (const worker of workers) {
    await worker.start();
    endings.push(() => worker.kill());
  }
  const schedules = new Schedules(client, tinytask.endpoint);
  return { pieces: [...workers, ...workers, ...temporal.pieces, tinytask], workers, schedules };
}
