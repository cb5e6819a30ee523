import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type ProcessId, readProcessTable } from '../../goose/host/process-table.ts';
import { newRunToken } from '../../goose/host/run-record.ts';
import type { GooseRunSpec } from '../../goose/run/run.ts';
import { gooseEnvironment } from '../../goose/start/command-line.ts';

/** A folder of its own that goes when the test ends; for `using`. */
export function temporaryFolder(): { path: string } & Disposable {
  const path = mkdtempSync(join(tmpdir(), 'tinyscheduler-test-'));
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) };
}

export function agentScript(name: string): string {
  return fileURLToPath(new URL(`../fixtures/agents/${name}.sh`, import.meta.url));
}

/** A run of a stub agent in place of goose; what `changes` says is different. */
export function stubRun(name: string, folder: string, changes: Partial<GooseRunSpec> = {}): GooseRunSpec {
  const token = newRunToken();
  return {
    command: { file: agentScript(name), args: [] },
    env: gooseEnvironment({ PATH: process.env.PATH }, token),
    cwd: folder,
    token,
    log: { dir: folder, name: 'attempt.log', maxBytes: 100_000 },
    maxRuntimeMs: 60_000,
    stallMs: 0,
    graceMs: 300,
    ...changes,
  };
}

/** Whether the operating system says that a process lives; zombies do not. */
export async function isAlive({ pid, startTime }: ProcessId): Promise<boolean> {
  const { processes } = await readProcessTable();
  return processes.some((each) => each.pid === pid && each.startTime === startTime);
}
