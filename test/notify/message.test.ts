import { describe, expect, test } from 'vitest';
import { type Bundle, bundleOf, type Line, merged } from '../../domain/notify/bundle.ts';
import type { ConditionFacts } from '../../domain/notify/condition.ts';
import { bytesOf, LARGEST_BODY_BYTES, messageOf, testMessage } from '../../notify/message.ts';
import { harmlessTitle } from '../../words/notification.ts';
import { HOSTILE } from '../support/hostile-texts.ts';

const T = Date.UTC(2026, 10, 26, 3, 0, 0);
const line = (facts: ConditionFacts, state: Line['state'] = 'firing'): Line => ({
  ...{ key: 'k', state, atMs: T, sinceMs: T - 60_000, facts },
});
const one = (facts: ConditionFacts, state?: Line['state']) =>
  messageOf(bundleOf(line(facts, state), 's-1'), { titles: TITLES, page: 'http://127.0.0.1:9595' });
const TITLES = new Map([[42, 'Mend it']]);

const parked = {
  ...{ kind: 'parked' as const, taskId: 42, agent: 'ada', attempt: 3, verdict: 'stalled' as const },
};
const late = {
  ...{ kind: 'late' as const, taskId: 7, agent: 'ada', attempt: 1, startedMs: T, limitMs: 3_600_000 },
};

describe('each condition says what is so, what is over, and what to do', () => {
  const budget = { kind: 'budget' as const, used: 9_000, tokensPerDay: 10_000, day: '2026-11-26' };
  test.each<[ConditionFacts, firing: string, recovered: string, link: string, step: RegExp]>([
    [
      parked,
      'Task 42 “Mend it” is parked after attempt 3 of ada: stalled.',
      'Task 42 “Mend it” is not parked any more.',
      '/#/tasks/42',
      /retry 42/,
    ],
    [
      { ...parked, taskId: 1, agent: null, verdict: null },
      'Task 1 is parked after attempt 3.',
      'Task 1 is not parked any more.',
      '/#/tasks/1',
      /explain 1/,
    ],
    [
      { kind: 'unwell', agent: 'ada', queue: 'dev', state: 'cooling-down' },
      'Agent ada is unwell: its model cannot be used, and it cools down.',
      'Agent ada is well again.',
      '/#/agents',
      /agents`/,
    ],
    [
      { kind: 'unwell', agent: 'ada', queue: null, state: 'misconfigured' },
      'Agent ada is unwell: it cannot run as it is configured.',
      'Agent ada is well again.',
      '/#/agents',
      /agents`/,
    ],
    [
      late,
      'Task 7 is late: ada has used 80 % of the 1 h 0 min after which it is stopped.',
      'The late attempt at task 7 is over.',
      '/#/tasks/7',
      /logs 7.*cancel 7/,
    ],
    [
      { kind: 'schedule', schedule: 'nightly', problem: 'missed', count: 2 },
      'Schedule nightly has missed 2 times.',
      'Schedule nightly: it is over that it has missed 2 times.',
      '/#/schedules/nightly',
      /schedule show nightly/,
    ],
    [
      { kind: 'schedule', schedule: 'nightly', problem: 'bad-ends', count: 3 },
      'Schedule nightly has ended badly 3 times in a row.',
      'Schedule nightly: it is over that it has ended badly 3 times in a row.',
      '/#/schedules/nightly',
      /schedule show/,
    ],
    [
      { kind: 'schedule', schedule: 'nightly', problem: 'did-not-fire' },
      'Schedule nightly did not fire.',
      'Schedule nightly: it is over that it did not fire.',
      '/#/schedules/nightly',
      /schedule show/,
    ],
    [
      { kind: 'schedule', schedule: 'nightly', problem: 'not-kept' },
      'Schedule nightly is not in force, since the Temporal server does not take it.',
      'Schedule nightly: it is over that it is not in force, since the Temporal server does not take it.',
      '/#/schedules/nightly',
      /schedule show/,
    ],
    [
      { ...budget, percent: 80, agent: 'ada' },
      '80 % of the budget of ada for 2026-11-26 is used: 9,000 of 10,000 tokens.',
      'There is budget for ada again.',
      '/#/agents',
      /next day/,
    ],
    [
      { ...budget, percent: 100, queue: 'dev' },
      'The budget of queue "dev" for 2026-11-26 is used up: 9,000 of 10,000 tokens.',
      'There is budget for queue "dev" again.',
      '/#/agents',
      /next day/,
    ],
    [
      { kind: 'parked', more: 300 },
      'Beyond those that are told one by one: 300 tasks parked.',
      'There are no more of this kind than are told one by one: parked.',
      '/',
      /check`/,
    ],
  ])('%j', (facts, firing, recovered, link, step) => {
    const message = one(facts);
    expect(message).toMatchObject({
      ...{ version: 1, id: 's-1', at: '2026-11-26T03:00:00.000Z', since: '2026-11-26T02:59:00.000Z' },
      ...{ kind: facts.kind, state: 'firing', key: 'k', says: firing },
      link: `http://127.0.0.1:9595${link}`,
    });
    expect(message.next_step).toMatch(step);
    expect(one(facts, 'recovered')).toMatchObject({ state: 'recovered', says: recovered, next_step: null });
  });

  test('its facts have names that stay', () => {
    expect(one(parked).facts).toEqual({
      ...{ task_id: 42, title: 'Mend it', agent: 'ada', attempt: 3, verdict: 'stalled' },
    });
    expect(one(late).facts).toMatchObject({ task_id: 7, title: null, limit_sec: 3_600 });
    expect(Object.keys(testMessage('t', T, undefined))).toEqual(Object.keys(one(parked)));
  });
});

describe('a digest', () => {
  const bundle = (count: number, name: (n: number) => string): Bundle =>
    merged(
      Array.from({ length: count }, (_, n) => {
        const facts = {
          kind: 'unwell' as const,
          agent: name(n),
          queue: 'dev',
          state: 'cooling-down' as const,
        };
        const each = { ...line(facts, n === 0 ? 'recovered' : 'firing'), key: `unwell/${name(n)}` };
        return bundleOf(each, `s-${n}`);
      }),
      's-d',
    );

  test('counts all, names ten, and has the keys of others', () => {
    const message = messageOf(
      bundle(200, (n) => `a${n}`),
      { titles: TITLES, page: undefined },
    );
    expect(message).toMatchObject({ id: 's-d', kind: 'digest', state: 'mixed', key: null, link: null });
    expect(message.says).toBe(
      '200 messages: 200 agents unwell. agent a0 (over), agent a1, agent a2, agent a3, agent a4, agent a5, ' +
        'agent a6, agent a7, agent a8, agent a9, and 190 more. 1 of them tells that something is over.',
    );
    const { first, also, ...facts } = message.facts as { first: unknown[]; also: unknown[] };
    expect([first.length, also.length]).toEqual([10, 100]);
    expect(facts).toEqual({ count: 200, kinds: { unwell: 200 }, recovered: 1, over: 0, left_out: 90 });
  });

  test('with the longest names is not larger than the largest body', () => {
    const titles = new Map([[42, harmlessTitle('\u{1F600}'.repeat(5_000))]]);
    const lines = Array.from({ length: 200 }, (_, n) =>
      bundleOf({ ...line(parked), key: `parked/${'9'.repeat(15)}${n}/${'x'.repeat(120)}` }, `${n}`),
    );
    const message = messageOf(merged(lines, 'd'), { titles, page: `http://${'h'.repeat(200)}` });
    expect(bytesOf(message)).toBeLessThanOrEqual(LARGEST_BODY_BYTES);
    const { first, also, left_out } = message.facts as {
      first: unknown[];
      also: unknown[];
      left_out: number;
    };
    expect(first.length + also.length + left_out).toBe(200);
    expect(first.length).toBe(10);
  });
});

describe('a title', () => {
  test.each([
    ['plain ünïcode 日本', 'plain ünïcode 日本'],
    ['a\r\nb\tc\u001b[31md\u202e', 'a b c (31md'],
    [
      '<!channel> @here `rm` [x](https://e.vil) *b* a|b & c',
      "‹!channel› ＠here 'rm' (x)(https: e.vil) ·b· a/b + c",
    ],
    [`\ud800${'x'.repeat(100)}`, `${'x'.repeat(80)}…`],
    ['', ''],
  ])('%j', (title, harmless) => {
    expect(harmlessTitle(title)).toBe(harmless);
  });

  test('that is hostile is one short line', () => {
    for (const text of Object.values(HOSTILE)) {
      const title = harmlessTitle(text);
      expect(title).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}<>@`]|:\/\//u);
      expect([...title].length).toBeLessThanOrEqual(81);
    }
  });
});
