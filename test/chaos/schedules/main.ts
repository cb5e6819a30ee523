// `npm run chaos -- --schedules --minutes N --seed S`: schedules of 5 s while workers and servers are killed at random.
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { Client, Connection } from '@temporalio/client';
import { startScriptedModel } from '../../../embedded/model/scripted-model.ts';
import { findGoose, findTemporalCli } from '../../../embedded/tools/tool-cache.mjs';
import { makeFolder } from '../folder.ts';
import { hostOf, WORKERS } from '../hosts.ts';
import { killGooses } from '../left-behind.ts';
import { makeTinytask, type Piece, type Surroundings, TemporalPiece } from '../pieces.ts';
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
  const endings: (() => unknown)[] = [];
  const found: string[] = [];
  let kills = 0;
  try {
    const { pieces, workers, schedules } = await bringUp({ dir, note, endings });
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
  } finally {
    for (const end of endings.reverse()) await Promise.resolve(end()).catch(() => undefined);
  }
  for (const each of found) console.log(`VIOLATION ${each}`);
  if (found.length > 0) console.log(`seed ${seed}; timeline, logs and databases are in ${dir}`);
  else await rm(dir, { recursive: true, force: true, maxRetries: 20, retryDelay: 200 });
  console.log(`${kills} kills, ${found.length} violations`);
  return found.length > 0 ? 1 : 0;
}

interface Stage {
  dir: string;
  note: (text: string) => void;
  endings: (() => unknown)[];
}

async function bringUp({ dir, note, endings }: Stage) {
  const tools = { env: process.env, onProgress: note };
  const model = await startScriptedModel({ port: 0 });
  endings.push(() => model.close());
  const around: Surroundings = {
    dir,
    temporalCli: (await findTemporalCli(tools)).path,
    goose: (await findGoose(tools)).path,
    modelUrl: model.url,
  };
  const temporal = new TemporalPiece(around);
  await temporal.start();
  endings.push(() => temporal.kill());
  const tinytask = await makeTinytask(dir);
  await tinytask.start();
  endings.push(() => tinytask.kill());
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
  const connection = await Connection.connect({ address: temporal.address });
  endings.push(() => connection.close());
  const schedules = new Schedules(new Client({ connection }), tinytask.endpoint);
  return { pieces: [...workers, ...workers, temporal, tinytask], workers, schedules };
}
