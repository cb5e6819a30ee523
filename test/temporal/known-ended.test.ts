import { afterEach, describe, expect, test, vi } from 'vitest';
import type { ClosedRun } from '../../contract/attempts.ts';
import type { WhichEnded } from '../../temporal/ended-runs.ts';
import { KnownEnded } from '../../temporal/known-ended.ts';
import { closedRunOf } from '../support/attempts.ts';

const HOUR_MS = 3_600_000;
const endedAt = (endedAtMs: number): ClosedRun =>
  closedRunOf(endedAtMs, { endedAtMs, runId: String(endedAtMs).padStart(12, '0') });

/** A server's list, and what it was asked for: from, to, how many it gave. */
function serverOf(times: number[], mostKept?: number) {
  const all = times.map(endedAt);
  const asked: [sinceMs: number | undefined, untilMs: number | undefined, gave: number][] = [];
  const list = async ({ sinceMs = 0, untilMs, most }: WhichEnded) => {
    const found = all
      .filter(({ endedAtMs }) => endedAtMs >= sinceMs && endedAtMs < (untilMs ?? Number.POSITIVE_INFINITY))
      .sort((a, b) => b.endedAtMs - a.endedAtMs);
    const runs = found.slice(0, most);
    asked.push([sinceMs, untilMs, runs.length]);
    return { runs, more: found.length > most };
  };
  return { all, asked, known: new KnownEnded(list, mostKept) };
}
afterEach(() => void vi.useRealTimers());

const times = ({ runs }: { runs: ClosedRun[] }) => runs.map(({ endedAtMs }) => endedAtMs);

describe('what ended', () => {
  const HOURS = [1, 2, 3, 4, 5].map((hour) => hour * HOUR_MS);

  test('is listed once; then what is new, and what came into the list late', async () => {
    const { all, asked, known } = serverOf(HOURS);
    const ask = { sinceMs: 2 * HOUR_MS, most: 100 };
    expect(times(await known.within(ask))).toEqual(HOURS.slice(1).reverse());
    all.push(endedAt(5 * HOUR_MS - 30_000), endedAt(6 * HOUR_MS));
    const later = await known.within(ask);
    expect([times(later).slice(0, 3), later.more]).toEqual([
      [6 * HOUR_MS, 5 * HOUR_MS, 5 * HOUR_MS - 30_000],
      'no',
    ]);
    expect(asked).toEqual([
      [2 * HOUR_MS, undefined, 4],
      [5 * HOUR_MS - 60_000, undefined, 3],
    ]);
  });

  test('before it is listed when somebody asks for that, and of a time that is over nothing is listed again', async () => {
    const { asked, known } = serverOf(HOURS);
    await known.within({ sinceMs: 4 * HOUR_MS, most: 100 });
    const before = { sinceMs: HOUR_MS, untilMs: 4 * HOUR_MS, most: 100 };
    expect(times(await known.within(before))).toEqual([3, 2, 1].map((hour) => hour * HOUR_MS));
    await known.within(before);
    expect(asked.slice(1)).toEqual([[HOUR_MS, 4 * HOUR_MS, 3]]);
  });

  test('by nobody is known, too', async () => {
    const { all, known } = serverOf([]);
    expect(await known.within({ sinceMs: HOUR_MS, most: 9 })).toEqual({ runs: [], more: 'no' });
    all.push(endedAt(2 * HOUR_MS));
    expect(times(await known.within({ sinceMs: HOUR_MS, most: 9 }))).toEqual([2 * HOUR_MS]);
  });

  test('too many: the newest; the list is whole again after many came at once', async () => {
    const { all, known } = serverOf(HOURS);
    const next = await known.within({ sinceMs: 0, most: 2 });
    expect([times(next), next.more]).toEqual([[5 * HOUR_MS, 4 * HOUR_MS], 'too-many']);
    for (const each of [7, 8, 9, 10, 11]) all.push(endedAt(each * HOUR_MS));
    for (let asks = 0; asks < 4; asks += 1) await known.within({ sinceMs: 0, most: 2 });
    expect(times(await known.within({ sinceMs: 0, most: 100 }))).toEqual(
      [11, 10, 9, 8, 7, 5, 4, 3, 2, 1].map((hour) => hour * HOUR_MS),
    );
  });

  test('so many are kept, and who asks for what is before is told that it is never read', async () => {
    const { asked, known } = serverOf(HOURS, 3);
    const last = () => known.within({ sinceMs: 0, untilMs: 2 * HOUR_MS, most: 9 });
    expect(await last()).toEqual({ runs: [], more: 'too-many' });
    await last();
    expect(asked).toHaveLength(1);
  });

  test('a list that fails is asked for by the next one', async () => {
    let isDown = true;
    const known = new KnownEnded(async () => {
      if (isDown) throw new Error('down');
      return { runs: [endedAt(5)], more: false };
    });
    await expect(known.within({ sinceMs: 0, most: 9 })).rejects.toThrow('down');
    isDown = false;
    expect(times(await known.within({ sinceMs: 0, most: 9 }))).toEqual([5]);
  });

  test('who asks at the same time shares what is read', async () => {
    const { asked, known } = serverOf(HOURS);
    const found = await Promise.all(
      [1, 2, 3].map(() => known.within({ sinceMs: 0, untilMs: HOUR_MS + 1, most: 9 })),
    );
    expect(found.map(times)).toEqual([[HOUR_MS], [HOUR_MS], [HOUR_MS]]);
    expect(asked).toHaveLength(1);
  });

  test('while the clock is set back is listed, also when that is first asked for after it has caught up', async () => {
    const startMs = 100 * HOUR_MS;
    // The time of day alone: the clock by which time passes is never set.
    vi.useFakeTimers({ toFake: ['Date', 'performance'], now: startMs });
    const { all, asked, known } = serverOf([startMs - 1_000]);
    const ask = async () => times(await known.within({ sinceMs: startMs - 5 * HOUR_MS, most: 100 }));
    const end = () => all.push(endedAt(Date.now() - 1));
    expect(await ask()).toEqual([startMs - 1_000]);
    for (let hour = 1; hour <= 2; hour += 1) {
      vi.setSystemTime(Date.now() - HOUR_MS);
      vi.advanceTimersByTime(10_000);
      end();
      if (hour === 1) {
        expect(await ask()).toHaveLength(2);
        vi.advanceTimersByTime(10_000);
        end();
        expect(await ask()).toHaveLength(3);
      }
      vi.advanceTimersByTime(2 * HOUR_MS);
      end();
      expect(await ask()).toHaveLength(all.length);
    }
    // And once it has caught up, only what is new is listed again.
    vi.advanceTimersByTime(10_000);
    await ask();
    expect(asked.at(-1)?.[0]).toBeGreaterThan(Date.now() - 5 * 60_000);
  });
});
