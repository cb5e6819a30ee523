import { readdirSync, readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { isOutOfFiles } from '../../os/out-of-files.mjs';
import { identify, isAlive, type ProcessIdentity } from '../../os/process-identity.mjs';
import { writeWholeFile } from '../../os/whole-file.ts';

/** What a process of ours does, and how it was started. */
const COMMANDS = {
  start: 'start',
  daemon: 'run --daemon',
  worker: 'worker',
  once: 'run --once',
  serve: 'serve',
} as const;
export type PresentRole = keyof typeof COMMANDS;

/** A process of ours that works with a state directory, and may use the servers that were brought up for it. */
export interface Present extends ProcessIdentity {
  role: PresentRole;
}

const record = z.object({
  pid: z.int().positive(),
  startTime: z.string(),
  role: z.enum(['start', 'daemon', 'worker', 'once', 'serve']),
  host: z.string(),
});

/** For sentences: `run --daemon`. */
export function nameOf(role: PresentRole): string {
  return COMMANDS[role];
}

/**
 * Those of this host that live. Records of ended ones count for nothing, so a SIGKILL blocks nobody. Throws where no file can be
 * opened any more: whoever took them for gone then would end the servers that they use.
 */
export function whoIsPresent(stateDir: string): Present[] {
  return records(stateDir).flatMap(({ present }) => (present && isAlive(present) ? [present] : []));
}

/** Those for whom the servers are kept: who only looks on comes and goes beside them. */
export function whoNeedsServers(stateDir: string): Present[] {
  return whoIsPresent(stateDir).filter(({ role }) => role !== 'serve');
}

/** Makes this process present; returns the path of its record, whose removal makes it absent. */
export async function writePresence(stateDir: string, role: PresentRole): Promise<string> {
  const identity = identify(process.pid);
  if (!identity) throw new Error('this process is not in the list of processes');
  // A name that no other process ever has, so that removing what a dead one left cannot remove a living one's.
  const path = join(folderOf(stateDir), `${identity.pid}-${identity.startTime.replace(/\W+/g, '-')}.json`);
  await writeWholeFile(path, `${JSON.stringify({ ...identity, role, host: hostname() })}\n`);
  return path;
}

/** Removes what killed processes of this host have left. */
export async function removeAbsent(stateDir: string): Promise<void> {
  for (const { path, present } of records(stateDir))
    if (present && !isAlive(present)) await rm(path, { force: true });
}

function records(stateDir: string): { path: string; present: Present | undefined }[] {
  return namesIn(folderOf(stateDir))
    .filter((name) => name.endsWith('.json'))
    .map((name) => join(folderOf(stateDir), name))
    .map((path) => ({ path, present: read(path) }));
}

function read(path: string): Present | undefined {
  try {
    const { host, ...present } = record.parse(JSON.parse(readFileSync(path, 'utf8')));
    return host === hostname() ? present : undefined;
  } catch (error) {
    if (isOutOfFiles(error)) throw error;
    return undefined;
  }
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    if (isOutOfFiles(error)) throw error;
    return [];
  }
}

function folderOf(stateDir: string): string {
  return join(stateDir, 'present');
}
