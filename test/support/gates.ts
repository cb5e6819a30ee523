import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { taskWorkflowId } from '../../contract/ids.ts';
import type { RunStatus } from '../../contract/run.ts';
import { lastRunOf } from '../../temporal/runs.ts';
import { eventually } from './eventually.ts';
import type { System } from './system.ts';

/** A script for the model: its goose says that it is at work, and ends when its task is let go. Its recipe needs DEVELOPER. */
export const UNTIL_LET_GO =
  'MODEL: shell touch at-{{ task_id }}-{{ agent }}; until [ -e go-{{ task_id }} ]; do sleep 0.1; done\nMODEL: say Done.';

export function letGo(system: System, taskId: number): Promise<void> {
  return writeFile(join(system.dir, `go-${taskId}`), '');
}

/** Which of these agents has the task at work, as soon as one has. */
export function atWork(system: System, taskId: number, agents: readonly string[]): Promise<string> {
  return eventually(`one of ${agents} is at work on task ${taskId}`, async () =>
    agents.find((name) => existsSync(join(system.dir, `at-${taskId}-${name}`))),
  ).catch(async (error: Error) => {
    throw new Error(`${error.message} ${await whatItDoes(system, taskId)}`);
  });
}

/** For the reader of a failed test. */
async function whatItDoes(system: System, taskId: number): Promise<string> {
  const run = await lastRunOf(system.client, taskId);
  if (run === undefined) return 'It has no run.';
  const { says } = await system.client.workflow.getHandle(taskWorkflowId(taskId)).query<RunStatus>('status');
  const comments = await system.comments(taskId);
  const pool = run.memo && (await system.client.workflow.getHandle(run.memo.semaphore).query('status'));
  return [
    run.closedAtMs === null ? 'Its run:' : 'Its run is over:',
    says,
    ...comments,
    JSON.stringify(pool),
  ].join(' ');
}
