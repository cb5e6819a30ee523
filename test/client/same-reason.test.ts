import { MockActivityEnvironment } from '@temporalio/testing';
import { describe, expect, test, vi } from 'vitest';
import { surveyActivities } from '../../activities/survey/survey.ts';
import { dryReport } from '../../client/cli/serve/dry-run.ts';
import { taskRows } from '../../client/cli/show/task-rows.ts';
import { explainTask } from '../../client/explain.ts';
import { readSnapshot } from '../../client/snapshot.ts';
import { statusOf } from '../../client/status.ts';
import {
  type PassReport,
  packRuns,
  type SurveyResult,
  startedOf,
  unpackAgents,
} from '../../contract/pass.ts';
import type { RunState, Waits } from '../../contract/status.ts';
import { NO_PAST } from '../../domain/attempt/follow.ts';
import type { Reason } from '../../domain/plan/reason.ts';
import { unknownAgent } from '../../domain/slots/agent-slots.ts';
import type { Hold } from '../../domain/slots/breaker.ts';
import type { Health } from '../../domain/slots/health.ts';
import type { TinyTask } from '../../tinytask/client.ts';
import { sayExplanation } from '../../words/explanation.ts';
import { sayWaiting } from '../../words/reason.ts';
import { sayRun } from '../../words/run.ts';
import type { DescribedRun } from '../support/described-runs.ts';
import { configOf, type Place, registryOf, serverOf } from '../support/place.ts';
import { agentOf, MADE_AT, taskOf } from '../support/tasks.ts';

vi.mock('../../config/agent-control.ts', () => ({ loadAgents: async () => registryOf(place) }));

/** The agents are those of the place that is asked about; everything else is ours. */
let place: Place;

const SOON_MS = Date.now() + 3_600_000;
const dev = { queue: 'dev' };
const ada = agentOf('ada', 1, 'dev');
const bob = agentOf('bob', 1, 'dev');
const ofAda = { ...dev, assignedTo: 'ada' };
const atWork = { ...ofAda, status: 'working' } as const;
const ofOccurrence = { tags: ['occurrence:occurrence-nightly-2026-11-26T03:00:00Z'] };
const one: Place = { tasks: [taskOf(1, dev)], agents: [ada] };
const unwell = (state: 'cooling-down' | 'misconfigured', probing?: true): Health => ({
  ...{ state, reason: 'quota', untilMs: SOON_MS, times: 1 },
  ...(probing && { probing }),
});
const ill = (name: string, health: Health) => ({ ...unknownAgent(name), quiet: false, health });
const budget = { tokensPerDay: 1_000, timeZone: 'Europe/Berlin' };
const spent = (used: number, reserved: number) => ({
  today: {
    ...{ day: '2026-11-26', endsMs: SOON_MS, used, unknown: 0, unknownAttempts: 0, reserved, unreserved: 0 },
  },
  past: [],
});
const spender = (name: string, used: number, reserved: number) => ({
  ...{ ...unknownAgent(name), quiet: false },
  tokens: { ...spent(used, reserved), open: [], took: [], settled: [] },
});
const agedSpender = (name: string) => {
  const { tokens, ...agent } = spender(name, 1_000, 0);
  return { ...agent, tokens: { ...tokens, today: { ...tokens.today, endsMs: 1 } } };
};
const HELD: Hold = {
  ...{ state: 'cooling-down', reason: 'quota', sinceMs: 1, untilMs: SOON_MS, times: 1, agents: ['ada'] },
};
const canary = { workflowId: 'task-9', runId: 'r', untilMs: SOON_MS };
const memo = { createdAt: MADE_AT, semaphore: 'pool-dev', wants: null, past: { ...NO_PAST, number: 1 } };
const open = (phase: DescribedRun['phase'], change: Partial<DescribedRun> = {}): DescribedRun => {
  return { taskId: 1, agent: 'ada', phase, closedAtMs: null, memo, ...change };
};
const runs = open('running', { atAttempt: true, heardAtMs: Date.now() });
const inLine = open('waiting', { agent: null });
const adaIsBusy = { tasks: [taskOf(2, atWork)], runs: [{ ...runs, taskId: 2 }] };

/** What is so, and what is said of task 1 then: a reason (and another that will outlast it), or the state of its run. */
type Case = [name: string, place: Place, state?: RunState | undefined, still?: Reason['why']];

/** By reason, so that the compiler asks for each member of the union. */
const CASES: { [W in Reason['why']]: Case[] } = {
  starting: [
    [
      'the day of its budget is over',
      {
        ...{ ...one, agents: [{ ...ada, budget }] },
        known: [agedSpender('ada')],
      },
    ],
    ['a slot is free', one],
    ['its agent has one', { ...one, tasks: [taskOf(1, ofAda)] }],
    [
      'it was put first, before one of a higher priority',
      { ...one, tasks: [taskOf(1, dev), taskOf(2, { ...dev, priority: 9 })], first: [1] },
    ],
    [
      'it was assigned by us, and another agent of the pool is free',
      {
        ...{ tasks: [taskOf(1, ofAda)], agents: [ada, bob] },
        known: [{ ...unknownAgent('ada'), quiet: false, paused: true }],
        assignedByUs: { 1: { pool: 'dev', agent: 'ada' } },
      },
    ],
    [
      'the time of its unwell agent has come',
      { ...one, known: [ill('ada', { ...unwell('cooling-down'), untilMs: 1 } as Health)] },
    ],
  ],
  'slot-due': [['it is in line, and a slot is free', { ...one, runs: [inLine] }, 'waiting-for-slot']],
  running: [
    ['its goose runs', { ...one, tasks: [taskOf(1, atWork)], runs: [runs] }, 'running'],
    [
      'no goose host has it yet',
      { ...one, tasks: [taskOf(1, atWork)], runs: [open('running', { atAttempt: true })] },
      'waiting-for-host',
    ],
    [
      'its goose host is gone',
      { ...one, tasks: [taskOf(1, atWork)], runs: [{ ...runs, heardAtMs: 1_000 }] },
      'interrupted',
    ],
  ],
  'backing-off': [['its attempt failed', { ...one, runs: [open('backing-off')] }, 'backing-off']],
  parked: [['it is parked', { ...one, runs: [open('parked')] }, 'parked']],
  'working-elsewhere': [
    [
      'somebody works on it',
      { ...one, tasks: [taskOf(1, { status: 'working', assignedTo: 'eve' })] },
      undefined,
      'unknown-agent',
    ],
  ],
  'run-dying': [
    [
      'its run was terminated a moment ago',
      {
        ...{ ...one, tasks: [taskOf(1, atWork)] },
        runs: [open('running', { closedAtMs: Date.now(), memo: { ...memo, heartbeatTimeoutMs: 600_000 } })],
      },
    ],
  ],
  blocked: [
    ['another one is first', { ...one, tasks: [taskOf(1, { ...dev, blockedByTaskId: 2 }), taskOf(2)] }],
  ],
  cycle: [
    [
      'it waits for one that waits for it',
      {
        ...one,
        tasks: [taskOf(1, { ...dev, blockedByTaskId: 2 }), taskOf(2, { ...dev, blockedByTaskId: 1 })],
      },
    ],
  ],
  'open-subtasks': [
    ['a part of it is open', { ...one, tasks: [taskOf(1, dev), taskOf(2, { parentTaskId: 1 })] }],
  ],
  'scheduler-paused': [
    ['the scheduler is paused', { ...one, paused: true }],
    ['and nobody has it', { ...one, tasks: [taskOf(1)], paused: true }, undefined, 'unassigned'],
    ['in line', { ...one, runs: [inLine], paused: true }, 'waiting-for-slot'],
  ],
  'scheduler-disabled': [['it is disabled', { ...one, disabled: true }]],
  unassigned: [
    ['it has neither', { ...one, tasks: [taskOf(1)] }],
    [
      'its schedule names nobody',
      { ...one, tasks: [taskOf(1, { tags: [...ofOccurrence.tags, 'for:nobody'] })] },
    ],
    [
      'its agent gave it back',
      { ...one, tasks: [taskOf(1, { ...ofOccurrence, previousAssignedTo: 'ada' })] },
    ],
    ['its tag is none of ours', { ...one, tasks: [taskOf(1, { tags: ['occurrence:x y'] })] }],
  ],
  'not-released': [
    ['its occurrence has it still', { ...one, tasks: [taskOf(1, ofOccurrence)] }],
    ['in legacy mode', { ...one, tasks: [taskOf(1, ofOccurrence)], mode: 'legacy' }],
  ],
  'legacy-unassigned': [['in legacy mode', { ...one, agents: [agentOf('ada', 1)], mode: 'legacy' }]],
  'no-agent-for-queue': [['nobody serves it', { ...one, tasks: [taskOf(1, { queue: 'qa' })] }]],
  'unknown-agent': [['nobody knows it', { ...one, tasks: [taskOf(1, { assignedTo: 'eve' })] }]],
  'limit-zero': [
    ['its agent has no slots', { tasks: [taskOf(1, ofAda)], agents: [agentOf('ada', 0, 'dev')] }],
  ],
  'agent-paused': [
    [
      'its agent is paused',
      { ...one, tasks: [taskOf(1, ofAda)], known: [{ ...unknownAgent('ada'), quiet: false, paused: true }] },
    ],
  ],
  'pool-paused': [
    ['its queue is paused', { ...one, pausedPools: ['dev'] }],
    ['in line', { ...one, runs: [inLine], pausedPools: ['dev'] }, 'waiting-for-slot'],
  ],
  'pool-held': [
    ['the same trouble took its agents', { ...one, holds: { dev: HELD } }],
    ['in line', { ...one, runs: [inLine], holds: { dev: HELD } }, 'waiting-for-slot'],
    ['and one task tries', { ...one, holds: { dev: { ...HELD, canary } } }],
  ],
  'agent-quiet': [['its agent is new here', { ...one, known: [{ ...unknownAgent('ada'), quiet: true }] }]],
  'agent-cooling-down': [
    ['its model is down', { ...one, known: [ill('ada', unwell('cooling-down'))] }],
    ['and is tried', { ...one, known: [ill('ada', unwell('cooling-down', true))] }],
  ],
  'agent-misconfigured': [['its recipe is wrong', { ...one, known: [ill('ada', unwell('misconfigured'))] }]],
  'agent-budget': [
    [
      'its agent has used up its budget',
      { ...one, agents: [{ ...ada, budget }], known: [spender('ada', 900, 100)] },
    ],
    [
      'its pool may, but all of its agents have',
      {
        ...{ tasks: [taskOf(1, ofAda)], agents: [{ ...ada, budget }, bob] },
        known: [spender('ada', 1_000, 0)],
      },
    ],
    [
      'in line',
      { ...one, agents: [{ ...ada, budget }], known: [spender('ada', 1_500, 0)], runs: [inLine] },
      'waiting-for-slot',
    ],
  ],
  'pool-budget': [
    [
      'its pool has used up its budget',
      {
        ...{
          ...one,
          agents: [
            { ...ada, poolBudget: budget },
            { ...bob, poolBudget: budget },
          ],
        },
        spentByPool: spent(1_000, 0),
      },
    ],
  ],
  'agent-full': [
    [
      'its agent has another one',
      { ...one, tasks: [taskOf(1, ofAda), ...adaIsBusy.tasks], runs: adaIsBusy.runs },
    ],
    [
      'in line for it',
      {
        ...{ ...one, tasks: [taskOf(1, ofAda), ...adaIsBusy.tasks] },
        runs: [{ ...inLine, memo: { ...memo, wants: 'ada' } }, ...adaIsBusy.runs],
      },
      'waiting-for-slot',
    ],
  ],
  'pool-full': [
    [
      'another one has the slot',
      { ...one, tasks: [taskOf(1, dev), ...adaIsBusy.tasks], runs: adaIsBusy.runs },
    ],
    ['another one was put first', { ...one, tasks: [taskOf(1, dev), taskOf(2, dev)], first: [2] }],
    [
      'in line',
      { ...one, tasks: [taskOf(1, dev), ...adaIsBusy.tasks], runs: [inLine, ...adaIsBusy.runs] },
      'waiting-for-slot',
    ],
  ],
  'pool-unavailable': [
    [
      'nobody of its queue can',
      {
        ...{ ...one, agents: [ada, bob] },
        known: [{ ...unknownAgent('ada'), quiet: false, paused: true }, ill('bob', unwell('misconfigured'))],
      },
    ],
  ],
  'starts-limited': [
    [
      'fifty others start',
      {
        tasks: [
          taskOf(1, dev),
          ...Array.from({ length: 50 }, (_, at) => taskOf(at + 2, { ...dev, priority: 1 })),
        ],
        agents: [agentOf('ada', 60, 'dev')],
      },
    ],
  ],
};

const tinytaskWith = (all: Place['tasks']) =>
  ({
    listOpen: async () => all,
    get: async (id: number) => {
      const task = all.find((each) => each.id === id);
      return task && { ...task, comments: [] };
    },
  }) as unknown as TinyTask;

/** A whole pass, by the activity itself. */
function survey(at: Place): Promise<SurveyResult> {
  const deps = {
    ...{
      client: serverOf(at),
      asking: serverOf(at),
      tinytask: tinytaskWith(at.tasks),
      config: configOf(at),
      tell: () => undefined,
    },
    loadAgents: async () => registryOf(at),
  };
  const { first = [], assignedByUs = {}, paused = false } = at;
  const nothing = { pools: {}, ranks: {}, toldChanges: {}, serves: null, last: null };
  const env = new MockActivityEnvironment({ currentAttemptScheduledTimestampMs: Date.now() });
  const input = { full: true, once: true, runs: packRuns([]), ...nothing, first, assignedByUs, paused };
  return env.run(surveyActivities(deps).survey, input) as Promise<SurveyResult>;
}

function inReport({ started, waiting }: PassReport): Waits | undefined {
  const start = started.find(({ taskId }) => taskId === 1);
  const found = waiting.find(({ taskId }) => taskId === 1);
  if (start) return { reason: { why: 'starting', agent: start.agent, queue: start.queue } };
  return found && { reason: found.reason, ...(found.still && { still: found.still }) };
}

const rows = Object.entries(CASES).flatMap(([why, cases]) =>
  cases.map(([name, at, state, still]) => ({ why: why as Reason['why'], name, at, state, still })),
);

describe.each(['with a daemon', 'without one'])('%s', (world) => {
  test.each(rows)('$why: $name', async ({ why, at, state, still }) => {
    place = at;
    const pass = await survey(at);
    const { agents, inForce } = pass;
    const answer = { agents: unpackAgents(agents ?? []), inForce, lastPass: null };
    const client = serverOf(at, world === 'with a daemon' ? answer : undefined);
    const deps = { client, tinytask: tinytaskWith(at.tasks), config: configOf(at) };
    const snapshot = await readSnapshot(deps);
    const status = statusOf(snapshot, deps.config.heartbeatTimeoutMs);
    const explanation = await explainTask(deps, 1);
    const [row] = taskRows(status, at.tasks, Date.now());
    const ofPass = inReport({ ...pass.report, started: pass.starts.map(startedOf) });
    const ofDryRun = inReport(dryReport(snapshot, Date.now(), []));
    const { running, interrupted, queued, backingOff, parked } = status;
    const line = [running, interrupted, queued, backingOff, parked].flat().find(({ taskId }) => taskId === 1);
    const waiting = status.waiting.find(({ taskId }) => taskId === 1);

    expect(line?.state).toBe(state);
    expect(explanation.run).toEqual(line ?? null);
    // Of all reasons the first is the one that everybody tells.
    if (explanation.waits !== null) expect(explanation.reasons[0]).toEqual(explanation.waits.reason);
    expect(ofDryRun).toEqual(ofPass);
    const sentences = sayExplanation(explanation).join('\n');
    if (line !== undefined) {
      // Its run tells the rest: the planner has nothing to say of one that runs, and `status` says it once.
      expect(waiting).toBeUndefined();
      expect(explanation.waits).toEqual(line.waits ?? ofPass ?? null);
      if (why !== 'running') expect(explanation.waits?.reason.why).toBe(why);
      expect(sentences).toContain(sayRun(line));
      if (state !== 'running') expect(row?.state).toBe(sayRun(line));
      return;
    }
    expect(explanation.waits).toMatchObject({ reason: { why } });
    expect(explanation.waits?.still?.why).toBe(still);
    expect(ofPass).toEqual(explanation.waits);
    expect(waiting).toMatchObject(explanation.waits as Waits);
    expect(sentences).toContain(sayWaiting(explanation.waits as Waits));
    expect(row?.state).toBe(sayWaiting(explanation.waits as Waits));
  });
});
