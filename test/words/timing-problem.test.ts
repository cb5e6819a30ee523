import { expect, test } from 'vitest';
import { readTiming, type TimingTexts } from '../../domain/schedule/check-timing.ts';
import type { WhenDue } from '../../domain/schedule/compile.ts';
import { sayTimingNote, sayTimingProblem } from '../../words/timing-problem.ts';

const NOW = Date.parse('2027-03-01T12:00:00Z');

/** What is said of texts: of a problem, or of what is to be known. */
function said(texts: TimingTexts, place: Partial<WhenDue> = {}): string[] {
  const read = readTiming(
    texts,
    { timeZone: 'Europe/Berlin', ...place },
    { nowMs: NOW, loopIntervalMs: 300_000 },
  );
  return 'problem' in read ? [sayTimingProblem(read.problem)] : read.notes.map(sayTimingNote);
}

test.each<[TimingTexts, RegExp]>([
  [{}, /^It is not said when it is due: give one of cron, every, at and calendar\.$/],
  [{ cron: '0 3 * * *', at: 'x' }, /in more than one way .*\(cron, at\)/],
  [
    { cron: '0 3 * * * 2027' },
    /five fields: .* six: Temporal takes the sixth for the year, other programs the first for seconds/,
  ],
  [{ cron: '0 0 3 * * * 2027' }, /Here are seven: .* Leave both out/],
  [{ cron: '0 3' }, /Here are 2\.$/],
  [{ cron: '3' }, /Here is 1\.$/],
  [{ cron: '@every 1h' }, /give it as "every", such as "15m"/],
  [{ cron: '@reboot' }, /There is no "@reboot": there are @hourly, @daily/],
  [{ cron: 'TZ=UTC 0 3 * * *' }, /"UTC" does not belong before the fields/],
  [{ cron: '61 3 * * *' }, /In the field minute \(field 1\) of the cron "61" is not from 0 to 59/],
  [{ cron: '0 3 * janury *' }, /"janury" cannot be read: .* Perhaps "january" is meant\./],
  [{ cron: '1,,2 3 * * *' }, /there is nothing between commas/],
  [{ cron: '5-1 3 * * *' }, /from a larger number to a smaller one/],
  [{ cron: '*/0 3 * * *' }, /has a step that is not from 1 to 60/],
  [{ cron: '0 3 * * 5L' }, /is of other programs: words say it/],
  [{ cron: `${'x'.repeat(300)}` }, /The cron text has 300 characters; at most 200 are allowed/],
  [{ cron: '0 3 31 2 *' }, /^It would never be due: no day is as it says\.$/],
  [{ every: 'soon' }, /"soon" is no length: write it as "15m", "1h30m" or "2d"/],
  [{ every: '0s' }, /from 1 s to 366 days/],
  [
    { every: '1m' },
    /An interval of 1 min is below the loop interval of 5 min \(TINYSCHEDULER_LOOP_INTERVAL_SEC\)/,
  ],
  [{ at: 'tomorrow' }, /"tomorrow" is no time: write it as "2026-12-24 18:00"/],
  [{ at: '2027-02-30 10:00' }, /There is no "2027-02-30 10:00": that month has 28 days/],
  [{ at: '2027-13-01 10:00' }, /months go to 12/],
  [
    { at: '2027-03-28 02:30' },
    /"2027-03-28 02:30" does not exist in Europe\/Berlin: the clocks go from 02:00 to 03:00 on 2027-03-28 \(spring\)/,
  ],
  [
    { at: '2026-12-24 18:00' },
    /Thu 2026-12-24 18:00 \+01:00 is past: it is Mon 2027-03-01 13:00 \+01:00 now/,
  ],
  [
    { at: '2027-10-31 02:30' },
    /twice: Sun 2027-10-31 02:30 \+02:00 is meant\. For the other one, write "2027-10-31 02:30 \+01:00"/,
  ],
  [
    { calendar: 'every mondy 09:00' },
    /"mondy" in "every mondy 09:00" cannot be read\. Perhaps "monday" is meant/,
  ],
  [{ calendar: 'whenever 09:00' }, /"whenever" in .* cannot be read\. Write it as "every weekday 09:00"/],
  [{ calendar: 'every day 25:00' }, /"25:00" is no time of day/],
  [{ calendar: 'every day' }, /says no time of day: end it with one/],
  [{ calendar: '30 february 09:00' }, /February has 29 days, so there is no day 30/],
  [{ cron: '0 3 1 * 1' }, /it is due on either, as cron has it \(Temporal alone would want both\)/],
  [{ cron: '0 3 */2 * 1' }, /both have to match/],
  [{ calendar: 'day 31 of the month 09:00' }, /Not every month has a day 31/],
  [{ calendar: '29 february 09:00' }, /Only leap years/],
])('%j', (texts, sentence) => {
  expect(said(texts)).toEqual([expect.stringMatching(sentence)]);
});

test.each<[Partial<WhenDue>, RegExp]>([
  [{ timeZone: 'Europe/Berln' }, /There is no time zone "Europe\/Berln"\. Perhaps "Europe\/Berlin" is meant/],
  [{ timeZone: 'PST' }, /There is no time zone "PST"\. Give a name of the tz database/],
  [
    { startMs: NOW + 60_000, endMs: NOW },
    /^Its end \(Mon 2027-03-01 13:00 \+01:00\) is not after its start \(Mon 2027-03-01 13:01 \+01:00\)\.$/,
  ],
  [{ endMs: NOW }, /^Its end \(.*\) is past/],
  [{ endMs: NOW + 60_000 }, /nothing matches from now on until Mon 2027-03-01 13:01 \+01:00\.$/],
  [{ startMs: NOW, endMs: NOW + 60_000 }, /nothing matches from Mon 2027-03-01 13:00 \+01:00 on until/],
])('every day at 03:00 with %j', (place, sentence) => {
  expect(said({ cron: '0 3 * * *' }, place)).toEqual([expect.stringMatching(sentence)]);
});
