import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { oneAtATime } from '../../os/one-at-a-time.mjs';
import { stopProcess } from '../../os/stop-process.ts';
import { findHelperProcesses, type HelperProcess, type StateDir } from './helper-processes.ts';
import { whoIsPresent, whoNeedsServers } from './presence-records.ts';
import { updateEmbeddedState } from './state-file.ts';

/** A Temporal server needs less than a second. */
const SERVER_GRACE_MS = 3_000;

/** While it is held, no server of this state directory is started, taken into use or ended by anybody else. */
export function withServersOf<T>(stateDir: string, work: () => Promise<T>): Promise<T> {
  return oneAtATime(join(stateDir, 'embedded.lock'), work);
}

/**
 * Ends the servers of a state directory if none of our processes is present any more, and returns those that it ended.
 * Everybody calls it after leaving; for one that was killed, its caretaker does. So it is called after the last has
 * gone, whoever that was. Who arrives meanwhile is either seen here, or waits and finds no server.
 */
export async function endUnused(place: StateDir, graceMs = SERVER_GRACE_MS): Promise<HelperProcess[]> {
  const left = await endLeftApis(place, graceMs);
  return [...left, ...(await endUnusedServers(place, graceMs))];
}

/**
 * A server of the API ends by itself when who keeps it is gone, unless it hangs; and others who are present would go on
 * beside it.
 */
async function endLeftApis(place: StateDir, graceMs: number): Promise<HelperProcess[]> {
  const apis = (await findHelperProcesses(place)).filter(({ kind }) => kind === 'api');
  if (apis.length === 0) return [];
  const present = new Set(whoIsPresent(place.stateDir).map(({ pid }) => pid));
  const left = apis.filter(({ parent = -1 }) => !present.has(parent));
  await Promise.all(left.map((each) => stopProcess(each, graceMs)));
  return left;
}

async function endUnusedServers(place: StateDir, graceMs: number): Promise<HelperProcess[]> {
  if (!existsSync(place.stateDir)) return await endServers(place, graceMs);
  // They look when they leave.
  if (whoNeedsServers(place.stateDir).length > 0) return [];
  return await withServersOf(place.stateDir, async () =>
    whoNeedsServers(place.stateDir).length > 0 ? [] : await endServers(place, graceMs),
  );
}

async function endServers(place: StateDir, graceMs: number): Promise<HelperProcess[]> {
  // Guardians end by themselves.
  const servers = (await findHelperProcesses(place)).filter(({ kind }) => kind !== 'guardian');
  await Promise.all(servers.map((server) => stopProcess(server, graceMs)));
  if (existsSync(place.stateDir)) {
    await updateEmbeddedState(place.stateDir, { temporal: undefined, tinytask: undefined });
  }
  return servers;
}
