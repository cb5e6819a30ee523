import { readdir, readFile } from 'node:fs/promises';
import { isCheck } from '../chaos/observer/runs.ts';

/** The task of each goose with this base path that lives, as `/proc` says; zombies do not live. */
export async function livingGooses(basePath: string): Promise<number[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const found = await Promise.all(
    pids.map(async (pid) => {
      // A zombie has no command line, and a process that has just ended no file.
      const args = (await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')).split('\0');
      const task = args.find((arg) => arg.startsWith('task_id='));
      return task !== undefined && args.includes(`base_path=${basePath}`) && !isCheck(args)
        ? [Number(task.slice('task_id='.length))]
        : [];
    }),
  );
  return found.flat();
}
