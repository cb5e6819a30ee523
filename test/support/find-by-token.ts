import type { Proc, ProcessId } from '../../goose/host/process-table.ts';
import { ProcessFamily } from '../../goose/host/processes.ts';

/** Everything that lives and carries the token, or descends from such a process or from `root`. */
export function findByToken(token: string, root?: ProcessId): Promise<Proc[]> {
  return new ProcessFamily(token, root).look();
}
