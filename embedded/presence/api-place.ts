import { readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { isAlive, type ProcessIdentity } from '../../os/process-identity.mjs';
import { writeWholeFile } from '../../os/whole-file.ts';

/** Where the API of a state directory is served on this host, and by which process. */
export interface ApiPlace extends ProcessIdentity {
  /** By which this host reaches it, such as `http://127.0.0.1:9595`. */
  url: string;
  /** Of the program that serves it. */
  version: string;
  /** Requests from this machine need a token too. */
  tokenRequired: boolean;
  /** Of the configuration that it answers with: see config/configuration-mark.ts. */
  configuration: string;
}

const shape = z.object({
  pid: z.int().positive(),
  startTime: z.string(),
  url: z.string(),
  version: z.string(),
  tokenRequired: z.boolean(),
  configuration: z.string(),
});

/** Undefined where nobody serves it: a record that a killed process has left counts for nothing. */
export function readApiPlace(stateDir: string): ApiPlace | undefined {
  try {
    const place = shape.parse(JSON.parse(readFileSync(pathOf(stateDir), 'utf8')));
    return isAlive(place) ? place : undefined;
  } catch {
    return undefined;
  }
}

export async function writeApiPlace(stateDir: string, place: ApiPlace): Promise<void> {
  await writeWholeFile(pathOf(stateDir), `${JSON.stringify(place, null, 2)}\n`);
}

/** Removes the record of this process, and no other one's. */
export async function removeApiPlace(stateDir: string): Promise<void> {
  if (readApiPlace(stateDir)?.pid === process.pid) await rm(pathOf(stateDir), { force: true });
}

function pathOf(stateDir: string): string {
  return join(stateDir, 'api.json');
}
