import type { Client } from '@temporalio/client';
import { describe, expect, test } from 'vitest';
import { reclaim } from '../../../activities/survey/reclaim.ts';
import { loadConfig } from '../../../config/load.ts';
import type { OpenRun } from '../../../domain/plan/input.ts';
import type { Task } from '../../../domain/task.ts';
import { toBeTakenBack } from '../../../temporal/left-working.ts';
import type { TinyTask } from '../../../tinytask/client.ts';
import { clientOf, type DescribedRun } from '../../support/described-runs.ts';
import { runOf, taskOf } from '../../support/tasks.ts';
import { client, embeddedTinyTask } from '../../support/tinytask.ts';

const { config } = loadConfig({ env: { TINYSCHEDULER_HEARTBEAT_SEC: '5' }, cwd: '/' });
const TIMEOUT_MS = 15_000;

interface Stand {
  tinytask: TinyTask;
  task: Task;
  nowMs: number;
}

/** A task that is `working` with ada, a moment ago. */
async function stand(): Promise<Stand> {
  const tinytask = client((await embeddedTinyTask()).endpoint);
  const { id } = await tinytask.create({ title: 'a', createdBy: 'test', assignedTo: 'ada' });
  const task = await tinytask.update(id, { status: 'working' });
  return { tinytask, task, nowMs: Date.now() };
}

type RunOfTask = (stand: Stand) => DescribedRun;

/** Its last run, which somebody terminated in the middle of ada's attempt, so long ago that nothing of it lives. */
const terminated =
  (change: Partial<DescribedRun> = {}): RunOfTask =>
  ({ task, nowMs }) => ({
    ...{ taskId: task.id, agent: 'ada', phase: 'running', closedAtMs: nowMs },
    memo: { createdAt: task.createdAt, heartbeatTimeoutMs: TIMEOUT_MS },
    ...change,
  });

async function reclaimed(
  it: Stand,
  runs: readonly DescribedRun[],
  { afterMs = TIMEOUT_MS, open = [] }: { afterMs?: number; open?: OpenRun[] } = {},
) {
  const told: object[] = [];
  const deps = { client: clientOf(() => runs), tinytask: it.tinytask, config };
  const tell = (event: object) => void told.push(event);
  // The times of TinyTask have whole seconds, so a task may seem to be changed up to one later.
  const now = () => it.nowMs + afterMs + 1_000;
  const done = await reclaim({ ...deps, tell }, { tasks: [it.task], runs: open, now });
  return { ...done, told };
}

const statusOf = async ({ tinytask, task }: Stand) => (await tinytask.get(task.id))?.status;

describe('a working task without an open run', () => {
  test('is taken back when nothing of its last run can live, and told so once, however often it is tried', async () => {
    const it = await stand();
    const runs = [terminated()(it)];
    const done = await reclaimed(it, runs);
    expect(done).toMatchObject({ count: 1, dying: {}, errors: [], tasks: [{ status: 'idle' }] });
    expect(done.told).toEqual([{ what: 'reclaimed', taskId: it.task.id, agent: 'ada', runId: 'run-1' }]);
    // As if the status had not arrived.
    await it.tinytask.update(it.task.id, { status: 'working' });
    await reclaimed(it, runs);
    expect(await statusOf(it)).toBe('idle');
    const comments = await it.tinytask.comments(it.task.id);
    expect(comments.map(({ content }) => content)).toEqual([
      expect.stringContaining('[tinyscheduler run-1/reclaimed] Its run was ended from outside'),
    ]);
  });

  test('waits for as long as something of it may live', async () => {
    const it = await stand();
    const done = await reclaimed(it, [terminated()(it)], { afterMs: -2_000 });
    expect(done).toMatchObject({ count: 0, dying: { [it.task.id]: it.nowMs + TIMEOUT_MS } });
    expect(await statusOf(it)).toBe('working');
  });

  test.each<[string, RunOfTask]>([
    ['its run returned in order', terminated({ ended: 'COMPLETED' })],
    ['its run was another agent’s', terminated({ agent: 'bob' })],
    ['its run never had a slot', terminated({ phase: 'waiting' })],
    [
      'its run was of a task with that id in another database',
      terminated({ memo: { createdAt: '2020-01-01T00:00:00Z' } }),
    ],
    ['somebody has changed it since', ({ nowMs, ...it }) => terminated()({ ...it, nowMs: nowMs - 60_000 })],
  ])('is left as it is where %s', async (_, run) => {
    const it = await stand();
    expect(await reclaimed(it, [run(it)])).toMatchObject({ count: 0, dying: {}, errors: [] });
    expect(await statusOf(it)).toBe('working');
  });

  test('is left where no run of ours was ever there', async () => {
    const it = await stand();
    expect(await reclaimed(it, [])).toMatchObject({ count: 0, dying: {} });
  });

  test('is left where it has an open run by now', async () => {
    const it = await stand();
    const open = [runOf(it.task.id, 'ada')];
    expect(await reclaimed(it, [terminated()(it)], { open })).toMatchObject({ count: 0, dying: {} });
    const late = [terminated()(it), terminated({ closedAtMs: null, runId: 'second' })(it)];
    expect(await reclaimed(it, late)).toMatchObject({ count: 0, dying: {} });
  });

  test('is read again before it is written: what a person has made of it meanwhile stands', async () => {
    const it = await stand();
    await it.tinytask.update(it.task.id, { status: 'complete' });
    expect(await reclaimed(it, [terminated()(it)])).toMatchObject({ count: 0, errors: [] });
    expect(await statusOf(it)).toBe('complete');
    expect(await it.tinytask.comments(it.task.id)).toEqual([]);
  });

  test('that cannot be written is an error of the pass, which goes on', async () => {
    const it = await stand();
    const runs = [terminated()(it)];
    await it.tinytask.close();
    const { errors, tasks } = await reclaimed(it, runs);
    expect(errors).toEqual([expect.stringMatching(/^task 1 could not be reclaimed: /)]);
    expect(tasks).toEqual([it.task]);
  });
});

describe('a run that was reset, and then ended', () => {
  const earlier = terminated({ runId: 'before' });
  const later = (change: Partial<DescribedRun>) =>
    terminated({ runId: 'after', resetFrom: 'before', phase: 'waiting', agent: null, ...change });

  test.each<[string, RunOfTask]>([
    ['before it had a slot', later({})],
    [
      'in order, without having touched the task',
      later({ ended: 'COMPLETED', result: { end: 'left-line' } }),
    ],
    [
      'in order, since its task seemed to be untouched',
      later({ ended: 'COMPLETED', result: { end: 'untouched' } }),
    ],
  ])('%s: the claim of the one before it is taken back', async (_, run) => {
    const it = await stand();
    expect(await reclaimed(it, [earlier(it), run(it)])).toMatchObject({ count: 1 });
    expect(await statusOf(it)).toBe('idle');
  });

  test('in order, having handed the task on: that stands', async () => {
    const it = await stand();
    const run = later({ ended: 'COMPLETED', result: { end: 'handed-off' } });
    expect(await reclaimed(it, [earlier(it), run(it)])).toMatchObject({ count: 0 });
  });

  test('from one that was another agent’s: the task is not ours', async () => {
    const it = await stand();
    const runs = [terminated({ runId: 'before', agent: 'bob' })(it), later({})(it)];
    expect(await reclaimed(it, runs)).toMatchObject({ count: 0, dying: {} });
  });
});

describe('what people are told of it, before the pass that does it', () => {
  const look = (it: Stand, runs: readonly DescribedRun[], open: OpenRun[] = []) =>
    toBeTakenBack({ client: clientOf(() => runs), config }, [it.task], open);

  test('when, while something of the run may live; changes nothing', async () => {
    const it = await stand();
    expect(await look(it, [terminated()(it)])).toEqual({ [it.task.id]: it.nowMs + TIMEOUT_MS });
    expect(await statusOf(it)).toBe('working');
  });

  test('nothing, where nothing is to be done', async () => {
    const it = await stand();
    expect(await look(it, [terminated({ agent: 'bob' })(it)])).toEqual({});
    expect(await look(it, [terminated()(it)], [runOf(it.task.id, 'ada')])).toEqual({});
  });
});

test('many are looked at side by side, so many at most; what is nobody’s was never a run’s, and is not looked at', async () => {
  const working = (assignedTo: string | null, count: number, from: number) =>
    Array.from({ length: count }, (_, at) => taskOf(from + at, { status: 'working', assignedTo }));
  const seen = { now: 0, most: 0, all: 0 };
  const none = clientOf(() => []);
  const getHandle = (id: string) => ({
    describe: async () => {
      seen.all += 1;
      seen.now += 1;
      seen.most = Math.max(seen.most, seen.now);
      await new Promise((resolve) => setImmediate(resolve));
      seen.now -= 1;
      return none.workflow.getHandle(id).describe();
    },
  });
  const client = { ...none, workflow: { ...none.workflow, getHandle } } as unknown as Client;
  const tasks = [...working('ada', 60, 1), ...working(null, 10, 100)];
  const deps = { client, tinytask: {} as TinyTask, config, tell: () => undefined };
  const done = await reclaim(deps, { tasks, runs: [], now: Date.now });
  expect(done).toEqual({ tasks, count: 0, dying: {}, errors: [] });
  expect(seen).toEqual({ now: 0, most: 25, all: 60 });
});
