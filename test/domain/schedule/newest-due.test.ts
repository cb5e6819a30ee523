import { expect, test } from 'vitest';
import type { Timing } from '../../../domain/schedule/definition.ts';
import { newestDue } from '../../../domain/schedule/newest-due.ts';
import { matchingTimes } from '../../support/matching-times.ts';
import { processorMs } from '../../support/processor-time.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const NOW_MS = Date.UTC(2026, 10, 26, 12, 0, 30);

const each = (timing: Timing) => ({ timing, timeZone: 'Europe/Berlin' });

test.each<[string, Timing, number]>([
  ['each second', { kind: 'every', everyMs: 1_000 }, HOUR_MS],
  ['each minute', { kind: 'cron', cron: '* * * * *' }, DAY_MS],
  ['each hour', { kind: 'cron', cron: '10 * * * *' }, 3 * DAY_MS],
  ['each day', { kind: 'cron', cron: '0 3 * * *' }, 40 * DAY_MS],
  ['each year', { kind: 'cron', cron: '0 3 24 12 *' }, 800 * DAY_MS],
])('of one that is due %s it is the last of all times', (_, timing, agoMs) => {
  const afterMs = NOW_MS - agoMs;
  const all = matchingTimes(each(timing), afterMs, { untilMs: NOW_MS });
  expect(newestDue(each(timing), { afterMs, untilMs: NOW_MS })).toBe(all.at(-1));
  expect(all.length).toBeGreaterThan(0);
});

test('there is none after the newest one, and none in no time', () => {
  const when = each({ kind: 'cron', cron: '0 3 * * *' });
  const last = newestDue(when, { afterMs: NOW_MS - DAY_MS, untilMs: NOW_MS }) ?? 0;
  expect(newestDue(when, { afterMs: last, untilMs: NOW_MS })).toBeUndefined();
  expect(newestDue(when, { afterMs: NOW_MS, untilMs: NOW_MS - HOUR_MS })).toBeUndefined();
});

test('a month of seconds is found at once', () => {
  const when = each({ kind: 'every', everyMs: 1_000 });
  const tookMs = processorMs(() =>
    expect(newestDue(when, { afterMs: NOW_MS - 31 * DAY_MS, untilMs: NOW_MS })).toBe(NOW_MS),
  );
  expect(tookMs).toBeLessThan(100);
});
