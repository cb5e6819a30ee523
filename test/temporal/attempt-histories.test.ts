import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import type { AttemptFacts } from '../../contract/status.ts';
import { attemptsIn, attemptsOf } from '../../temporal/attempt-histories.ts';
import { readHistory } from '../replay/history-file.ts';
import { clientOf, type DescribedRun } from '../support/described-runs.ts';
import { MADE_AT } from '../support/tasks.ts';

const eventsOf = (name: string) =>
  readHistory(fileURLToPath(new URL(`../replay/histories/${name}.json`, import.meta.url))).events ?? [];
const closed = {
  workflowId: 'task-1',
  runId: 'r',
  taskId: 1,
  agent: 'ada',
  queue: 'dev',
  phase: 'running',
} as const;
const over = { ...closed, startedAtMs: 0, closedAtMs: 9, inOrder: false, continued: false, attempt: null };
const short = ({ number, state, verdict, end, host }: AttemptFacts) =>
  [number, state, verdict?.kind ?? null, verdict?.reason ?? null, host, end] as const;

/** Histories that a real server has written. */
test.each<[string, ReturnType<typeof short>[]]>([
  [
    'run-parks-and-retries',
    [1, 2, 3, 4].map((number) => [
      ...([number, 'ended', 'agent-failed', 'the model answered with nothing, four times'] as const),
      ...(['host', number === 4 ? 'gone' : null] as const),
    ]),
  ],
  [
    'run-loses-its-worker-in-each-phase',
    [
      [
        1,
        'ended',
        'worker-lost',
        'its worker on host was lost, and its processes have been ended',
        'host',
        null,
      ],
      [2, 'ended', 'worker-lost', 'its worker was not heard of for the heartbeat timeout', 'host', null],
      [3, 'ended', 'agent-failed', 'the model answered with nothing, four times', 'host', null],
      [4, 'ended', 'agent-failed', 'the model answered with nothing, four times', 'host', null],
      [5, 'ended', 'not-ours', expect.stringContaining('complete') as unknown as string, 'host', 'complete'],
    ],
  ],
  ['run-is-terminated', [[1, 'cut-off', null, null, null, null]]],
  ['run-is-cancelled-and-continues', [[1, 'ended', 'cancelled', 'cancelled by hand', 'host', null]]],
  ['run-is-withdrawn', []],
  // The first one stood down, and its number was given to the next.
  ['run-was-reset', [[1, 'ended', 'completed', 'the model gave its final answer', 'host', 'complete']]],
])('the attempts of a run, by its history: %s', (name, expected) => {
  expect(attemptsIn(eventsOf(name), over).map(short)).toEqual(expected);
});

test('what an attempt took, and when', () => {
  const [first] = attemptsIn(eventsOf('run-parks-and-retries'), over);
  expect(first).toMatchObject({
    ...{ runId: 'r', agent: expect.any(String), startedAtMs: expect.any(Number) },
    ...{ endedAtMs: expect.any(Number), seconds: expect.any(Number), turns: expect.any(Number) },
    log: expect.stringContaining('attempt_1'),
  });
});

test('one that is under way: its run tells who has taken it', () => {
  const attempt = { startedAtMs: 5, heardAtMs: 6, worker: '77@far' };
  const [only] = attemptsIn(eventsOf('run-is-terminated'), { ...over, closedAtMs: null, attempt });
  expect(only).toMatchObject({ number: 1, state: 'under-way', host: 'far', startedAtMs: 5, endedAtMs: null });
});

test('what nobody can read is no attempt', () => {
  const scheduled = {
    activityType: { name: 'runGoose' },
    input: { payloads: [{ data: new Uint8Array([1]) }] },
  };
  expect(
    attemptsIn([{ eventId: 1 as never, activityTaskScheduledEventAttributes: scheduled }], over),
  ).toEqual([]);
});

test('runs of a task that had the same id before a reset of TinyTask do not count, and copied events count once', async () => {
  const past = (createdAt: string) => ({
    closedAtMs: 5,
    memo: { createdAt },
    agent: 'ada',
    phase: 'running' as const,
  });
  const runs: DescribedRun[] = [
    { taskId: 1, runId: 'before', ...past('2020-01-01T00:00:00Z') },
    { taskId: 1, runId: 'one', ...past(MADE_AT) },
    { taskId: 1, runId: 'reset', ...past(MADE_AT) },
  ];
  const asked: string[] = [];
  const client = clientOf(() => runs);
  const getWorkflowExecutionHistory = async ({ execution }: { execution: { runId: string } }) => {
    asked.push(execution.runId);
    return { history: { events: eventsOf('run-parks-and-retries') } };
  };
  Object.assign(client, { workflowService: { getWorkflowExecutionHistory } });
  const attempts = await attemptsOf(client, { id: 1, createdAt: MADE_AT });
  expect(asked.sort()).toEqual(['one', 'reset']);
  expect(attempts.map(({ number }) => number)).toEqual([1, 2, 3, 4]);
});
