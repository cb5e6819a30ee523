import { createHash } from 'node:crypto';
import { realpath, stat } from 'node:fs/promises';
import { hostname } from 'node:os';
import { readBootId } from '../../os/boot-id.mjs';
import { lifeOf, type ProcessId } from './process-table.ts';

/** Where the runs of one installation on one host are known, and by what. */
export interface Place {
  /** The folder of run records. */
  runningDir: string;
  /** This host's name; records of another one, in a shared folder, are left alone. */
  host: string;
  /** This boot of the host: after another one, pids and start times mean nothing. */
  bootId: string;
  /** Tells the runs of this folder from those of another installation on the same host. */
  installation: string;
}

/** `runningDir`: an existing folder. Throws if there is none. */
export async function readPlace(runningDir: string): Promise<Place> {
  const installation = await installationOf(runningDir);
  return { runningDir, host: hostname(), bootId: readBootId(), installation };
}

/** Tells an existing folder of this host from every other one: 16 hexadecimal digits. */
export async function installationOf(folder: string): Promise<string> {
  const path = await realpath(folder);
  // Containers that share a host's processes may have the same path, but not on the same device.
  const { dev } = await stat(path);
  return createHash('sha256').update(`${hostname()} ${dev} ${path}`).digest('hex').slice(0, 16);
}

/** What a run's processes carry in their environment: the installation and the worker that they belong to. */
export function ownerMark({ installation }: Place, worker: ProcessId): string {
  return `${installation}.${worker.pid}.${worker.startTime}`;
}

/** Whether a process with that mark belongs to this installation and has no worker any more. */
export function ownerHasGone({ installation }: Place, mark: string): boolean {
  const [, of, pid, startTime] = /^([0-9a-f]+)\.(\d+)\.([\d.]+)$/.exec(mark) ?? [];
  if (of !== installation) return false;
  return lifeOf({ pid: Number(pid), startTime: Number(startTime) }) === 'gone';
}
