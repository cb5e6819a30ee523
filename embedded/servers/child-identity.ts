import type { ChildProcess } from 'node:child_process';
import { identify, type ProcessIdentity } from '../../os/process-identity.mjs';

/**
 * The identity of a process that was just started here; undefined: it has ended, or never began. Ends it and throws where that
 * cannot be read: nobody could stop it later.
 */
export function identityOf(child: ChildProcess): ProcessIdentity | undefined {
  if (child.pid === undefined) return undefined;
  try {
    return identify(child.pid);
  } catch (error) {
    child.kill('SIGKILL');
    throw error;
  }
}
