import { chmod, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client, Connection } from '@temporalio/client';
import { SCHEDULER_ID } from '../../contract/ids.ts';
import { startScriptedModel } from '../../embedded/model/scripted-model.ts';
import { findGoose, findTemporalCli } from '../../embedded/tools/tool-cache.mjs';
import { startCluster } from '../cluster/cluster.ts';
import { programsOf } from '../cluster/programs.ts';
import { makeTinytask, type Piece, type Surroundings, TemporalPiece } from './pieces.ts';

/** Of gRPC. */
const NOT_FOUND = 5;
const ANSWER_MS = 2_000;
const SERVES_MS = 30_000;
const LOOK_MS = 200;

/** Of one run of the driver. */
export interface Stage {
  dir: string;
  note: (text: string) => void;
  /** What ends all that was begun, in the order in which it was. */
  endings: (() => unknown)[];
}

/** A Temporal server: its frontend, and each of its processes. */
export interface TemporalGround {
  address: string;
  pieces: readonly Piece[];
}

/** What everything else stands on: the model, the Temporal server with a client, and TinyTask. */
export async function layGround(stage: Stage, isCluster = false) {
  const { dir, note, endings } = stage;
  const tools = { env: process.env, onProgress: note };
  const model = await startScriptedModel({ port: 0 });
  endings.push(() => model.close());
  const around: Surroundings = {
    dir,
    temporalCli: (await findTemporalCli(tools)).path,
    goose: (await findGoose(tools)).path,
    modelUrl: model.url,
  };
  const temporal = isCluster ? await cluster(stage) : await devServer(stage, around);
  const tinytask = await makeTinytask(dir);
  await tinytask.start();
  endings.push(() => tinytask.kill());
  const connection = await Connection.connect({ address: temporal.address });
  endings.push(() => connection.close());
  return { around, temporal, tinytask, client: new Client({ connection }) };
}

async function devServer({ endings }: Stage, around: Surroundings): Promise<TemporalGround> {
  const piece = new TemporalPiece(around);
  await piece.start();
  endings.push(() => piece.kill());
  return { address: piece.address, pieces: [piece] };
}

async function cluster({ dir, note, endings }: Stage): Promise<TemporalGround> {
  // PostgreSQL is run by somebody else where we are root.
  await chmod(dir, 0o711);
  const { address, parts, addNamespace, stop } = await startCluster(
    join(dir, 'cluster'),
    programsOf(process.env),
    note,
  );
  endings.push(stop);
  await addNamespace('default');
  const connection = await Connection.connect({ address });
  endings.push(() => connection.close());
  const pieces = parts.map((part) => ({
    // A worker of ours is another thing.
    name: part.name === 'postgresql' ? part.name : `temporal-${part.name}`,
    get pid() {
      return part.pid;
    },
    kill: () => part.kill(),
    async start() {
      await part.start();
      await untilItServes(connection);
    },
  }));
  return { address, pieces };
}

/** The cluster as a whole: after one of its processes was away the others take some seconds to find it again. */
async function untilItServes(connection: Connection): Promise<void> {
  const { workflowService } = connection;
  const asked = { namespace: 'default', execution: { workflowId: SCHEDULER_ID } };
  const untilMs = Date.now() + SERVES_MS;
  for (;;) {
    try {
      await connection.withDeadline(Date.now() + ANSWER_MS, async () => {
        await workflowService.countWorkflowExecutions({ namespace: 'default' });
        await workflowService.describeWorkflowExecution(asked);
      });
      return;
    } catch (error) {
      // Another one of its processes may have been killed meanwhile, and then it is waited for there.
      if (Date.now() > untilMs) return;
      if ((error as { code?: number }).code === NOT_FOUND) return;
      await sleep(LOOK_MS);
    }
  }
}

/** Ends what was begun, the last of it first, and tells what was found. Where that is anything, the folder stays. */
export async function leave(
  { dir, endings }: Stage,
  { found, kills, seed }: { found: readonly string[]; kills: number; seed: number },
): Promise<void> {
  for (const end of endings.reverse()) await Promise.resolve(end()).catch(() => undefined);
  for (const each of found) console.log(`VIOLATION ${each}`);
  if (found.length > 0) console.log(`seed ${seed}; timeline, logs and databases are in ${dir}`);
  else await rm(dir, { recursive: true, force: true, maxRetries: 20, retryDelay: 200 });
  console.log(`${kills} kills, ${found.length} violations`);
}
