import { processName } from '../../activities/in-force.ts';
import { schedulerPaused, semaphoreMemo } from '../../activities/memos.ts';
import { asOpenRun } from '../../activities/past.ts';
import { openRuns } from '../../activities/runs.ts';
import { loadAgents } from '../../config/agent-control.ts';
import { figuresOf, MAX_STARTS, type PassReport } from '../../domain/pass.ts';
import { type OpenRun, plan } from '../../domain/plan.ts';
import { connectTinyTask } from '../../tinytask/client.ts';
import { connectTemporal } from '../connect.ts';
import type { Context } from './context.ts';

/** What a pass would do. Changes nothing anywhere; running tasks count where a Temporal server answers. */
export async function dryRun({ loaded, temporal }: Context): Promise<PassReport> {
  const { config } = loaded;
  const startedAtMs = Date.now();
  const errors: string[] = [];
  const registry = await loadAgents(config, { keep: false });
  const warnings = [...registry.warnings];

  const client = await connectTemporal(temporal).catch(() => undefined);
  if (client === undefined) {
    warnings.push(`no Temporal server answers at ${temporal.address}, so nothing counts as running`);
  }
  const runs: OpenRun[] = client === undefined ? [] : (await openRuns(client)).map(asOpenRun);
  const memos = await Promise.all(
    registry.agents.map(async ({ name }) => ({
      name,
      memo: client === undefined ? undefined : await semaphoreMemo(client, name),
    })),
  );
  const paused = client !== undefined && (await schedulerPaused(client));
  await client?.connection.close();

  const tinytask = connectTinyTask({ endpoint: config.mcpEndpoint });
  const tasks = await tinytask.listOpen().catch((error: Error) => {
    errors.push(error.message);
    return [];
  });
  await tinytask.close();
  const planned = plan({
    tasks,
    agents: registry.agents.map((agent, at) => ({
      ...agent,
      limit: memos[at]?.memo?.limitByHand ?? agent.limit,
    })),
    mode: registry.mode,
    openRuns: runs,
    health: Object.fromEntries(memos.flatMap(({ name, memo }) => (memo ? [[name, memo.health]] : []))),
    pausedAgents: memos.filter(({ memo }) => memo?.paused).map(({ name }) => name),
    paused,
    enabled: config.enabled,
    blockingDisabled: config.disableBlocking,
    assignedByUs: {},
    ending: {},
    first: [],
    waitingPerAgent: 0,
    maxStarts: MAX_STARTS,
    nowMs: startedAtMs,
  });
  return {
    atMs: startedAtMs,
    tookMs: Date.now() - startedAtMs,
    started: planned.starts.map(({ task, agent }) => ({ taskId: task.id, agent })),
    waiting: planned.waiting,
    waitingTotal: planned.waiting.length,
    errors,
    warnings: [
      ...warnings,
      ...planned.cycles.map((ids) => `tasks ${ids.join(', ')} wait for each other: none of them can start`),
    ],
    by: processName(),
    config: '',
    figures: figuresOf({
      planned,
      starts: planned.starts,
      scanned: runs.length,
      reclaimed: 0,
      errors: errors.length,
    }),
  };
}
