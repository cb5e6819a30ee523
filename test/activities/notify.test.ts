import { MockActivityEnvironment } from '@temporalio/testing';
import { expect, test } from 'vitest';
import { type NotifierDeps, notifierActivities, pauseAfter } from '../../activities/notify/notify.ts';
import { loadConfig } from '../../config/load.ts';
import type { Condition } from '../../domain/notify/condition.ts';

const { config } = loadConfig({ env: { TINYSCHEDULER_NOTIFY_EVENTS: 'parked,recovered' }, cwd: '/' });
const parked: Condition = {
  ...{ key: 'parked/1', level: 1 },
  facts: { kind: 'parked', taskId: 1, agent: 'ada', attempt: 1, verdict: null },
};

test.each([
  [10, 3_000],
  [1_000, 20_000],
  [9_000, 180_000],
  [60_000, 300_000],
])('a look of %i ms is followed by a pause of %i ms', (costMs, pauseMs) => {
  expect(pauseAfter(costMs)).toBe(pauseMs);
});

test('a watch does not look at once where the one before it has found something, and leaves other kinds alone', async () => {
  const looks: number[] = [];
  const deps = {
    config,
    async conditions() {
      looks.push(performance.now());
      return { present: [parked], absence: () => 'over' };
    },
  } as unknown as NotifierDeps;
  const { watchConditions } = notifierActivities(deps);
  const env = new MockActivityEnvironment();
  const watch = () => env.run(watchConditions, { known: { 'unwell/ada': 1 } });
  for (let at = 0; at < 2; at++)
    expect(await watch()).toMatchObject({ came: [parked], gone: [], dropped: [] });
  const [first = 0, second = 0] = looks;
  expect(second - first).toBeGreaterThanOrEqual(2_990);
});
