import { expect } from 'vitest';
import { taskRows } from '../../client/cli/show/task-rows.ts';
import type { Status } from '../../contract/status.ts';
import { sayWaiting } from '../../words/reason.ts';
import { sayRun } from '../../words/run.ts';
import { command, type Ended } from './command.ts';
import { inProcess } from './in-process.ts';
import type { System } from './system.ts';

/** A command of ours that tells something or asks for it, with the environment of the system. */
export function ask(
  { env }: Pick<System, 'env'>,
  args: string[],
  more: Record<string, string> = {},
): Promise<Ended> {
  return inProcess(args, { ...env, ...more });
}

/** The same as a process of its own: for one that starts workers, or waits. */
export function askProcess(
  { dir, env }: Pick<System, 'dir' | 'env'>,
  args: string[],
  more: Record<string, string> = {},
): Promise<Ended> {
  return command(args, { cwd: dir, env: { ...env, ...more } });
}

type Json = Record<string, unknown>;
type Line = { task_id: number; reason?: string; still?: string; says?: string; state?: string };

/** What is expected of a task: a reason (with what will still hold), or the state of its run (and what is said of it). */
export type Expected = { why: string; still?: string } | { state: string; says?: RegExp };

/**
 * Asks every command about a task and checks that each says the same, and that it is this. Returns what `status` said.
 */
export async function allSay(
  system: System,
  taskId: number,
  expected: Expected,
  more: Record<string, string> = {},
): Promise<Json> {
  const [status, dry, explained] = await Promise.all([
    ask(system, ['status', '--json'], more),
    ask(system, ['run', '--once', '--dry-run', '--json'], more),
    ask(system, ['explain', String(taskId)], more),
  ]);
  expect(status.code, status.stderr).toBe(0);
  expect(explained.code, explained.stderr).toBe(0);
  const seen = JSON.parse(status.stdout) as Json;
  const pass = JSON.parse(dry.stdout) as Json;
  const says = await inLiveTable(system, taskId);
  if ('state' in expected) {
    const runs = ['running', 'interrupted', 'waiting_for_slot', 'backing_off', 'parked'];
    const line = runs.flatMap((group) => seen[group] as Line[]).find((one) => one.task_id === taskId);
    expect(line?.state, 'status').toBe(expected.state);
    if (expected.says !== undefined) expect(says).toMatch(expected.says);
    expect(started(pass), 'dry run').not.toContain(taskId);
  } else {
    const line = (seen.waiting as Line[]).find((one) => one.task_id === taskId);
    expect({ why: line?.reason, still: line?.still }, 'status').toEqual({ still: undefined, ...expected });
    const dryLine = (pass.not_started as Line[]).find((one) => one.task_id === taskId);
    if (expected.why === 'starting') expect(started(pass), 'dry run').toContain(taskId);
    else expect(dryLine?.says, 'dry run').toBe(line?.says);
    expect(line?.says, 'live table').toBe(says);
  }
  expect(explained.stdout, 'explain').toContain(says);
  return seen;
}

function started(pass: Json): number[] {
  return (pass.started as Line[]).map((line) => line.task_id);
}

/** The sentence that the live table's row stands for. */
async function inLiveTable(system: System, taskId: number): Promise<string> {
  const scheduler = await system.scheduler();
  const [status, tasks] = [await scheduler.status(), await scheduler.tasks()];
  const row = taskRows(status, tasks, Date.now()).find(({ id }) => id === taskId);
  const says = sentence(status, taskId);
  if (row?.kind !== 'running') expect(row?.state, 'live table').toBe(says);
  return says;
}

function sentence(status: Status, taskId: number): string {
  const { running, interrupted, queued, backingOff, parked } = status;
  const line = [running, interrupted, queued, backingOff, parked].flat().find((run) => run.taskId === taskId);
  const waiting = status.waiting.find((one) => one.taskId === taskId);
  return line ? sayRun(line) : waiting ? sayWaiting(waiting) : 'nothing is known of it';
}
