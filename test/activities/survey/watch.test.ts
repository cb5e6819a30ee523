import { setTimeout as sleep } from 'node:timers/promises';
import { MockActivityEnvironment } from '@temporalio/testing';
import { expect, type TestContext, test } from 'vitest';
import { fingerprintOf, registryMark } from '../../../activities/survey/in-force.ts';
import { pauseAfter, watchActivities } from '../../../activities/survey/watch.ts';
import { loadConfig } from '../../../config/load.ts';
import type { WatchInput } from '../../../contract/activities.ts';
import { packRuns } from '../../../contract/pass.ts';
import type { AgentRegistry } from '../../../domain/agent.ts';
import { candidates } from '../../../domain/plan/candidates.ts';
import { processName } from '../../../os/process-name.ts';
import type { TinyTask } from '../../../tinytask/client.ts';
import { eventually } from '../../support/eventually.ts';
import { agentOf, runOf } from '../../support/tasks.ts';
import { client, embeddedTinyTask } from '../../support/tinytask.ts';

const { config } = loadConfig({ env: { TINYSCHEDULER_LOOP_INTERVAL_SEC: '60' }, cwd: '/' });
const registryOf = (...names: string[]): AgentRegistry => ({
  agents: names.map((name) => agentOf(name, 1, 'dev')),
  ...{ mode: 'queue', warnings: [] },
});

/** A TinyTask with one task of queue dev, and a watch that begins where a survey has just looked. */
async function stand({ onTestFinished }: TestContext) {
  const whenDone = (end: () => Promise<unknown>) => onTestFinished(async () => void (await end()));
  const server = await embeddedTinyTask({ whenDone });
  const tinytask = client(server.endpoint, 10_000, whenDone);
  const { id } = await tinytask.create({ title: 'a', createdBy: 'test', queue: 'dev' });
  let agents = registryOf('ada');
  const problems: (string | null)[] = [];
  const { watch } = watchActivities({
    ...{ tinytask, config, loadAgents: async () => agents },
    tell: (event) => void (event.what === 'tinytask' && problems.push(event.problem)),
  });
  const env = new MockActivityEnvironment({ currentAttemptScheduledTimestampMs: Date.now() });
  const begin = async (change: Partial<WatchInput> = {}) => {
    const seen = fingerprintOf(candidates(await tinytask.listOpen(), []));
    const looked = problems.length;
    const watching = env.run(watch, {
      ...{ fingerprint: seen, registry: registryMark(agents), by: processName(), runs: [] },
      ...{ untilMs: Date.now() + 60_000, ...change },
    }) as Promise<'changed' | 'over'>;
    watching.catch(() => {});
    await eventually('it has looked', () => problems.length > looked);
    return watching;
  };
  return {
    ...{ server, tinytask, id, problems, env },
    /** Begins to watch, and gives what that comes to when it has looked once. */
    watching: async (change?: Partial<WatchInput>) => {
      const ends = begin(change);
      ends.catch(() => {});
      await eventually('it has looked', () => problems.length > 0);
      return { ends };
    },
    begin,
    agentsAre: (...names: string[]) => {
      agents = registryOf(...names);
    },
  };
}

interface Looking {
  problems: unknown[];
  tinytask: TinyTask;
  id: number;
}

/** It begins a look after this call, and ends it. Without a change it would not look. */
async function looksAgain({ problems, tinytask, id }: Looking): Promise<void> {
  for (const look of ['one', 'another']) {
    const looks = problems.length;
    await tinytask.addComment(id, look, 'test');
    await eventually(`${look} more look`, () => problems.length > looks);
  }
}

test.concurrent.for<[string, (tinytask: TinyTask, id: number) => Promise<unknown>]>([
  ['a task comes', (tinytask) => tinytask.create({ title: 'b', createdBy: 'test' })],
  ['one gets another priority', (tinytask, id) => tinytask.update(id, { priority: 5 })],
  ['one is given to somebody', (tinytask, id) => tinytask.update(id, { assignedTo: 'ada' })],
])('the watch ends when %s', async ([, change], context) => {
  const it = await stand(context);
  const { ends } = await it.watching();
  await change(it.tinytask, it.id);
  expect(await ends).toBe('changed');
});

test.concurrent('it ends at once where the survey saw something else', async (context) => {
  const it = await stand(context);
  expect(await it.begin({ fingerprint: fingerprintOf(['something else']) })).toBe('changed');
});

test.concurrent('it goes on while nothing new could start: a task goes, or is worked on', async (context) => {
  const it = await stand(context);
  const { ends } = await it.watching();
  await it.tinytask.update(it.id, { status: 'working' });
  await looksAgain(it);
  await it.tinytask.update(it.id, { status: 'complete' });
  await looksAgain(it);
  it.agentsAre('bob');
  expect(await ends).toBe('over');
});

test.concurrent('a task whose run is in hand is no news, but when it is idle again', async (context) => {
  const it = await stand(context);
  await it.tinytask.update(it.id, { status: 'working', assignedTo: 'ada' });
  const runs = packRuns([runOf(it.id, 'ada')]);
  const { ends } = await it.watching({ fingerprint: fingerprintOf([]), runs });
  await it.tinytask.update(it.id, { status: 'idle' });
  expect(await ends).toBe('changed');
});

test.concurrent('TinyTask is not asked for tasks while nothing is written, and at once when something is', async (context) => {
  const it = await stand(context);
  const { ends } = await it.watching();
  const looks = it.problems.length;
  // As long as three looks of one that is not told.
  await sleep(2_400);
  expect(it.problems).toHaveLength(looks);
  await it.tinytask.addComment(it.id, 'no news', 'test');
  await eventually('a look', () => it.problems.length > looks);
  it.agentsAre('bob');
  expect(await ends).toBe('over');
});

test.concurrent('a TinyTask that tells of no changes is looked at again and again', async (context) => {
  const it = await stand(context);
  it.tinytask.changes = async () => undefined;
  const { ends } = await it.watching();
  const looks = it.problems.length;
  await eventually('two more looks', () => it.problems.length > looks + 1);
  await it.tinytask.create({ title: 'b', createdBy: 'test' });
  expect(await ends).toBe('changed');
});

test.concurrent('agents that are read otherwise than the survey did end it', async (context) => {
  const it = await stand(context);
  const { ends } = await it.watching();
  it.agentsAre('ada', 'bob');
  expect(await ends).toBe('over');
});

test.concurrent('what another process read of them does not; what they become here does', async (context) => {
  const it = await stand(context);
  const { ends } = await it.watching({ by: '1@elsewhere', registry: 'as they are there' });
  await looksAgain(it);
  it.agentsAre('bob');
  expect(await ends).toBe('over');
});

test.concurrent('a TinyTask that is down is told, and watched on', async (context) => {
  const it = await stand(context);
  const { ends } = await it.watching();
  await it.server.close();
  await eventually('it is told', () => /TinyTask/.test(it.problems.at(-1) ?? ''));
  it.agentsAre('bob');
  expect(await ends).toBe('over');
});

test.concurrent('it stops when it is cancelled', async (context) => {
  const it = await stand(context);
  const { ends } = await it.watching();
  it.env.cancel();
  await expect(ends).rejects.toThrow();
});

test.each<[string, Parameters<typeof pauseAfter>, number]>([
  ['a short reading', [{ costMs: 3, failed: false }, 60_000], 800],
  [
    'a long one: TinyTask works for us a twentieth of the time',
    [{ costMs: 500, failed: false }, 60_000],
    10_000,
  ],
  ['no pause is longer than the interval', [{ costMs: 9_000, failed: false }, 60_000], 60_000],
  ['one that failed at once', [{ costMs: 3, failed: true }, 3_600_000], 800],
  ['one that TinyTask let hang', [{ costMs: 10_000, failed: true }, 3_600_000], 20_000],
  ['the same with a short interval', [{ costMs: 10_000, failed: true }, 1_000], 1_000],
])('what follows is a pause: %s', (_, [reading, intervalMs], pauseMs) => {
  expect(pauseAfter(reading, intervalMs)).toBe(pauseMs);
});
