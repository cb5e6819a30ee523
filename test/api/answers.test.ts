import { describe, expect, test, vi } from 'vitest';
import { PROBLEMS, problemOf } from '../../api/answer/problem.ts';
import { problemShape } from '../../api/answer/problem-shape.ts';
import { headlineOf } from '../../client/headline/headline.ts';
import type { SchedulerClient } from '../../client/scheduler-client.ts';
import type { SchedulesClient } from '../../client/schedules-client.ts';
import type { ApiFailure } from '../../contract/api.ts';
import type { Recent } from '../../contract/headline.ts';
import type { PastAsked } from '../../contract/history.ts';
import type { EndedRun } from '../../contract/listings.ts';
import type { PassReport } from '../../contract/pass.ts';
import type { RunningTask } from '../../contract/running.ts';
import type { Definition } from '../../domain/schedule/definition.ts';
import { schedulerError } from '../../words/errors.ts';
import { FAILURES } from '../support/api-failures.ts';
import { type ApiStand, ATTEMPT, agentOf, apiStand, lookOf, openTaskOf } from '../support/api-stand.ts';
import { endedAfterEach } from '../support/ended-after-each.ts';
import { endedRunOf } from '../support/ended-runs.ts';
import { schedulesInMemory } from '../support/schedules-in-memory.ts';
import { taskOf } from '../support/tasks.ts';

const standing = endedAfterEach(apiStand);

/** The answer, which has the shape that the document says. */
async function answerOf<T = Record<string, unknown>>(
  stand: ApiStand,
  answer: Response,
  path: string,
): Promise<T> {
  const text = await answer.text();
  expect([answer.status, text]).toEqual([expect.toBeOneOf([200, 201, 202]), expect.any(String)]);
  const here = stand.routes.filter((route) => route.path === path);
  const value = JSON.parse(text) as T;
  const issues = here.map((route) => route.answer.safeParse(value).error?.issues ?? []);
  expect(issues).toContainEqual([]);
  return value;
}

describe('failures', () => {
  test.each(FAILURES)('$code is a problem with words and a next step', (failure: ApiFailure) => {
    const problem = problemOf(failure, 'id');
    expect(problemShape.safeParse(problem).error?.issues ?? []).toEqual([]);
    for (const text of [problem.detail, problem.next_step, problem.title]) expect(text).toMatch(/^.{3,}$/s);
    expect(`${problem.detail} ${problem.next_step}`).not.toMatch(/undefined|\[object/);
    expect(JSON.stringify(problem.facts)).not.toMatch(/:1[0-9]{12}\b|"(at|edited)_ms"/);
  });

  test('every code is among them', () => {
    expect(new Set(FAILURES.map(({ code }) => code))).toEqual(new Set(Object.keys(PROBLEMS)));
  });

  test('what the scheduler fails with is answered with its code, its facts and what is allowed', async () => {
    const stand = standing({
      endedRuns: async () => {
        throw schedulerError({ code: 'no-such-agent', agent: 'eve', known: ['ada', 'bob'] });
      },
    });
    const answer = await stand.ask('/api/runs?agent=eve');
    expect([answer.status, await answer.json()]).toMatchObject([
      404,
      {
        code: 'no-such-agent',
        facts: { agent: 'eve' },
        allowed: ['ada', 'bob'],
        next_step: expect.stringContaining('/api/agents'),
      },
    ]);
  });
});

describe('state', () => {
  test('one snapshot, its agents and queues', async () => {
    const agents = [
      agentOf('ada'),
      agentOf('bob', { queue: null, health: { state: 'misconfigured', reason: 'x', untilMs: 1, times: 1 } }),
    ];
    const stand = standing({
      look: async () =>
        lookOf({
          status: { agents },
          tasks: [openTaskOf(1), openTaskOf(2, { queue: null, phase: 'parked' })],
        }),
    });
    const state = await answerOf(stand, await stand.ask('/api/state'), '/api/state');
    expect(state).toMatchObject({ scheduler: 'running', open: 2, open_by_phase: { waiting: 1, parked: 1 } });
    await answerOf(stand, await stand.ask('/api/agents'), '/api/agents');
    expect(await answerOf(stand, await stand.ask('/api/queues'), '/api/queues')).toMatchObject({
      queues: [{ queue: 'dev', agents: ['ada'], open: 1 }],
      without_queue: 1,
    });
  });

  test('without TinyTask there is a state, and no list of tasks', async () => {
    const failure = { code: 'tinytask-unreachable', tool: 'list', text: 'gone' } as const;
    const stand = standing({
      look: async () => lookOf({ status: { problems: [{ what: 'failed', failure }] }, tasks: null }),
    });
    expect(await answerOf(stand, await stand.ask('/api/state'), '/api/state')).toMatchObject({ open: null });
    expect((await stand.ask('/api/tasks')).status).toBe(503);
    const ready = await stand.ask('/readyz');
    expect([ready.status, await ready.json()]).toMatchObject([
      503,
      { code: 'not-ready', facts: { why: 'tinytask-unreachable' } },
    ]);
    expect((await stand.ask('/livez')).status).toBe(200);
  });

  test.each([
    ['no daemon works', { daemon: null, scheduler: 'no-daemon' as const }, 'no-daemon'],
    [
      'it was never started',
      { exists: false, daemon: null, scheduler: 'never-started' as const },
      'no-daemon',
    ],
    ['it is paused by hand', { paused: true, scheduler: 'paused' as const }, null],
  ])('ready where %s', async (_, status, why) => {
    const ready = await standing({ look: async () => lookOf({ status }) }).ask('/readyz');
    const told = why === null ? { status: 'ok' } : { code: 'not-ready', facts: { why } };
    expect([ready.status, await ready.json()]).toMatchObject([why === null ? 200 : 503, told]);
  });

  test.each(['temporal-unreachable', 'temporal-stuck'] as const)('not ready while %s', async (code) => {
    const stand = standing({
      look: async () => {
        throw schedulerError(FAILURES.find((failure) => failure.code === code) as never);
      },
    });
    expect(await (await stand.ask('/readyz')).json()).toMatchObject({
      code: 'not-ready',
      facts: { why: code },
    });
    const answer = await stand.ask('/api/state');
    expect([answer.status, await answer.json()]).toMatchObject([503, { code }]);
    expect((await stand.ask('/livez')).status).toBe(200);
  });

  test('many who ask at once cause one look', async () => {
    let looks = 0;
    const stand = standing({
      look: async () => {
        looks += 1;
        return lookOf();
      },
    });
    await Promise.all(Array.from({ length: 50 }, () => stand.ask('/api/state')));
    expect(looks).toBe(1);
  });
});

describe('tasks', () => {
  const tasks = Array.from({ length: 250 }, (_, at) =>
    openTaskOf(250 - at, at % 2 === 0 ? {} : { pool: 'qa' }),
  );
  const listing = () => standing({ look: async () => lookOf({ tasks: [...tasks] }) });

  async function pages(stand: ApiStand, query: string): Promise<number[]> {
    const ids: number[] = [];
    let cursor: string | null = '';
    while (cursor !== null) {
      const answer = await stand.ask(`/api/tasks?${query}${cursor === '' ? '' : `&cursor=${cursor}`}`);
      const page: { tasks: { task_id: number }[]; next_cursor: string | null; total: number } =
        await answerOf(stand, answer, '/api/tasks');
      ids.push(...page.tasks.map(({ task_id: id }) => id));
      cursor = page.next_cursor;
    }
    return ids;
  }

  test('page after page, each is told once', async () => {
    const stand = listing();
    expect(await pages(stand, 'limit=60')).toEqual(tasks.map(({ taskId }) => taskId));
    expect(await pages(stand, 'limit=125&sort=id')).toEqual(Array.from({ length: 250 }, (_, at) => at + 1));
    expect(await pages(stand, 'limit=100&pool=qa')).toHaveLength(125);
  });

  test.each([
    ['agent=eve', { code: 'no-such-agent', allowed: ['ada'] }],
    ['pool=dve', { code: 'no-such-queue', allowed: ['dev'] }],
    ['queue=dve', { code: 'no-such-queue', allowed: ['dev'] }],
  ])('a name that nothing has is refused: %s', async (query, problem) => {
    const answer = await listing().ask(`/api/tasks?${query}`);
    expect([answer.status, await answer.json()]).toMatchObject([404, problem]);
  });

  test('a name without tasks is an empty list', async () => {
    const stand = standing();
    for (const query of ['agent=ada', 'pool=dev', 'queue=dev'])
      expect(await (await stand.ask(`/api/tasks?${query}`)).json()).toMatchObject({ tasks: [], total: 0 });
  });

  test('a page goes on where the last one of the page before has gone', async () => {
    let left = tasks;
    const stand = standing({ look: async () => lookOf({ tasks: [...left] }) });
    const first = (await (await stand.ask('/api/tasks?limit=2&sort=id')).json()) as { next_cursor: string };
    left = tasks.filter(({ taskId }) => taskId > 3);
    await stand.post('/api/pause', { dry_run: true });
    const next = await answerOf<{ tasks: { task_id: number }[] }>(
      stand,
      await stand.ask(`/api/tasks?limit=2&sort=id&cursor=${first.next_cursor}`),
      '/api/tasks',
    );
    expect(next.tasks.map(({ task_id: id }) => id)).toEqual([4, 5]);
    expect((await stand.ask(`/api/tasks?cursor=${first.next_cursor}`)).status).toBe(400);
  });

  test('one task with its attempts', async () => {
    const stand = standing({
      task: async (id) => taskOf(id, { title: 'a\u009b31m title', archivedAt: '2026-11-26T13:00:00Z' }),
      attempts: async () => [ATTEMPT],
    });
    const answer = await stand.ask('/api/tasks/1');
    // A terminal obeys nothing of it.
    expect(await answer.clone().text()).toContain('\\u009b');
    expect(await answerOf(stand, answer, '/api/tasks/{id}')).toMatchObject({
      task_id: 1,
      archived: true,
      where: null,
      attempts: [{ attempt: 1 }],
    });
  });

  test('why it is where it is, with the occurrence that made it', async () => {
    const planned = { schedule: 'night', plannedMs: 1_790_000_000_000, timeZone: 'UTC' };
    const stand = standing({
      explain: async (id) => ({
        ...{ scheduler: 'running', exists: true, paused: false, enabled: true, daemon: '1@here' },
        ...{
          task: { ...taskOf(id), archived: false },
          run: null,
          told: null,
          waits: { reason: { why: 'slot-due' } },
        },
        ...{ reasons: [{ why: 'blocked', by: 2 }], hangsOn: [], hangsOnMore: 0 },
        ...{
          place: { place: 1, before: [], holders: [2], holdersTotal: 1 },
          change: null,
          attempts: [ATTEMPT],
        },
        ...{ attemptsTotal: 1, problems: [] },
        occurrence: {
          workflowId: 'occurrence-night-x',
          known: { ...planned, task: 'this', phase: 'working' },
        },
      }),
    });
    const told = await answerOf(stand, await stand.ask('/api/tasks/1/explain'), '/api/tasks/{id}/explain');
    expect(told).toMatchObject({ reason: 'slot-due', occurrence: { schedule: 'night', is_its_task: true } });
  });

  test('a log by pieces', async () => {
    const asked: unknown[] = [];
    const stand = standing({
      log: async (_, about) => {
        asked.push(about);
        return { attempt: ATTEMPT, from: about.from, to: 5, size: 5, text: 'x', isOver: true };
      },
    });
    await answerOf(
      stand,
      await stand.ask('/api/tasks/1/log?from=2&attempt=1&bytes=10'),
      '/api/tasks/{id}/log',
    );
    expect(asked).toEqual([{ from: 2, mostBytes: 10, attempt: 1 }]);
    const beyond = await stand.ask('/api/tasks/1/log?from=6');
    expect([beyond.status, await beyond.json()]).toMatchObject([
      416,
      { code: 'beyond-log', facts: { size: 5 } },
    ]);
  });
});

describe('complete tasks', () => {
  const at = (minute: number) => `2026-11-26T12:${String(minute).padStart(2, '0')}:00Z`;
  const tasks = [
    ...Array.from({ length: 25 }, (_, place) =>
      taskOf(place + 1, {
        status: 'complete',
        updatedAt: at(place),
        assignedTo: place % 2 === 0 ? 'ada' : 'bob',
      }),
    ),
    taskOf(90, { status: 'idle' }),
    taskOf(91, { status: 'complete', archivedAt: at(59) }),
  ];

  test('are listed where they are asked for: the last changed first, page after page, by agent', async () => {
    const stand = standing({ tasks: async () => tasks });
    const list = (query: string) => stand.ask(`/api/tasks?phase=complete&${query}`);
    const first = await answerOf<{ tasks: { task_id: number; phase: string }[]; next_cursor: string }>(
      stand,
      await list('limit=20'),
      '/api/tasks',
    );
    expect(first.tasks.map(({ task_id: id }) => id)).toEqual(
      Array.from({ length: 20 }, (_, place) => 25 - place),
    );
    expect(new Set(first.tasks.map(({ phase }) => phase))).toEqual(new Set(['complete']));
    const next = await answerOf(stand, await list(`limit=20&cursor=${first.next_cursor}`), '/api/tasks');
    expect(next).toMatchObject({
      tasks: [{ task_id: 5 }, {}, {}, {}, { task_id: 1 }],
      total: 25,
      next_cursor: null,
    });
    expect(await (await list('agent=bob&sort=id')).json()).toMatchObject({
      total: 12,
      tasks: { 0: { task_id: 2 } },
    });
    expect((await list('agent=eve')).status).toBe(404);
    // A cursor of another order is none of this one.
    expect((await stand.ask(`/api/tasks?cursor=${first.next_cursor}`)).status).toBe(400);
  });

  test('of megabytes of a title a list has the beginning', async () => {
    const title = 'x'.repeat(1_000_000);
    const stand = standing({
      look: async () => lookOf({ tasks: [openTaskOf(1, { title })] }),
      task: async (id) => taskOf(id, { title }),
      attempts: async () => [],
    });
    expect((await (await stand.ask('/api/tasks')).text()).length).toBeLessThan(5_000);
    expect(await (await stand.ask('/api/tasks/1')).json()).toMatchObject({ title });
  });
});

describe('what was', () => {
  test('runs page after page: where the next one goes on is asked of the server', async () => {
    const asked: unknown[] = [];
    const run = { ...ENDED_RUN, runId: 'run-7', endedAtMs: 1_790_000_000_123 };
    const stand = standing({
      endedRuns: async (filter) => {
        asked.push(filter);
        return { runs: [run], more: asked.length === 1 };
      },
    });
    const first = await answerOf<{ next_cursor: string }>(
      stand,
      await stand.ask('/api/runs?limit=1'),
      '/api/runs',
    );
    const next = await stand.ask(`/api/runs?limit=1&cursor=${first.next_cursor}`);
    expect(await answerOf(stand, next, '/api/runs')).toMatchObject({ next_cursor: null });
    expect(asked).toEqual([
      { limit: 1 },
      { limit: 1, before: { endedMs: 1_790_000_000_123, runId: 'run-7' } },
    ]);
    for (const cursor of ['x', first.next_cursor.slice(2), 'e30'])
      expect(await (await stand.ask(`/api/runs?cursor=${cursor}`)).json()).toMatchObject({
        code: 'wrong-cursor',
      });
  });

  test('history: who asks about the same time shares a look, however it is told', async () => {
    const asked: PastAsked[] = [];
    const runs = [endedRunOf(1), endedRunOf(2, { end: 'returned', agent: null, attempts: null })];
    const stand = standing({
      pastRuns: async (about) => {
        asked.push(about);
        const { sinceMs, untilMs = Date.now() } = about;
        const looked = { keptForMs: null, leftLine: 0, lookedAt: 2, more: 'in-time' as const };
        return { ...looked, atMs: Date.now(), sinceMs, untilMs, knownSinceMs: sinceMs, runs };
      },
    });
    const tell = async (query: string) =>
      answerOf(stand, await stand.ask(`/api/history?since=2026-11-25T00:00:00Z&${query}`), '/api/history');
    expect(await tell('by=agent&recent=5')).toMatchObject({
      ...{
        since: '2026-11-25T00:00:00.000Z',
        looked_at: 2,
        more: true,
        reads_on: true,
        kept_for_hours: null,
      },
      all: { runs: 2, came_to: { completed: 1, failed: 0, other: 1, unknown: 0 }, tokens: null },
      groups: [
        { key: 'ada', runs: 1, recent: [{ task_id: 1, came_to: 'completed' }] },
        { key: null, runs: 1, recent: [{ task_id: 2, attempts: null }], working_sec: null },
      ],
    });
    expect(await tell('by=day&time_zone=Europe%2FBerlin&came_to=failed')).toMatchObject({ all: { runs: 0 } });
    expect(asked).toEqual([{ sinceMs: Date.parse('2026-11-25T00:00:00Z') }]);
    await tell('until=2026-11-26T00:00:00Z&agent=ada&pool=dev');
    expect(asked[1]).toMatchObject({
      agent: 'ada',
      pool: 'dev',
      untilMs: Date.parse('2026-11-26T00:00:00Z'),
    });
  });

  test.each([
    ['/api/history?time_zone=europe/berlin', 'query.time_zone', /Europe\/Berlin is one/],
    ['/api/history?time_zone=Mars', 'query.time_zone', /no name of a time zone/],
    ['/api/history?since=2026-11-26&until=2026-11-26', 'query.until', /not after since/],
    ['/api/history?by=week', 'query.by', /./],
    ['/api/history?recent=101', 'query.recent', /./],
    ['/api/history?recipe=', 'query.recipe', /./],
    ['/api/runs?verdict=bad', 'query.verdict', /./],
    ['/api/runs?since=2026-11-26&until=2026-11-25', 'query.until', /not after since/],
    ['/api/runs?since=2026-02-30', 'query.since', /no time such as/],
    ['/api/runs?since=2026-11-31T10:00:00Z', 'query.since', /no time such as/],
  ])('%s is refused', async (path, at, says) => {
    const answer = await standing({}).ask(path);
    expect([answer.status, await answer.json()]).toMatchObject([
      400,
      { code: 'bad-request', facts: { wrong: [{ at, says: expect.stringMatching(says) }] } },
    ]);
  });

  test('runs by what they came to: the next page goes on after what was looked at', async () => {
    const asked: unknown[] = [];
    const stand = standing({
      endedRuns: async (filter) => {
        asked.push(filter);
        return { runs: [], more: true, next: { endedMs: 5, runId: 'run-5' } };
      },
    });
    const query = 'came_to=failed&verdict=stalled&recipe=tidy%20up&pool=dev&until=2026-11-26';
    const { next_cursor: next } = await answerOf<{ next_cursor: string }>(
      stand,
      await stand.ask(`/api/runs?${query}`),
      '/api/runs',
    );
    await stand.ask(`/api/runs?${query}&cursor=${next}`);
    const which = { cameTo: 'failed', verdict: 'stalled', recipe: 'tidy up' };
    const filter = { limit: 50, pool: 'dev', untilMs: Date.parse('2026-11-26'), which };
    expect(asked).toEqual([filter, { ...filter, before: { endedMs: 5, runId: 'run-5' } }]);
  });

  test('passes: the last one, then those before it; one that cannot be read is left out', async () => {
    const asked: unknown[] = [];
    const broken = { atMs: 5 } as never;
    const stand = standing({
      look: async () => lookOf({ status: { lastPass: passOf(3_000) } }),
      pastPasses: async (filter) => {
        asked.push(filter);
        return asked.length === 1
          ? { passes: [passOf(3_000), passOf(2_000), broken], beforeMs: 1_500 }
          : { passes: [passOf(1_000)], beforeMs: null };
      },
    });
    const first = await answerOf<{ passes: { at: string }[]; next_cursor: string }>(
      stand,
      await stand.ask('/api/passes?limit=4'),
      '/api/passes',
    );
    expect(first.passes.map(({ at: when }) => Date.parse(when))).toEqual([3_000, 2_000]);
    const next = await stand.ask(`/api/passes?limit=4&cursor=${first.next_cursor}`);
    expect(await answerOf(stand, next, '/api/passes')).toMatchObject({
      passes: [{ at: '1970-01-01T00:00:01.000Z' }],
      next_cursor: null,
    });
    expect(asked).toEqual([{ limit: 3 }, { limit: 4, beforeMs: 1_500 }]);
    expect((await stand.ask('/api/passes?cursor=x')).status).toBe(400);
  });
});

test('100 who ask at once cause few readings of each kind; who has changed something is answered anew', async () => {
  const counts: Record<string, number> = {};
  const counted =
    <Answer>(name: string, answer: Answer) =>
    async () => {
      counts[name] = (counts[name] ?? 0) + 1;
      return answer;
    };
  const state = {
    scheduler: 'running',
    exists: true,
    paused: false,
    enabled: true,
    daemon: '1@here',
  } as const;
  const stand = standing({
    look: counted('look', lookOf()),
    pools: counted('pools', { ...state, pools: [], placeless: 0, mode: 'queue', problems: [] } as const),
    explainAll: counted('explain', {
      ...{ ...state, open: 0, running: 0, groups: [], moreGroups: 0, moreTasks: 0, problems: [] },
    }),
    tasks: counted('tasks', []),
    pause: async () => undefined,
  });
  const paths = ['/api/state', '/api/pools', '/api/explain', '/api/tasks?phase=complete', '/readyz'];
  const askAll = async () => {
    const answers = await Promise.all(
      paths.flatMap((path) => Array.from({ length: 100 }, () => stand.ask(path))),
    );
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
  };
  await askAll();
  // A reading is shared for a second, and a machine that is busy may take longer for so many.
  const few = {
    look: expect.toSatisfy(isFew),
    pools: expect.toSatisfy(isFew),
    explain: expect.toSatisfy(isFew),
    tasks: expect.toSatisfy(isFew),
  };
  expect(counts).toEqual(few);
  await stand.post('/api/pause');
  const before = { ...counts };
  for (const path of paths) await stand.ask(path);
  for (const [name, count] of Object.entries(before)) expect([name, counts[name]]).not.toEqual([name, count]);
});

const isFew = (count: number) => count <= 10;

function passOf(atMs: number): PassReport {
  const figures = {
    ...{ leasesScanned: 0, leasesReclaimed: 0, unassignedMatched: 0, assignedSpawned: 0 },
    ...{ tasksSpawned: 0, blockedSkipped: 0, errors: 0 },
  };
  const nothing = { started: [], waiting: [], waitingTotal: 0, errors: [], warnings: [] };
  return { atMs, tookMs: 1, figures, ...nothing, by: '1@here', config: '' };
}

const ENDED_RUN: EndedRun = {
  ...{ runId: 'run', taskId: 1, agent: 'ada', queue: 'dev', pool: 'dev' },
  startedAtMs: 1_790_000_000_000,
  ...{ endedAtMs: 1_790_000_000_001, how: 'by-itself', end: null, verdict: null, attempts: null },
};

describe('what changes something', () => {
  test('pause: before and after; a dry run foretells the same, and does nothing', async () => {
    let paused = false;
    const stand = standing({
      look: async () => lookOf({ status: { paused, scheduler: paused ? 'paused' : 'running' } }),
      pause: async () => {
        paused = true;
      },
    });
    const dry = await answerOf(stand, await stand.post('/api/pause', { dry_run: true }), '/api/pause');
    expect(paused).toBe(false);
    const done = await answerOf(stand, await stand.post('/api/pause'), '/api/pause');
    expect(done).toEqual({ ...dry, dry_run: false, in_force: true });
    expect(done).toMatchObject({
      before: { scheduler: 'running' },
      after: { scheduler: 'paused', paused: true },
    });
  });

  test.each([
    ['/api/agents/ada/pause', { paused: true, pool_paused: false, stopped: false }],
    ['/api/agents/ada/stop', { paused: false, pool_paused: false, stopped: true }],
  ])('%s of one agent is foretold', async (path, expected) => {
    const stand = standing({
      look: async () => lookOf({ status: { agents: [agentOf('ada'), agentOf('bob')] } }),
    });
    const { after } = (await (await stand.post(path, { dry_run: true })).json()) as {
      after: { agents: object[] };
    };
    expect(after.agents).toEqual([expect.objectContaining({ name: 'ada', ...expected })]);
  });

  test('a dry run of a resume tells what stays off all the same', async () => {
    const agents = [agentOf('ada', { paused: true })];
    const status = { paused: true, agents };
    const stand = standing({ look: async () => lookOf({ status }) });
    const offAfter = async (path: string) =>
      ((await (await stand.post(path, { dry_run: true })).json()) as { still_off: string[] }).still_off;
    expect(await offAfter('/api/agents/ada/resume')).toEqual([expect.stringContaining('paused')]);
    expect(await offAfter('/api/resume')).toEqual([expect.stringContaining('ada')]);
    expect(await offAfter('/api/pause')).toEqual([]);
  });

  test('the answer waits until the switch is turned, and says where nobody has turned it', async () => {
    let looks = 0;
    const seen = async () => lookOf({ status: { paused: ++looks > 2 } });
    const stand = standing({ pause: async () => undefined, look: seen });
    expect(await (await stand.post('/api/pause', {})).json()).toMatchObject({
      ...{ before: { paused: false }, after: { paused: true }, in_force: true },
    });
    const deaf = standing({ pause: async () => undefined, look: async () => lookOf() });
    expect(await (await deaf.post('/api/pause', {})).json()).toMatchObject({
      ...{ after: { paused: false }, in_force: false },
    });
  });

  test('who it was goes along, whatever the request says, and why', async () => {
    const notes: unknown[] = [];
    const stand = standing({ resume: async (what, note) => void notes.push([what, note]) });
    const token = await stand.token('operate', { name: 'ci' });
    await stand.post('/api/resume', { queue: 'dev', note: 'morning' }, { authorization: `Bearer ${token}` });
    expect(notes).toEqual([
      [{ queue: 'dev' }, { by: expect.stringMatching(/^token ci \(/), note: 'morning' }],
    ]);
    expect((await stand.post('/api/resume', { by: 'root' })).status).toBe(400);
  });

  test.each([
    ['/api/agents/eve/pause', 'no-such-agent'],
    ['/api/agents/old/pause', 'leaving-agent'],
  ])('a dry run of %s is refused as the deed would be: %s', async (path, code) => {
    const stand = standing({
      look: async () => lookOf({ status: { agents: [agentOf('old', { leaving: true })] } }),
    });
    expect(await (await stand.post(path, { dry_run: true })).json()).toMatchObject({ code });
  });

  test('a limit needs admin, and tells what was configured', async () => {
    const stand = standing({
      setLimit: async (agent, slots) => ({
        agent,
        slots: slots ?? 1,
        configured: 1,
        byHand: slots !== null,
        held: 0,
      }),
    });
    const headers = { authorization: `Bearer ${await stand.token('admin')}` };
    const path = '/api/agents/{name}/limit';
    const set = await answerOf(stand, await stand.post('/api/agents/ada/limit', { slots: 3 }, headers), path);
    expect(set).toMatchObject({ before: { slots: 1 }, after: { slots: 3 }, configured: 1, by_hand: true });
    expect((await stand.post('/api/agents/ada/limit', {}, headers)).status).toBe(400);
    expect((await stand.post('/api/agents/ada/limit', { slots: 1.5 }, headers)).status).toBe(400);
  });

  test('a pass that nobody takes is no success', async () => {
    const stand = standing({ pass: async () => undefined });
    const answer = await stand.post('/api/pass');
    expect([answer.status, await answer.json()]).toMatchObject([503, { code: 'no-daemon' }]);
  });

  const parked = openTaskOf(1, { phase: 'parked', agent: 'ada' });

  test.each([
    ['retry', 'parked', 'un-parked', 'waiting-for-slot'],
    ['retry', 'backing-off', 'skipped-back-off', 'waiting-for-slot'],
    ['retry', 'running', 'nothing', 'running'],
    ['retry', 'waiting-for-slot', 'nothing', 'waiting-for-slot'],
    ['retry', 'working-elsewhere', 'taken-back', 'waiting'],
    ['retry', 'blocked', 'put-first', 'blocked'],
    ['cancel', 'parked', 'nothing', 'parked'],
    ['cancel', 'running', 'cancelled', 'parked'],
    ['cancel', 'waiting-for-slot', 'cancelled', 'parked'],
    ['cancel', 'backing-off', 'cancelled', 'parked'],
    ['cancel', 'waiting', 'nothing-to-cancel', null],
    ['cancel', 'working-elsewhere', 'nothing-to-cancel', null],
    ['run-now', 'waiting', 'put-first', 'waiting'],
  ] as const)('a dry run of %s of one that is %s: %s', async (deed, phase, did, after) => {
    const stand = standing({ look: async () => lookOf({ tasks: [openTaskOf(1, { phase })] }) });
    const answer = await stand.post(`/api/tasks/1/${deed}`, { dry_run: true });
    if (after === null) expect(await answer.json()).toMatchObject({ code: did });
    else
      expect(await answerOf(stand, answer, `/api/tasks/{id}/${deed}`)).toMatchObject({
        ...{ did, before: { phase }, after: { phase: after } },
      });
  });

  test('many at once: one that fails keeps no other from being done', async () => {
    const stand = standing({
      look: async () => lookOf({ tasks: [parked] }),
      retryEach: async () => [
        { taskId: 1, done: { taskId: 1, did: 'un-parked', whose: null } },
        { taskId: 9, failure: { code: 'no-such-task', taskId: 9 } },
      ],
      task: async (taskId) => {
        throw schedulerError({ code: 'no-such-task', taskId });
      },
    });
    const path = '/api/tasks/retry';
    const done = await answerOf(stand, await stand.post(path, { task_ids: [1, 9] }), path);
    expect(done).toMatchObject({
      failed: 1,
      left: 0,
      tasks: [{ did: 'un-parked' }, { problem: { code: 'no-such-task' } }],
    });
    const dry = await answerOf(stand, await stand.post(path, { task_ids: [1, 9], dry_run: true }), path);
    expect(dry).toMatchObject({
      failed: 1,
      tasks: [{ did: 'un-parked' }, { problem: { code: 'no-such-task' } }],
    });
  });

  test.each([
    ['retry', {}],
    ['retry', { task_ids: [1], all: true }],
    ['retry', { task_ids: Array.from({ length: 1_001 }, (_, at) => at + 1) }],
    ['cancel', {}],
    ['cancel', { agent: 'ada', queue: 'dev' }],
    ['cancel', { task_ids: [] }],
    ['cancel', { all: false }],
  ])('%s of many: %o is refused', async (deed, body) => {
    expect((await standing().post(`/api/tasks/${deed}`, body)).status).toBe(400);
  });
});

describe('adding a task', () => {
  function adding() {
    const added: { id: number; title: string; tags: string[] }[] = [];
    const stand = standing({
      add: async ({ title, tags = [] }) => {
        added.push({ id: added.length + 1, title, tags });
        return taskOf(added.length, { title, tags });
      },
      task: async (id) => taskOf(id, { title: added[id - 1]?.title ?? '' }),
      tasks: async () => added.map(({ id, title, tags }) => taskOf(id, { title, tags })),
    });
    return { stand, added };
  }

  test('it is there, and it is told who takes it', async () => {
    const { stand, added } = adding();
    const one = await answerOf(
      stand,
      await stand.post('/api/tasks', { title: ' a ', queue: 'dev', tags: ['recipe:careful'] }),
      '/api/tasks',
    );
    expect([one, added]).toMatchObject([
      { after: { task_id: 1, title: 'a' }, nobody_takes_it: null, is_new: true },
      [{ tags: ['recipe:careful'] }],
    ]);
  });

  test('a dry run adds nothing', async () => {
    const { stand, added } = adding();
    const answer = await stand.post('/api/tasks', { title: 'a', queue: 'dve', dry_run: true });
    expect([answer.status, added]).toEqual([200, []]);
    expect(await answer.json()).toMatchObject({
      dry_run: true,
      after: { task_id: null },
      nobody_takes_it: { reason: 'no-agent-for-queue' },
    });
  });

  test('the same request with the same key adds it once, however often and at once it comes', async () => {
    const { stand, added } = adding();
    const key = { 'idempotency-key': 'night-1' };
    const answers = await Promise.all(
      Array.from({ length: 5 }, () => stand.post('/api/tasks', { title: 'a' }, key)),
    );
    const told = (await Promise.all(answers.map((answer) => answer.json()))) as { is_new: boolean }[];
    expect([added.length, told.filter((each) => each.is_new).length]).toEqual([1, 1]);
    const other = await stand.post('/api/tasks', { title: 'b' }, key);
    expect([other.status, await other.json()]).toMatchObject([422, { code: 'key-used' }]);
    const token = { authorization: `Bearer ${await stand.token('operate')}` };
    expect(await (await stand.post('/api/tasks', { title: 'b' }, { ...key, ...token })).json()).toMatchObject(
      { is_new: true },
    );
  });

  test.each([
    { title: '' },
    { title: ' ' },
    {},
    { title: 'a', priority: 1.5 },
    { title: 'a', queue: '/etc' },
    { title: 'a', tags: [] },
    { title: 'a', tags: ['request:x'] },
    { title: 'a', tags: ['b', 'occurrence:occurrence-x'] },
    { title: 'a', colour: 'red' },
  ])('%o is refused', async (body) => {
    const { stand, added } = adding();
    expect([(await stand.post('/api/tasks', body)).status, added]).toEqual([400, []]);
  });
});

test('the document has every path, and each refusal that a test has met', async () => {
  const stand = standing();
  const document = (await (await stand.ask('/openapi.json')).json()) as {
    paths: Record<string, Record<string, { responses: object }>>;
  };
  const documented = stand.routes.filter(({ internal }) => !internal);
  const told = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method} ${path}`),
  );
  expect(told.sort()).toEqual(
    [...documented.map(({ method, path }) => `${method} ${path}`), 'get /docs', 'get /openapi.json'].sort(),
  );
  for (const methods of Object.values(document.paths))
    for (const { responses } of Object.values(methods))
      expect(Object.keys(responses)).toEqual(expect.arrayContaining(['400', '401']));
  // Somebody's null would have to be an object too.
  expect(JSON.stringify(document)).not.toContain('allOf');
  const page = await stand.ask('/docs');
  const text = await page.text();
  expect(page.headers.get('content-security-policy')).toMatch(/^default-src 'none'; style-src 'sha256-/);
  for (const { path } of documented) expect(text).toContain(path);
  expect(text).not.toMatch(/<script|https?:\/\/(?!json-schema)/);
});

describe('the first line', () => {
  const RECENT: Recent = { sinceMs: 0, ended: [], passes: [] };
  const client = (change: Partial<SchedulerClient> = {}): Partial<SchedulerClient> => ({
    look: async () => lookOf({ tasks: [openTaskOf(1)] }),
    recent: async () => RECENT,
    headline: async (look = lookOf(), recent = null) => headlineOf({ look, recent, lateMs: 60_000 }),
    ...change,
  });
  const summary = async (stand: ApiStand) => answerOf(stand, await stand.ask('/api/summary'), '/api/summary');

  test('says how things are, with the figures', async () => {
    expect(await summary(standing(client()))).toMatchObject({
      ...{
        level: 'ok',
        says: expect.stringMatching(/^Nothing runs; 1 task waits; oldest .*; nothing lost$/),
      },
      ...{ arrived_last_hour: 1, ended_last_hour: { total: 0 }, oldest_ready: { task_id: 1 }, changed: [] },
      counts: { agents: 1, stuck: 0, slots: 1, waiting: { waiting: 1 }, waiting_total: 1, lost: 0 },
    });
  });

  test('tells how things are also where the past cannot be read', async () => {
    const recent = async () => Promise.reject(schedulerError({ code: 'temporal-failed', text: 'x' }));
    expect(await summary(standing(client({ recent })))).toMatchObject({
      ...{ level: 'ok', arrived_last_hour: null, ended_last_hour: null, counts: { running: 0 } },
    });
  });

  test('says that Temporal does not answer, since it was last known how things are', async () => {
    let isDown = true;
    const down = schedulerError({ code: 'temporal-unreachable', address: 'a:1', named: true, text: 'no' });
    const stand = standing(client({ look: async () => (isDown ? Promise.reject(down) : lookOf()) }));
    const unseen = { level: 'wrong', says: expect.stringMatching(/^Temporal does not answer/), counts: null };
    expect(await summary(stand)).toMatchObject({ ...unseen, since: null });
    isDown = false;
    const { at } = await summary(stand);
    isDown = true;
    await vi.waitFor(async () => expect(await summary(stand)).toMatchObject({ ...unseen, since: at }), 5_000);
  });

  test('does not wait for the past, and tells the last that is known of it', async () => {
    let isSlow = false;
    const recent = async () => (isSlow ? new Promise<Recent>(() => undefined) : RECENT);
    const never = standing(client({ recent: async () => new Promise<Recent>(() => undefined) }));
    expect(await summary(never)).toMatchObject({ arrived_last_hour: null, counts: { waiting_total: 1 } });
    const stand = standing(client({ recent, pause: async () => undefined }));
    expect(await summary(stand)).toMatchObject({ arrived_last_hour: 1 });
    isSlow = true;
    // What was read before a deed is read anew.
    await stand.post('/api/pause', {});
    expect(await summary(stand)).toMatchObject({ arrived_last_hour: 1 });
  });

  test('a defect of ours is one', async () => {
    const look = async () => Promise.reject(new TypeError('x is not a function'));
    expect((await standing(client({ look })).ask('/api/summary')).status).toBe(500);
  });

  test('many who ask read the past once', async () => {
    let reads = 0;
    const recent = async () => {
      reads += 1;
      return RECENT;
    };
    const stand = standing(client({ recent }));
    await Promise.all(Array.from({ length: 20 }, () => stand.ask('/api/summary')));
    expect(reads).toBe(1);
  });
});

test('what runs is told with its limit, figures and last output', async () => {
  const task: RunningTask = {
    ...{
      taskId: 1,
      title: 'x'.repeat(5_000),
      agent: 'ada',
      pool: 'dev',
      state: 'running',
      runId: 'r',
      attempt: 2,
    },
    ...{ sinceMs: 1_790_000_000_000, limitMs: 60_000, deadlineMs: 1_790_000_060_000, tokens: null, turns: 3 },
    ...{
      host: 'here',
      heardMs: null,
      log: { name: 'l', bytes: 5, writtenMs: 1_790_000_000_000, silentMs: 7, lastLine: 'hi' },
    },
  };
  let asked = 0;
  const stand = standing({
    running: async (seen) => {
      asked += 1;
      return { atMs: seen?.atMs ?? 0, running: [task, { ...task, taskId: 2, log: null }], more: 0 };
    },
  });
  const told = await answerOf(stand, await stand.ask('/api/running'), '/api/running');
  expect(told).toMatchObject({
    running: [
      {
        ...{
          task_id: 1,
          attempt: 2,
          tokens: null,
          turns: 3,
          limit_ms: 60_000,
          last_output: 'hi',
          heard: null,
        },
        ...{ deadline: '2026-09-21T14:14:20.000Z', log: { bytes: 5, silent_ms: 7 } },
      },
      { task_id: 2, last_output: null, log: null },
    ],
  });
  expect(JSON.stringify(told).length).toBeLessThan(4_000);
  await Promise.all(Array.from({ length: 20 }, () => stand.ask('/api/running')));
  expect(asked).toBe(1);
});

describe('schedules in the state', () => {
  const definition = (name: string): Definition => ({
    ...{ name, timing: { kind: 'every', everyMs: 3_600_000 }, timeZone: 'UTC', priority: 0 },
    ...{ work: { kind: 'task', title: 'x' }, overlap: 'skip', catchUpMs: 60_000, jitterMs: 0 },
  });
  const state = async (client: Partial<SchedulerClient>) => {
    const stand = standing(client);
    return answerOf(stand, await stand.ask('/api/state'), '/api/state');
  };

  test('are counted, with the one that is due next', async () => {
    const { client } = schedulesInMemory();
    await client.create(definition('nightly'));
    await client.create(definition('off'), { paused: true });
    expect(await state({ schedules: client })).toMatchObject({
      schedules: { total: 2, paused: 1, troubled: 0, running: 0, more: false, next: { name: 'nightly' } },
    });
  });

  test.each<[string, () => Promise<never>]>([
    ['that cannot be read', async () => Promise.reject(new Error('x'))],
    ['that take long', () => new Promise<never>(() => undefined)],
  ])('%s are not known, and the rest is told', async (_, all) => {
    const schedules = { all } as Partial<SchedulesClient> as SchedulesClient;
    expect(await state({ schedules })).toMatchObject({ schedules: null, scheduler: 'running' });
  });
});
