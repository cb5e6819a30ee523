import type { NotifierInput, NotifierMemo } from '../../../contract/notify.ts';
import type { Bundle, Line } from '../../../domain/notify/bundle.ts';
import type { ConditionFacts } from '../../../domain/notify/condition.ts';
import type { NotDelivered } from '../../../domain/notify/patience.ts';
import type { Whole } from './whole.ts';

const T = 1_764_000_000_000;

const FACTS: ConditionFacts[] = [
  { kind: 'parked', taskId: 42, agent: 'ada', attempt: 3, verdict: 'stalled' },
  { kind: 'unwell', agent: 'ada', queue: 'dev', state: 'cooling-down' },
  { kind: 'late', taskId: 42, agent: 'ada', attempt: 3, startedMs: T, limitMs: 3_600_000 },
  { kind: 'schedule', schedule: 'nightly', problem: 'missed', count: 2 },
  { kind: 'budget', percent: 80, used: 900, tokensPerDay: 1_000, day: '2025-11-24', agent: 'ada' },
  { kind: 'budget', percent: 100, used: 900, tokensPerDay: 1_000, day: '2025-11-24', queue: 'dev' },
  { kind: 'parked', more: 7 },
];
const lines = FACTS.map((facts, at): Line => {
  return { key: `k/${at}`, state: at % 2 ? 'recovered' : 'firing', atMs: T, sinceMs: T, facts };
});
const problem: NotDelivered = { why: 'status', status: 403 };
const digest: Bundle = {
  ...{ id: 's-9', atMs: T, lines, also: [{ key: 'k/8', state: 'firing' }], count: 9 },
  ...{ kinds: { parked: 9 }, recovered: 3, overflow: true, over: 2 },
  refused: { tries: 2, sinceMs: T, nextMs: T, problem },
};

const notifierInput: Whole<NotifierInput> = {
  carried: {
    ...{ series: 's', next: 10, pending: [digest], sending: { ...digest, id: 's-8' } as Whole<Bundle> },
    known: [
      {
        ...{ key: 'k/0', level: 3, sinceMs: T, seenMs: T, told: 3 },
        ...{ telling: 's-8', delivered: true, over: true, dropped: true },
        facts: FACTS[0] as Whole<ConditionFacts>,
      },
    ],
    failing: { tries: 2, sinceMs: T, nextMs: T, problem },
    ...{ sentMs: [T], digestMs: T },
  },
  rules: { afterMs: 300_000, recovered: true },
} as Whole<NotifierInput>;

const notifierMemo: Whole<NotifierMemo> = { notifier: { waiting: 18, failing: { sinceMs: T, problem } } };

export const NOTIFIER_SAMPLES = { notifierInput, notifierMemo };
