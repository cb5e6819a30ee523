import { mkdir, rm } from 'node:fs/promises';
import { installationOf } from '../../goose/host/owner.ts';
import { type Caretaker, startCaretaker } from './caretaker.ts';
import { endUnused } from './end-unused.ts';
import type { StateDir } from './helper-processes.ts';
import {
  type Present,
  type PresentRole,
  removeAbsent,
  whoIsPresent,
  writePresence,
} from './presence-records.ts';

/** This process's part in a state directory, from before it looks for servers until it needs none any more. */
export interface Presence {
  place: StateDir;
  /** The others that are present. */
  others(): Present[];
  /** Whoever leaves last ends the servers: TERM, KILL after `graceMs`. Returns when they are gone. Can be called again. */
  leave(graceMs?: number): Promise<void>;
}

/**
 * Makes this process present in a state directory, with a caretaker that does what `leave` does should it be killed.
 * A record that cannot be written (a full disk) is told as a problem: then others do not know of this process.
 */
export async function enter(
  stateDir: string,
  role: PresentRole,
  onProblem: (problem: string) => void,
): Promise<Presence> {
  await mkdir(stateDir, { recursive: true, mode: 0o700 }).catch((error: Error) => {
    throw new Error(
      `The state directory cannot be made (${error.message}): make it writable, or set TINYSCHEDULER_STATE_DIR.`,
    );
  });
  const place: StateDir = { stateDir, installation: await installationOf(stateDir) };
  // Before the record: nobody is ever present without one.
  const caretaker: Caretaker = startCaretaker(place, onProblem);
  let path: string | undefined;
  try {
    await removeAbsent(stateDir);
    path = await writePresence(stateDir, role);
  } catch (error) {
    onProblem(
      `That this process is here could not be written into ${stateDir} (${(error as Error).message}): ` +
        'another one that ends may end the servers of this state directory.',
    );
  }
  return {
    place,
    others: () => whoIsPresent(stateDir).filter(({ pid }) => pid !== process.pid),
    async leave(graceMs) {
      if (path !== undefined) await rm(path, { force: true });
      await endUnused(place, graceMs);
      await caretaker.dismiss();
    },
  };
}
