import { readdirSync, readFileSync } from 'node:fs';
import { isCheck } from '../chaos/observer/runs.ts';

/**
 * The task of each goose with this base path that lives, as `/proc` says; zombies do not live. Tests ask many times a
 * second: read at once, each file costs a fraction of what it costs as a promise.
 */
export async function livingGooses(basePath: string): Promise<number[]> {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      const text = commandLineOf(pid);
      if (!text.includes(basePath)) return [];
      const args = text.split('\0');
      const task = args.find((arg) => arg.startsWith('task_id='));
      return task !== undefined && args.includes(`base_path=${basePath}`) && !isCheck(args)
        ? [Number(task.slice('task_id='.length))]
        : [];
    });
}

/** Nothing of a zombie, and of a process that has just ended. */
function commandLineOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  } catch {
    return '';
  }
}
