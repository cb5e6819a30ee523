import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { startDaemon } from '../support/daemon-process.ts';
import { guardiansOf } from '../support/guardians.ts';
import { SeenRuns } from '../support/seen-runs.ts';
import { eventually, type System, startSystem } from '../support/system.ts';

let system: System;
let seen: SeenRuns;
let daemons: ChildProcess[];
let stopping: NodeJS.Timeout | undefined;

beforeEach(async () => {
  daemons = [];
  system = await startSystem();
  seen = new SeenRuns(system.dir);
  system.env.TINYSCHEDULER_KILL_GRACE_SEC = '1';
  await system.agents([{ agentName: 'ada', agentType: 'dev', limit: 4 }]);
  await system.recipe('ada', 'MODEL: wait 60s\nMODEL: say done');
}, 60_000);

afterEach(async () => {
  clearInterval(stopping);
  seen.end();
  for (const daemon of daemons.filter(
    ({ exitCode, signalCode }) => exitCode === null && signalCode === null,
  )) {
    // Its guardian is stopped, so it would not end by itself.
    const guardians = guardiansOf(daemon.pid);
    daemon.kill('SIGKILL');
    await once(daemon, 'exit');
    for (const pid of guardians) signalIfThere(pid, 'SIGKILL');
  }
  await seen.killAll();
  await system.stop();
});

test('where every guardian is out of action, the worker that is left ends what a killed one has left', async () => {
  const [one, other] = [await daemon(), await daemon()];
  for (let made = 0; made < 4; made += 1)
    await system.tinytask.create({ title: 'a task', createdBy: 'test', assignedTo: 'ada' });
  await eventually('all run', async () => seen.living().length === 4);
  // All may have gone to one of them.
  const [killed, left] = runsOf(one.pid) > 0 ? [one, other] : [other, one];

  // Those that are started in their place too: nothing is left but the worker itself.
  const stopGuardians = () => {
    for (const pid of guardiansOf(left.pid)) signalIfThere(pid, 'SIGSTOP');
  };
  stopGuardians();
  stopping = setInterval(stopGuardians, 10);
  for (const pid of [...guardiansOf(killed.pid), killed.pid]) process.kill(pid, 'SIGKILL');
  const startMs = performance.now();
  await eventually('all are gone', async () => runsOf(killed.pid) === 0, 10_000);
  console.info(`gone after ${Math.round(performance.now() - startMs)} ms`);
  expect(left.exitCode).toBeNull();
}, 90_000);

/** A guardian that does not answer is killed and replaced by its worker at any time. */
function signalIfThere(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {}
}

function runsOf(worker: number): number {
  return seen.living().filter((run) => run.worker === worker).length;
}

async function daemon(): Promise<ChildProcess & { pid: number }> {
  const started = await startDaemon(system.env);
  daemons.push(started);
  seen.workers.add(started.pid);
  return started;
}
