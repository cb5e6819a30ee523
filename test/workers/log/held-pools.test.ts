import { expect, test } from 'vitest';
import type { PassEnded } from '../../../activities/events.ts';
import type { PoolHold } from '../../../domain/plan/agent-line.ts';
import { passEnded } from '../../../workers/log/pass-words.ts';
import { Said } from '../../../workers/log/said.ts';
import { agentLineOf } from '../../support/tasks.ts';

const T = Date.parse('2026-01-31T12:00:00Z');
const HOUR_MS = 3_600_000;
const HOLD: PoolHold = { reason: 'quota', taken: 3, sinceMs: T, untilMs: T + 30_000 };
const HELD =
  'Queue dev is held: the same trouble took 3 of its agents (quota); one task tries from 12:00:30 UTC on';

test('that a pool is held is said once for all of its agents, hourly, and when it is over', () => {
  const said = new Said();
  const lines = (hold: PoolHold | undefined, atMs: number) => {
    const agents = ['ada', 'bob'].map((name) => {
      return { ...agentLineOf(name), queue: 'dev', ...(hold && { poolHold: hold }) };
    });
    const report = { atMs, errors: [], warnings: [], figures: { tasksSpawned: 0 } };
    const event = { full: false, sawTasks: true, paused: false, enabled: true, agents, report };
    return passEnded(event as unknown as PassEnded)
      .flatMap((entry) => said.due(entry, atMs))
      .map(({ level, text }) => `${level} ${text}`);
  };
  expect(lines(HOLD, T)).toEqual([`WARNING ${HELD}`]);
  expect(lines({ ...HOLD, trying: true, taken: 4 }, T + 1)).toEqual([]);
  expect(lines(HOLD, T + HOUR_MS)).toEqual([
    expect.stringMatching(/^WARNING Queue dev is held: .* \(since /),
  ]);
  expect(lines(undefined, T + HOUR_MS + 1)).toEqual(['INFO Queue dev is no longer held']);
});
