import { describe, expect, test } from 'vitest';
import { changesBetween, schedulesIn, seenIn } from '../../../client/follow/changes.ts';
import type { OpenTask } from '../../../contract/listings.ts';
import type { ScheduleNow } from '../../../contract/schedule.ts';
import type { AgentStatus, RunLine, Status } from '../../../contract/status.ts';
import type { BudgetFigures, Obstacle, Reason } from '../../../domain/plan/reason.ts';
import { allowed } from '../../support/allowed.ts';
import { agentOf, lookOf, openTaskOf } from '../../support/api-stand.ts';

const UNTIL_MS = 1_790_000_030_000;
const cooling: Obstacle = { why: 'agent-cooling-down', agent: 'vaela', untilMs: UNTIL_MS, reason: 'quota' };
const misconfigured: Obstacle = { ...cooling, why: 'agent-misconfigured', reason: 'no recipe' };
const held: Obstacle = { why: 'pool-held', queue: 'dev', untilMs: UNTIL_MS, reason: 'quota', taken: 3 };
const budget: BudgetFigures = {
  ...{ tokensPerDay: 1_000, timeZone: 'UTC', used: 990, unknown: 10, unknownAttempts: 1, reserved: 5 },
  untilMs: UNTIL_MS,
};
const unavailable = (...obstacles: Obstacle[]): Reason => ({
  ...{ why: 'pool-unavailable', queue: 'dev', obstacles },
});

function told(before: OpenTask, now: OpenTask): string[] {
  const seen = seenIn(lookOf({ tasks: [before] }), undefined);
  return changesBetween(seen, seenIn(lookOf({ tasks: [now] }), seen)).map(({ event }) => event);
}
const waiting = (reason: Reason, still?: Reason) =>
  openTaskOf(1, { waits: { reason, ...(still && { still }) } });
const run: RunLine = {
  ...{ taskId: 1, agent: 'vaela', whose: { queue: 'dev' }, queue: 'dev', phase: 'parked', state: 'parked' },
  ...{ attempt: 1, sinceMs: 1, cause: 'quota' },
};

describe('of a task whatever is shown is told', () => {
  test.each<[string, OpenTask, OpenTask]>([
    ['its title', openTaskOf(1), openTaskOf(1, { title: 'another' })],
    ['why it is parked', openTaskOf(1, { run }), openTaskOf(1, { run: { ...run, cause: 'no recipe' } })],
    ['when its attempt began', openTaskOf(1, { run }), openTaskOf(1, { run: { ...run, sinceMs: 2 } })],
    [
      'whose slot it waits for',
      openTaskOf(1, { run }),
      openTaskOf(1, { run: { ...run, whose: { agent: 'dev' } } }),
    ],
    ['what it waits for', openTaskOf(1), openTaskOf(1, { blockedBy: [2] })],
    ['until when', waiting(cooling), waiting({ ...cooling, untilMs: UNTIL_MS + 60_000 })],
    ['that its agent is tried', waiting(cooling), waiting({ ...cooling, probing: true })],
    ['why its agent cannot run', waiting(misconfigured), waiting({ ...misconfigured, reason: 'no model' })],
    ['why its pool is held', waiting(held), waiting({ ...held, reason: 'no model' })],
    ['an obstacle fewer', waiting(unavailable(cooling, misconfigured)), waiting(unavailable(cooling))],
    [
      'until when, of an obstacle',
      waiting(unavailable(misconfigured, cooling)),
      waiting(unavailable(misconfigured, { ...cooling, untilMs: UNTIL_MS + 60_000 })),
    ],
    [
      'another budget',
      waiting({ why: 'agent-budget', agent: 'vaela', budget }),
      waiting({ why: 'agent-budget', agent: 'vaela', budget: { ...budget, tokensPerDay: 900 } }),
    ],
    [
      'the limit of its agent',
      waiting({ why: 'agent-full', agent: 'vaela', used: 1, limit: 1 }),
      waiting({ why: 'agent-full', agent: 'vaela', used: 1, limit: 2 }),
    ],
    [
      'that they are stopped',
      waiting({ why: 'scheduler-paused' }),
      waiting({ why: 'scheduler-paused', stopped: true }),
    ],
    [
      'which subtasks',
      waiting({ why: 'open-subtasks', ids: [2, 3] }),
      waiting({ why: 'open-subtasks', ids: [3] }),
    ],
    [
      'what will still hold',
      waiting({ why: 'blocked', by: 2 }, cooling),
      waiting({ why: 'blocked', by: 2 }, { ...cooling, untilMs: UNTIL_MS + 60_000 }),
    ],
    [
      'that it is the reason now, and not the one after it',
      waiting(cooling, { why: 'limit-zero', agent: 'vaela' }),
      waiting({ why: 'limit-zero', agent: 'vaela' }, cooling),
    ],
  ])('%s', (_, before, now) => {
    expect(told(before, structuredClone(before))).toEqual([]);
    expect(told(before, now)).toEqual(['task']);
  });
});

test.each<[string, Reason, Reason]>([
  [
    'slots of a pool that are taken',
    { why: 'pool-full', queue: 'dev', used: 3, limit: 3 },
    { why: 'pool-full', queue: 'dev', used: 4, limit: 2 },
  ],
  [
    'slots that tasks before them get',
    { why: 'pool-full', queue: 'dev', used: 3, held: 0, limit: 3 },
    { why: 'pool-full', queue: 'dev', used: 3, held: 3, limit: 3 },
  ],
  [
    'slots of an agent that are taken',
    { why: 'agent-full', agent: 'vaela', used: 1, limit: 1 },
    { why: 'agent-full', agent: 'vaela', used: 2, limit: 1 },
  ],
  [
    'tokens',
    unavailable({ why: 'pool-budget', queue: 'dev', budget }, cooling),
    unavailable({ why: 'pool-budget', queue: 'dev', budget: { ...budget, used: 999, reserved: 0 } }, cooling),
  ],
  [
    'the time by which what is over is over',
    { why: 'run-dying', untilMs: UNTIL_MS },
    { why: 'run-dying', untilMs: UNTIL_MS + 1_000 },
  ],
])('10,000 tasks are not told of again for what changes all the time: %s', (_, before, now) => {
  const all = (reason: Reason) =>
    lookOf({
      tasks: Array.from({ length: 10_000 }, (_each, at) => ({ ...waiting(reason), taskId: at + 1 })),
    });
  const seen = seenIn(all(before), undefined);
  const beganMs = performance.now();
  const changes = changesBetween(seen, seenIn(all(now), seen));
  // It is done each second, beside all else.
  expect([changes, performance.now() - beganMs < allowed(150)]).toEqual([[], true]);
});

const day = {
  day: '2026-11-26',
  endsMs: UNTIL_MS,
  unknown: 0,
  unknownAttempts: 0,
  reserved: 0,
  unreserved: 0,
};
const spent = (used: number) => ({ tokensPerDay: 1_000, timeZone: 'UTC', today: { ...day, used } });
const health = { state: 'cooling-down', reason: 'quota', untilMs: UNTIL_MS, times: 1 } as const;
const hold = { reason: 'quota', taken: 3, sinceMs: 1, untilMs: UNTIL_MS };
const deed = { did: 'pause', by: 'eve', atMs: 1 } as const;
const all = (status: Partial<Status>) => seenIn(lookOf({ status }), undefined);
const news = (before: ReturnType<typeof all>, now: ReturnType<typeof all>) =>
  changesBetween(before, now).map(({ event }) => event);

test.each<[string, Partial<AgentStatus>, Partial<AgentStatus>, string[]?]>([
  ['why it is unwell', { health }, { health: { ...health, reason: 'no recipe' } }],
  ['that it is tried', { health }, { health: { ...health, probing: true } }],
  ['until when its pool is held', { poolHold: hold }, { poolHold: { ...hold, untilMs: UNTIL_MS + 60_000 } }],
  ['that it is not it alone that is paused', { paused: true }, { poolPaused: true }],
  ['who did that', { paused: true, deeds: [deed] }, { paused: true, deeds: [{ ...deed, by: 'bob' }] }],
  ['that its budget is used up', { budget: spent(999) }, { budget: spent(1_000) }],
  [
    'that the budget of its pool is another',
    { poolBudget: spent(1) },
    { poolBudget: { ...spent(1), tokensPerDay: 9 } },
  ],
  ['nothing, where tokens of a budget are taken', { poolBudget: spent(1) }, { poolBudget: spent(2) }, []],
])('of an agent is told: %s', (_, before, now, events = ['agent']) => {
  const of = (change: Partial<AgentStatus>) => all({ agents: [agentOf('vaela', change)] });
  expect(news(of(before), structuredClone(of(before)))).toEqual([]);
  expect(news(of(before), of(now))).toEqual(events);
});

test.each<[string, Partial<Status>, Partial<Status>]>([
  [
    'which problem there is',
    { problems: [{ what: 'last-pass', text: 'a' }] },
    { problems: [{ what: 'last-pass', text: 'b' }] },
  ],
  ['that it is there', { exists: false }, { exists: true }],
  ['who paused it', { deeds: [deed] }, { deeds: [{ ...deed, by: 'bob' }] }],
])('of the scheduler is told: %s', (_, before, now) => {
  expect(news(all(before), structuredClone(all(before)))).toEqual([]);
  expect(news(all(before), all(now))).toEqual(['scheduler']);
});

test('of a schedule is told who paused it', () => {
  const nightly: ScheduleNow = {
    ...{ name: 'nightly', state: 'paused', version: 1, timing: { kind: 'cron', cron: '0 2 * * *' } },
    ...{ timeZone: 'UTC', nextMs: null, last: null, running: 0, problems: [], pause: { by: 'eve', atMs: 1 } },
  };
  const of = (schedule: ScheduleNow) =>
    schedulesIn({ atMs: 0, schedules: [schedule], more: false }, undefined);
  expect(news(of(nightly), structuredClone(of(nightly)))).toEqual([]);
  expect(news(of(nightly), of({ ...nightly, pause: { by: 'bob', atMs: 1 } }))).toEqual(['schedule']);
});
