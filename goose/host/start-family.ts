import { removeCgroup } from '../start/cgroup.ts';
import { type Containment, recordedContainment } from '../start/containment.ts';
import { type Goose, type GooseStart, spawnGoose } from '../start/start.ts';
import { identify, type ProcessId } from './process-table.ts';
import { ProcessFamily } from './processes.ts';

/** A program that was started, and all that belongs to it. */
export interface StartedFamily<Reader> {
  program: Goose;
  root: ProcessId;
  family: ProcessFamily;
  reader: Reader;
}

/**
 * Starts a program so that each of its processes can be found and ended. It is spawned before this function returns its promise.
 *
 * @param read begins to read what it prints; later, Node.js would have thrown away what one that ends at once has printed
 * @returns why it could not be started; then nothing is left of it
 */
export async function startFamily<Reader>(
  start: GooseStart,
  held: Containment,
  read: (program: Goose) => Reader,
): Promise<StartedFamily<Reader> | NodeJS.ErrnoException> {
  const { cgroup } = recordedContainment(held, start.token);
  const notStarted = (error: NodeJS.ErrnoException) => {
    if (cgroup !== undefined) removeCgroup(cgroup);
    return error;
  };
  const program = spawnGoose(start, held);
  if (program instanceof Error) return notStarted(program);
  // In the tick of the spawn: even a program that ends at once still has its place among the processes.
  // It lives also where that cannot be read; then it is known by its token.
  const identity = identify(program.pid).catch(() => ({ pid: program.pid ?? 0, startTime: 0 }));
  const problem = await program.hasStarted();
  if (problem !== undefined) return notStarted(problem);
  const reader = read(program);
  const root = await identity;
  return { program, root, family: new ProcessFamily(start.token, root, cgroup), reader };
}
