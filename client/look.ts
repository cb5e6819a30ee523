import { defaultRules } from '../config/run-rules.ts';
import type { Look } from '../contract/listings.ts';
import { agentsOf } from './agents.ts';
import { atWorkIn } from './at-work.ts';
import { openTasks } from './open-tasks.ts';
import { readSnapshot, type SnapshotDeps } from './snapshot.ts';
import { statusOf } from './status.ts';

/** Everything at one moment. A TinyTask that does not answer is a problem of it. */
export async function readLook(deps: SnapshotDeps): Promise<Look> {
  const { config } = deps;
  const snapshot = await readSnapshot(deps);
  const silentMs = config.heartbeatTimeoutMs;
  return {
    atMs: snapshot.nowMs,
    status: statusOf(snapshot, silentMs),
    agents: agentsOf(snapshot, silentMs, defaultRules(config)),
    tasks: snapshot.planned === undefined ? null : openTasks(snapshot, silentMs),
    atWork: atWorkIn(snapshot, silentMs, config.maxRuntimeMs),
  };
}
