import fc from 'fast-check';
import { expect, test } from 'vitest';
import { packRuns, unpackRuns } from '../../contract/pass.ts';
import type { OpenRun } from '../../domain/plan/input.ts';
import { lineRunOf, runOf } from '../support/tasks.ts';

const anyName = fc.option(fc.oneof(fc.constantFrom('ada', 'null', '__proto__', 'ada,null'), fc.string()), {
  nil: null,
});
const anyRuns: fc.Arbitrary<OpenRun[]> = fc.uniqueArray(
  fc.record({
    taskId: fc.integer({ min: 1, max: 99 }),
    semaphore: fc.oneof(fc.constantFrom('pool-dev', 'agent-ada', '__proto__'), fc.string()),
    wants: anyName,
    agent: anyName,
    state: fc.constantFrom<OpenRun['state']>('active', 'backing-off', 'parked'),
  }),
  { selector: (run) => run.taskId, maxLength: 40 },
);

test('open runs survive the way through history', () => {
  fc.assert(
    fc.property(anyRuns, (runs) => {
      const back = unpackRuns(JSON.parse(JSON.stringify(packRuns(runs))));
      const byId = (a: OpenRun, b: OpenRun) => a.taskId - b.taskId;
      expect(back.sort(byId)).toEqual(runs.toSorted(byId));
    }),
  );
});

test('those of the same semaphore and agent travel together', () => {
  const runs = [
    runOf(1, 'ada'),
    lineRunOf(2),
    runOf(3, 'ada', 'parked'),
    runOf(4, 'ada'),
    lineRunOf(5, { wants: 'ada' }),
    runOf(6, 'ada', 'active', { wants: 'ada' }),
    lineRunOf(7, { semaphore: 'pool-qa' }),
  ];
  expect(packRuns(runs)).toEqual([
    { semaphore: 'pool-dev', wants: null, agent: 'ada', active: [1, 4], parked: [3] },
    { semaphore: 'pool-dev', wants: null, agent: null, active: [2] },
    { semaphore: 'pool-dev', wants: 'ada', agent: null, active: [5] },
    { semaphore: 'pool-dev', wants: 'ada', agent: 'ada', active: [6] },
    { semaphore: 'pool-qa', wants: null, agent: null, active: [7] },
  ]);
});

test.each<[name: string, agents: number, mostBytes: number]>([
  ['20 agents', 20, 8 * 1_024],
  ['200 agents', 200, 30 * 1_024],
])('1,000 of %s are small', (_, agents, mostBytes) => {
  const runs = Array.from({ length: 1_000 }, (_each, at) =>
    runOf(10_000 + at, `agent-${at % agents}`, 'active', { semaphore: `pool-queue-${at % 10}` }),
  );
  expect(JSON.stringify(packRuns(runs)).length).toBeLessThan(mostBytes);
});
