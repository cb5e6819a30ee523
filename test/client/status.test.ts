import { expect, test } from 'vitest';
import { statusText } from '../../client/cli/show/show-status.ts';
import { statusJson } from '../../client/json/status.ts';
import type { Snapshot } from '../../client/snapshot.ts';
import { statusOf } from '../../client/status.ts';
import type { PassReport } from '../../contract/pass.ts';
import { NO_PAST } from '../../domain/attempt/follow.ts';
import type { AgentLine } from '../../domain/plan/agent-line.ts';
import { plan } from '../../domain/plan/plan.ts';
import type { KnownRun } from '../../temporal/runs.ts';
import { NO_TROUBLE } from '../../temporal/troubled-schedules.ts';
import { sayCycle } from '../../words/reason.ts';
import {
  agentLineOf,
  agentOf,
  lineRunOf,
  MADE_AT,
  NOW_MS,
  planInput,
  rankOfTask,
  taskOf,
} from '../support/tasks.ts';

const dev = { queue: 'dev' };
const agents: AgentLine[] = ['ada', 'bob'].map((name) => ({ ...agentLineOf(name), queue: 'dev' }));
const cy = agentLineOf('cy');

const UNDER_WAY = { startedAtMs: NOW_MS - 9_000, heardAtMs: NOW_MS, worker: '1@here' };

function runOf(
  taskId: number,
  change: Partial<KnownRun> & { semaphore?: string; wants?: string | null },
): KnownRun {
  const { semaphore = 'pool-dev', wants = null, ...rest } = change;
  const memo = { past: { ...NO_PAST, number: 2 }, createdAt: MADE_AT, semaphore, wants };
  return {
    ...{ workflowId: `task-${taskId}`, runId: 'r', taskId, agent: wants, queue: 'dev', phase: 'waiting' },
    ...{ startedAtMs: NOW_MS - 9_000, closedAtMs: null, inOrder: false, continued: false, attempt: null },
    memo: { ...memo, rank: rankOfTask(taskId), rankedAtMs: NOW_MS },
    ...rest,
  };
}

function statusWith(change: Partial<Snapshot>) {
  return statusOf(
    {
      scheduler: { exists: true, daemon: '1@here', paused: false, enabled: true },
      ...{ answer: undefined, inForce: { mode: 'queue', enabled: true, blockingDisabled: false } },
      ...{
        agents,
        deeds: new Map(),
        rules: new Map(),
        runs: [],
        tasks: [],
        planned: undefined,
        planInput: undefined,
        problems: [],
        complaints: [],
        warnings: [],
      },
      older: undefined,
      troubled: NO_TROUBLE,
      nowMs: NOW_MS,
      ...change,
    },
    1_000,
  );
}

test('an agent waits for nobody: those count that it may take', () => {
  const runs = [
    runOf(1, {}),
    runOf(2, { wants: 'ada' }),
    runOf(3, { wants: 'cy', semaphore: 'agent-cy' }),
    runOf(4, { semaphore: 'pool-qa' }),
    runOf(5, { phase: 'running', agent: 'bob', attempt: UNDER_WAY }),
    // It has a slot of bob though it may have any of the pool.
    runOf(6, { phase: 'running', agent: 'bob', wants: null, attempt: UNDER_WAY }),
    runOf(7, { phase: 'parked', agent: 'ada' }),
  ];
  const found = statusWith({ agents: [...agents, cy], runs }).agents;
  expect(found.map(({ name, held, waiting }) => [name, held, waiting])).toEqual([
    ['ada', 0, 2],
    ['bob', 2, 1],
    ['cy', 0, 1],
  ]);
});

test('a run that writes its result has given its slot back to the next, which makes no third of two', () => {
  const two = agents.map((agent) => ({ ...agent, limit: 2 }));
  const running = (id: number, attempt: KnownRun['attempt']) =>
    runOf(id, { phase: 'running', agent: 'ada', attempt });
  const heldBy = (...attempts: KnownRun['attempt'][]) => {
    const runs = attempts.map((attempt, at) => running(at + 1, attempt));
    return statusWith({ agents: two, runs }).agents[0]?.held;
  };
  expect(heldBy(UNDER_WAY, UNDER_WAY, null)).toBe(2);
  expect(heldBy(UNDER_WAY, null, null)).toBe(2);
  // It has just got its slot, or gives it back.
  expect(heldBy(UNDER_WAY, null)).toBe(2);
  expect(heldBy(null)).toBe(1);
  // Its limit was lowered.
  expect(heldBy(UNDER_WAY, UNDER_WAY, UNDER_WAY)).toBe(3);
});

test('a run in line says for whose slot it waits, and why it has none', () => {
  const tasks = [taskOf(1, dev), taskOf(2, { ...dev, assignedTo: 'ada' })];
  const planned = plan(
    planInput({
      tasks,
      agents: [agentOf('ada', 1, 'dev'), agentOf('bob', 1, 'dev')],
      openRuns: [lineRunOf(1), lineRunOf(2, { wants: 'ada' })],
      pausedAgents: ['ada'],
    }),
  );
  const runs = [runOf(1, {}), runOf(2, { wants: 'ada' })];
  expect(statusWith({ runs, tasks, planned }).queued).toMatchObject([
    { taskId: 1, agent: null, whose: { queue: 'dev' }, waits: { reason: { why: 'slot-due' } } },
    { taskId: 2, agent: 'ada', whose: { agent: 'ada' }, waits: { reason: { why: 'agent-paused' } } },
  ]);
});

test('what would start now says for whom', () => {
  const tasks = [taskOf(1, dev), taskOf(2, { ...dev, assignedTo: 'bob' })];
  const planned = plan(planInput({ tasks, agents: [agentOf('ada', 1, 'dev'), agentOf('bob', 1, 'dev')] }));
  expect(statusWith({ tasks, planned }).waiting).toMatchObject([
    { taskId: 1, reason: { why: 'starting', agent: null, queue: 'dev' } },
    { taskId: 2, reason: { why: 'starting', agent: 'bob' } },
  ]);
});

test('an agent that has left the configuration is told of until it has finished', () => {
  const runs = [
    runOf(1, { phase: 'running', agent: 'eve' }),
    runOf(2, { phase: 'running', agent: 'eve', wants: 'eve' }),
    runOf(3, { phase: 'parked', agent: 'zoe' }),
  ];
  const { agents: found } = statusWith({ agents: [cy], runs });
  expect(found.map(({ name }) => name)).toEqual(['cy', 'eve']);
  expect(found[1]).toMatchObject({ leaving: true, held: 2, limit: 0, queue: 'dev' });
});

test('what people did is told of the agents that it is about', () => {
  const deed = { by: 'ann', atMs: NOW_MS };
  const deeds = new Map([
    [
      'pool-dev',
      [
        { ...deed, did: 'pause' as const },
        { ...deed, did: 'stop-agents' as const, agent: 'ada' },
        // The configured limit has changed since.
        { ...deed, did: 'set-limit' as const, agent: 'bob' },
      ],
    ],
  ]);
  const [ada, bob] = statusWith({ deeds }).agents;
  expect(ada?.deeds?.map(({ did }) => did)).toEqual(['pause', 'stop-agents']);
  expect(bob?.deeds?.map(({ did }) => did)).toEqual(['pause']);
});

test('schedules in trouble are problems, each with its own', () => {
  const trouble = { problem: 'did-not-fire', dueMs: NOW_MS } as const;
  expect(
    statusWith({ troubled: { troubles: [{ schedule: 'nightly', trouble }], more: 3 } }).problems,
  ).toEqual([
    { what: 'schedule', schedule: 'nightly', trouble },
    { what: 'more-schedules', count: 3 },
  ]);
});

test('that blockers do not count is a problem, whoever says so', () => {
  const inForce = { mode: 'queue', enabled: true, blockingDisabled: true } as const;
  expect(statusWith({ inForce }).problems).toEqual([{ what: 'blocking-off' }]);
  const seen = { ...saidInPass({ warnings: ['the file is broken'], blockingOff: true }), inForce };
  const broken = { what: 'warning', text: 'the file is broken' };
  expect(statusWith(seen).problems).toEqual([broken, { what: 'blocking-off' }]);
});

const planned = plan(planInput({}));
const saidInPass = (report: Partial<PassReport>) => ({
  answer: { lastPass: { errors: [], warnings: [], ...report } } as unknown as Snapshot['answer'],
});

test('tasks in a circle are told as they are now, and once', () => {
  const seen = saidInPass({ cycles: [sayCycle([4, 6, 5]), sayCycle([1, 2])] });
  const cycles = [[4, 6]];
  expect(statusWith({ ...seen, planned: { ...planned, cycles } }).problems).toEqual([
    { what: 'cycle', ids: [4, 6] },
  ]);
  expect(statusWith({ ...seen, planned }).problems).toEqual([]);
  // Where nothing is seen now, the last pass is what is known.
  expect(statusWith(seen).problems).toHaveLength(2);
});

test('a goose host is gone when it was silent for as long as its run allows, whatever is configured here', () => {
  const attempt = { startedAtMs: NOW_MS - 200_000, heardAtMs: NOW_MS - 100_000, worker: null };
  const stateOf = (heartbeatTimeoutMs: number) => {
    const run = runOf(1, { phase: 'running', agent: 'ada', attempt });
    const memo = run.memo && { ...run.memo, heartbeatTimeoutMs };
    const { running, interrupted } = statusWith({ runs: [{ ...run, memo }] });
    return [...running, ...interrupted].map(({ state }) => state);
  };
  expect(stateOf(180_000)).toEqual(['running']);
  expect(stateOf(45_000)).toEqual(['interrupted']);
});

test('for how long goose runs is told; of a run in another state only when it began', () => {
  const attempt = { startedAtMs: NOW_MS - 2_000, heardAtMs: NOW_MS - 100, worker: null };
  const runs = [
    runOf(1, { phase: 'running', agent: 'ada', attempt }),
    runOf(2, { phase: 'parked', agent: 'ada' }),
  ];
  const text = statusText(statusWith({ runs }), NOW_MS);
  expect(text).toContain('task 1 runs on ada, attempt 2, for 2 s');
  expect(text).toMatch(/task 2 is parked: .*; its run began 9 s ago/);
});

test('where the API is served is told, or why it is not', () => {
  const api = { url: 'http://127.0.0.1:9595', tokenRequired: true };
  const served = statusWith({ api });
  expect([served.api, served.problems]).toEqual([api, []]);
  expect(statusText(served, NOW_MS)).toContain('\n\nAPI: http://127.0.0.1:9595, with a token');
  expect(statusJson(served).api).toEqual({ url: api.url, token_required: true });
  const trouble = { why: 'port-taken', host: '127.0.0.1', port: 80 } as const;
  const not = statusWith({ api: { trouble } });
  expect([not.api, not.problems]).toEqual([undefined, [{ what: 'api', trouble }]]);
  expect(statusText(not, NOW_MS)).toContain('Problem: The API is not served: 127.0.0.1 port 80 is taken.');
  expect(statusJson(statusWith({})).api).toBeNull();
  expect(statusText(statusWith({}), NOW_MS)).not.toContain('API');
});
