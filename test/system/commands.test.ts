import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { commandTask, program } from '../support/command-tasks.ts';
import { type System, startSystem } from '../support/system.ts';
import { inPhase, inStatus } from '../support/task-runs.ts';

vi.setConfig({ testTimeout: 120_000 });

let system: System;
beforeAll(async () => {
  system = await startSystem();
  Object.assign(system.env, {
    TINYSCHEDULER_BIN_DIR: 'bin',
    TINYSCHEDULER_MAX_ATTEMPTS: '1',
    A_TOKEN: 'hunter2hunter2',
  });
  await program(system, 'well', '#!/bin/sh\necho "$@"\nenv | sort\n');
  await system.agents([{ agentName: 'commands', agentType: 'programs', limit: 4 }]);
  await system.start('daemon', { LOOP_INTERVAL_SEC: '1', KILL_GRACE_SEC: '1' });
}, 60_000);
afterAll(() => system.stop());

test('a program that ends well completes its task', async () => {
  const { id } = await commandTask(system, { command: 'well', args: ['$HOME; ls', 'x y'] });
  await inStatus(system, id, 'complete');
});

test('one that fails is parked after its attempts', async () => {
  await program(system, 'fails', '#!/bin/sh\necho starting\necho "no space left: $A_TOKEN" >&2\nexit 3\n');
  const { id } = await commandTask(system, { command: 'fails' });
  const run = await inPhase(system, id, 'parked');
  expect(run.memo).toMatchObject({
    why: 'attempt 1 of 1 failed: "fails" exited with code 3; its last line: "no space left: …"',
    verdict: 'agent-failed',
  });
});
