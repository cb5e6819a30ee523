import { once } from 'node:events';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readSnapshot } from '../../client/snapshot.ts';
import { loadConfig } from '../../config/load.ts';
import { SCHEDULER_ID, taskWorkflowId } from '../../contract/ids.ts';
import { startDaemon } from '../support/daemon-process.ts';
import { eventually } from '../support/eventually.ts';
import { logged, logLines } from '../support/log-of-the-day.ts';
import { schedulerStatus } from '../support/passes.ts';
import { type System, startSystem } from '../support/system.ts';
import { gooseLives, inStatus, newTask, runResult } from '../support/task-runs.ts';

type Daemon = Awaited<ReturnType<typeof startDaemon>>;

let system: System;
let daemon: Daemon | undefined;
let logDir: string;

// A daemon that leaves as the last one ends the server, too.
beforeEach(async () => {
  system = await startSystem();
  logDir = join(system.dir, 'logs');
  await system.agents([
    { agentName: 'quick', agentType: 'dev' },
    { agentName: 'slow', agentType: 'other' },
  ]);
  await system.recipe('quick', 'MODEL: say Done.');
  await system.recipe('slow', 'MODEL: wait 12s\nMODEL: say Done.');
  system.env.TINYSCHEDULER_LOG_DIR = logDir;
  system.env.TINYSCHEDULER_LOOP_INTERVAL_SEC = '60';
});
afterEach(async () => {
  if (daemon !== undefined) {
    const ended = once(daemon, 'exit');
    daemon.kill('SIGTERM');
    await ended;
  }
  await system.stop();
});

const scheduler = () => system.client.workflow.getHandle(SCHEDULER_ID);

async function runs(taskId: number): Promise<number> {
  return (await system.client.workflow.count(`WorkflowId = "${taskWorkflowId(taskId)}"`)).count;
}

test('a scheduler that somebody ends is started again while a daemon lives, and nothing runs twice', async () => {
  daemon = await startDaemon(system.env);
  const { id: long } = await newTask(system, { assignedTo: 'slow' });
  // Before its claim a pause would send it home.
  await gooseLives(system, long);
  await scheduler().signal('pause');
  await eventually('it is paused', async () => (await scheduler().describe()).memo?.paused === true);

  await scheduler().terminate('by a test');
  await logged(logDir, /The scheduler was terminated, and is started again; .* It was paused, and still is/);
  const { id } = await newTask(system, { assignedTo: 'quick' });
  await eventually('it waits for the end of the pause', async () =>
    (await schedulerStatus(system)).lastPass?.waiting.some(
      ({ taskId, reason }) => taskId === id && reason.why === 'scheduler-paused',
    ),
  );
  await scheduler().signal('resume');
  await inStatus(system, id, 'complete');

  await scheduler().cancel();
  await logged(logDir, /The scheduler was cancelled, and is started again; open runs go on\.$/);
  const { id: another } = await newTask(system, { assignedTo: 'quick' });
  await inStatus(system, another, 'complete');

  expect(await runResult(system, long)).toMatchObject({ end: 'complete', past: { number: 1 } });
  // A run that was sent home without having started is none.
  const starts = logLines(logDir).filter((line) => /attempt \d+ on \w+ starts;/.test(line));
  expect(starts.map((line) => Number(/Task (\d+)/.exec(line)?.[1])).sort()).toEqual([long, id, another]);
});

test('one that its daemon has switched off comes back switched off', async () => {
  daemon = await startDaemon({ ...system.env, TINYSCHEDULER_ENABLED: 'false' });
  const { id } = await newTask(system, { assignedTo: 'quick' });
  const { firstExecutionRunId } = await scheduler()
    .describe()
    .then(({ raw }) => ({ firstExecutionRunId: raw.workflowExecutionInfo?.firstRunId }));
  await scheduler().terminate('by a test');
  const description = await eventually('it runs again', async () => {
    const found = await scheduler().describe();
    const isAnother = found.raw.workflowExecutionInfo?.firstRunId !== firstExecutionRunId;
    return isAnother && found.status.name === 'RUNNING' && found;
  });
  expect(description.memo?.enabled).toBe(false);
  await eventually('it has made a pass', async () => (await schedulerStatus(system)).lastPass !== null);
  expect(await runs(id)).toBe(0);
});

test('one whose daemon was killed is watched by nobody as soon as the server has given its watch up', async () => {
  daemon = await startDaemon(system.env);
  const look = async () => {
    const { config } = loadConfig({ env: system.env, cwd: system.dir });
    const snapshot = await readSnapshot({ client: system.client, tinytask: undefined, config });
    return snapshot.scheduler.daemon;
  };
  await eventually('a daemon watches', async () => (await look()) !== null);
  const ended = once(daemon, 'exit');
  daemon.kill('SIGKILL');
  await ended;
  daemon = undefined;
  await eventually('nobody does', async () => (await look()) === null);
});
