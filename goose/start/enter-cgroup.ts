import { readProcFile } from '../../os/proc-file.mjs';
import type { GooseCommand } from './command-line.ts';

const SHELL = '/bin/sh';
/** Starts nothing: `echo` is the shell's own. Without the cgroup goose starts all the same, and is looked for. */
const SCRIPT = '{ echo 0 >"$0/cgroup.procs"; } 2>/dev/null; exec "$@"';

/** A shell that goes into this cgroup and becomes the command. */
export function enterCgroup(cgroup: string, command: GooseCommand): GooseCommand {
  return { file: SHELL, args: ['-c', SCRIPT, cgroup, command.file, ...command.args] };
}

/** Whether a process is that shell still, so that it has started nothing. False where that cannot be read. */
export function isEntering(pid: number, cgroup: string): boolean {
  const begins = Buffer.from([SHELL, '-c', SCRIPT, cgroup, ''].join('\0')).toString('latin1');
  try {
    return readProcFile(`/proc/${pid}/cmdline`).startsWith(begins);
  } catch {
    return false;
  }
}
