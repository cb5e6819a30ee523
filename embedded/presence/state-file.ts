import { accessSync, constants, readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { oneAtATime } from '../../os/one-at-a-time.mjs';
import { isOutOfFiles } from '../../os/out-of-files.mjs';
import { isAlive, type ProcessIdentity } from '../../os/process-identity.mjs';
import { writeWholeFile } from '../../os/whole-file.ts';

/** What `npm start` brought up, for the next `npm start` and for commands on this machine. */
export interface EmbeddedState {
  temporal?: ProcessIdentity & { address: string; uiUrl: string };
  tinytask?: ProcessIdentity & { endpoint: string };
  model?: { url: string };
  supervisor?: ProcessIdentity & { uses?: Uses | undefined };
}

/** What the tasks of a running `npm start` go through, whoever brought it up. */
export interface Uses {
  /** `configured`: by settings, which may hold secrets and are therefore read again by whoever attaches. */
  temporal: { address: string; configured: boolean; uiUrl: string | null };
  tinytask: string;
  /** Whether the agents are those of examples/starter while the user has none. */
  starter: boolean;
}

const identity = { pid: z.int().positive(), startTime: z.string() };
const entries = {
  temporal: z.object({ ...identity, address: z.string(), uiUrl: z.string() }),
  tinytask: z.object({ ...identity, endpoint: z.string() }),
  model: z.object({ url: z.string() }),
  supervisor: z.object({
    ...identity,
    uses: z
      .object({
        temporal: z.object({ address: z.string(), configured: z.boolean(), uiUrl: z.string().nullable() }),
        tinytask: z.string(),
        starter: z.boolean(),
      })
      .optional(),
  }),
};

export function stateFilePath(stateDir: string): string {
  return join(stateDir, 'embedded.json');
}

/**
 * The entries whose process still runs; those of ended ones are left out, so that a SIGKILL blocks nobody.
 * A missing or broken file is an empty state. The model lives in the supervisor and goes with it. Throws where no file can be
 * opened any more: a server of which nobody knows is ended before another one is started.
 */
export function readEmbeddedState(stateDir: string): EmbeddedState {
  let data: Record<string, unknown>;
  try {
    data = (JSON.parse(readFileSync(stateFilePath(stateDir), 'utf8')) as Record<string, unknown>) ?? {};
  } catch (error) {
    if (isOutOfFiles(error)) throw error;
    return {};
  }
  const temporal = entries.temporal.safeParse(data.temporal).data;
  const tinytask = entries.tinytask.safeParse(data.tinytask).data;
  const model = entries.model.safeParse(data.model).data;
  const supervisor = entries.supervisor.safeParse(data.supervisor).data;
  const supervised = supervisor !== undefined && isAlive(supervisor);
  return {
    ...(temporal && isAlive(temporal) && { temporal }),
    ...(tinytask && isAlive(tinytask) && { tinytask }),
    ...(model && supervised && { model }),
    ...(supervised && { supervisor }),
  };
}

/** Whether there may be a state that this user is not allowed to read. */
export function isStateHidden(stateDir: string): boolean {
  try {
    accessSync(stateFilePath(stateDir), constants.R_OK);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EACCES';
  }
}

let lastWrite: Promise<void> = Promise.resolve();

/**
 * Sets the entries given, removes those given as undefined, and leaves what others of our processes have set.
 */
export async function updateEmbeddedState(
  stateDir: string,
  changes: { [K in keyof EmbeddedState]: EmbeddedState[K] | undefined },
): Promise<void> {
  const write = lastWrite.then(() =>
    oneAtATime(`${stateFilePath(stateDir)}.lock`, () => writeState(stateDir, changes)),
  );
  lastWrite = write.catch(() => undefined);
  await write;
}

async function writeState(stateDir: string, changes: object): Promise<void> {
  const path = stateFilePath(stateDir);
  const text = `${JSON.stringify({ ...readEmbeddedState(stateDir), ...changes }, null, 2)}\n`;
  if ((await readFile(path, 'utf8').catch(() => undefined)) === text) return;
  await writeWholeFile(path, text);
}
