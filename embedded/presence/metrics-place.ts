import { readdirSync, readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { identify, isAlive } from '../../os/process-identity.mjs';
import { writeWholeFile } from '../../os/whole-file.ts';

// Where metrics are served on this host, one file for each process, in the form in which Prometheus reads targets from files
// (file_sd_configs): it drops labels with two underscores.

export interface MetricsPlace {
  role: 'daemon' | 'worker';
  host: string;
  port: number;
}

const shape = z.array(
  z.object({
    targets: z.array(z.string()),
    labels: z.object({ __pid__: z.string(), __start_time__: z.string() }),
  }),
);

/** What killed processes have left is removed with it: nothing answers there. */
export async function writeMetricsPlace(stateDir: string, { role, host, port }: MetricsPlace): Promise<void> {
  await removeDead(stateDir);
  const identity = identify(process.pid);
  if (identity === undefined) return;
  const { pid, startTime } = identity;
  const name = host.includes(':') ? `[${host}]` : host;
  const labels = { role, __pid__: String(pid), __start_time__: startTime };
  const text = JSON.stringify([{ targets: [`${name}:${port}`], labels }], null, 2);
  await writeWholeFile(pathOf(stateDir), `${text}\n`);
}

export async function removeMetricsPlace(stateDir: string): Promise<void> {
  await rm(pathOf(stateDir), { force: true });
}

async function removeDead(stateDir: string): Promise<void> {
  const dir = dirOf(stateDir);
  for (const name of namesIn(dir)) {
    const path = join(dir, name);
    if (name.endsWith('.json') && !isServed(path)) await rm(path, { force: true });
  }
}

function isServed(path: string): boolean {
  try {
    const places = shape.parse(JSON.parse(readFileSync(path, 'utf8')));
    return places.some(({ labels }) =>
      isAlive({ pid: Number(labels.__pid__), startTime: labels.__start_time__ }),
    );
  } catch {
    return false;
  }
}

function namesIn(dir: string): string[] {
  try {
    return readdirSync(dir);
  } catch {
    return [];
  }
}

function dirOf(stateDir: string): string {
  return join(stateDir, 'metrics');
}

function pathOf(stateDir: string): string {
  return join(dirOf(stateDir), `${process.pid}.json`);
}
