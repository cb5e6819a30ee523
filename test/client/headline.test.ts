import type { Client } from '@temporalio/client';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { changedLast } from '../../client/headline/changed.ts';
import { headlineOf, unseenHeadline } from '../../client/headline/headline.ts';
import { NotStartedYet } from '../../client/headline/not-started.ts';
import { readRecent } from '../../client/headline/recent.ts';
import { SeenSince } from '../../client/headline/seen-since.ts';
import { headlineJson } from '../../client/json/headline.ts';
import type { Condition, Headline, Level, Recent } from '../../contract/headline.ts';
import type { OpenTask } from '../../contract/listings.ts';
import type { PassReport } from '../../contract/pass.ts';
import type { TaskAtWork } from '../../contract/running.ts';
import type { AgentStatus, RunLine, Status } from '../../contract/status.ts';
import type { Reason } from '../../domain/plan/reason.ts';
import { KnownEnded } from '../../temporal/known-ended.ts';
import { sayChanged, sayHeadline } from '../../words/headline.ts';
import { agentOf, lookOf, openTaskOf } from '../support/api-stand.ts';
import { closedRunOf } from '../support/attempts.ts';

const NOW_MS = 1_790_000_000_000;
const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

interface State {
  status?: Partial<Status>;
  tasks?: OpenTask[] | null;
  atWork?: TaskAtWork[];
  recent?: Recent | null;
}

function headline({ recent = null, ...look }: State = {}): Headline {
  return headlineOf({ look: { ...lookOf(look), atMs: NOW_MS }, recent, lateMs: 3 * MINUTE_MS });
}

const waiting = (taskId: number, reason: Reason, addedMs = NOW_MS - 3 * HOUR_MS) =>
  openTaskOf(taskId, { waits: { reason }, addedMs });
const full = { why: 'pool-full', queue: 'dev', used: 1, limit: 1 } as const;
const lineOf = (taskId: number) => ({ taskId }) as RunLine;
const passAt = (atMs: number) => ({ atMs, config: '', by: '1@here' }) as PassReport;
const cooling = { state: 'cooling-down', reason: 'x', untilMs: NOW_MS + 1, times: 1 } as const;
const misconfigured = { ...cooling, state: 'misconfigured' } as const;
const hold = { reason: 'x', taken: 2, sinceMs: NOW_MS - 9 * MINUTE_MS, untilMs: NOW_MS + 1 };
const spent = {
  ...{ tokensPerDay: 5, timeZone: 'UTC' },
  today: {
    day: '2026-11-26',
    endsMs: NOW_MS,
    used: 5,
    unknown: 0,
    unknownAttempts: 0,
    reserved: 0,
    unreserved: 0,
  },
};
const deed = { did: 'pause', by: 'ada@box', note: 'disk full', atMs: NOW_MS - HOUR_MS } as const;
const ran = (taskId: number, change: Partial<TaskAtWork> = {}): TaskAtWork => ({
  ...{ taskId, title: 't', agent: 'ada', pool: 'dev', state: 'running', runId: 'r', attempt: 1 },
  ...{ sinceMs: NOW_MS - 5 * MINUTE_MS, limitMs: HOUR_MS, deadlineMs: null, tokens: null, turns: null },
  ...{ host: 'here', heardMs: NOW_MS - 2 * MINUTE_MS },
  ...change,
});
const TINYTASK_GONE = { code: 'tinytask-unreachable', tool: 'list', text: 'gone' } as const;
const UNREACHABLE = { code: 'temporal-unreachable', address: 'a:1', named: true, text: 'no' } as const;
const nobody = { daemon: null, scheduler: 'no-daemon' } as const;
const agents = (...changes: Partial<AgentStatus>[]) => ({
  agents: changes.map((change, at) => agentOf(`a${at}`, change)),
});

test.each<[string, State, Level, string]>([
  ['nothing runs and nothing waits', {}, 'ok', 'Nothing runs; nothing waits; nothing lost'],
  [
    'it is at work',
    { status: { running: [lineOf(1), lineOf(2)] }, tasks: [waiting(3, full), waiting(4, full, NOW_MS)] },
    'ok',
    '2 tasks run; 2 tasks wait; oldest 3 h; nothing lost',
  ],
  [
    'some are blocked or back off',
    { tasks: [openTaskOf(1, { phase: 'blocked' }), openTaskOf(2, { phase: 'backing-off' })] },
    'ok',
    'Nothing runs; 1 backs off; 1 blocked; nothing lost',
  ],
  [
    'a task waits a moment before it starts',
    { tasks: [waiting(1, { why: 'starting', agent: null, queue: 'dev' }, NOW_MS - 2_000)] },
    'ok',
    'Nothing runs; 1 task waits; oldest 2 s; nothing lost',
  ],
  [
    'paused, with who did it',
    {
      status: { scheduler: 'paused', paused: true, deeds: [deed], running: [lineOf(1)] },
      tasks: [waiting(2, full)],
    },
    'notice',
    'Paused by ada@box: nothing starts; 1 task runs; 1 task waits; oldest 3 h; nothing lost',
  ],
  [
    'stopped by nobody who told',
    { status: { scheduler: 'agents-stopped', stopped: true, paused: true } },
    'notice',
    'Agents stopped by hand: nothing starts; nothing runs; nothing waits; nothing lost',
  ],
  [
    'disabled',
    { status: { scheduler: 'disabled', enabled: false, paused: true } },
    'notice',
    'Disabled: nothing starts; nothing runs; nothing waits; nothing lost',
  ],
  [
    'nobody schedules, and tasks wait',
    { status: nobody, tasks: [waiting(1, full)] },
    'wrong',
    'No daemon: nothing starts by itself; nothing runs; 1 task waits; oldest 3 h; nothing lost',
  ],
  [
    'nobody schedules, and nothing waits',
    { status: nobody },
    'notice',
    'No daemon: nothing starts by itself; nothing runs; nothing waits; nothing lost',
  ],
  [
    'nobody schedules, and it is paused too',
    { status: { ...nobody, scheduler: 'paused', paused: true }, tasks: [waiting(1, full)] },
    'wrong',
    'No daemon: nothing starts by itself; paused by hand: nothing starts; nothing runs; 1 task waits; oldest 3 h; nothing lost',
  ],
  [
    'it was never started',
    { status: { daemon: null, exists: false, scheduler: 'never-started' } },
    'notice',
    'The scheduler was not started yet; nothing runs; nothing waits; nothing lost',
  ],
  [
    'the daemon hangs',
    { status: { lastPass: passAt(NOW_MS - 4 * MINUTE_MS) } },
    'wrong',
    'The daemon has not looked for work for 4 min; nothing runs; nothing waits; nothing lost',
  ],
  [
    'TinyTask is away: neither what waits nor what is lost is known',
    { status: { problems: [{ what: 'failed', failure: TINYTASK_GONE }], running: [lineOf(1)] }, tasks: null },
    'wrong',
    'TinyTask does not answer: which tasks wait is not known; 1 task runs',
  ],
  [
    'workflows do not get on',
    { status: { problems: [{ what: 'stuck', workflowId: 'task-1', failures: 5 }] } },
    'wrong',
    '1 workflow does not get on; nothing runs; nothing waits; nothing lost',
  ],
  [
    'goose hosts are gone',
    {
      status: { interrupted: [lineOf(1)] },
      tasks: [openTaskOf(1, { phase: 'interrupted' }), waiting(2, { why: 'run-dying', untilMs: NOW_MS })],
    },
    'wrong',
    '2 runs lost; nothing runs; 1 task waits; oldest 3 h',
  ],
  [
    'agents are stuck, and tasks wait',
    { status: agents({ health: cooling }, { health: misconfigured }, {}), tasks: [waiting(1, full)] },
    'wrong',
    '2 of 3 agents stuck; nothing runs; 1 task waits; oldest 3 h; nothing lost',
  ],
  [
    'an agent is stuck that nobody needs',
    { status: agents({ health: cooling }, {}) },
    'notice',
    '1 of 2 agents stuck; nothing runs; nothing waits; nothing lost',
  ],
  [
    'an agent is unwell, and its next task tries it',
    { status: agents({ health: cooling, tryIsDue: true }) },
    'ok',
    'Nothing runs; nothing waits; nothing lost',
  ],
  [
    'unwell agents that are turned off, without slots, or leaving are not stuck',
    {
      status: agents(
        { health: cooling, paused: true },
        { health: cooling, limit: 0 },
        { health: cooling, leaving: true },
      ),
    },
    'notice',
    '1 of 2 agents turned off; nothing runs; nothing waits; nothing lost',
  ],
  [
    'a pool is held',
    { status: agents({ poolHold: hold }, { poolHold: hold }), tasks: [waiting(1, full)] },
    'wrong',
    '2 of 2 agents stuck; nothing runs; 1 task waits; oldest 3 h; nothing lost',
  ],
  [
    'no goose host takes what an agent has',
    {
      status: { agents: [agentOf('ada')] },
      atWork: [ran(1, { state: 'waiting-for-host' })],
      tasks: [openTaskOf(1, { phase: 'waiting-for-host' }), waiting(2, full)],
    },
    'wrong',
    '1 of 1 agent stuck; 1 task not taken by a goose host for 5 min; nothing runs; 1 waits for a host; 1 task waits; oldest 3 h; nothing lost',
  ],
  [
    'no goose host takes it, and the agent has more slots',
    {
      status: { agents: [agentOf('ada', { limit: 3 })] },
      atWork: [1, 2].map((id) =>
        ran(id, { state: 'waiting-for-host', sinceMs: NOW_MS - id * 5 * MINUTE_MS }),
      ),
      tasks: [1, 2].map((id) => openTaskOf(id, { phase: 'waiting-for-host' })),
    },
    'wrong',
    '2 tasks not taken by a goose host for 10 min; nothing runs; 2 wait for a host; nothing lost',
  ],
  [
    'no goose host takes all that there is',
    {
      status: { agents: [agentOf('ada', { limit: 1 })] },
      atWork: [ran(1, { state: 'waiting-for-host' })],
      tasks: [openTaskOf(1, { phase: 'waiting-for-host' })],
    },
    'wrong',
    '1 of 1 agent stuck; 1 task not taken by a goose host for 5 min; nothing runs; 1 waits for a host; nothing lost',
  ],
  [
    'a goose host is about to take it',
    {
      status: { agents: [agentOf('ada')] },
      atWork: [ran(1, { state: 'waiting-for-host', sinceMs: NOW_MS - 5_000 })],
      tasks: [openTaskOf(1, { phase: 'waiting-for-host' })],
    },
    'ok',
    'Nothing runs; 1 waits for a host; nothing lost',
  ],
  [
    'a queue that nobody serves',
    {
      tasks: [
        waiting(1, { why: 'no-agent-for-queue', queue: 'sales' }),
        waiting(2, { why: 'no-agent-for-queue', queue: 'sales' }),
      ],
    },
    'wrong',
    'No agent for 2 tasks in queue sales; nothing runs; 2 tasks wait; oldest 3 h; nothing lost',
  ],
  [
    'several that nobody serves',
    {
      tasks: [
        waiting(1, { why: 'no-agent-for-queue', queue: 'a' }),
        waiting(2, { why: 'unknown-agent', agent: 'eve' }),
      ],
    },
    'wrong',
    'No agent for 2 tasks; nothing runs; 2 tasks wait; oldest 3 h; nothing lost',
  ],
  [
    'tasks for nobody',
    { tasks: [waiting(1, { why: 'unassigned' })] },
    'notice',
    '1 task for nobody; nothing runs; 1 task waits; oldest 3 h; nothing lost',
  ],
  [
    'parked tasks',
    {
      status: { parked: [lineOf(1), lineOf(2)] },
      tasks: [openTaskOf(1, { phase: 'parked' }), openTaskOf(2, { phase: 'parked' })],
    },
    'notice',
    '2 tasks parked; nothing runs; nothing waits; nothing lost',
  ],
  [
    'a budget is used up',
    { status: agents({ budget: spent }, { poolBudget: spent }, { budget: spent, paused: true }) },
    'notice',
    '1 of 3 agents turned off; 2 agents without budget for today; nothing runs; nothing waits; nothing lost',
  ],
  [
    'a schedule is in trouble',
    {
      status: {
        problems: [{ what: 'schedule', schedule: 'nightly', trouble: { problem: 'did-not-fire', dueMs: 1 } }],
      },
    },
    'notice',
    'Schedule nightly in trouble; nothing runs; nothing waits; nothing lost',
  ],
  [
    'many schedules are',
    {
      status: {
        problems: [
          { what: 'schedule', schedule: 'nightly', trouble: { problem: 'did-not-fire', dueMs: 1 } },
          { what: 'more-schedules', count: 7 },
        ],
      },
    },
    'notice',
    '8 schedules in trouble; nothing runs; nothing waits; nothing lost',
  ],
  [
    'notifications are not delivered',
    {
      status: {
        problems: [
          {
            ...{ what: 'notifications', waiting: 2, sinceMs: NOW_MS - 20 * MINUTE_MS },
            problem: { why: 'status', status: 503 },
          },
        ],
      },
    },
    'notice',
    'Notifications not delivered for 20 min; nothing runs; nothing waits; nothing lost',
  ],
  [
    'what is chosen, and an older TinyTask, are no problems',
    { status: { problems: [{ what: 'blocking-off' }, { what: 'older-tinytask', lacks: [], sse: false }] } },
    'ok',
    'Nothing runs; nothing waits; nothing lost',
  ],
  [
    'other problems are told by the first of them',
    {
      status: {
        problems: [
          {
            what: 'warning',
            text: 'The agent control file "agents.json" cannot be used: it is not JSON: line 1, column 83',
          },
          { what: 'last-pass', text: 'x' },
        ],
      },
    },
    'notice',
    '2 problems: The agent control file "agents.json" cannot be used: it is not J…; nothing runs; nothing waits; nothing lost',
  ],
  [
    'more than can be said: the worst first',
    {
      status: {
        ...agents({ health: cooling }, { paused: true }),
        ...{ interrupted: [lineOf(1)], parked: [lineOf(2)] },
        problems: [{ what: 'warning', text: 'w' }],
      },
      tasks: [waiting(3, { why: 'unassigned' }), waiting(4, { why: 'unknown-agent', agent: 'e' })],
    },
    'wrong',
    '1 run lost; 1 of 2 agents stuck; no agent for 1 task; 4 more to look at; nothing runs; 2 tasks wait; oldest 3 h',
  ],
])('where %s', (_, state, level, says) => {
  const told = headline(state);
  expect([told.level, sayHeadline(told)]).toEqual([level, says]);
});

test('problems are told as a whole beside it, each once', () => {
  const problem = { what: 'warning', text: 'The agent control file cannot be used.' } as const;
  const told = headlineJson(headline({ status: { problems: [problem, problem] } }));
  expect(told.problems).toEqual(['The agent control file cannot be used.']);
});

test('while Temporal does not answer nothing is known, and nothing is 0', () => {
  const told = unseenHeadline(UNREACHABLE, NOW_MS, NOW_MS - MINUTE_MS);
  expect(headlineJson(told)).toMatchObject({
    says: 'Temporal does not answer: nothing is known of what runs and waits',
    ...{ level: 'wrong', since: new Date(NOW_MS - MINUTE_MS).toISOString(), counts: null },
    ...{ arrived_last_hour: null, ended_last_hour: null, oldest_ready: null },
  });
});

describe('the oldest task that a slot would start', () => {
  test.each<[string, OpenTask, boolean]>([
    ['one for which all slots are taken', waiting(1, full), true],
    ['one in line', openTaskOf(1, { phase: 'waiting-for-slot', addedMs: 1, waits: { reason: full } }), true],
    [
      'one that waits for another task',
      openTaskOf(1, { phase: 'blocked', waits: { reason: { why: 'blocked', by: 2 } } }),
      false,
    ],
    ['one of a paused scheduler', waiting(1, { why: 'scheduler-paused' }), false],
    ['one that no agent serves', waiting(1, { why: 'no-agent-for-queue', queue: 'q' }), false],
    ['one whose age nobody knows', openTaskOf(1, { addedMs: null }), false],
  ])('%s', (_, task, isReady) => {
    expect(headline({ tasks: [task] }).oldestReady?.taskId).toBe(isReady ? 1 : undefined);
  });

  test('is the one that was added first', () => {
    const told = headline({
      tasks: [waiting(1, full, NOW_MS - 5), waiting(2, full, NOW_MS - 9), waiting(3, full)],
    });
    expect(told.oldestReady).toEqual({ taskId: 3, sinceMs: NOW_MS - 3 * HOUR_MS });
  });
});

describe('since when', () => {
  test.each<[string, State, number | null]>([
    ['a pause of a person', { status: { paused: true, scheduler: 'paused', deeds: [deed] } }, deed.atMs],
    ['a held pool', { status: agents({ poolHold: hold }) }, hold.sinceMs],
    ['agents that cool down', { status: agents({ health: cooling }, { poolHold: hold }) }, null],
    [
      'a host that is gone',
      { status: { interrupted: [lineOf(1)] }, atWork: [ran(1, { state: 'interrupted' })] },
      NOW_MS - 2 * MINUTE_MS,
    ],
    [
      'a host that was never heard',
      { status: { interrupted: [lineOf(1)] }, atWork: [ran(1, { state: 'interrupted', heardMs: null })] },
      null,
    ],
    ['a late pass', { status: { lastPass: passAt(NOW_MS - HOUR_MS) } }, NOW_MS - HOUR_MS],
    ['that it is disabled', { status: { enabled: false, scheduler: 'disabled' } }, null],
    ['nothing', {}, null],
  ])('%s', (_, state, sinceMs) => {
    expect(headline(state).sinceMs).toBe(sinceMs);
  });

  test('looks that follow each other tell when something began between them', () => {
    const since = new SeenSince();
    const parked: Condition = { what: 'parked', tasks: 1 };
    const spare: Condition = { what: 'budget', agents: 1 };
    const at = (ms: number, ...conditions: Condition[]) =>
      Object.fromEntries(since.after(conditions, NOW_MS + ms));
    expect(at(0, parked)).toEqual({ parked: null });
    expect(at(1_000, parked, spare)).toEqual({ parked: null, budget: NOW_MS + 1_000 });
    expect(at(2_000, spare)).toEqual({ budget: NOW_MS + 1_000 });
    expect(at(2_000)).toEqual({ budget: NOW_MS + 1_000 });
    expect(at(200_000, parked, spare)).toEqual({ parked: null, budget: NOW_MS + 1_000 });
  });

  test('and begins anew where the clock was set back', () => {
    const since = new SeenSince();
    const parked: Condition = { what: 'parked', tasks: 1 };
    const spare: Condition = { what: 'budget', agents: 1 };
    const at = (ms: number, ...conditions: Condition[]) =>
      Object.fromEntries(since.after(conditions, NOW_MS + ms));
    at(0);
    expect(at(1_000, parked)).toEqual({ parked: NOW_MS + 1_000 });
    // That was in an hour, as it seems now.
    expect(at(2_000 - HOUR_MS, parked)).toEqual({ parked: null });
    expect(at(3_000 - HOUR_MS, spare)).toEqual({ budget: NOW_MS + 3_000 - HOUR_MS });
    expect(at(4_000 - HOUR_MS, parked, spare)).toEqual({
      ...{ parked: NOW_MS + 4_000 - HOUR_MS, budget: NOW_MS + 3_000 - HOUR_MS },
    });
  });
});

test('a task that starts a moment later is not one that nothing starts', () => {
  const yet = new NotStartedYet();
  const due = waiting(1, { why: 'starting', agent: null, queue: 'dev' });
  const after = (ms: number, tasks: OpenTask[] | null, status: Partial<Status> = {}) =>
    yet.after({ ...lookOf({ tasks, status }), atMs: NOW_MS + ms });
  expect(after(0, [due])).toBeUndefined();
  expect(after(10_000, [due])).toBeUndefined();
  const late = after(25_000, [due, openTaskOf(2)]);
  expect(late).toEqual({ count: 1, sinceMs: NOW_MS });
  const told = headlineOf({
    look: lookOf({ tasks: [due] }),
    recent: null,
    lateMs: HOUR_MS,
    notStarted: late,
  });
  expect([told.level, told.conditions[0]?.what]).toEqual(['wrong', 'not-started']);
  expect(after(26_000, [])).toBeUndefined();
  expect(after(27_000, [due])).toBeUndefined();
  // Nobody looked for long: it may have run meanwhile.
  expect(after(90_000, [due])).toBeUndefined();
  expect(after(100_000, [due], { scheduler: 'paused' })).toBeUndefined();
  expect(after(105_000, null)).toBeUndefined();
});

test('tasks that nothing starts are told of also after the clock was set back', () => {
  const yet = new NotStartedYet();
  const due = waiting(1, { why: 'starting', agent: null, queue: 'dev' });
  const after = (ms: number) => yet.after({ ...lookOf({ tasks: [due] }), atMs: NOW_MS + ms });
  expect(after(0)).toBeUndefined();
  expect(after(10_000 - HOUR_MS)).toBeUndefined();
  // A shared look that is a little older is of the same clock.
  expect(after(9_000 - HOUR_MS)).toBeUndefined();
  expect(after(20_000 - HOUR_MS)).toBeUndefined();
  expect(after(30_000 - HOUR_MS)).toEqual({ count: 1, sinceMs: NOW_MS + 10_000 - HOUR_MS });
});

describe('the last hour', () => {
  const hour = (ended: Recent['ended']): Recent => ({ sinceMs: NOW_MS - HOUR_MS, ended, passes: [] });
  const end = closedRunOf;

  test('is listed once, and then only what is new of it', async () => {
    const asked: number[] = [];
    const run = end(1, { endedAtMs: Date.now() - MINUTE_MS });
    const known = new KnownEnded(async ({ sinceMs = 0 }) => {
      asked.push(Date.now() - sinceMs);
      return { runs: [run], more: false };
    });
    const client = { workflow: { list: async function* () {} } } as unknown as Client;
    expect((await readRecent(client, known)).ended).toEqual([run]);
    expect((await readRecent(client, known)).ended).toEqual([run]);
    expect(asked.map((ms) => ms > HOUR_MS - MINUTE_MS)).toEqual([true, false]);
  });

  test('tells completions from the rest by what is open still', () => {
    const told = headline({
      tasks: [openTaskOf(1, { addedMs: NOW_MS - MINUTE_MS }), openTaskOf(2, { addedMs: 0 })],
      recent: hour([end(1), end(3), end(3), end(4, { how: 'terminated' }), end(5, { phase: 'waiting' })]),
    });
    expect(told.endedLastHour).toEqual({ total: 4, completed: 1, others: 3 });
    expect(told.arrivedLastHour).toBe(1);
  });

  test.each<[string, State, unknown, unknown]>([
    ['nobody has read it', { recent: null }, null, null],
    ['there was too much', { recent: hour(null) }, null, null],
    [
      'TinyTask is away',
      { tasks: null, recent: hour([end(1)]) },
      null,
      { total: 1, completed: null, others: null },
    ],
    ['there was nothing', { recent: hour([]) }, 0, { total: 0, completed: 0, others: 0 }],
  ])('where %s', (_, state, arrived, ended) => {
    const told = headline(state);
    expect([told.arrivedLastHour, told.endedLastHour]).toEqual([arrived, ended]);
  });
});

describe('what changed last', () => {
  const pass = (atMs: number, change: Partial<PassReport> = {}) =>
    ({ atMs, by: '1@h', config: 'MAX_ATTEMPTS:a agents:x', build: '0.1.0 1', ...change }) as PassReport;
  const changed = (passes: PassReport[], status: Partial<Status> = {}) =>
    changedLast(lookOf({ status }).status, passes).map((each) => [each.atMs, sayChanged(each)]);

  test('between passes: settings, agents, processes and builds', () => {
    const built = '0.2.0 1790000000000';
    const passes = [
      pass(50, { config: 'MAX_ATTEMPTS:b agents:y', by: '3@h', build: built }),
      pass(10),
      pass(20, { config: 'MAX_ATTEMPTS:a agents:y' }),
      pass(30, { config: 'MAX_ATTEMPTS:b agents:y' }),
      pass(40, { config: 'MAX_ATTEMPTS:b agents:y', by: '2@h' }),
    ];
    expect(changed(passes)).toEqual([
      [50, 'version 0.2.0, built 2026-09-21 14:13:20 UTC, schedules from now on: 3@h'],
      [40, '2@h schedules from now on'],
      [30, 'changed: TINYSCHEDULER_MAX_ATTEMPTS'],
      [20, 'changed: the agents'],
    ]);
  });

  test('what an older version did not tell is no change', () => {
    const { build: _, ...older } = pass(1, { config: 'c' });
    expect(changed([older, pass(2), pass(3)])).toEqual([]);
    expect(changed([])).toEqual([]);
  });

  test('what people did, that of a pool once, five in all', () => {
    const ofPool = { ...deed, did: 'stop-agents', atMs: 30 } as const;
    const own = { ...deed, agent: 'ada', did: 'set-limit', atMs: 20 } as const;
    const status = {
      deeds: [{ ...deed, atMs: 10 }],
      agents: [agentOf('ada', { deeds: [ofPool, own] }), agentOf('bob', { deeds: [ofPool] })],
    };
    expect(changed([], status).map(([, says]) => says)).toEqual([
      expect.stringMatching(/^queue "dev": agents stopped by ada@box/),
      expect.stringMatching(/^ada: limit set by ada@box/),
      expect.stringMatching(/^paused by ada@box, .*: disk full$/),
    ]);
    const passes = Array.from({ length: 20 }, (_, at) => pass(at, { by: `${at}@h` }));
    expect(changed(passes)).toHaveLength(5);
  });
});

test('the sentence is one line below 200 characters, whatever there is', () => {
  const text = fc.string({ unit: 'binary', maxLength: 300 });
  const count = fc.nat({ max: Number.MAX_SAFE_INTEGER });
  const time = fc.integer({ min: -1e15, max: 1e15 });
  const condition: fc.Arbitrary<Condition> = fc.oneof(
    fc.record({ what: fc.constantFrom('parked', 'placeless'), tasks: count }),
    fc.record({ what: fc.constant('unserved'), tasks: count, queues: fc.array(text, { maxLength: 2 }) }),
    fc.record({
      what: fc.constant('agents-stuck'),
      count,
      of: count,
      by: fc.constant({}),
      wanted: fc.boolean(),
    }),
    fc.record({
      what: fc.constant('off'),
      how: fc.constantFrom('paused', 'disabled', 'agents-stopped'),
      deed: fc.record({ did: fc.constant('pause'), by: text, atMs: time }),
    }),
    fc.record({ what: fc.constantFrom('not-started'), count, sinceMs: time }),
    fc.record({ what: fc.constant('no-pass'), sinceMs: time }),
    fc.record({
      what: fc.constant('schedules'),
      count: fc.constant(1),
      first: fc.record({
        schedule: text,
        trouble: fc.constant({ problem: 'missed', count: 1, newestMs: 1 }),
      }),
    }),
    fc.record({ what: fc.constant('unseen'), failure: fc.constant(UNREACHABLE) }),
  ) as fc.Arbitrary<Condition>;
  const counts = fc.record({
    ...{
      agents: count,
      stuck: count,
      agentsOff: count,
      running: count,
      slots: count,
      parked: count,
      lost: count,
    },
    waiting: fc.option(fc.record({ 'backing-off': count, blocked: count, 'waiting-for-host': count })),
    waitingTotal: fc.option(count),
  });
  const all = fc.record({
    conditions: fc.array(condition, { maxLength: 20 }),
    counts: fc.option(counts),
    oldestWaiting: fc.option(fc.record({ taskId: count, sinceMs: time })),
  });
  fc.assert(
    fc.property(all, (change) => {
      const says = sayHeadline({ ...headline(), ...change });
      expect([...says].length).toBeLessThan(200);
      expect(says).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]|undefined|NaN/u);
    }),
  );
});
