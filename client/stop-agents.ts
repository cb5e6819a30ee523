import { setTimeout as sleep } from 'node:timers/promises';
import type { Note } from '../contract/by-hand.ts';
import { inBatches } from '../contract/in-batches.ts';
import { stopAllAgents, stopAgents as stopMessage } from '../contract/messages.ts';
import type { Stopped } from '../contract/status.ts';
import { type KnownRun, lookAtRun } from '../temporal/runs.ts';
import { runsOfSelection } from './chosen-runs.ts';
import type { Selection } from './scheduler-client.ts';
import { tellSelection } from './tell-selection.ts';
import type { TellDeps } from './tell-semaphore.ts';

const LOOK_MS = 500;
/** What a run needs beyond the grace of its goose: the word through scheduler and semaphore to the host, the write to TinyTask. */
const BEYOND_GRACE_MS = 20_000;

/**
 * Stops what runs, and lets nothing start, until `start-agents`. Waits until the attempts that were under way are over, and
 * returns what became of each. No attempt is used; the tasks stay in line.
 * @throws `no-such-agent` @throws `no-such-queue`
 */
export async function stopAgents(
  deps: TellDeps,
  what: Selection,
  note: Note | undefined,
): Promise<Stopped[]> {
  await tellSelection(deps, what, [stopAllAgents, stopMessage], note);
  // After the message: what starts in between is stopped, or not started.
  const runs = (await runsOfSelection(deps, what)).filter(({ phase }) => phase === 'running');
  const untilMs = performance.now() + deps.config.killGraceMs + BEYOND_GRACE_MS;
  const stopped = new Map<number, Stopped>();
  let left = runs;
  for (;;) {
    const seen = await inBatches(left, async (run) => ({
      run,
      now: await lookAtRun(deps.client, run.workflowId, run.runId),
    }));
    for (const { run, now } of seen) stopped.set(run.taskId, whatBecame(run, now));
    left = left.filter(({ taskId }) => stopped.get(taskId)?.did === 'still-running');
    if (left.length === 0 || performance.now() > untilMs) return [...stopped.values()];
    await sleep(LOOK_MS);
  }
}

function whatBecame({ taskId, agent }: KnownRun, now: KnownRun | undefined): Stopped {
  if (now === undefined || now.closedAtMs !== null) return { taskId, agent, did: 'ended' };
  if (now.phase === 'waiting') return { taskId, agent, did: 'stopped' };
  return { taskId, agent, did: now.phase === 'running' ? 'still-running' : 'ended' };
}
