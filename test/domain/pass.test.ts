import fc from 'fast-check';
import { expect, test } from 'vitest';
import { packRuns, unpackRuns } from '../../domain/pass.ts';
import type { OpenRun } from '../../domain/plan.ts';
import { extraRunOf, runOf } from '../support/tasks.ts';

const anyRuns = fc.uniqueArray(
  fc.record({
    taskId: fc.integer({ min: 1, max: 99 }),
    agent: fc.constantFrom('ada', 'bob', 'c-3'),
    state: fc.constantFrom<OpenRun['state']>('active', 'backing-off', 'parked'),
    extra: fc.boolean(),
  }),
  { selector: (run) => run.taskId },
);

test('open runs survive the way through history', () => {
  fc.assert(
    fc.property(anyRuns, (runs) => {
      const back = unpackRuns(JSON.parse(JSON.stringify(packRuns(runs))));
      // Only a run that holds a slot or waits for one can be beyond the slots.
      const kept = runs.map((run) => ({ ...run, extra: run.extra && run.state === 'active' }));
      const byId = (a: OpenRun, b: OpenRun) => a.taskId - b.taskId;
      expect(back.sort(byId)).toEqual(kept.sort(byId));
    }),
  );
});

test('each run is told by where it is', () => {
  const runs = [
    runOf(1, 'ada'),
    extraRunOf(2, 'ada'),
    runOf(3, 'bob', 'backing-off'),
    runOf(4, 'ada', 'parked'),
  ];
  expect(packRuns(runs)).toEqual({
    ada: { active: [1], extra: [2], 'backing-off': [], parked: [4] },
    bob: { active: [], extra: [], 'backing-off': [3], parked: [] },
  });
});

test('1,000 of them take less than 8 KB', () => {
  const runs = Array.from({ length: 1_000 }, (_, at) => runOf(10_000 + at, `agent-${at % 20}`));
  expect(JSON.stringify(packRuns(runs)).length).toBeLessThan(8 * 1_024);
});
