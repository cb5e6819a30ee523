import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  packAgents,
  packRuns,
  type SurveyInput,
  type SurveyResult,
  unpackAgents,
  unpackRuns,
  withoutKnown,
} from '../../contract/pass.ts';
import { agentLine } from '../../domain/plan/agent-line.ts';
import type { OpenRun } from '../../domain/plan/input.ts';
import { agentOf, lineRunOf, runOf } from '../support/tasks.ts';

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
    [
      ...['pool-dev', 'active', null],
      [
        ['ada', 1, 4],
        [null, 2],
      ],
    ],
    ['pool-dev', 'parked', null, [['ada', 3]]],
    [
      ...['pool-dev', 'active', 'ada'],
      [
        [null, 5],
        ['ada', 6],
      ],
    ],
    ['pool-qa', 'active', null, [[null, 7]]],
  ]);
  expect(packRuns(runs.toReversed())).toEqual(packRuns(runs));
});

test.each<[name: string, agents: number, mostBytes: number]>([
  ['20 agents', 20, 7 * 1_024],
  ['200 agents', 200, 10 * 1_024],
  ['1,000 agents', 1_000, 22 * 1_024],
])('1,000 of %s are small', (_, agents, mostBytes) => {
  const runs = Array.from({ length: 1_000 }, (_each, at) =>
    runOf(10_000 + at, `agent-${at % agents}`, 'active', { semaphore: `pool-queue-${at % 10}` }),
  );
  expect(JSON.stringify(packRuns(runs)).length).toBeLessThan(mostBytes);
});

test('agents survive it too, in their order', () => {
  const lines = [agentOf('bob', 1, 'qa'), agentOf('ada', 2, 'dev'), agentOf('cy', 1, 'qa')].map((agent) =>
    agentLine(agent),
  );
  const packed = packAgents(lines);
  expect(unpackAgents(JSON.parse(JSON.stringify(packed)))).toEqual(lines);
  expect(packed.kinds).toHaveLength(2);
  // As earlier versions told them.
  expect(unpackAgents(lines)).toEqual(lines);
});

test('what the scheduler knows does not travel twice', () => {
  const input = {
    runs: packRuns([runOf(1, 'ada')]),
    first: [1],
    agentsMark: 'a',
    ranks: { 1: '0/0' },
    assignedByUs: { 2: { pool: 'dev', agent: 'ada' } },
    keepsKnown: true,
  } as unknown as SurveyInput;
  const result = {
    ...input,
    ranks: {},
    agents: { kinds: [], agents: [] },
    order: {},
    costMs: 300,
  } as unknown as SurveyResult;
  expect(withoutKnown(result, input)).toMatchObject({ runs: null, first: null, agents: null, ranks: {} });
  expect(withoutKnown(result, input)).toMatchObject({ assignedByUs: null, costMs: 300 });
  expect(withoutKnown({ ...result, agentsMark: 'b' }, input).agents).not.toBeNull();
  // A scheduler of an earlier version would take null for nothing, and its rests were all of one length.
  const { keepsKnown: _, ...earlier } = input;
  const { costMs: __, ...whole } = result;
  expect(withoutKnown(result, earlier)).toEqual(whole);
});
