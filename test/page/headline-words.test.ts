import { describe, expect, test } from 'vitest';
import type { Summary } from '../../page/api/shapes.ts';
import { sayAfter, sayBefore, turnFor } from '../../page/say-pause.ts';
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
    [ON, 3, 12, '3 running tasks go on; 12 wait. Nothing more starts until somebody resumes everything.'],
    [ON, 1, 1, '1 running task goes on; 1 waits. Nothing more starts until somebody resumes everything.'],
    [ON, 0, 0, 'Nothing runs; 0 wait. Nothing more starts until somebody resumes everything.'],
    [
      ...([ON, 2, null] as const),
      '2 running tasks go on; how many wait is not known. Nothing more starts until somebody resumes everything.',
    ],
    [...([{ ...ON, paused: true }, 1, 3] as const), '3 tasks wait and start as soon as slots are free.'],
    [{ ...ON, paused: true }, 0, 0, 'No task waits; what comes starts again.'],
    [
      ...([{ ...ON, paused: true, daemon: null, enabled: false }, 0, 0] as const),
      'No task waits; what comes starts again. It stays disabled by TINYSCHEDULER_ENABLED. No daemon is there, so nothing starts by itself.',
    ],
    [
      ...([{ ...ON, paused: true, stopped: true }, 0, 0] as const),
      'No task waits; what comes starts again. It stays paused: resume it then.',
    ],
  ])('says before what it does: %o', (before, running, wait, says) => {
    expect(sayBefore(turnFor(before), { running, wait, before })).toBe(says);
  });

  test('says what became of it', () => {
    const pause = turnFor(ON);
    expect(sayAfter(pause, { in_force: true, still_off: [] })).toBe('Everything is paused.');
    expect(sayAfter(pause, { in_force: false, still_off: [] })).toContain('nobody has taken it yet');
    const resume = turnFor({ ...ON, paused: true });
    expect(sayAfter(resume, { in_force: true, still_off: ['ada is paused'] })).toBe(
      'Everything goes on. Still off: ada is paused.',
    );
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
