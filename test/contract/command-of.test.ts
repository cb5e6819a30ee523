import { expect, test } from 'vitest';
import { commandOf } from '../../contract/command-of.ts';
import { occurrenceId } from '../../contract/ids.ts';
import type { OccurrenceMemo } from '../../contract/occurrence.ts';
import type { Definition } from '../../domain/schedule/definition.ts';

const plannedMs = Date.UTC(2026, 10, 26, 3);
const workflowId = occurrenceId('nightly', plannedMs);
const task = { id: 42, createdAt: '2026-11-26T03:00:01Z' };
const work = { kind: 'command', command: 'cleanup.sh', args: ['-x', ''] } as const;
const WANTED = {
  schedule: 'nightly',
  occurrence: workflowId,
  plannedMs,
  command: 'cleanup.sh',
  args: ['-x', ''],
};

function memo(change: object = {}, doing: unknown = work): OccurrenceMemo {
  const definition = { name: 'nightly', work: doing } as unknown as Definition;
  const begun = { definition, version: 1, number: 1, lastEndMs: null };
  return { schedule: 'nightly', plannedMs, phase: 'working', task, begun, ...change };
}
const found = (occurrence: unknown, type = 'scheduledRun') =>
  commandOf(task, { workflowId, type, memo: { occurrence } });

test.each<[string, object]>([
  ['works', {}],
  // A task that is called back after its occurrence is over runs what it ran before.
  ['is over', { phase: 'over', ended: { end: 'failed' } }],
])('an occurrence that %s says what its own task runs', (_, change) => {
  expect(found(memo(change))).toEqual(WANTED);
});

const CANNOT = /has no program to run$/;
test.each<[string, unknown, RegExp]>([
  ['no memo', undefined, /is none of a schedule$/],
  ['null', null, /is none of a schedule$/],
  ['a text', 'memo', /is none of a schedule$/],
  ['no task yet', memo({ task: undefined }), /has not made this task$/],
  ['no task at all', memo({ task: null }), /has not made this task$/],
  ['another task', memo({ task: { ...task, id: 41 } }), /has not made this task$/],
  [
    'a task of the same id before a reset',
    memo({ task: { ...task, createdAt: 'x' } }),
    /has not made this task$/,
  ],
  ['not begun', memo({ begun: undefined }), CANNOT],
  ['begun of nothing', memo({ begun: null }), CANNOT],
  ['a definition of nothing', memo({ begun: { definition: 1 } }), CANNOT],
  ['a task for goose', memo({}, { kind: 'task', title: 't' }), CANNOT],
  ['a shell line', memo({}, { kind: 'command', command: 'a; b' }), CANNOT],
  ['arguments in one text', memo({}, { ...work, args: '-x' }), CANNOT],
  ['arguments of another kind', memo({}, { ...work, args: [1] }), CANNOT],
  ['too many arguments', memo({}, { ...work, args: Array(101).fill('') }), CANNOT],
  ['a long argument', memo({}, { ...work, args: ['x'.repeat(4_001)] }), CANNOT],
  ['a long name', memo({}, { ...work, command: 'x'.repeat(501) }), CANNOT],
  ['an argument that none can be', memo({}, { ...work, args: ['a\0b'] }), /cannot be read$/],
  ['no schedule', memo({ schedule: undefined }), /cannot be read$/],
  ['a schedule that is no name', memo({ schedule: 'a\0b' }), /cannot be read$/],
  ['no time', memo({ plannedMs: 'x' }), /cannot be read$/],
  ['a time beyond all', memo({ plannedMs: 9e15 }), /cannot be read$/],
])('of a memo with %s nothing is run', (_, occurrence, says) => {
  const refused = `the occurrence "${workflowId}" that its tag names`;
  const answer = found(occurrence) as { refused: string };
  expect(answer).toEqual({ refused: expect.stringMatching(says) });
  expect(answer.refused.startsWith(refused)).toBe(true);
});

test('a workflow of another kind makes no programs run, whatever its memo says', () => {
  expect(found(memo(), 'runTask')).toEqual({ refused: expect.stringMatching(/is none of a schedule$/) });
});
