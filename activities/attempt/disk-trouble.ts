import type { Verdict } from '../../domain/attempt/verdict.ts';

const SAYS: Record<string, string> = {
  ENOSPC: 'the disk is full: free space',
  EDQUOT: "the user's share of the disk is full: free space",
  EROFS: 'the disk is read-only: mount it for writing',
  EMFILE: 'the worker has no open files left: raise its limit (ulimit -n) or lower the number of gooses',
  ENFILE: 'this machine has no open files left: raise its limit (fs.file-max) or end what has them open',
  EIO: 'the disk is broken: look at the log of the system',
};

/**
 * The verdict on a run that failed because this host could not read or write its records; undefined for other errors.
 * It is no attempt of the agent's: the task runs again when that is mended.
 */
export function diskTrouble(error: unknown): Verdict | undefined {
  if (!(error instanceof Error)) return undefined;
  const says = SAYS[String((error as NodeJS.ErrnoException).code)];
  return says === undefined ? undefined : { kind: 'misconfigured', reason: `${says} (${error.message})` };
}
