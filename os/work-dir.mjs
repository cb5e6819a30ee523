// @ts-check
import { rmSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { atExit } from './at-exit.mjs';
import { identify } from './process-identity.mjs';

/**
 * Runs `work` with a directory beside `target`, so that what is made there can be renamed to `target`, and removes the
 * directory afterwards. Those that killed processes have left are removed first.
 * @template T
 * @param {string} target
 * @param {(workDir: string) => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function inWorkDir(target, work) {
  await mkdir(dirname(target), { recursive: true });
  await sweep(target);
  const workDir = await mkdtemp(`${target}.tmp-${process.pid}-`);
  const forget = atExit(() => rmSync(workDir, { recursive: true, force: true, maxRetries: 3 }));
  try {
    return await work(workDir);
  } finally {
    forget();
    await rm(workDir, { recursive: true, force: true, maxRetries: 3 });
  }
}

/** @param {string} target */
async function sweep(target) {
  const prefix = `${basename(target)}.tmp-`;
  for (const name of await readdir(dirname(target))) {
    const pid = name.startsWith(prefix) ? /^\d+(?=-)/.exec(name.slice(prefix.length))?.[0] : undefined;
    // The id may be another process's by now; then the directory stays until that one has ended.
    if (pid === undefined || identify(Number(pid))) continue;
    await rm(join(dirname(target), name), { recursive: true, force: true, maxRetries: 3 });
  }
}
