import type { Client } from '@temporalio/client';
import { hasCode } from '../../../contract/errors.ts';
import { figuresOf, type PassReport, startedOf } from '../../../contract/pass.ts';
import { canFetchGoose } from '../../../embedded/tools/fetch-goose.mjs';
import { findGoose, locateGoose } from '../../../embedded/tools/tool-cache.mjs';
import { processName } from '../../../os/process-name.ts';
import { connectOurs } from '../../../temporal/connect.ts';
import { connectTinyTask, type TinyTask } from '../../../tinytask/client.ts';
import { seenInPass } from '../../../words/pass.ts';
import { sayProblems } from '../../../words/problem.ts';
import { readSnapshot, type Snapshot } from '../../snapshot.ts';
import type { Context } from '../call/context.ts';

/**
 * What a pass would do. Changes nothing anywhere. Throws what would keep a pass from being made: a scheduler that is
 * somebody else's, or no goose where this process would be the worker.
 */
export async function dryRun(context: Context): Promise<PassReport> {
  const { loaded } = context;
  const startedAtMs = Date.now();
  const tinytask = connectTinyTask({ endpoint: loaded.config.mcpEndpoint });
  const { client, warnings } = await serverOf(context, tinytask);
  try {
    const snapshot = await readSnapshot({ client, tinytask, config: loaded.config });
    if (snapshot.scheduler.daemon === null) warnings.push(...(await aboutGoose(context)));
    return dryReport(snapshot, startedAtMs, warnings);
  } finally {
    await Promise.all([client?.connection.close(), tinytask.close()]);
  }
}

/** The server that a pass would use, if it is there; where a pass would bring up its own one, that is said. */
async function serverOf(
  { loaded, temporal }: Context,
  tinytask: TinyTask,
): Promise<{ client: Client | undefined; warnings: string[] }> {
  try {
    const client = await connectOurs({ temporal, config: loaded.config, tinytask });
    return { client, warnings: [] };
  } catch (error) {
    const isAnothers = hasCode(error, 'another-scheduler');
    const bringsOwn = hasCode(error, 'temporal-unreachable') || isAnothers;
    if (temporal.explicitlyConfigured || !bringsOwn) throw error;
    const why = isAnothers
      ? `the Temporal server at ${temporal.address} serves another TinyScheduler`
      : `no Temporal server answers at ${temporal.address}`;
    return {
      client: undefined,
      warnings: [`${why}, so nothing counts as running; a pass brings up its own`],
    };
  }
}

async function aboutGoose({ loaded: { config, environment } }: Context): Promise<string[]> {
  const options = { env: environment, gooseBin: config.gooseBin };
  if (locateGoose(options) !== undefined) return [];
  if (canFetchGoose()) return ['there is no goose here; a pass fetches it first'];
  await findGoose(options);
  return [];
}

/** What a pass over this snapshot would report. */
export function dryReport(snapshot: Snapshot, startedAtMs: number, warnings: string[]): PassReport {
  const { planned = { starts: [], waiting: [], cycles: [] }, runs } = snapshot;
  const errors = sayProblems(snapshot.problems);
  const { starts, waiting, cycles } = planned;
  return {
    atMs: startedAtMs,
    tookMs: Date.now() - startedAtMs,
    started: starts.map(startedOf),
    waiting,
    waitingTotal: waiting.length,
    errors,
    warnings: [...warnings, ...snapshot.warnings],
    ...seenInPass({ cycles, blockingOff: snapshot.inForce.blockingDisabled }),
    by: processName(),
    config: '',
    figures: figuresOf({ planned, starts, scanned: runs.length, reclaimed: 0, errors: errors.length }),
  };
}
