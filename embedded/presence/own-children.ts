import { type Proc, readProcessTable, signalProcess } from '../../goose/host/process-table.ts';

/**
 * KILL to what this process has started in its own session, and to what that has started: commands that fetch a tool.
 * Servers, daemons, guardians and caretakers have sessions of their own, and ends of their own.
 */
export async function endDescendants(): Promise<void> {
  const { processes } = await readProcessTable();
  const own = processes.find(({ pid }) => pid === process.pid);
  for (const each of descendantsOf(process.pid, processes)) {
    if (own && each.session === own.session) signalProcess(each, 'SIGKILL');
  }
}

function descendantsOf(pid: number, processes: readonly Proc[]): Proc[] {
  const children = processes.filter(({ ppid }) => ppid === pid);
  return children.flatMap((child) => [child, ...descendantsOf(child.pid, processes)]);
}
