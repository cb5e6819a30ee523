import { hostname } from 'node:os';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Ended } from '../support/command.ts';
import { eventually } from '../support/eventually.ts';
import { type System, startSystem } from '../support/system.ts';
import { inPhase, inStatus, newTask } from '../support/task-runs.ts';
import { ask } from '../support/told.ts';

let system: System;
beforeAll(async () => {
  system = await startSystem();
  system.env.TINYSCHEDULER_MAX_ATTEMPTS = '2';
  await system.agents([
    { agentName: 'ada', agentType: 'dev' },
    { agentName: 'bob', agentType: 'qa' },
  ]);
  await system.recipe('ada', 'MODEL: empty');
  await system.recipe('bob', 'MODEL: say done');
});
afterAll(() => system.stop());

const here = (args: string[], more: Record<string, string> = {}): Promise<Ended> => ask(system, args, more);

type Json = Record<string, unknown>;
async function json(...args: string[]): Promise<Json> {
  const { code, stdout, stderr } = await here([...args, '--json']);
  expect(code, stderr).toBe(0);
  return JSON.parse(stdout) as Json;
}

test('why a task waits, on what that hangs, and what was tried; a backlog by cause; and the wrong uses', async () => {
  const workers = await system.start('daemon');
  const parked = await newTask(system, { title: 'breaks \u001b[31m', queue: 'dev' });
  const blocked = await newTask(system, { queue: 'qa', blockedByTaskId: parked.id });
  const last = await newTask(system, { queue: 'qa', blockedByTaskId: blocked.id });
  const well = await newTask(system, { queue: 'qa' });
  const nobody = await newTask(system, {});
  await inPhase(system, parked.id, 'parked');
  await inStatus(system, well.id, 'complete');

  const [about, { stdout: said }, tried, ended, backlog, { stdout: all }] = await Promise.all([
    json('explain', String(last.id)),
    here(['explain', String(last.id)]),
    json('explain', String(parked.id)),
    json('explain', String(well.id)),
    json('explain', '--all'),
    here(['explain', '--all']),
  ]);
  expect(about).toMatchObject({
    ...{ task_id: last.id, reason: 'blocked', reasons: [{ why: 'blocked', by: blocked.id }] },
    hangs_on: [
      {
        ...{ task_id: blocked.id, as: 'blocker', reasons: [{ why: 'blocked' }] },
        hangs_on: [
          {
            ...{ task_id: parked.id, since: expect.stringMatching(/^20/) },
            run: { state: 'parked', cause: expect.stringContaining('attempt 2 of 2 failed') },
          },
        ],
      },
    ],
    change: {
      needs: [
        [
          { do: 'complete', task_ids: [blocked.id] },
          { do: 'retry', task_id: parked.id },
        ],
      ],
      enough: true,
    },
    attempts: [],
  });
  expect(said).toContain(`Why it does not run: blocked by task ${blocked.id}.`);
  expect(said).toMatch(
    new RegExp(`^    task ${parked.id} "breaks .*, its blocker: it is parked: .* UTC$`, 'm'),
  );
  expect(said).toContain(`To start it: complete task ${blocked.id}, or \`retry ${parked.id}\`.`);
  expect(said).not.toContain('\u001b');

  expect(tried).toMatchObject({
    ...{ reason: 'parked', attempts_total: 2 },
    attempts: [1, 2].map((attempt) => ({
      ...{ attempt, state: 'ended', agent: 'ada', host: hostname(), verdict: 'agent-failed' },
      ...{ started: expect.stringMatching(/^20/), seconds: expect.any(Number) },
      log: expect.stringMatching(`^task_${parked.id}_attempt_${attempt}_`),
    })),
  });
  expect(ended).toMatchObject({
    ...{ status: 'complete', reasons: [], change: null },
    attempts: [{ attempt: 1, verdict: 'completed', end: 'complete', tokens: expect.any(Number) }],
  });

  expect(backlog).toMatchObject({
    ...{ open: 4, running: 0 },
    groups: [
      { count: 2, behind: parked.id, reason: { why: 'parked' }, task_ids: [blocked.id, last.id] },
      { count: 1, behind: null, reason: { why: 'parked' }, cause: expect.stringContaining('attempt 2 of 2') },
      { count: 1, reason: { why: 'unassigned' }, task_ids: [nobody.id] },
    ],
  });
  expect(all.split('\n')[0]).toBe('4 tasks open, 0 of them with a slot.');
  expect(all).toContain(`2 tasks: behind task ${parked.id}: parked`);

  await workers.stop();
  const alone = await newTask(system, { queue: 'qa' });
  await eventually('nobody schedules', async () => (await json('status')).daemon === null || undefined);
  const without = await json('explain', String(alone.id));
  expect(without).toMatchObject({ reason: 'starting', change: { needs: [[{ do: 'start-daemon' }]] } });
  expect(await json('explain', String(parked.id))).toMatchObject({ attempts_total: 2 });

  const wrong = async (args: string[], more: Record<string, string>, code: number, says: string) => {
    const refused = await here(args, more);
    expect([refused.code, refused.stdout]).toEqual([code, '']);
    expect(refused.stderr).toContain(says);
  };
  const nowhere = 'http://127.0.0.1:1/mcp';
  await Promise.all([
    wrong(['explain', '999'], {}, 1, 'TinyTask has no task 999.'),
    wrong(['explain'], {}, 2, "missing required argument 'task'"),
    wrong(['explain', '1', '--all'], {}, 2, 'not both'),
    wrong(['explain', '--all'], { TINYSCHEDULER_MCP_ENDPOINT: nowhere }, 1, 'TinyTask'),
    wrong(['explain', '1'], { TINYSCHEDULER_MCP_ENDPOINT: nowhere }, 1, 'TinyTask'),
    wrong(['explain', '--all'], { TEMPORAL_ADDRESS: '127.0.0.1:1' }, 1, 'does not answer'),
  ]);
});
