import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { poolId } from '../../domain/semaphore-id.ts';
import { startDaemon } from '../support/daemon-process.ts';
import { eventually } from '../support/eventually.ts';
import { atWork, letGo, UNTIL_LET_GO } from '../support/gates.ts';
import { logged, logLines } from '../support/log-of-the-day.ts';
import { DEVELOPER, type System, startSystem } from '../support/system.ts';
import { gooseGone, inStatus, newTask } from '../support/task-runs.ts';
import { allSay, ask } from '../support/told.ts';

vi.setConfig({ testTimeout: 240_000 });

/** One whose day does not end within hours. */
const timeZone = new Date().getUTCHours() < 12 ? 'UTC' : 'Pacific/Auckland';

let system: System;
let daemon: (ChildProcess & { pid: number }) | undefined;
beforeAll(async () => {
  system = await startSystem();
  Object.assign(system.env, {
    TINYSCHEDULER_LOOP_INTERVAL_SEC: '2',
    TINYSCHEDULER_HEARTBEAT_SEC: '5',
    TINYSCHEDULER_KILL_GRACE_SEC: '1',
  });
});
afterAll(async () => {
  await end('SIGTERM');
  await system.stop();
});

/** The budget of ada, and one of its pool that is larger. */
async function budgetOf(tokensPerDay: number): Promise<void> {
  const entry = { agentName: 'ada', agentType: 'dev', limit: 1 };
  const budgets = {
    budget: { tokensPerDay, timeZone },
    poolBudget: { tokensPerDay: 1_000_000, timeZone },
  };
  await system.controlFile(JSON.stringify([{ ...entry, ...budgets }]));
}

async function end(signal: NodeJS.Signals): Promise<void> {
  const { exitCode, signalCode, pid } = daemon ?? {};
  if (pid === undefined || exitCode !== null || signalCode !== null) return;
  const ended = once(daemon as ChildProcess, 'exit');
  process.kill(pid, signal);
  await ended;
}

interface Today {
  used: number;
  unknown: number;
  attempts_with_unknown_tokens: number;
  reserved: number;
  used_up: boolean;
}

async function listed(command: 'agents' | 'pools'): Promise<Today> {
  const { stdout, stderr, code } = await ask(system, [command, '--json']);
  expect(code, stderr).toBe(0);
  const [{ budget }] = JSON.parse(stdout)[command];
  return budget.today;
}

/** As `agents` tells it, and `pools` as well. */
async function counts(what: string, isSo: (today: Today) => boolean): Promise<Today> {
  let today: Today | undefined;
  await eventually(what, async () => {
    today = await listed('agents');
    return isSo(today);
  }).catch((error: Error) => {
    throw new Error(`${error.message}: ${JSON.stringify(today)}`);
  });
  const { used_up: _, ...ofPool } = await listed('pools');
  expect(today).toMatchObject(ofPool);
  return today as Today;
}

test('at the limit nothing starts, and everybody says why; a raised one counts without a restart', async () => {
  await budgetOf(100);
  await system.recipe('ada', 'MODEL: say Done.');
  daemon = await startDaemon(system.env);
  const first = await newTask(system, { queue: 'dev' });
  await inStatus(system, first.id, 'complete');
  const { used } = await counts('it is used up', ({ used_up }) => used_up);
  expect(used).toBeGreaterThanOrEqual(100);
  const logs = join(system.dir, 'state', 'logs');
  await logged(logs, /WARNING - The budget of ada for today is used: /);

  const second = await newTask(system, { queue: 'dev' });
  await eventually('it was skipped', async () =>
    logLines(logs).some((line) =>
      line.includes(`Skipping task ${second.id}: the budget of ada for today is used`),
    ),
  );
  await allSay(system, second.id, { why: 'agent-budget' });
  const { stdout } = await ask(system, ['explain', String(second.id)]);
  expect(stdout).toMatch(/To start it: raise the budget of ada above \d+ tokens a day, or wait until 20/);

  await budgetOf(100_000);
  await inStatus(system, second.id, 'complete');
  await counts('both count', (today) => today.used > used && !today.used_up);
  expect(
    logLines(logs).filter((line) => line.includes('The budget of ada for today is used: ')),
  ).toHaveLength(1);
});

test('a killed worker and a terminated semaphore: what was reserved counts as unknown, once, and the rest goes on', async () => {
  await system.recipe('ada', UNTIL_LET_GO, DEVELOPER);
  const before = await counts('nothing runs', ({ reserved }) => reserved === 0);
  const task = await newTask(system, { queue: 'dev' });
  await atWork(system, task.id, ['ada']);
  const { reserved } = await counts('it is reserved', (today) => today.reserved > 0);
  await end('SIGKILL');
  await gooseGone(system, task.id);
  // Nobody lives who could have told: the memo does.
  expect(await listed('agents')).toMatchObject({ used: before.used, reserved });
  await system.client.workflow.getHandle(poolId('dev')).terminate('by a test');

  daemon = await startDaemon(system.env);
  await letGo(system, task.id);
  await inStatus(system, task.id, 'complete');
  const after = await counts('it has ended', (today) => today.reserved === 0 && today.used > before.used);
  expect(after).toMatchObject({ unknown: reserved, attempts_with_unknown_tokens: 1 });
});
