import { describe, expect, test } from 'vitest';
import type { Summary } from '../../page/api/shapes.ts';
import { sayNobody, turnFor } from '../../page/say-pause.ts';
import { sayTraffic, whatMatters } from '../../page/say-summary.ts';

const ON = { paused: false, stopped: false, enabled: true, daemon: '1@here' };

describe('what turns everything', () => {
  test.each([
    [{ paused: false, stopped: false }, '/api/pause'],
    [{ paused: true, stopped: false }, '/api/resume'],
    [{ paused: false, stopped: true }, '/api/start-agents'],
    [{ paused: true, stopped: true }, '/api/start-agents'],
  ])('%o: %s', (now, path) => {
    expect(turnFor(now).path).toBe(path);
  });

  test.each([
    [ON, []],
    // A pause says itself what follows.
    [{ ...ON, daemon: null }, []],
    [{ ...ON, paused: true }, []],
    [{ ...ON, paused: true, daemon: null }, ['No daemon is there, so nothing starts by itself.']],
  ])('says before that nobody starts anything: %o', (now, says) => {
    expect(sayNobody(turnFor(now), now)).toEqual(says);
  });
});

describe('the first line', () => {
  test.each([
    [3, { total: 5, completed: 4, others: 1 }, 'in the last hour 3 came, 4 completed, 1 ended otherwise'],
    [0, { total: 0, completed: 0, others: 0 }, 'in the last hour 0 came, 0 completed'],
    [null, null, 'in the last hour – came, – completed'],
    [null, { total: 2, completed: null, others: null }, 'in the last hour – came, – completed'],
  ])('traffic %j, %j', (arrived_last_hour, ended_last_hour, says) => {
    expect(sayTraffic({ arrived_last_hour, ended_last_hour })).toBe(says);
  });

  test('is news where something is stuck, lost or parked, and not where one more waits', () => {
    const summary = (level: Summary['level'], counts: object, whats: string[] = []) =>
      ({ level, counts, conditions: whats.map((what) => ({ what, says: what })) }) as unknown as Summary;
    const before = whatMatters(summary('ok', { stuck: 0, waiting_total: 1 }));
    expect(whatMatters(summary('ok', { stuck: 0, waiting_total: 2 }))).toBe(before);
    for (const other of [
      summary('wrong', { stuck: 0 }),
      summary('ok', { stuck: 1 }),
      summary('ok', { stuck: 0 }, ['parked']),
    ])
      expect(whatMatters(other)).not.toBe(before);
    expect(whatMatters({ ...summary('wrong', {}), counts: null })).not.toBe(before);
  });
});
