import type { Client } from '@temporalio/client';
import { describe, expect, test, vi } from 'vitest';
import { forecastText, whatIfText } from '../../client/cli/show/show-forecast.ts';
import { readForecast } from '../../client/forecast.ts';
import { forecastJson, whatIfJson } from '../../client/json/forecast.ts';
import { readWhatIf } from '../../client/what-if.ts';
import type { Task } from '../../domain/task.ts';
import type { TinyTask } from '../../tinytask/client.ts';
import { TinyTaskError } from '../../tinytask/errors.ts';
import { attemptEvents, completed, returned } from '../support/attempt-events.ts';
import type { DescribedRun } from '../support/described-runs.ts';
import { configOf, type Place, registryOf, serverOf } from '../support/place.ts';
import { attemptResult } from '../support/played-runs.ts';
import { agentOf, MADE_AT, rankOfTask, taskOf } from '../support/tasks.ts';

const dev = { queue: 'dev' };
const memoOf = (id: number) => {
  return { createdAt: MADE_AT, semaphore: 'pool-dev', wants: null, rank: rankOfTask(id), rankedAtMs: 0 };
};
/** It took 5 s. */
const over = (taskId: number): DescribedRun => ({
  ...{ taskId, agent: 'ada', phase: 'running', closedAtMs: 15_000, ended: 'COMPLETED', memo: memoOf(taskId) },
  events: [
    ...attemptEvents(1, completed(1, attemptResult('completed', { recipe: 'ada' }))),
    returned('complete'),
  ],
});
const PLACE: Place = {
  tasks: [
    taskOf(1, dev),
    taskOf(2, dev),
    taskOf(3, { ...dev, title: 'Look\u001b[2J' }),
    taskOf(4, { assignedTo: 'eve' }),
  ],
  agents: [agentOf('ada', 1, 'dev'), agentOf('bob', 1, 'dev')],
  runs: [{ taskId: 3, agent: 'ada', phase: 'parked', closedAtMs: null, memo: memoOf(3) }],
};
vi.mock('../../config/agent-control.ts', () => ({ loadAgents: async () => registryOf(PLACE) }));

const DONE = taskOf(9, { status: 'complete' });
const tinytaskOf = (change: object = {}) =>
  ({
    ...{ kind: async () => ({ speaks: 'streamable-http', lacks: [] }), speaks: 'streamable-http' },
    listOpen: async (): Promise<Task[]> => PLACE.tasks,
    get: async (id: number) => [...PLACE.tasks, DONE].find((task) => task.id === id),
    ...change,
  }) as unknown as TinyTask;

/** A server of the place on which these runs are over; it notes whatever is done that is no look. */
function serverWith(ended: DescribedRun[], did: string[] = []): Client {
  const whole = serverOf(PLACE);
  const ofEnded = serverOf({ ...PLACE, runs: ended });
  const names = new Map(ended.map((run) => [`task-${run.taskId}`, run]));
  const LOOKS = ['describe', 'query', 'fetchHistory', 'workflowId'];
  const getHandle = (id: string) =>
    new Proxy((names.has(id) ? ofEnded : whole).workflow.getHandle(id) as object, {
      get(handle, name) {
        if (!LOOKS.includes(String(name))) did.push(String(name));
        return Reflect.get(handle, name);
      },
    });
  const list = async function* ({ query }: { query: string }) {
    if (!query.includes('ExecutionStatus IN')) yield* whole.workflow.list({ query });
    else
      for (const id of names.keys()) {
        const described = await ofEnded.workflow.getHandle(id).describe();
        yield described;
      }
  };
  const workflow = new Proxy({ getHandle, list } as object, {
    get(target, name) {
      if (!(name in target)) did.push(String(name));
      return Reflect.get(target, name);
    },
  });
  return { ...whole, workflow } as unknown as Client;
}

const PAST = [11, 12, 13, 14, 15].map(over);
const config = configOf(PLACE);
const depsOf = (client: Client, tinytask = tinytaskOf()) => ({ client, tinytask, config });
const forecast = (ended = PAST, taskId?: number) => readForecast(depsOf(serverWith(ended)), taskId);

test('the forecast of all tasks, by what ended', async () => {
  const found = await forecast();
  expect(found).toMatchObject({
    ending: 2,
    kept: 2,
    unknown: 0,
    restsOn: { tasks: 5, sinceMs: 15_000, notOver: 0 },
  });
  const [first, , parked, unknown] = found.tasks;
  expect(first).toMatchObject({ taskId: 1, title: 'task 1', queue: 'dev', agent: 'ada', is: 'to-run' });
  expect((first?.end?.p90Ms ?? 0) - found.atMs).toBe(5_000);
  expect(first?.basis).toEqual({ level: 'agent-and-recipe', runs: 5 });
  expect(parked).toMatchObject({ taskId: 3, is: 'kept', reason: { why: 'parked' } });
  expect(unknown).toMatchObject({ taskId: 4, is: 'kept', reason: { why: 'unknown-agent' } });
});

test('of one task, and of a past in which nothing is over', async () => {
  const found = await forecast([], 2);
  expect(found.tasks.map(({ taskId, agent, end }) => [taskId, agent, end])).toEqual([[2, 'bob', null]]);
  expect(found).toMatchObject({ unknown: 2, end: null, restsOn: { tasks: 0, sinceMs: null } });
});

describe('wrong use', () => {
  const unreachable = tinytaskOf({
    listOpen: async () => Promise.reject(new TinyTaskError('unreachable', 'list_tasks', 'nobody is there')),
  });
  test.each<[string, () => Promise<unknown>, object]>([
    ['an unknown task', () => forecast(PAST, 77), { failure: { code: 'no-such-task', taskId: 77 } }],
    [
      'a task that is over',
      () => forecast(PAST, 9),
      { failure: { code: 'nothing-to-foresee', taskId: 9, status: 'complete' } },
    ],
    [
      'TinyTask is down',
      () => readForecast(depsOf(serverWith([]), unreachable)),
      { code: 'tinytask-unreachable' },
    ],
    [
      'TinyTask is down, and somebody asks what if',
      () => readWhatIf(depsOf(serverWith([]), unreachable), []),
      { code: 'tinytask-unreachable' },
    ],
    [
      'an unknown agent',
      () => readWhatIf(depsOf(serverWith([])), [{ do: 'pause', agent: 'eve' }]),
      { failure: { code: 'no-such-agent', agent: 'eve', known: ['ada', 'bob'] } },
    ],
    [
      'an agent that was taken out before',
      () =>
        readWhatIf(depsOf(serverWith([])), [
          { do: 'remove', agent: 'ada' },
          { do: 'limit', agent: 'ada', slots: 2 },
        ]),
      { failure: { code: 'no-such-agent', agent: 'ada', known: ['bob'] } },
    ],
    [
      'a budget of a queue that nobody serves, but for one that is added after it',
      () =>
        readWhatIf(depsOf(serverWith([])), [
          { do: 'pool-budget', queue: 'qa', tokensPerDay: 1 },
          { do: 'add', agent: 'cy', queue: 'qa', slots: 1 },
        ]),
      { failure: { code: 'no-such-queue', queue: 'qa', known: ['dev'] } },
    ],
    [
      'a budget of an unknown agent',
      () => readWhatIf(depsOf(serverWith([])), [{ do: 'budget', agent: 'eve', tokensPerDay: 1 }]),
      { failure: { code: 'no-such-agent', agent: 'eve' } },
    ],
    [
      'an agent that is there is added',
      () => readWhatIf(depsOf(serverWith([])), [{ do: 'add', agent: 'ada', queue: 'dev', slots: 1 }]),
      { failure: { code: 'existing-agent', agent: 'ada' } },
    ],
  ])('%s', async (_what, work, error) => {
    await expect(work()).rejects.toMatchObject(error);
  });
});

test('what if an agent is paused: what waits then, and nothing is written or signalled', async () => {
  const did: string[] = [];
  const wrote: string[] = [];
  const looks = Object.keys(tinytaskOf());
  const tinytask = new Proxy(tinytaskOf(), {
    get(target, name) {
      if (!looks.includes(String(name))) wrote.push(String(name));
      return Reflect.get(target, name);
    },
  });
  const about = await readWhatIf(depsOf(serverWith(PAST, did), tinytask), [{ do: 'pause', agent: 'bob' }]);
  expect(about.waits.map(({ taskId }) => taskId)).toEqual([2]);
  expect(about.moved.map(({ taskId, byMs }) => [taskId, byMs])).toEqual([[2, 5_000]]);
  expect((about.after.end?.p50Ms ?? 0) - (about.before.end?.p50Ms ?? 0)).toBe(5_000);
  expect([did, wrote]).toEqual([[], []]);
});

describe('as people and programs are told', () => {
  test('all tasks', async () => {
    const text = forecastText(await forecast(), { most: 3, one: false, across: undefined });
    expect(text.split('\n').map((line) => line.replace(/\s+/g, ' '))).toEqual([
      'TASK POOL AGENT START END LENGTH BY HOW',
      '1 dev ada now 5 s 5 of ada with its recipe can start in queue "dev" as soon as the scheduler looks',
      '2 dev bob now 5 s all 5 can start in queue "dev" as soon as the scheduler looks',
      expect.stringMatching(/^3 dev - - - - it does not start by itself: parked/),
      '',
      'And 1 more: --limit shows them, --json all.',
      'Of two times the first is as likely as not, and the second holds nine times in ten.',
      expect.stringMatching(
        /^2 tasks are over at .* UTC \(5 s\) as likely as not, and by .* UTC \(5 s\) nine times in ten\.$/,
      ),
      '2 tasks do not start by themselves.',
      'It rests on 5 tasks that were over since 1970-01-01 00:00:15 UTC.',
      expect.stringMatching(/^As if the scheduler ran, but it does not: no daemon/),
    ]);
  });

  test.each<[number, RegExp[]]>([
    [
      1,
      [
        /^Task 1: /,
        /^It starts at .* UTC \(now\)/,
        /^It is over at/,
        /^Its length rests on 5 tasks of ada with the same recipe; the line before it on 5 tasks/,
      ],
    ],
    [3, [/^Task 3: it does not start by itself: parked/]],
  ])('task %i', async (taskId, says) => {
    const lines = forecastText(await forecast(PAST, taskId), { most: 20, one: true, across: 80 }).split('\n');
    for (const [at, each] of says.entries()) expect(lines[at]).toMatch(each);
  });

  test('JSON has times, the reasons and what it rests on', async () => {
    const asJson = JSON.parse(JSON.stringify(forecastJson(await forecast())));
    expect(asJson).toMatchObject({
      scheduler: 'no-daemon',
      rests_on: { tasks: 5, since: '1970-01-01T00:00:15.000Z', not_over: 0 },
      backlog: { ending: 2, kept: 2, unknown: 0 },
      tasks: [
        { task_id: 1, is: 'to-run', agent: 'ada', basis: { level: 'agent-and-recipe', tasks: 5 } },
        { task_id: 2 },
        { task_id: 3, is: 'kept', reason: 'parked', start: null, end: null, kept_by: null },
        { task_id: 4, reason: 'unknown-agent' },
      ],
    });
    expect(Date.parse(asJson.tasks[0].end.p90) - Date.parse(asJson.at)).toBe(5_000);
  });

  test('a change', async () => {
    const about = await readWhatIf(depsOf(serverWith(PAST)), [
      { do: 'pause', agent: 'bob' },
      { do: 'add', agent: 'cy', queue: 'qa', slots: 1 },
    ]);
    const lines = whatIfText(about).split('\n');
    expect(lines[0]).toBe(
      'What if bob is paused and cy serves queue "qa" with 1 slot? Nothing is changed by asking.',
    );
    expect(lines).toContain('Starts now without it, and would wait: 1');
    expect(lines).toContain('The end of what ends by itself comes 5 s later.');
    expect(lines).toContain('  task 2 "task 2": its end comes 5 s later (5 s → 10 s)');
    expect(whatIfJson(about)).toMatchObject({
      changes: [{ do: 'pause', agent: 'bob', says: 'bob is paused' }, { do: 'add' }],
      waits: [{ task_id: 2 }],
      moved: [{ task_id: 2, seconds: 5 }],
    });
  });

  test('a budget', async () => {
    const about = await readWhatIf(depsOf(serverWith(PAST)), [
      { do: 'budget', agent: 'bob', tokensPerDay: 0 },
      { do: 'pool-budget', queue: 'dev', tokensPerDay: 2_000_000 },
      { do: 'budget', agent: 'ada', tokensPerDay: null },
    ]);
    const [first] = whatIfText(about).split('\n');
    expect(first).toBe(
      'What if bob has a budget of 0 tokens a day and queue "dev" has a budget of 2,000,000 tokens a day and ada has no budget? Nothing is changed by asking.',
    );
    expect(about.moved.map(({ taskId, byMs }) => [taskId, byMs])).toEqual([[2, 5_000]]);
    expect(whatIfJson(about)).toMatchObject({
      changes: [
        { do: 'budget', agent: 'bob', tokens_per_day: 0 },
        { do: 'pool-budget', queue: 'dev', tokens_per_day: 2_000_000 },
        { tokens_per_day: null },
      ],
    });
  });

  test('one that makes no difference', async () => {
    const about = await readWhatIf(depsOf(serverWith(PAST)), [{ do: 'resume', agent: 'bob' }]);
    expect(whatIfText(about)).toContain('It makes no difference to the tasks that are open now.');
  });
});
