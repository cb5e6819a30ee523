import { chmod, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { atWork, letGo, UNTIL_LET_GO } from '../support/gates.ts';
import { DEVELOPER, type System, startSystem } from '../support/system.ts';
import { agentIn, inPhase, inStatus, newTask, slotsOf } from '../support/task-runs.ts';

const OF_GOOSE = ['OPENAI_HOST', 'OPENAI_API_KEY'];
const NEAR = { agentName: 'near', agentType: 'near' };
const FAR = { agentName: 'far', agentType: 'far', hostGroup: 'far' };
const LOOPS = { agentName: 'loops', agentType: 'loops', maxAttempts: 1 };
const LACKS = { agentName: 'lacks', agentType: 'lacks' };

let system: System;
beforeAll(async () => {
  system = await startSystem();
  Object.assign(system.env, { WANTED: 'yes', OF_OTHERS: 'no' });
  await edit();
  // What the far host has of the agents is of no consequence.
  await writeFile(join(system.dir, 'old.json'), JSON.stringify([{ ...FAR, maxAttempts: 9 }]));
  await writeFile(join(system.dir, 'wrap'), '#!/bin/sh\necho "$1" >>wrapped\nshift\n"$@" &\nexit 0\n');
  await chmod(join(system.dir, 'wrap'), 0o755);
  await system.recipe('near', `MODEL: shell env >env-{{ task_id }}\n${UNTIL_LET_GO}`, DEVELOPER);
  await system.recipe('far', 'MODEL: wait 60s');
  await system.recipe('loops', 'MODEL: loop', DEVELOPER);
  await system.recipe('lacks', 'MODEL: say Done.');
  await system.start('daemon', { LOOP_INTERVAL_SEC: '1', KILL_GRACE_SEC: '1', SAME_CALLS: '5' });
  await system.start('worker', { HOST_GROUP: 'far', AGENT_CONTROL_FILE: 'old.json', KILL_GRACE_SEC: '1' });
});
afterAll(() => system.stop());

/** The file of who schedules, with what is different in it. */
function edit({ near = {}, far = {}, lacks = {} }: Record<string, object> = {}): Promise<void> {
  return system.agents([{ ...NEAR, ...near }, { ...FAR, ...far }, LOOPS, { ...LACKS, ...lacks }]);
}

/** Else a task that is added now may still be given a slot by what was in the file before. */
function semaphoreHas(pool: string, rule: string): Promise<unknown> {
  return eventually(`the semaphore of ${pool} has ${rule}`, async () => {
    const [agent] = (await slotsOf(system, pool).catch(() => undefined))?.policy.agents ?? [];
    return agent?.rules !== undefined && rule in agent.rules;
  });
}

const text = (name: string) => readFile(join(system.dir, name), 'utf8').catch(() => '');

test('an edit counts for the next attempt, also of a task that is in line by then, and for none under way', async () => {
  const first = await newTask(system, { queue: 'near' });
  await atWork(system, first.id, ['near']);
  const second = await newTask(system, { queue: 'near' });
  await inPhase(system, second.id, 'waiting');
  const rules = { env: [...OF_GOOSE, 'WANTED'], launchPrefix: ['./wrap', 'two words'] };
  await edit({ near: rules });
  await semaphoreHas('near', 'env');
  const scheduler = await system.scheduler();
  const told = (await scheduler.agents()).agents.find(({ name }) => name === 'near');
  expect(told?.rules).toEqual(rules);
  await letGo(system, first.id);
  await atWork(system, second.id, ['near']);
  await letGo(system, second.id);
  for (const { id } of [first, second]) await inStatus(system, id, 'complete');
  expect(await text(`env-${first.id}`)).toContain('OF_OTHERS=no');
  const env = await text(`env-${second.id}`);
  expect(env).toContain('WANTED=yes');
  expect(env).not.toContain('OF_OTHERS');
  expect(await text('wrapped')).toBe('two words\n');
});

test('a host with another file goes by that of who schedules', async () => {
  await edit({ far: { maxAttempts: 1, maxRuntimeSec: 2 } });
  await semaphoreHas('far', 'maxAttempts');
  const { id } = await newTask(system, { queue: 'far' });
  const run = await inPhase(system, id, 'parked');
  expect(run.memo?.why).toBe('attempt 1 of 1 failed: goose ran into its time limit of 2 s');
});

test('a launcher that is not there is the misconfiguration of its agent, until the file is mended', async () => {
  await edit({ lacks: { launchPrefix: ['nonesuch', '-x'] } });
  await semaphoreHas('lacks', 'launchPrefix');
  const { id } = await newTask(system, { queue: 'lacks' });
  await eventually('it is told', async () => {
    const { health } = await agentIn(system, 'lacks');
    return (
      health.state === 'misconfigured' &&
      health.reason.includes('"nonesuch" of its launchPrefix is not on PATH')
    );
  });
  expect(await system.tinytask.get(id)).toMatchObject({ status: 'idle', assignedTo: null });
  await edit();
  await inStatus(system, id, 'complete');
});

test('a goose that goes round in circles is stopped, and says so on its task', async () => {
  const { id } = await newTask(system, { queue: 'loops' });
  const run = await inPhase(system, id, 'parked');
  expect(run.memo).toMatchObject({
    why: expect.stringMatching(/^attempt 1 of 1 failed: goose called the same tool .* 5 times/),
    verdict: 'looping',
  });
  expect((await system.comments(id)).join()).toContain('made no new call in between');
});
