import { unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { taskWorkflowId } from '../../contract/ids.ts';
import { lastRunOf } from '../../temporal/runs.ts';
import { eventually } from '../support/eventually.ts';
import { type System, startSystem } from '../support/system.ts';
import {
  agentIn,
  gooseGone,
  gooseLives,
  inPhase,
  inStatus,
  newTask,
  runResult,
  signalTask,
} from '../support/task-runs.ts';

/** Each test has agents of its own, so that they can share one system and one daemon. */
const AGENTS = {
  finisher:
    'MODEL: tool add_comment {"task_id": {{ task_id }}, "content": "did it", "created_by": "finisher"}\n' +
    'MODEL: tool update_task {"id": {{ task_id }}, "status": "complete"}\nMODEL: say Done.',
  mover:
    'MODEL: tool move_task {"task_id": {{ task_id }}, "current_agent": "mover", "new_agent": "taker", "comment": "yours"}\nMODEL: say Moved.',
  taker: 'MODEL: say Taken and done.',
  hesitant: 'MODEL: tool update_task {"id": {{ task_id }}, "status": "idle"}\nMODEL: say Not now.',
  splitter:
    'MODEL: tool create_subtask {"parent_task_id": {{ task_id }}, "title": "half", "created_by": "splitter", "assigned_to": "nobody"}\nMODEL: say Split.',
  endless: 'MODEL: loop',
  silent: 'MODEL: empty',
  'a-failing': 'MODEL: fail 500 out of order',
  'a-fallback': 'MODEL: say I am here.',
  'b-breaking': 'MODEL: cut',
  'b-fallback': 'MODEL: say I am here.',
  slow: 'MODEL: wait 60s',
  sloth: 'MODEL: wait 60s',
  deleted: 'MODEL: wait 60s',
  archived: 'MODEL: wait 60s',
  reassigned: 'MODEL: wait 60s',
};
/** Of two agents with as much room the first by name is taken, so the failing one. */
const POOLS: Record<string, string> = {
  'a-failing': 'a',
  'a-fallback': 'a',
  'b-breaking': 'b',
  'b-fallback': 'b',
};

let system: System;
beforeAll(async () => {
  system = await startSystem();
  system.env.GOOSE_MAX_TURNS = '4';
  await system.agents(
    [...Object.keys(AGENTS), 'unwritten'].map((name) => ({
      agentName: name,
      agentType: POOLS[name] ?? name,
    })),
  );
  for (const [name, script] of Object.entries(AGENTS)) await system.recipe(name, script);
  await system.start('daemon', {
    MAX_ATTEMPTS: '2',
    LOOP_INTERVAL_SEC: '2',
    MAX_RUNTIME_SEC: '25',
    RUNS_PER_HOST: '20',
    KILL_GRACE_SEC: '1',
  });
});
afterAll(() => system.stop());

describe.concurrent('what an agent did to its task stands', () => {
  test('completed by the agent', async () => {
    const { id } = await newTask(system, { assignedTo: 'finisher' });
    expect(await runResult(system, id)).toMatchObject({ end: 'complete', verdict: { kind: 'completed' } });
    expect(await inStatus(system, id, 'complete')).toMatchObject({ assignedTo: 'finisher' });
    expect(await system.comments(id)).toEqual([]);
  });

  test('handed on: the other agent gets it next', async () => {
    const { id } = await newTask(system, { assignedTo: 'mover' });
    const task = await inStatus(system, id, 'complete');
    expect(task).toMatchObject({ assignedTo: 'taker', previousAssignedTo: 'mover' });
    expect(await runResult(system, id)).toMatchObject({ end: 'complete', past: { number: 2 } });
    expect(await system.comments(id)).toEqual([]);
  });

  test('put back to idle: it runs again until it has come back too often', async () => {
    const { id } = await newTask(system, { assignedTo: 'hesitant' });
    await eventually('it has run twice', async () => {
      const { past } = await runResult(system, id);
      return past.number >= 2 && past.unfinished >= 2;
    });
    expect(await system.comments(id)).toEqual([]);
    await system.tool('delete_task', { id });
  });

  test('split into subtasks: not complete, and it says why', async () => {
    const { id } = await newTask(system, { assignedTo: 'splitter' });
    expect(await runResult(system, id)).toMatchObject({ end: 'not-done' });
    expect((await system.tinytask.get(id))?.status).toBe('idle');
    expect(await system.comments(id)).toEqual([expect.stringMatching(/has open subtasks \(\d+\)/)]);
  });
});

describe.concurrent('an agent that fails', () => {
  test.each([
    ['endless', /maximum number of turns/],
    ['silent', /answered with nothing/],
  ])('%s: every attempt is told once, then it is parked, and retry gives a full set', async (agent, why) => {
    const { id } = await newTask(system, { assignedTo: agent });
    await inPhase(system, id, 'parked');
    const first = await system.comments(id);
    expect(first).toEqual([
      expect.stringMatching(/Attempt 1 failed \(1 of 2\)/),
      expect.stringMatching(/Parked: attempt 2 of 2 failed/),
    ]);
    expect(first[0]).toMatch(why);
    expect(await inStatus(system, id, 'idle')).toMatchObject({ assignedTo: agent });

    await signalTask(system, id, 'retry');
    await eventually('two more attempts', async () => (await system.comments(id)).length === 4);
    expect((await system.comments(id))[2]).toMatch(/Attempt 3 failed \(1 of 2\)/);
    await inPhase(system, id, 'parked');
    await system.tool('delete_task', { id });
    expect(await runResult(system, id)).toMatchObject({ end: 'gone' });
  });

  test.each([
    ['answers 500', 'a', 'a-failing', 'a-fallback'],
    ['breaks off', 'b', 'b-breaking', 'b-fallback'],
  ])(
    'its model %s: it cools down, no attempt is used, another of its pool does the task',
    async (_, queue, failing, fallback) => {
      const { id } = await newTask(system, { queue });
      expect(await inStatus(system, id, 'complete')).toMatchObject({ assignedTo: fallback });
      expect(await runResult(system, id)).toMatchObject({ past: { used: 0 } });
      expect(await system.comments(id)).toEqual([expect.stringMatching(/not counted/)]);
      expect((await agentIn(system, queue, failing)).health.state).toBe('cooling-down');
    },
  );

  test('a run past its time is ended and counts', async () => {
    const { id } = await newTask(system, { assignedTo: 'sloth' });
    await gooseLives(system, id);
    await inPhase(system, id, 'backing-off');
    expect(await system.gooses()).not.toContain(id);
    expect((await system.comments(id))[0]).toMatch(
      /Attempt 1 failed \(1 of 2\): goose ran into its time limit/,
    );
    await system.tool('delete_task', { id });
  });

  test('a recipe that is missing makes the agent unwell, and is used once it is there', async () => {
    const { id } = await newTask(system, { assignedTo: 'unwritten' });
    const health = await eventually('it is unwell', async () => {
      const agent = await agentIn(system, 'unwritten');
      return agent.health.state === 'misconfigured' ? agent.health : undefined;
    });
    expect(health).toMatchObject({ reason: expect.stringContaining('unwritten.yaml') });
    expect((await system.tinytask.get(id))?.status).toBe('idle');
    await system.recipe('unwritten', 'MODEL: say At last.');
    await inStatus(system, id, 'complete');
    expect(await runResult(system, id)).toMatchObject({ past: { used: 0 } });
    await unlink(join(system.dir, 'recipes', 'unwritten.yaml'));
  });
});

describe.concurrent('a goose that has to be stopped', () => {
  test('cancelled by hand: dead, idle, parked; and it can be retried and cancelled again', async () => {
    const { id } = await newTask(system, { assignedTo: 'slow' });
    for (const round of [1, 2]) {
      await gooseLives(system, id);
      await system.client.workflow.getHandle(taskWorkflowId(id)).cancel();
      await inPhase(system, id, 'parked');
      expect(await system.gooses()).not.toContain(id);
      expect((await inStatus(system, id, 'idle')).assignedTo).toBe('slow');
      expect(await system.comments(id)).toHaveLength(round);
      await eventually('its numbers go on', async () => {
        const run = await lastRunOf(system.client, id);
        return run?.memo?.past.number === round;
      });
      if (round === 1) await signalTask(system, id, 'retry');
    }
    await system.tool('update_task', { id, status: 'complete' });
    expect(await runResult(system, id)).toMatchObject({ end: 'complete' });
  });

  test.each<[agent: string, end: string, how: (id: number) => Promise<unknown>]>([
    ['deleted', 'gone', (id) => system.tool('delete_task', { id })],
    ['archived', 'gone', (id) => system.tool('archive_task', { id })],
    ['reassigned', 'handed-off', (id) => system.tinytask.update(id, { assignedTo: 'somebody' })],
  ])('its task was %s', async (agent, end, how) => {
    const { id } = await newTask(system, { assignedTo: agent });
    await gooseLives(system, id);
    await how(id);
    await gooseGone(system, id);
    expect(await runResult(system, id)).toMatchObject({ end, verdict: { kind: 'cancelled' } });
  });
});
