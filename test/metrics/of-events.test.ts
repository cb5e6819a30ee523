import { expect, test } from 'vitest';
import type { SchedulerEvent } from '../../activities/events.ts';
import { VERDICT_KINDS } from '../../domain/attempt/verdict.ts';
import type { Health } from '../../domain/slots/health.ts';
import { EventCounts } from '../../metrics/of-events.ts';

const NOW_MS = 1_790_000_000_000;
const IDS = { taskId: 7_777, agent: 'ada', attempt: 1, runId: 'run-7' };

/** What was counted beyond 0, without buckets and prefix. */
async function counted(...events: readonly unknown[]): Promise<Record<string, number>> {
  const counts = new EventCounts();
  for (const event of events) counts.count(event as SchedulerEvent, NOW_MS);
  const lines = (await counts.text()).split('\n').filter((line) => !/^#|_bucket|^$/.test(line));
  const pairs = lines.map((line) => /^tinyscheduler_(\S+?)(?:\{(.*)\})? (\S+)$/.exec(line) ?? []);
  const values = pairs.map(
    ([, name, labels = '', value]) => [`${name} ${labels}`.trim(), Number(value)] as const,
  );
  return Object.fromEntries(values.filter(([, value]) => value !== 0));
}

const claimed = (change: object = {}) => ({
  ...{ what: 'claimed', ...IDS, log: 'secret.log', assignedFrom: 'dev', pool: 'dev' },
  ...{ addedMs: NOW_MS - 90_000, handedOutMs: NOW_MS - 1_500, ...change },
});
const settled = (change: object = {}) => ({
  ...{ what: 'settled', ...IDS, claimed: true, verdict: 'completed', tokens: 500, wrote: 'complete' },
  ...{ outcome: { task: 'complete', by: 'us' }, follow: { next: 'end' }, ...change },
});
const passEnded = (full: boolean, health: Health = { state: 'well' }) => ({
  ...{ what: 'pass-ended', full, sawTasks: true, paused: false, enabled: true },
  report: { tookMs: 250, figures: { tasksSpawned: 3, errors: 2 } },
  agents: [{ name: 'ada', queue: 'dev', health }],
});
const unwell = (state: 'cooling-down' | 'misconfigured', times: number): Health => ({
  ...{ state, times, reason: 'secret', untilMs: 0 },
});
const began = (trigger: string) => ({
  ...{ what: 'occurrence-began', schedule: 's', occurrence: 'o', plannedMs: NOW_MS - 4_000, trigger },
  ...{ number: 1, version: 1 },
});

test.each<[string, readonly unknown[], Record<string, number>]>([
  [
    'the first attempt',
    [claimed()],
    {
      'attempts_started_total pool="dev"': 1,
      dispatch_latency_seconds_sum: 90,
      dispatch_latency_seconds_count: 1,
      start_latency_seconds_sum: 1.5,
      start_latency_seconds_count: 1,
    },
  ],
  [
    'a further attempt says nothing of how long the task waited at first',
    [claimed({ attempt: 2, pool: null })],
    {
      'attempts_started_total pool=""': 1,
      start_latency_seconds_sum: 1.5,
      start_latency_seconds_count: 1,
    },
  ],
  [
    'a clock that is behind',
    [claimed({ addedMs: NOW_MS + 5_000, handedOutMs: Number.NaN })],
    { 'attempts_started_total pool="dev"': 1, dispatch_latency_seconds_count: 1 },
  ],
  [
    'attempts that were written back',
    [settled(), settled({ verdict: 'worker-lost', tokens: null }), settled({ agent: 'bob', tokens: 0 })],
    {
      'attempts_total verdict="completed"': 2,
      'attempts_total verdict="worker-lost"': 1,
      'agent_attempts_total agent="ada",verdict="completed"': 1,
      'agent_attempts_total agent="ada",verdict="worker-lost"': 1,
      'agent_attempts_total agent="bob",verdict="completed"': 1,
      'tokens_total agent="ada"': 500,
    },
  ],
  [
    'what ran, and what did not begin',
    [true, false].map((has) => ({ what: 'attempt-ended', ...IDS, result: { claimed: has, seconds: 12.5 } })),
    { attempt_duration_seconds_sum: 12.5, attempt_duration_seconds_count: 1 },
  ],
  [
    'a pass',
    [passEnded(true)],
    {
      pass_duration_seconds_sum: 0.25,
      pass_duration_seconds_count: 1,
      pass_starts_total: 3,
      pass_errors_total: 2,
    },
  ],
  [
    'a refill',
    [passEnded(false)],
    {
      refill_duration_seconds_sum: 0.25,
      refill_duration_seconds_count: 1,
      pass_starts_total: 3,
      pass_errors_total: 2,
    },
  ],
  [
    'what goes wrong',
    [
      { what: 'not-settled', ...IDS, problem: 'secret' },
      { what: 'reclaimed', taskId: 7_777, agent: 'ada', runId: 'r' },
      { what: 'slot-kept', ...IDS, problem: 'secret' },
    ],
    { write_back_failures_total: 1, reclaimed_total: 1, slots_kept_total: 1 },
  ],
  [
    'schedules',
    [
      began('plan'),
      began('run-now'),
      {
        what: 'occurrence-left-out',
        schedule: 's',
        occurrence: 'o',
        plannedMs: 0,
        because: { why: 'too-late' },
      },
    ],
    {
      schedule_lateness_seconds_sum: 4,
      schedule_lateness_seconds_count: 1,
      'occurrences_left_out_total reason="too-late"': 1,
    },
  ],
])('%s', async (_, events, expected) => expect(await counted(...events)).toEqual(expected));

test('a cool-down counts when it begins or goes on, and not what was there before', async () => {
  const healths: Health[] = [
    unwell('cooling-down', 1),
    unwell('cooling-down', 1),
    unwell('cooling-down', 2),
    { state: 'well' },
    unwell('misconfigured', 1),
    unwell('misconfigured', 1),
  ];
  const all = await counted(...healths.map((health) => passEnded(false, health)));
  expect(all).toMatchObject({
    'cool_downs_total reason="cooling-down"': 1,
    'cool_downs_total reason="misconfigured"': 1,
  });
});

test('pools that are known, verdicts and reasons begin with 0', async () => {
  const counts = new EventCounts();
  counts.knowPools(['dev', null]);
  const text = await counts.text();
  expect(text).toContain('tinyscheduler_attempts_started_total{pool="dev"} 0');
  expect(text).toContain('tinyscheduler_attempts_started_total{pool=""} 0');
  for (const verdict of VERDICT_KINDS) expect(text).toContain(`attempts_total{verdict="${verdict}"} 0`);
});

test('beyond 2,000 pairs of agent and verdict the agent is another, and nothing is lost', async () => {
  const counts = new EventCounts();
  for (let at = 0; at < 2_500; at += 1)
    counts.count(settled({ agent: `agent-${at}`, tokens: 1 }) as SchedulerEvent, NOW_MS);
  const lines = (await counts.text())
    .split('\n')
    .filter((line) => line.startsWith('tinyscheduler_agent_attempts'));
  expect(lines).toHaveLength(2_001);
  expect(lines).toContain('tinyscheduler_agent_attempts_total{agent="other",verdict="completed"} 500');
});

test('no task and no text of anybody is in it', async () => {
  const counts = new EventCounts();
  for (const event of [claimed(), settled(), { what: 'not-settled', ...IDS, problem: 'secret' }])
    counts.count(event as SchedulerEvent, NOW_MS);
  expect(await counts.text()).not.toMatch(/7777|secret|run-7/);
});
