import { describe, expect, test } from 'vitest';
import { semaphoreActivities } from '../../../activities/slots/semaphore.ts';
import { prepareStarts } from '../../../activities/survey/prepare-starts.ts';
import { reconcile } from '../../../activities/survey/reconcile.ts';
import { loadConfig } from '../../../config/load.ts';
import type { DueStart } from '../../../contract/pass.ts';
import type { AgentRegistry } from '../../../domain/agent.ts';
import { NO_PAST } from '../../../domain/attempt/follow.ts';
import type { Start } from '../../../domain/plan/decision.ts';
import { pastOf } from '../../../temporal/past.ts';
import { clientOf, type DescribedRun } from '../../support/described-runs.ts';
import { lineRunOf, MADE_AT, rankOfTask, runOf } from '../../support/tasks.ts';

const CLOSED_MS = 1_000_000;
const terminated: DescribedRun = { taskId: 1, agent: 'ada', phase: 'running', closedAtMs: CLOSED_MS };
const { config } = loadConfig({ env: { TINYSCHEDULER_HEARTBEAT_SEC: '5' }, cwd: '/' });
const CONFIGURED_MS = config.heartbeatTimeoutMs;
const registry: AgentRegistry = { agents: [{ name: 'ada', limit: 1 }], mode: 'queue', warnings: [] };
const task = { id: 1, createdAt: MADE_AT };

describe('a run that began under a longer heartbeat timeout than is configured now', () => {
  const longer: DescribedRun = { ...terminated, memo: { createdAt: MADE_AT, heartbeatTimeoutMs: 90_000 } };
  const older: DescribedRun = { ...terminated, memo: { createdAt: MADE_AT } };

  test.each([
    ['its own counts for the next run', longer, CLOSED_MS + 90_000],
    ['of an earlier version the configured one counts', older, CLOSED_MS + CONFIGURED_MS],
  ])('%s', async (_, run, notBeforeMs) => {
    expect(
      await pastOf(
        clientOf(() => [run]),
        task,
        CONFIGURED_MS,
      ),
    ).toMatchObject({ notBeforeMs });
  });

  test.each([
    ['its own counts for its slot', longer, 90_000],
    ['of an earlier version the configured one counts', older, CONFIGURED_MS],
  ])('%s', async (_, run, lingersMs) => {
    const client = clientOf(() => [run]);
    const { lookAtRuns } = semaphoreActivities({ client, config, loadAgents: async () => registry });
    expect(await lookAtRuns([{ workflowId: 'task-1', runId: 'run-1' }])).toEqual([
      {
        workflowId: 'task-1',
        runId: 'run-1',
        closedAtMs: CLOSED_MS,
        inOrder: false,
        mayHold: false,
        agent: 'ada',
        lingersMs,
      },
    ]);
  });

  test('what it counted is kept, and what its version did not count is 0', async () => {
    const { outages: _, ...counted } = { ...NO_PAST, number: 4, used: 2 };
    const memo = { createdAt: MADE_AT, past: counted as typeof NO_PAST };
    const { past } = await pastOf(
      clientOf(() => [{ ...terminated, memo }]),
      task,
      CONFIGURED_MS,
    );
    expect(past).toEqual({ ...counted, outages: 0 });
  });
});

describe('a run that has told the scheduler that it ended, and is not closed yet', () => {
  const start: Start = {
    ...{ task, semaphore: 'pool-dev', wants: null, queue: 'dev', pool: 'dev', rank: rankOfTask(1) },
  };
  const forAda: Start = { ...start, wants: 'ada', pool: null };
  const memo = { semaphore: 'pool-dev', wants: null };
  const settled: DescribedRun = { ...terminated, closedAtMs: null, memo };
  const prepare = (runs: () => DescribedRun[], assignedByUs = {}, one = start) =>
    prepareStarts({ asking: clientOf(runs), config }, [one], assignedByUs);

  test.each<[string, DescribedRun, 'closing' | 'in hand']>([
    ['it has settled', settled, 'closing'],
    ['it was parked', { ...settled, phase: 'parked' }, 'closing'],
    ['it backed off', { ...settled, phase: 'backing-off' }, 'closing'],
    ['it waits for a slot after all', { ...settled, phase: 'waiting' }, 'in hand'],
    ['its goose runs after all', { ...settled, atAttempt: true }, 'in hand'],
  ])('%s: %s', async (_, run, which) => {
    expect(await prepare(() => [run])).toEqual({
      starts: [],
      stillOpen: which === 'in hand' ? [runOf(1, 'ada')] : [],
      closing: which === 'closing' ? [1] : [],
    });
  });

  test('it is waited for a moment, and the next one starts', async () => {
    let looks = 0;
    const { starts, closing } = await prepare(() => [looks++ < 2 ? settled : terminated]);
    expect(closing).toEqual([]);
    expect(starts).toMatchObject([{ assignee: null, assignedByUs: false }]);
  });

  test('one that waits for a slot of anybody is in line, and nobody has it', async () => {
    const waiting: DescribedRun = { ...settled, phase: 'waiting', agent: null };
    expect((await prepare(() => [waiting])).stillOpen).toEqual([lineRunOf(1)]);
  });

  const ours = (agent: string) => ({ 1: { pool: 'dev', agent } });
  test.each<[string, Start, Record<string, { pool: string; agent: string }>, Partial<DueStart>]>([
    ['nobody has', start, {}, { assignee: null, assignedByUs: false }],
    ['a claim of ours has given to ada', start, ours('ada'), { assignee: 'ada', assignedByUs: true }],
    ['a person has given to ada', forAda, {}, { assignee: 'ada', assignedByUs: false }],
    // It was ours, and cannot be any more: the planner has found it assigned to somebody.
    ['a person has given to ada after us', forAda, ours('bob'), { assignee: 'ada', assignedByUs: false }],
  ])('a start of a task that %s', async (_, one, assignedByUs, expected) => {
    const { starts } = await prepare(() => [], assignedByUs, one);
    expect(starts).toMatchObject([expected]);
  });

  test.each([
    ['it does not count in a full pass', [], []],
    ['it counts where it has not said so', [runOf(1, 'ada')], [runOf(1, 'ada')]],
    ['it counts before the first pass, when nothing was said', null, [runOf(1, 'ada')]],
  ])('%s', async (_, believed, runs) => {
    expect(
      (
        await reconcile(
          clientOf(() => [settled]),
          believed,
        )
      ).runs,
    ).toEqual(runs);
  });
});

test.each([
  ['at an attempt', { phase: 'running', atAttempt: true }, ['running']],
  ['being written back: it has given its slot back', { phase: 'running', atAttempt: false }, []],
  ['in line', { phase: 'waiting', atAttempt: false }, ['waiting']],
  ['backing off', { phase: 'backing-off', atAttempt: false }, []],
] as const)('what a semaphore that lost its state finds of a run that is %s', async (_, state, phases) => {
  const memo = { createdAt: MADE_AT, semaphore: 'pool-dev', wants: null };
  const run: DescribedRun = { taskId: 1, agent: 'ada', closedAtMs: null, memo, ...state };
  const client = clientOf(() => [run]);
  const { openRunsOf } = semaphoreActivities({ client, config, loadAgents: async () => registry });
  const found = await openRunsOf({ semaphore: 'pool-dev', agents: ['ada'] });
  expect(found.map(({ phase }) => phase)).toEqual(phases);
});

test.each([
  ['by the heartbeats of its host', { fence: 7 }, [{ fence: 7 }]],
  ['not, where no host has begun', undefined, [{}]],
  ['not, where they say something else', { fence: 'seven' }, [{}]],
])('which grant a run is at is known %s', async (_, beat, expected) => {
  const memo = { createdAt: MADE_AT, semaphore: 'pool-dev', wants: null };
  const run: DescribedRun = {
    taskId: 1,
    agent: 'ada',
    closedAtMs: null,
    memo,
    phase: 'running',
    atAttempt: true,
  };
  const client = clientOf(() => [{ ...run, ...(beat && { beat }) }]);
  const { openRunsOf } = semaphoreActivities({ client, config, loadAgents: async () => registry });
  const found = await openRunsOf({ semaphore: 'pool-dev', agents: ['ada'] });
  expect(found.map(({ fence }) => (fence === undefined ? {} : { fence }))).toEqual(expected);
});
