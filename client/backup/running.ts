import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { hostname } from 'node:os';
import type { BackupOrigin, RunningProcess } from '../../contract/backup.ts';
import { findHelperProcesses } from '../../embedded/presence/helper-processes.ts';
import { nameOf, whoIsPresent } from '../../embedded/presence/presence-records.ts';
import { installationOf } from '../../goose/host/owner.ts';
import { schedulerError } from '../../words/errors.ts';

/**
 * Refuses to restore beside what still works with the state directory, or, on this host, with that of which the backup was
 * made: both would do the same tasks.
 * @throws `something-runs`
 */
export async function refuseWhileRunning(origin: BackupOrigin, stateDir: string): Promise<void> {
  // Its servers are told by its path also after it was moved aside; an empty one is as good as none.
  await mkdir(stateDir, { recursive: true, mode: 0o700 });
  await refuse(stateDir, false);
  if (origin.host === hostname() && existsSync(origin.stateDir)) await refuse(origin.stateDir, true);
}

async function refuse(stateDir: string, isOrigin: boolean): Promise<void> {
  const installation = await installationOf(stateDir);
  const helpers = await findHelperProcesses({ stateDir, installation });
  const processes: RunningProcess[] = [
    ...whoIsPresent(stateDir).map(({ role, pid }) => ({ kind: nameOf(role), pid })),
    ...helpers.map(({ kind, pid }) => ({ kind, pid })),
  ];
  if (processes.length > 0) throw schedulerError({ code: 'something-runs', stateDir, isOrigin, processes });
}
