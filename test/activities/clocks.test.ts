import { MockActivityEnvironment } from '@temporalio/testing';
import { describe, expect, test } from 'vitest';
import { fingerprintOf } from '../../activities/survey/in-force.ts';
import { surveyActivities } from '../../activities/survey/survey.ts';
import { watchActivities } from '../../activities/survey/watch.ts';
import { loadConfig } from '../../config/load.ts';
import type { SurveyInput, SurveyResult } from '../../contract/pass.ts';
import type { AgentRegistry } from '../../domain/agent.ts';
import type { Health } from '../../domain/slots/health.ts';
import type { Task } from '../../domain/task.ts';
import type { TinyTask } from '../../tinytask/client.ts';
import { clientOf, type DescribedRun } from '../support/described-runs.ts';
import { MADE_AT, taskOf } from '../support/tasks.ts';

const HOUR_MS = 3_600_000;
/** How far the clock of the host is ahead of the server's. */
const CLOCKS: [name: string, aheadMs: number][] = [
  ['an hour ahead', HOUR_MS],
  ['right', 0],
  ['an hour behind', -HOUR_MS],
];

const { config } = loadConfig({ env: { TINYSCHEDULER_LOOP_INTERVAL_SEC: '60' }, cwd: '/' });
const registry: AgentRegistry = {
  agents: [{ name: 'ada', limit: 1, queue: 'dev' }],
  mode: 'queue',
  warnings: [],
};
const loadAgents = async () => registry;
const tinytaskWith = (tasks: Task[]) => ({ listOpen: async () => tasks }) as unknown as TinyTask;

/** Of an activity that the server schedules now, by its own clock. */
function scheduled(aheadMs: number) {
  const nowMs = Date.now() - aheadMs;
  return { env: new MockActivityEnvironment({ currentAttemptScheduledTimestampMs: nowMs }), nowMs };
}

describe.each(CLOCKS)('a host whose clock is %s', (_, aheadMs) => {
  test('watches for as long as it was told', async () => {
    const { env, nowMs } = scheduled(aheadMs);
    const activities = watchActivities({ tinytask: tinytaskWith([]), config, loadAgents, tell: () => {} });
    const input = {
      fingerprint: fingerprintOf([]),
      registry: '',
      by: 'other',
      runs: [],
      untilMs: nowMs + 1_200,
    };
    const startMs = performance.now();
    const seen = await env.run(activities.watch, input);
    const tookMs = performance.now() - startMs;
    expect(seen).toBe('over');
    expect(tookMs).toBeGreaterThanOrEqual(1_150);
    expect(tookMs).toBeLessThan(10_000);
  });

  test('has a full pass when that is due, although something is new at each look', async () => {
    const { env, nowMs } = scheduled(aheadMs);
    let made = 0;
    const tinytask = {
      listOpen: async () => [taskOf(made++, { queue: 'dev' })],
      changes: async () => undefined,
    } as unknown as TinyTask;
    const { watch } = watchActivities({ tinytask, config, loadAgents, tell: () => {} });
    const input = { fingerprint: 'another', registry: '', by: 'other', runs: [], untilMs: nowMs + 60_000 };
    expect(await env.run(watch, input)).toBe('changed');
    expect(await env.run(watch, { ...input, untilMs: nowMs - 1 })).toBe('over');
  });

  test.each<[string, number, number]>([
    ['is over', -1_000, 1],
    ['is not over', 60_000, 0],
  ])('plans by the clock of who cooled the agent down: it %s', async (_name, inMs, starts) => {
    const { nowMs } = scheduled(aheadMs);
    const health: Health = { state: 'cooling-down', reason: 'quota', untilMs: nowMs + inMs, times: 1 };
    const result = await survey(aheadMs, [taskOf(1, { queue: 'dev' })], { pools: poolOf(health) });
    expect(result.starts).toHaveLength(starts);
  });

  test.each<[string, number, number]>([
    ['may live', -2_000, 0],
    ['are gone', -HOUR_MS, 1],
  ])('takes a task back by the clock of who closed its run: processes %s', async (_name, inMs, idle) => {
    const { nowMs } = scheduled(aheadMs);
    const closedAtMs = nowMs + inMs;
    const run: DescribedRun = {
      ...{ taskId: 1, agent: 'ada', phase: 'running', closedAtMs },
      memo: { createdAt: MADE_AT, heartbeatTimeoutMs: 15_000 },
    };
    const result = await survey(aheadMs, [taskOf(1, { status: 'working', assignedTo: 'ada' })], {}, [run]);
    expect(result.report.figures.leasesReclaimed).toBe(idle);
    // A pass is due when they are gone, which is a duration.
    if (idle === 0) expect(result.loopIntervalMs).toBeGreaterThan(11_000);
    if (idle === 0) expect(result.loopIntervalMs).toBeLessThanOrEqual(13_000);
  });
});

/** What the semaphore of pool dev has told. */
function poolOf(health: Health): SurveyInput['pools'] {
  return {
    'pool-dev': {
      paused: false,
      agents: [{ name: 'ada', limitByHand: null, paused: false, health, quiet: false }],
    },
  };
}

async function survey(
  aheadMs: number,
  tasks: Task[],
  change: Partial<SurveyInput>,
  runs: DescribedRun[] = [],
) {
  const [task] = tasks;
  const tinytask = {
    ...tinytaskWith(tasks),
    get: async () => task,
    comments: async () => [],
    addComment: async () => {},
    update: async () => ({ ...task, status: 'idle' }),
  } as unknown as TinyTask;
  const client = clientOf(() => runs);
  const { survey: look } = surveyActivities({
    client,
    asking: client,
    tinytask,
    config,
    loadAgents,
    tell: () => {},
  });
  const input: SurveyInput = {
    ...{ full: runs.length > 0, once: false, runs: [], assignedByUs: {}, pools: {}, ranks: {} },
    ...{ paused: false, first: [], serves: null, last: null, toldChanges: {} },
    ...change,
  };
  return (await scheduled(aheadMs).env.run(look, input)) as SurveyResult;
}
