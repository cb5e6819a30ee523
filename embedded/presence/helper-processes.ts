import { type HelperKind, markValue } from '../../goose/host/helper-mark.ts';
import { readProcessTable } from '../../goose/host/process-table.ts';
import { identify, type ProcessIdentity } from '../../os/process-identity.mjs';
import { readEmbeddedState } from './state-file.ts';

/** A state directory of this host. */
export interface StateDir {
  stateDir: string;
  /** See owner.ts; it tells the directory also when that has been removed. */
  installation: string;
}

/** A server or a guardian that was started for those who work with a state directory. */
export interface HelperProcess extends ProcessIdentity {
  kind: HelperKind;
  /** Its parent's pid, where it was found by what it carries. */
  parent?: number | undefined;
}

/**
 * All that live, by what they carry in their environment, and, where that may not be read, by the state file. So one
 * is found too that was started a moment ago by a process that was killed before it could write that down.
 */
export async function findHelperProcesses({ stateDir, installation }: StateDir): Promise<HelperProcess[]> {
  const found = new Map<number, HelperProcess>();
  const { temporal, tinytask } = readEmbeddedState(stateDir);
  if (temporal) found.set(temporal.pid, { ...identityOf(temporal), kind: 'temporal' });
  if (tinytask) found.set(tinytask.pid, { ...identityOf(tinytask), kind: 'tinytask' });
  const { helpers, processes } = await readProcessTable();
  const parents = new Map(processes.map(({ pid, ppid }) => [pid, ppid]));
  for (const [pid, mark] of helpers) {
    const kind = KINDS.find((each) => mark === markValue(each, installation));
    const identity = kind && identify(pid);
    if (identity) found.set(pid, { ...identity, kind, parent: parents.get(pid) });
  }
  return [...found.values()];
}

const KINDS = ['temporal', 'tinytask', 'api', 'guardian'] as const satisfies HelperKind[];

function identityOf({ pid, startTime }: ProcessIdentity): ProcessIdentity {
  return { pid, startTime };
}
