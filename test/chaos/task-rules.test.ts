import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { embeddedTinyTask } from '../support/tinytask.ts';
import { DISPLACED_MS, type HandOnTask, RACE_MS } from './hands.ts';
import { startTimeOf } from './observer/processes.ts';
import { type Run, Runs } from './observer/runs.ts';
import { TaskRules } from './observer/task-rules.ts';
import { LET_GO_MS } from './rules.ts';
import { callTinyTask } from './tinytask-calls.ts';

/** The observer of the tasks of a real TinyTask that has one task, and what it complains of. */
async function watched(change: Record<string, unknown> = {}) {
  const dir = await mkdtemp(join(tmpdir(), 'tinyscheduler-task-rules-'));
  onTestFinished(() => rm(dir, { recursive: true, force: true }));
  await mkdir(join(dir, 'evidence'));
  const { endpoint } = await embeddedTinyTask();
  const call = (tool: string, args: Record<string, unknown>) => callTinyTask(endpoint, tool, args);
  const task = { title: 'a task', created_by: 'chaos', assigned_to: 'gil', queue_name: 'dev' };
  const { id } = (await call('create_task', { ...task, ...change })) as { id: number };
  const wrong: string[] = [];
  const runs = new Runs(dir);
  const rules = new TaskRules(dir, endpoint, runs, (rule, _, text) => wrong.push(`${rule}: ${text}`));
  const look = () => rules.look(() => performance.now(), undefined);
  await look();
  const finish = (agent: string) => writeFile(join(dir, 'evidence', String(id)), `${agent}\n`);
  const set = (to: Record<string, unknown>) => call('update_task', { id, ...to });
  /** A person does it so long ago. */
  const hand = async (does: HandOnTask['hand'], agoMs: number) => {
    rules.hands.announced({ task: id, hand: does }, Date.now() - agoMs);
    rules.hands.done({ task: id, hand: does }, Date.now() - agoMs);
  };
  return { id, call, rules, runs, wrong, look, finish, set, hand };
}

const LONG_AGO_MS = Math.max(RACE_MS, DISPLACED_MS) + 2_000;
const toGus = { do: 'assign', from: 'gil', to: 'gus' } as const;

test('a task that a person has deleted is no lost one, and any other is', async () => {
  const { id, call, wrong, look, hand } = await watched();
  await call('create_task', { title: 'another', created_by: 'chaos' });
  await look();
  await hand({ do: 'delete' }, 0);
  await call('delete_task', { id });
  await look();
  expect(wrong).toEqual([]);
  await call('delete_task', { id: id + 1 });
  await look();
  expect(wrong).toEqual([`6: task ${id + 1} is not there any more, and nobody has deleted it`]);
});

test('a task that a person has given to somebody stays there', async () => {
  const { id, wrong, look, hand, set } = await watched();
  await set({ assigned_to: 'gus' });
  await hand(toGus, LONG_AGO_MS);
  await look();
  expect(wrong).toEqual([]);
  await set({ assigned_to: 'gil' });
  await look();
  expect(wrong).toEqual([`6: a person gave task ${id} to gus, and it is with gil`]);
});

test.each([
  ['its agent', 'gil', 'gil', undefined, []],
  [
    'nobody',
    'gil',
    '',
    undefined,
    ['5: task 1 is complete for gil, and only these have finished it: nobody'],
  ],
  [
    'another agent',
    'gil',
    'gus',
    undefined,
    ['5: task 1 is complete for gil, and only these have finished it: gus'],
  ],
  ['the agent from whom a person has just taken it', 'gus', 'gil', 1_000, []],
  [
    'the agent from whom a person took it long ago',
    'gus',
    'gil',
    LONG_AGO_MS,
    ['5: task 1 is complete for gus, and only these have finished it: gil'],
  ],
])('of a complete task that %s has finished', async (_, assignee, finisher, takenAgoMs, expected) => {
  const { wrong, look, hand, finish, set } = await watched();
  if (takenAgoMs !== undefined) await hand(toGus, takenAgoMs);
  await set({ assigned_to: assignee });
  await look();
  await finish(finisher);
  await set({ status: 'complete' });
  await look();
  expect(wrong).toEqual(expected);
});

test.each([
  ['a person has just assigned it', toGus, 0, []],
  ['a person assigned it long ago', toGus, LONG_AGO_MS, ['6: task 1 was complete, and is idle again']],
  ['nobody has touched it', undefined, 0, ['6: task 1 was complete, and is idle again']],
])('a complete task is idle again, and %s', async (_, does, agoMs, expected) => {
  const { wrong, look, hand, finish, set } = await watched({ assigned_to: 'gus' });
  await finish('gus');
  await set({ status: 'complete' });
  await look();
  if (does !== undefined) await hand(does, agoMs);
  await set({ status: 'idle' });
  await look();
  expect(wrong).toEqual(expected);
});

/** A living process that counts as the run of gil at the task, there for long. */
function gooseOfGil(task: number): Run {
  const child = spawn('sleep', ['60'], { stdio: 'ignore' });
  onTestFinished(() => void child.kill('SIGKILL'));
  const pid = child.pid as number;
  const startTime = startTimeOf(pid) ?? 0;
  const root = { key: `${pid}/${startTime}`, pid, ppid: process.pid, startTime, stopped: false, argv: [] };
  const times = { firstSeenMs: Number.NEGATIVE_INFINITY, lastSeenMs: 0 };
  return { token: 'a run', task, agent: 'gil', root, worker: undefined, members: [root], ...times };
}

const LET_GO_LONG_MS = LET_GO_MS + 1_000;
const CALM_FOR_LONG = Number.NEGATIVE_INFINITY;
const BY_NOW = ['6: gil still works on task 1'];

test
  .runIf(process.platform === 'linux')
  .each<[string, HandOnTask['hand'] | undefined, number, number | undefined, string[]]>([
    ['was given away for long enough', toGus, LET_GO_LONG_MS, CALM_FOR_LONG, BY_NOW],
    ['was deleted for long enough', { do: 'delete' }, LET_GO_LONG_MS, CALM_FOR_LONG, BY_NOW],
    ['was given away just now', toGus, 1_000, CALM_FOR_LONG, []],
    ['was given away in a storm that goes on', toGus, LET_GO_LONG_MS, undefined, []],
    ['is in another queue', { do: 'requeue', queue: null }, LET_GO_LONG_MS, CALM_FOR_LONG, []],
    [
      'was given to its very agent',
      { do: 'assign', from: 'gus', to: 'gil' },
      LET_GO_LONG_MS,
      CALM_FOR_LONG,
      [],
    ],
    ['nobody has touched', undefined, 0, CALM_FOR_LONG, []],
  ])('a goose works on a task that %s', async (_, does, agoMs, calmSinceMs, expected) => {
  const { id, rules, runs, wrong, hand } = await watched();
  runs.live.set('a run', gooseOfGil(id));
  if (does !== undefined) await hand(does, agoMs);
  rules.judgeTaken(performance.now(), 0, calmSinceMs);
  expect(wrong.map((text) => text.replace(/ \d+ ms after .*/, ''))).toEqual(expected);
});
