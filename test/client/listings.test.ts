import { describe, expect, test } from 'vitest';
import { agentsOf } from '../../client/agents.ts';
import { atWorkIn } from '../../client/at-work.ts';
import { agentsText } from '../../client/cli/show/show-agents.ts';
import { poolsText } from '../../client/cli/show/show-pools.ts';
import { agentsJson } from '../../client/json/agents.ts';
import { poolsJson } from '../../client/json/pools.ts';
import { filtered, openTasks } from '../../client/open-tasks.ts';
import { poolsOf } from '../../client/pools.ts';
import type { Snapshot } from '../../client/snapshot.ts';
import { statusOf } from '../../client/status.ts';
import type { ClosedRun } from '../../contract/attempts.ts';
import type { TaskFilter } from '../../contract/listings.ts';
import type { RunMemo } from '../../contract/memos.ts';
import { NO_PAST } from '../../domain/attempt/follow.ts';
import type { AgentLine } from '../../domain/plan/agent-line.ts';
import { plan } from '../../domain/plan/plan.ts';
import type { Task } from '../../domain/task.ts';
import { asOpenRun } from '../../temporal/past.ts';
import type { KnownRun } from '../../temporal/runs.ts';
import { NO_TROUBLE } from '../../temporal/troubled-schedules.ts';
import { closedRunOf } from '../support/attempts.ts';
import { agentLineOf, MADE_AT, NOW_MS, planInput, rankOfTask, taskOf } from '../support/tasks.ts';

const HOUR_MS = 3_600_000;
const SILENT_MS = 1_000;
const dev = { queue: 'dev' };
const agentIn = (name: string, queue: string | null): AgentLine => ({ ...agentLineOf(name), queue });
const agents = [agentIn('ada', 'dev'), agentIn('bob', 'dev'), agentIn('cy', 'qa'), agentIn('di', null)];

function runOf(taskId: number, change: Partial<KnownRun> & { semaphore?: string } = {}): KnownRun {
  const { semaphore = 'pool-dev', ...rest } = change;
  const memo = { past: { ...NO_PAST, number: 2 }, createdAt: MADE_AT, semaphore, wants: null };
  return {
    ...{ workflowId: `task-${taskId}`, runId: 'r', taskId, agent: null, queue: 'dev', phase: 'waiting' },
    ...{ startedAtMs: NOW_MS - 9_000, closedAtMs: null, inOrder: false, continued: false, attempt: null },
    memo: { ...memo, rank: rankOfTask(taskId), rankedAtMs: NOW_MS },
    ...rest,
  };
}

const atWork = (worker: string | null): Partial<KnownRun> => ({
  phase: 'running',
  attempt: { startedAtMs: NOW_MS - 500, heardAtMs: NOW_MS - 100, worker },
});

function snapshotOf({ tasks = [], runs = [], ...change }: Partial<Snapshot>): Snapshot {
  const planned = plan(
    planInput({
      ...{ tasks, openRuns: runs.map(asOpenRun) },
      agents: (change.agents ?? agents).map(({ name, limit, queue }) => ({
        ...{ name, limit },
        ...(queue !== null && { queue }),
      })),
    }),
  );
  return {
    scheduler: { exists: true, daemon: '1@here', paused: false, enabled: true },
    ...{ answer: undefined, inForce: { mode: 'queue', enabled: true, blockingDisabled: false } },
    ...{ agents, runs, tasks, planned, problems: [], complaints: [], warnings: [], nowMs: NOW_MS },
    older: undefined,
    troubled: NO_TROUBLE,
    planInput: undefined,
    deeds: new Map(),
    rules: new Map(),
    ...change,
  };
}

function endOf(taskId: number, change: Partial<ClosedRun> & { semaphore?: string; createdAt?: string } = {}) {
  const {
    semaphore = 'pool-dev',
    createdAt = new Date(NOW_MS - 2 * HOUR_MS).toISOString(),
    ...rest
  } = change;
  const { memo } = runOf(taskId, { semaphore });
  return closedRunOf(taskId, { endedAtMs: NOW_MS - 1_000, memo: memo && { ...memo, createdAt }, ...rest });
}

const addedAgo = (ms: number) => ({ createdAt: new Date(NOW_MS - ms).toISOString() });
const working = { status: 'working', assignedTo: 'ada' } as const;

describe('pools', () => {
  const tasks: Task[] = [
    taskOf(1, { ...dev, ...working, ...addedAgo(9 * HOUR_MS) }),
    // In line.
    taskOf(2, { ...dev, ...addedAgo(3 * HOUR_MS) }),
    taskOf(3, { ...dev, ...addedAgo(60_000) }),
    taskOf(4, { ...dev, ...addedAgo(8 * HOUR_MS), blockedByTaskId: 1 }),
    taskOf(5, { ...dev, assignedTo: 'cy', ...addedAgo(5 * HOUR_MS) }),
    // Parked: it waits for a person.
    taskOf(6, { ...dev, ...addedAgo(7 * HOUR_MS) }),
    taskOf(7, { queue: 'lost', ...addedAgo(60_000) }),
    taskOf(8),
    taskOf(9, { assignedTo: 'di' }),
  ];
  const runs = [
    runOf(1, { ...atWork('1@host-a'), agent: 'ada' }),
    runOf(2),
    runOf(6, { phase: 'parked', agent: 'bob' }),
  ];
  const poolsWith = (change: Partial<Snapshot>, ends: ClosedRun[] | null = []) =>
    poolsOf(snapshotOf({ tasks, runs, ...change }), ends, NOW_MS - HOUR_MS);

  test('each has what waits in it, and where nobody serves a queue that is seen', () => {
    const { pools, placeless, mode } = poolsWith({});
    expect([placeless, mode]).toEqual([1, 'queue']);
    expect(pools).toEqual([
      {
        ...{ queue: 'dev', agents: ['ada', 'bob'], held: 1, limit: 2, paused: false, line: 1 },
        ...{ waiting: 2, unassigned: 4, blocked: 1, arrived: 1, ended: 0 },
        oldest: { taskId: 2, addedMs: NOW_MS - 3 * HOUR_MS },
      },
      {
        ...{ queue: 'lost', agents: [], held: 0, limit: 0, paused: false, line: 0 },
        ...{ waiting: 1, unassigned: 1, blocked: 0, arrived: 1, ended: 0 },
        oldest: { taskId: 7, addedMs: NOW_MS - 60_000 },
      },
      {
        // Task 5 waits for cy, and so in its pool.
        ...{ queue: 'qa', agents: ['cy'], held: 0, limit: 1, paused: false, line: 0 },
        ...{ waiting: 1, unassigned: 0, blocked: 0, arrived: 0, ended: 0 },
        oldest: { taskId: 5, addedMs: NOW_MS - 5 * HOUR_MS },
      },
    ]);
  });

  test('a run that writes its result has given its slot back; those of who has left count all', () => {
    const running = (id: number, agent: string, attempt = atWork('1@host-a')) =>
      runOf(id, { ...attempt, agent });
    const writes = { phase: 'running', attempt: null } as const;
    const two = [
      running(1, 'ada'),
      runOf(3, { ...writes, agent: 'ada' }),
      running(4, 'eve'),
      running(5, 'eve'),
    ];
    expect(poolsWith({ runs: two }).pools[0]).toMatchObject({ held: 3, limit: 2 });
    expect(poolsWith({ runs: two.slice(0, 2) }).pools[0]).toMatchObject({ held: 1, limit: 2 });
  });

  test('what came counts once, also where it is over or had several runs; who only left the line has not ended', () => {
    const createdAt = new Date(NOW_MS - 60_000).toISOString();
    const ends = [
      endOf(3, { createdAt }),
      endOf(11, { createdAt }),
      endOf(11, { createdAt, runId: 'again' }),
      endOf(12),
      endOf(13, { phase: 'waiting' }),
      endOf(14, { semaphore: 'pool-qa', createdAt }),
    ];
    const [devPool, , qa] = poolsWith({}, ends).pools;
    expect([devPool?.arrived, devPool?.ended]).toEqual([2, 4]);
    expect([qa?.arrived, qa?.ended]).toEqual([1, 1]);
  });

  test('what is not known is null, and not 0', () => {
    const [pool] = poolsWith({ tasks: [], planned: undefined }).pools;
    expect(pool).toMatchObject({ line: 1, held: 1, waiting: null, unassigned: null, blocked: null });
    expect(pool).toMatchObject({ oldest: null, arrived: null, ended: 0 });
    expect(poolsWith({ tasks: [], planned: undefined }).placeless).toBeNull();
    expect(poolsWith({}, null).pools[0]).toMatchObject({ waiting: 2, arrived: null, ended: null });
  });

  test('a date that is none makes no task the oldest', () => {
    const broken = [taskOf(1, { ...dev, createdAt: 'soon' })];
    expect(poolsWith({ tasks: broken, runs: [] }).pools[0]).toMatchObject({ waiting: 1, oldest: null });
  });
});

test('agents have their runs and hosts, and one that is not known is null', () => {
  const runs = [
    runOf(1, { ...atWork('1@host-a'), agent: 'ada' }),
    runOf(2, { ...atWork(null), agent: 'ada' }),
    runOf(3, {
      phase: 'running',
      agent: 'bob',
      attempt: { startedAtMs: null, heardAtMs: null, worker: null },
    }),
    runOf(4, { phase: 'parked', agent: 'bob' }),
  ];
  const found = agentsOf(snapshotOf({ runs }), SILENT_MS).agents;
  expect(found.map(({ name, held, runs }) => [name, held, runs])).toEqual([
    [
      'ada',
      2,
      [
        { taskId: 1, state: 'running', host: 'host-a' },
        { taskId: 2, state: 'running', host: null },
      ],
    ],
    ['bob', 1, [{ taskId: 3, state: 'waiting-for-host', host: null }]],
    ['cy', 0, []],
    ['di', 0, []],
  ]);
});

test('agents tell of their rules what is not as the settings say, in the units of the control file', () => {
  const rules = new Map([
    [
      'ada',
      { maxRuntimeMs: 90_000, stallMs: 0, maxAttempts: 3, env: ['K'], launchPrefix: ['nice', '-n', '1'] },
    ],
    ['bob', { maxAttempts: 3 }],
  ]);
  const answer = agentsOf(snapshotOf({ rules }), SILENT_MS, { maxRuntimeMs: 60_000, maxAttempts: 3 });
  const told = agentsJson(answer).agents as { name: string; rules: unknown }[];
  expect(told.map((agent) => [agent.name, agent.rules])).toEqual([
    ['ada', { max_runtime_sec: 90, stall_sec: 0, env: ['K'], launch_prefix: ['nice', '-n', '1'] }],
    ...[
      ['bob', {}],
      ['cy', {}],
      ['di', {}],
    ],
  ]);
});

test('an agent that was taken out is told of with what it still has, as status does', () => {
  const snapshot = snapshotOf({ runs: [runOf(1, { ...atWork('1@host-a'), agent: 'old' })] });
  const [last] = agentsOf(snapshot, SILENT_MS).agents.slice(-1);
  expect(last).toMatchObject({ name: 'old', leaving: true, held: 1, limit: 0 });
  expect(last?.runs).toEqual([{ taskId: 1, state: 'running', host: 'host-a' }]);
  expect(statusOf(snapshot, SILENT_MS).agents.map(({ name }) => name)).toContain('old');
});

test('what keeps everything from starting stands above agents and pools; a stopped pool is not open', () => {
  const deed = { did: 'stop-agents', by: 'ann@box', note: 'fire', atMs: NOW_MS } as const;
  const stopped = agents.map((agent) =>
    agent.queue === 'dev' ? { ...agent, poolStopped: true as const } : agent,
  );
  const snapshot = snapshotOf({
    scheduler: { exists: true, daemon: '1@here', paused: true, enabled: true },
    agents: stopped,
    deeds: new Map([['pool-dev', [deed]]]),
  });
  const answer = poolsOf(snapshot, [], NOW_MS);
  expect(agentsText(agentsOf(snapshot, SILENT_MS))).toMatch(/^Scheduler: paused: nothing starts until/);
  expect(poolsText(answer, NOW_MS)).toMatch(/^Scheduler: paused: nothing starts until/);
  expect(poolsText(answer, NOW_MS)).toMatch(/dev .*agents stopped by ann@box, .*: fire/);
  expect(poolsJson(answer)).toMatchObject({
    scheduler: 'paused',
    pools: [{ stopped: true }, { stopped: false }],
  });
});

describe('open tasks', () => {
  const tasks = [
    taskOf(1, { ...dev, blockedByTaskId: 3 }),
    taskOf(2, { ...dev, ...working, assignedTo: 'eve' }),
    taskOf(3, { ...dev, ...working }),
    taskOf(4, { ...dev, priority: 1 }),
    taskOf(5, { ...dev, ...addedAgo(60_000) }),
    taskOf(6, dev),
    taskOf(7, { ...dev, assignedTo: 'bob' }),
    taskOf(8, { ...dev, assignedTo: 'cy' }),
  ];
  const runs = [
    runOf(3, { ...atWork('1@host-a'), agent: 'ada' }),
    runOf(4),
    runOf(6, { phase: 'backing-off', agent: 'bob' }),
    runOf(7, { phase: 'parked', agent: 'bob' }),
  ];
  const all = openTasks(snapshotOf({ tasks, runs }), SILENT_MS);

  test('each has its phase, what runs first, then in the order in which they go', () => {
    expect(all.map(({ taskId, phase, agent, pool }) => [taskId, phase, agent, pool])).toEqual([
      [3, 'running', 'ada', 'dev'],
      [4, 'waiting-for-slot', null, 'dev'],
      [5, 'waiting', null, 'dev'],
      [8, 'waiting', 'cy', 'qa'],
      [1, 'blocked', null, 'dev'],
      [6, 'backing-off', 'bob', 'dev'],
      [7, 'parked', 'bob', 'dev'],
      [2, 'working-elsewhere', 'eve', 'dev'],
    ]);
  });

  test.each<[TaskFilter, number[]]>([
    [{}, [3, 4, 5, 8, 1, 6, 7, 2]],
    [{ phase: 'parked' }, [7]],
    [{ agent: 'bob' }, [6, 7]],
    [{ pool: 'qa' }, [8]],
    [{ sinceMs: NOW_MS - 60_000 }, [3, 4, 5, 8, 1, 6, 7, 2]],
    [{ sinceMs: NOW_MS - 59_000 }, [3, 4, 8, 1, 6, 7, 2]],
    [{ agent: 'bob', phase: 'backing-off' }, [6]],
    [{ agent: 'bob', pool: 'qa' }, []],
    [{ agent: 'bob', phase: 'parked', pool: 'dev', sinceMs: NOW_MS }, [7]],
  ])('%j', (filter, ids) => {
    expect(filtered(all, filter).map(({ taskId }) => taskId)).toEqual(ids);
  });

  test('a date that is none is not known, and not since whenever', () => {
    const broken = openTasks(snapshotOf({ tasks: [taskOf(1, { ...dev, createdAt: 'soon' })] }), SILENT_MS);
    expect(broken[0]?.addedMs).toBeNull();
    expect(filtered(broken, { sinceMs: 0 })).toEqual([]);
  });
});

test('10,000 open tasks and 200 agents in 40 pools are told of in a moment', () => {
  const many = Array.from({ length: 200 }, (_, at) => agentIn(`a${at}`, `q${at % 40}`));
  const tasks = Array.from({ length: 10_000 }, (_, at) => taskOf(at + 1, { queue: `q${at % 40}` }));
  const runs = Array.from({ length: 400 }, (_, at) => runOf(at + 1, { semaphore: `pool-q${at % 40}` }));
  const ends = Array.from({ length: 10_000 }, (_, at) => endOf(at, { semaphore: `pool-q${at % 40}` }));
  const snapshot = snapshotOf({ agents: many, tasks, runs });
  // Others may have the processors meanwhile.
  const before = process.cpuUsage();
  expect(openTasks(snapshot, SILENT_MS)).toHaveLength(10_000);
  expect(poolsOf(snapshot, ends, NOW_MS - HOUR_MS).pools).toHaveLength(40);
  expect(agentsOf(snapshot, SILENT_MS).agents).toHaveLength(200);
  expect(process.cpuUsage(before).user / 1_000).toBeLessThan(1_000);
});

describe('an open task tells', () => {
  const told = (change: Partial<Snapshot>, id = 1) =>
    openTasks(snapshotOf(change), SILENT_MS).find(({ taskId }) => taskId === id);
  const since = (change: Partial<Snapshot>) => told(change)?.sinceMs;
  const at = (ms: number) => ({ createdAt: new Date(NOW_MS - ms).toISOString() });
  const untouched = { ...at(HOUR_MS), updatedAt: at(HOUR_MS).createdAt };
  const inLine = (number: number, change: Partial<RunMemo> = {}) => {
    const run = runOf(1);
    return { ...run, memo: run.memo && { ...run.memo, past: { ...NO_PAST, number }, ...change } };
  };
  const one = [taskOf(1, dev)];

  test('by which open tasks it is blocked, unless blockers do not count', () => {
    const tasks = [
      taskOf(1, { ...dev, blockedByTaskId: 2, isCurrentlyBlocked: true }),
      taskOf(2, dev),
      taskOf(3, { ...dev, parentTaskId: 2 }),
      taskOf(4, { ...dev, blockedByTaskId: 9, isCurrentlyBlocked: false }),
    ];
    expect([1, 2, 3, 4].map((id) => told({ tasks }, id)?.blockedBy)).toEqual([[2], [3], [], []]);
    const inForce = { mode: 'queue', enabled: true, blockingDisabled: true } as const;
    expect(told({ tasks, inForce })?.blockedBy).toEqual([]);
  });

  test.each<[string, Partial<Snapshot>, number | null]>([
    [
      'since it was added, where nothing was changed',
      { tasks: [taskOf(1, { ...dev, ...untouched })] },
      NOW_MS - HOUR_MS,
    ],
    [
      'nothing, where it was changed',
      { tasks: [taskOf(1, { ...dev, ...untouched, updatedAt: MADE_AT })] },
      null,
    ],
    [
      'nothing, where it was blocked once',
      { tasks: [taskOf(1, { ...dev, ...untouched, blockedByTaskId: 9, isCurrentlyBlocked: false })] },
      null,
    ],
    ['since its host took it', { tasks: one, runs: [runOf(1, atWork('1@h'))] }, NOW_MS - 500],
    [
      'since it was sent to the hosts',
      {
        tasks: one,
        runs: [
          runOf(1, {
            phase: 'running',
            attempt: { startedAtMs: null, heardAtMs: null, worker: null, sentAtMs: 5 },
          }),
        ],
      },
      5,
    ],
    [
      'since its host was last heard of',
      {
        tasks: one,
        runs: [runOf(1, { phase: 'running', attempt: { startedAtMs: 1, heardAtMs: 7, worker: null } })],
      },
      7,
    ],
    ['since it is in line, for the first time', { tasks: one, runs: [inLine(0)] }, NOW_MS - 9_000],
    ['nothing, where it came back into the line', { tasks: one, runs: [inLine(1)] }, null],
    [
      'nothing, where a person called it back',
      { tasks: one, runs: [inLine(0, { parkedBefore: { why: 'x', atMs: 1 } })] },
      null,
    ],
    ['nothing of a rest', { tasks: one, runs: [runOf(1, { phase: 'parked' })] }, null],
  ])('since when it is in its phase: %s', (_, change, expected) => {
    expect(since(change)).toBe(expected);
  });
});

test('the tasks of a pool are in the order in which they get its slots', () => {
  const tasks = [
    taskOf(1, { ...dev, ...working }),
    taskOf(2, { ...dev, priority: 1 }),
    taskOf(3, { ...dev, priority: 9 }),
    taskOf(4, { ...dev, priority: 5 }),
    taskOf(5, { ...dev, priority: 7 }),
    taskOf(6, { ...dev, blockedByTaskId: 1, priority: 9 }),
  ];
  const rank = (id: number, priority: number) => ({ ...rankOfTask(id), priority });
  const run = (id: number, priority: number) => {
    const found = runOf(id);
    return { ...found, memo: found.memo && { ...found.memo, rank: rank(id, priority) } };
  };
  const runs = [runOf(1, { ...atWork('1@h'), agent: 'ada' }), run(2, 1), run(4, 5)];
  const snapshot = snapshotOf({ tasks, runs });
  const line = openTasks(snapshot, SILENT_MS).map(({ taskId, phase }) => [taskId, phase]);
  // One slot is free, and task 3 gets in line for it before those that are there.
  expect(snapshot.planned?.starts.map(({ task }) => task.id)).toContain(3);
  expect(line).toEqual([
    [1, 'running'],
    [3, 'waiting'],
    [5, 'waiting'],
    [4, 'waiting-for-slot'],
    [2, 'waiting-for-slot'],
    [6, 'blocked'],
  ]);
});

describe('a task at work', () => {
  const at = (change: Partial<KnownRun>, snapshot: Partial<Snapshot> = {}) =>
    atWorkIn(
      snapshotOf({ tasks: [taskOf(1, dev)], runs: [runOf(1, { agent: 'ada', ...change })], ...snapshot }),
      SILENT_MS,
      HOUR_MS,
    );
  const attempt = { startedAtMs: NOW_MS - 500, heardAtMs: NOW_MS - 100, worker: '1@host-a' };

  test('tells what its host tells', () => {
    const progress = { begunMs: NOW_MS - 400, limitMs: 60_000, tokens: 900, turns: 3 };
    expect(at({ phase: 'running', attempt: { ...attempt, progress } })).toEqual([
      {
        ...{
          taskId: 1,
          title: taskOf(1).title,
          agent: 'ada',
          pool: 'dev',
          state: 'running',
          runId: 'r',
          attempt: 2,
        },
        ...{ sinceMs: NOW_MS - 500, limitMs: 60_000, deadlineMs: NOW_MS + 59_600, tokens: 900, turns: 3 },
        ...{ host: 'host-a', heardMs: NOW_MS - 100 },
      },
    ]);
  });

  test('of a host of an earlier version, by the rules of its agent, and else the settings', () => {
    const running = { phase: 'running', attempt } as const;
    expect(at(running)).toMatchObject([
      { limitMs: HOUR_MS, deadlineMs: NOW_MS - 500 + HOUR_MS, tokens: null, turns: null },
    ]);
    const rules = new Map([['ada', { maxRuntimeMs: 5_000 }]]);
    expect(at(running, { rules })).toMatchObject([{ limitMs: 5_000, deadlineMs: NOW_MS + 4_500 }]);
  });

  test('that no host has taken has no deadline; without TinyTask it has no title; what rests is not at work', () => {
    const waits = { startedAtMs: null, heardAtMs: null, worker: null, sentAtMs: NOW_MS - 50 };
    expect(at({ phase: 'running', attempt: waits }, { tasks: [], planned: undefined })).toMatchObject([
      {
        state: 'waiting-for-host',
        title: null,
        sinceMs: NOW_MS - 50,
        deadlineMs: null,
        host: null,
        heardMs: null,
      },
    ]);
    expect(at({ phase: 'parked' })).toEqual([]);
    expect(at({ phase: 'waiting' })).toEqual([]);
  });
});
