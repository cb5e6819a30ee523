import { mkdir } from 'node:fs/promises';
import { Client, Connection } from '@temporalio/client';
import type { Config } from '../config/config.ts';
import type { TemporalSettings } from '../config/temporal.ts';
import { failLostActivity } from '../goose/host/lost-activity.ts';
import { type Place, readPlace } from '../goose/host/owner.ts';
import { readProcessTable } from '../goose/host/process-table.ts';
import { type SweepReport, sweep, sweepStrays, workerHasGone } from '../goose/host/sweep.ts';

/** How long a server that does not answer is told of lost runs. */
const TELL_AT_START_MS = 30_000;

/** Makes the folder of run records. Throws if it cannot be used. */
export async function makePlace(runningDir: string): Promise<Place> {
  await mkdir(runningDir, { recursive: true, mode: 0o700 });
  return readPlace(runningDir);
}

/**
 * Ends what killed workers have left on this host, before any work is taken: it would be more than the agents' limits
 * allow. The server is told meanwhile, as long as it takes, up to a limit: `told`.
 */
export async function endLeftovers(
  place: Place,
  graceMs: number,
  client: Client,
  onProblem: (problem: string) => void,
): Promise<{ told: Promise<unknown> }> {
  const { ended, problems } = await sweepAll(place, graceMs);
  for (const problem of problems) onProblem(problem);
  const tell = ({ record }: (typeof ended)[number]) => failLostActivity(client, record, TELL_AT_START_MS);
  return { told: Promise.allSettled(ended.map(tell)) };
}

/** The same where no server is to be told. Returns what could not be ended, as sentences. */
export async function endLeftRuns({ killGraceMs, runningDir }: Config): Promise<string[]> {
  return (await sweepAll(await makePlace(runningDir), killGraceMs)).problems;
}

async function sweepAll(place: Place, graceMs: number): Promise<SweepReport> {
  const table = await readProcessTable();
  const [report] = await Promise.all([
    sweep({ ...place, now: Date.now(), isOrphan: workerHasGone }),
    sweepStrays({ place, table, graceMs }),
  ]);
  return report;
}

/** The same for a process that has only just started: leftovers must not live on while the server cannot be reached. */
export async function endLeftoversAtStart(
  { killGraceMs, runningDir }: Config,
  { connectionOptions, namespace }: TemporalSettings,
  onProblem: (problem: string) => void,
): Promise<void> {
  const connection = Connection.lazy({ ...connectionOptions, interceptors: [] });
  const client = new Client({ connection, namespace });
  const close = () => connection.close().catch(() => {});
  try {
    const { told } = await endLeftovers(await makePlace(runningDir), killGraceMs, client, onProblem);
    void told.then(close);
  } catch (error) {
    onProblem(error instanceof Error ? error.message : String(error));
    await close();
  }
}
