import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { identify } from '../../os/process-identity.mjs';
import { eventually } from '../support/eventually.ts';

const RUN = fileURLToPath(new URL('../fixtures/tidied-run.mjs', import.meta.url));

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'tidy-'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

interface Run {
  child: ChildProcess;
  pids: number[];
  root: string;
}

/** Outside the run of these tests themselves. */
async function start(...args: string[]): Promise<Run> {
  const child = spawn(process.execPath, [RUN, ...args], {
    env: { PATH: process.env.PATH ?? '', TMPDIR: dir },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = (await once(child.stdout, 'data')) as [Buffer];
  return { child, ...(JSON.parse(line.toString()) as Pick<Run, 'pids' | 'root'>) };
}

const living = (pids: number[]) => pids.filter((pid) => identify(pid) !== undefined);

test.each(['SIGKILL', 'SIGTERM'] as const)(
  '%s of a run leaves no process and no directory',
  async (signal) => {
    const { child, pids, root } = await start();
    expect(living(pids)).toHaveLength(2);
    expect(existsSync(join(root, 'file'))).toBe(true);
    child.kill(signal);
    await once(child, 'exit');
    await eventually(
      'all is gone',
      async () => living(pids).length === 0 && readdirSync(dir).length === 0,
      5_000,
    );
  },
);

test('the files of a run that found something stay, the processes do not', async () => {
  const { child, pids, root } = await start('keep');
  child.kill('SIGTERM');
  await once(child, 'exit');
  expect(living(pids)).toEqual([]);
  expect(readdirSync(root)).toEqual(['file']);
});
